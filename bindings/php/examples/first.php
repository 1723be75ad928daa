<?php

use HookBridge\HookBridge;

require 'vendor/autoload.php';

$client = new HookBridge(database: 'hookbridge.db');
$endpoint = $client->createEndpoint('https://example.com/hooks');
echo "{$endpoint->id} {$endpoint->signingSecret}\n"; // the secret is shown only here

$result = $client->send(
    endpointId: $endpoint->id,
    payload: ['event' => 'order.created', 'order_id' => 'ord_123'],
    headers: ['X-Source' => 'billing-service'],
    idempotencyKey: 'order-123-created-v1',
);
echo "{$result->messageId}\n";
$client->flush(); // waits until it is delivered
$client->close();
