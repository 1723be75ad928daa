<?php

declare(strict_types=1);

namespace Shop;

// Eloquent, over PostgreSQL or SQLite: the connection of a model, or a model.

use HookBridge\Exception\NotFoundException;
use HookBridge\HookBridge;
use Illuminate\Database\Capsule\Manager;
use Illuminate\Database\Eloquent\Model;

require getenv('HOOKBRIDGE_PACKAGE');
require 'Illuminate/Database/autoload.php';

final class Order extends Model
{
    public $timestamps = false;
    protected $fillable = ['reference'];
}

$endpointId = getenv('ENDPOINT_ID');
$order = getenv('ORDER');
$payload = ['order' => $order, 'to' => 'Zoë / Øre', 'paid' => true];
$headers = ['X-Source' => 'orders'];
$file = getenv('SQLITE_FILE');
$url = parse_url(getenv('DATABASE_URL'));

$manager = new Manager();
$manager->addConnection($file ? ['driver' => 'sqlite', 'database' => $file] : [
    'driver' => 'pgsql', 'host' => $url['host'], 'port' => $url['port'], 'username' => $url['user'], 'password' => '',
    'database' => substr($url['path'], 1), 'charset' => 'utf8',
]);
$manager->bootEloquent();
$client = new HookBridge();
$connection = $manager->getConnection();

$receipt = $connection->transaction(function () use ($client, $connection, $endpointId, $order, $payload, $headers) {
    Order::create(['reference' => "$order committed"]);

    return $client->send($endpointId, $payload, $headers, transaction: $connection);
});
echo "committed {$receipt->messageId}\n";

$connection->beginTransaction();
$made = Order::create(['reference' => "$order rolled back"]);
$receipt = $client->send($endpointId, $payload, transaction: $made);
$connection->rollBack();
echo "rolled back {$receipt->messageId}\n";

try {
    $connection->transaction(static function ($connection) use ($client, $order, $payload) {
        Order::create(['reference' => "$order refused"]);
        $client->send('ep_unknown', $payload, transaction: $connection);
    });
} catch (NotFoundException $refusal) {
    echo "refused {$refusal->exactCode} {$refusal->statusCode}\n";
}
