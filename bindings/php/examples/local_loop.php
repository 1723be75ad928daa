<?php

use HookBridge\HookBridge;

require 'vendor/autoload.php';

$client = new HookBridge(database: 'local.db', allowLocalEndpoints: true);
$endpoint = $client->createEndpoint('http://127.0.0.1:9000/hooks');
$result = $client->send($endpoint->id, ['event' => 'order.created']);
$client->flush();
echo $client->getMessage($result->messageId)->status, "\n";
$client->close();
