<?php

declare(strict_types=1);

// What the function or SQLite's table refuses, as exceptions of the package. A savepoint, and the transaction goes on.
// PDO itself raises none here.

use HookBridge\Exception\HookBridgeException;
use HookBridge\HookBridge;
use HookBridge\RawJson;

require getenv('HOOKBRIDGE_PACKAGE');

$endpointId = getenv('ENDPOINT_ID');
// A file does not know what was sent before.
$isFile = getenv('SQLITE_FILE') !== false;
$cases = [
    ['endpointId' => 'ep_unknown', 'payload' => null],
    ['payload' => 1, 'headers' => ['Host' => 'example.com']],
    ['payload' => 1, 'idempotencyKey' => 'not a key'],
    ['payload' => 1, 'deliverAt' => '2030-02-31T00:00:00Z'],
    ['payload' => 1, 'orderingKey' => "a\0b"],
    ...$isFile ? [] : [['payload' => 2, 'idempotencyKey' => 'one']],
    ['payload' => str_repeat('x', 1_048_576)],
];

$client = new HookBridge();
$silent = [PDO::ATTR_ERRMODE => PDO::ERRMODE_SILENT];
$pdo = new PDO(getenv('PDO_DSN'), options: $silent);

function refused(callable $send): void
{
    try {
        $send();
    } catch (HookBridgeException $refusal) {
        assert(!str_contains($refusal->getMessage(), $refusal->exactCode), $refusal->getMessage());
        echo "refused {$refusal->exactCode} {$refusal->statusCode}\n";
    }
}

$pdo->beginTransaction();
$first = $client->send(
    $endpointId,
    new RawJson('1'),
    idempotencyKey: 'one',
    retentionHours: 1,
    orderingKey: 'customer-7',
    deliverAt: new DateTimeImmutable('+1 day'),
    expiresAt: new DateTimeImmutable('+2 days'),
    transaction: $pdo,
);
$again = $isFile ? $first : $client->send($endpointId, 1, idempotencyKey: 'one', transaction: $pdo);
assert($again->messageId === $first->messageId);
foreach ($cases as $case) {
    $pdo->exec('SAVEPOINT before');
    refused(static fn () => $client->send(...[...['endpointId' => $endpointId], ...$case], transaction: $pdo));
    $pdo->exec('ROLLBACK TO before');
}
$pdo->rollBack();
refused(static fn () => $client->send($endpointId, 1, transaction: $pdo));
