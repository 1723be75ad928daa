<?php

use HookBridge\HookBridge;

$client = new HookBridge('YOUR_API_KEY');

$result = $client->send(
    endpointId: 'YOUR_ENDPOINT_ID',
    payload: ['event' => 'order.created', 'order_id' => 'ord_123'],
    headers: ['X-Source' => 'billing-service'],
    idempotencyKey: 'order-123-created-v1',
);
echo $result->messageId, "\n";
