<?php

declare(strict_types=1);

// A web request as FPM serves it: a fresh client on the file that a sidecar delivers from.

use HookBridge\HookBridge;

$start = hrtime(true);
$client = new HookBridge(database: $_SERVER['OUTBOX'], delivery: 'off', durability: 'normal');
$opened = hrtime(true);
$result = $client->send($_SERVER['ENDPOINT'], ['event' => 'order.created', 'worker' => getmypid()]);
$sent = hrtime(true);
unset($client);
header('Content-Type: application/json');
echo json_encode([
    'message_id' => $result->messageId,
    'worker' => getmypid(),
    'send_us' => ($sent - $opened) / 1000,
    'whole_us' => (hrtime(true) - $start) / 1000,
]);
