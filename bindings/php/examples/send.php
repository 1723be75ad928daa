<?php

declare(strict_types=1);

// php examples/send.php https://example.com/hooks: sends a message and waits until it is delivered.

$composer = __DIR__ . '/../vendor/autoload.php';
require is_file($composer) ? $composer : __DIR__ . '/../autoload.php';

use HookBridge\Exception\HookBridgeException;
use HookBridge\HookBridge;

if ($argc !== 2) {
    fwrite(STDERR, "usage: php send.php URL\n");
    exit(2);
}
try {
    $client = new HookBridge();
    $endpoint = $client->createEndpoint($argv[1]);
    $result = $client->send(
        endpointId: $endpoint->id,
        payload: ['event' => 'order.created', 'order_id' => 'ord_123'],
        headers: ['X-Source' => 'billing-service'],
        idempotencyKey: 'order-123-created-v1',
    );
    echo "accepted {$result->messageId}\n";
    $client->flush(timeout: 10.0);
    echo $client->getMessage($result->messageId)->status, "\n";
    $client->close();
} catch (HookBridgeException $error) {
    fwrite(STDERR, "{$error->exactCode}: {$error->getMessage()}\n");
    exit(1);
}
