<?php

declare(strict_types=1);

// Prints the median microseconds of a send, and sends a second. Without an endpoint, of an event.

require __DIR__ . '/../../bindings/php/autoload.php';

use HookBridge\HookBridge;
use HookBridge\RawJson;

[, $database, $endpointId, $document, $warmUp, $sends] = $argv;
$payload = new RawJson($document);
$client = new HookBridge(database: $database, durability: 'normal', delivery: 'off', allowLocalEndpoints: true);
$send = $endpointId === ''
    ? static fn() => $client->sendEvent('order.created', $payload)
    : static fn() => $client->send($endpointId, $payload);
for ($n = 0; $n < (int) $warmUp; $n++) {
    $send();
}
$taken = [];
for ($n = 0; $n < (int) $sends; $n++) {
    $begun = hrtime(true);
    $send();
    $taken[] = hrtime(true) - $begun;
}
$begun = hrtime(true);
for ($n = 0; $n < (int) $sends; $n++) {
    $send();
}
$rate = (int) $sends / (hrtime(true) - $begun) * 1e9;
$client->close();
sort($taken);
echo $taken[intdiv(count($taken), 2)] / 1e3, ' ', $rate, "\n";
