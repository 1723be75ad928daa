<?php

declare(strict_types=1);

// PDO, over PostgreSQL or SQLite.

use HookBridge\Exception\NotFoundException;
use HookBridge\HookBridge;

require getenv('HOOKBRIDGE_PACKAGE');

$endpointId = getenv('ENDPOINT_ID');
$order = getenv('ORDER');
$insert = 'INSERT INTO orders (reference) VALUES (?)';
$payload = ['order' => $order, 'to' => 'Zoë / Øre', 'paid' => true];
$headers = ['X-Source' => 'orders'];

$client = new HookBridge();
$pdo = new PDO(getenv('PDO_DSN'));

$pdo->beginTransaction();
$pdo->prepare($insert)->execute(["$order committed"]);
$receipt = $client->send($endpointId, $payload, $headers, transaction: $pdo);
$pdo->commit();
echo "committed {$receipt->messageId}\n";

$pdo->beginTransaction();
$pdo->prepare($insert)->execute(["$order rolled back"]);
$receipt = $client->send($endpointId, $payload, transaction: $pdo);
$pdo->rollBack();
echo "rolled back {$receipt->messageId}\n";

$pdo->beginTransaction();
try {
    $pdo->prepare($insert)->execute(["$order refused"]);
    $client->send('ep_unknown', $payload, transaction: $pdo);
    $pdo->commit();
} catch (NotFoundException $refusal) {
    $pdo->rollBack();
    echo "refused {$refusal->exactCode} {$refusal->statusCode}\n";
}
