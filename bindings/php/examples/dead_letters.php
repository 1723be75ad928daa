<?php

use HookBridge\HookBridge;

require 'vendor/autoload.php';

$client = new HookBridge(database: 'hookbridge.db');
foreach ($client->iterDLQMessages() as $message) {
    echo "{$message->messageId} {$message->lastError}\n";
    $client->replayFromDLQ($message->messageId);
}
$client->flush();
$client->close();
