<?php

declare(strict_types=1);

namespace HookBridge\Tests;

use HookBridge\HookBridge;
use PHPUnit\Framework\TestCase;

/** A folder, a receiver, and clients that may send to it. */
abstract class OutboxTestCase extends TestCase
{
    protected string $folder;
    protected Receiver $receiver;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/hookbridge-php-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
        chmod($this->folder, 0777);
        $this->receiver = new Receiver($this->folder . '/received');
    }

    protected function tearDown(): void
    {
        $this->receiver->stop();
        foreach ([...glob("{$this->folder}/*/*"), ...glob("{$this->folder}/*")] as $name) {
            @(is_dir($name) ? rmdir(...) : unlink(...))($name);
        }
        // What a process of the test still writes is left to the system.
        @rmdir($this->folder);
    }

    protected function open(mixed ...$settings): HookBridge
    {
        return new HookBridge(...$settings + [
            'database' => $this->folder . '/outbox.db',
            'allowLocalEndpoints' => true,
            'verifyDns' => false,
            'retrySchedule' => [0.05],
        ]);
    }

    /** What a program printed; it must end well. */
    protected function program(array $command, array $environment = []): string
    {
        $process = proc_open($command, [1 => ['pipe', 'w']], $pipes, $this->folder, $environment + getenv());
        $output = (string) stream_get_contents($pipes[1]);
        self::assertSame(0, proc_close($process), implode(' ', $command) . ": {$output}");

        return $output;
    }
}
