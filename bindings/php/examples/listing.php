<?php

use HookBridge\HookBridge;

require 'vendor/autoload.php';

$client = new HookBridge(database: 'hookbridge.db');
$page = $client->listEndpoints(limit: 20);
echo count($page), " {$page[0]->id}\n";
if ($page->nextPage() === null) {
    echo "that is all\n";
}

foreach ($client->iterLogs(status: 'succeeded') as $message) {
    echo "{$message->messageId} {$message->status}\n";
}
$client->close();
