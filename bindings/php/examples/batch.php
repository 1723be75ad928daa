<?php

use HookBridge\BatchMessage;
use HookBridge\HookBridge;
use HookBridge\RawJson;
use HookBridge\Response\SendFailure;

require 'vendor/autoload.php';

$client = new HookBridge(database: 'hookbridge.db');
$endpoint = $client->listEndpoints()[0];
$results = $client->sendBatch([
    new BatchMessage($endpoint->id, ['event' => 'order.created', 'order_id' => 'ord_124']),
    new BatchMessage($endpoint->id, new RawJson('{"event": "order.paid", "total": 19.90}')),
    new BatchMessage('ep_unknown', ['event' => 'order.created']),
]);
foreach ($results as $result) {
    echo $result instanceof SendFailure ? "refused {$result->code}\n" : "accepted {$result->messageId}\n";
}
$client->flush();
$client->close();
