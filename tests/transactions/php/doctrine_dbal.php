<?php

declare(strict_types=1);

// Doctrine DBAL, over PostgreSQL or SQLite.

use Doctrine\DBAL\Connection;
use Doctrine\DBAL\DriverManager;
use HookBridge\Exception\NotFoundException;
use HookBridge\HookBridge;

require getenv('HOOKBRIDGE_PACKAGE');
require 'Doctrine/DBAL/autoload.php';

$endpointId = getenv('ENDPOINT_ID');
$order = getenv('ORDER');
$payload = ['order' => $order, 'to' => 'Zoë / Øre', 'paid' => true];
$headers = ['X-Source' => 'orders'];
$file = getenv('SQLITE_FILE');
$url = parse_url(getenv('DATABASE_URL'));

$client = new HookBridge();
$connection = DriverManager::getConnection($file ? ['driver' => 'pdo_sqlite', 'path' => $file] : [
    'driver' => 'pdo_pgsql', 'host' => $url['host'], 'port' => $url['port'], 'user' => $url['user'],
    'dbname' => substr($url['path'], 1),
]);

$connection->beginTransaction();
$connection->insert('orders', ['reference' => "$order committed"]);
$receipt = $client->send($endpointId, $payload, $headers, transaction: $connection);
$connection->commit();
echo "committed {$receipt->messageId}\n";

$connection->beginTransaction();
$connection->insert('orders', ['reference' => "$order rolled back"]);
$receipt = $client->send($endpointId, $payload, transaction: $connection);
$connection->rollBack();
echo "rolled back {$receipt->messageId}\n";

try {
    $connection->transactional(static function (Connection $connection) use ($client, $order, $payload) {
        $connection->insert('orders', ['reference' => "$order refused"]);
        $client->send('ep_unknown', $payload, transaction: $connection);
    });
} catch (NotFoundException $refusal) {
    echo "refused {$refusal->exactCode} {$refusal->statusCode}\n";
}
