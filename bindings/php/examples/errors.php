<?php

use HookBridge\Exception\HookBridgeException;
use HookBridge\Exception\NotFoundException;
use HookBridge\HookBridge;

require 'vendor/autoload.php';

$client = new HookBridge(database: 'hookbridge.db');
try {
    $client->send('ep_unknown', ['event' => 'order.created']);
} catch (NotFoundException $error) {
    echo "{$error->exactCode} {$error->statusCode}\n";
} catch (HookBridgeException $error) {
    echo $error->exactCode, $error->isRetryable ? " again later\n" : " not again\n";
}
$client->close();
