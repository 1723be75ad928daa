<?php

declare(strict_types=1);

// Prints the median microseconds of a send, and sends a second.

require __DIR__ . '/../../bindings/php/autoload.php';

use HookBridge\HookBridge;
use HookBridge\RawJson;

[, $database, $endpointId, $document, $warmUp, $sends] = $argv;
$payload = new RawJson($document);
$client = new HookBridge(database: $database, durability: 'normal', delivery: 'off', allowLocalEndpoints: true);
for ($n = 0; $n < (int) $warmUp; $n++) {
    $client->send($endpointId, $payload);
}
$taken = [];
for ($n = 0; $n < (int) $sends; $n++) {
    $begun = hrtime(true);
    $client->send($endpointId, $payload);
    $taken[] = hrtime(true) - $begun;
}
$begun = hrtime(true);
for ($n = 0; $n < (int) $sends; $n++) {
    $client->send($endpointId, $payload);
}
$rate = (int) $sends / (hrtime(true) - $begun) * 1e9;
$client->close();
sort($taken);
echo $taken[intdiv(count($taken), 2)] / 1e3, ' ', $rate, "\n";
