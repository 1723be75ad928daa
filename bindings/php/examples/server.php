<?php

use HookBridge\HookBridge;

require 'vendor/autoload.php';

$client = new HookBridge(database: 'hookbridge.db', delivery: 'off');
$endpoint = $client->listEndpoints()[0];
$orderId = basename($_SERVER['REQUEST_URI']);
$result = $client->send(
    endpointId: $endpoint->id,
    payload: ['event' => 'order.created', 'order_id' => $orderId],
    idempotencyKey: "{$orderId}-created",
);
http_response_code(202);
header('Content-Type: application/json');
echo json_encode(['message_id' => $result->messageId]);
