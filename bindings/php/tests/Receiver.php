<?php

declare(strict_types=1);

namespace HookBridge\Tests;

use RuntimeException;

/** A receiver in a process of its own, and what it got. */
final class Receiver
{
    public readonly string $url;

    /** @var resource */
    private $process;

    public function __construct(private readonly string $log)
    {
        touch($log);
        $command = [PHP_BINARY, __DIR__ . '/receiver.php', $log, (string) getmypid()];
        $this->process = proc_open($command, [], $pipes);
        until(static fn () => trim((string) file_get_contents($log)) !== '', 'the receiver starts');
        $this->url = 'http://127.0.0.1:' . strtok((string) file_get_contents($log), "\n");
    }

    /** @return list<array{path: string, headers: array<string, string>, body: string}> */
    public function deliveries(): array
    {
        $lines = explode("\n", (string) file_get_contents($this->log));
        // The last is empty, or not whole yet.
        return array_map(static function (string $line): array {
            $delivery = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
            $delivery['body'] = base64_decode($delivery['body'], true);

            return $delivery;
        }, array_slice($lines, 1, -1));
    }

    /** @return array<string, int> how often each message came */
    public function counts(): array
    {
        return array_count_values(array_map(static fn (array $one) => $one['headers']['x-webhook-id'], $this->deliveries()));
    }

    public function stop(): void
    {
        proc_terminate($this->process, 9);
        proc_close($this->process);
    }
}

/** Waits for what must come about, generously. */
function until(callable $holds, string $what): void
{
    $deadline = hrtime(true) + 30_000_000_000;
    while (!$holds()) {
        if (hrtime(true) > $deadline) {
            throw new RuntimeException("it did not come about that {$what}");
        }
        usleep(10_000);
    }
}
