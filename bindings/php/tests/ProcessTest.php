<?php

declare(strict_types=1);

namespace HookBridge\Tests;

/** Processes that end, fork, and run for long. */
final class ProcessTest extends OutboxTestCase
{
    public function testWhatIsUndeliveredIsDeliveredAfterAReopen(): void
    {
        $client = $this->open(delivery: 'off');
        $endpoint = $client->createEndpoint($this->receiver->url);
        $sent = $client->send($endpoint->id, 1)->messageId;
        unset($client);
        self::assertSame([], $this->receiver->deliveries());
        self::assertTrue($this->open()->flush());
        self::assertSame([$sent => 1], $this->receiver->counts());
    }

    public function testAProgramThatEndsWithoutAClosingDeliversWhatItAccepted(): void
    {
        $endpoint = $this->open(delivery: 'off')->createEndpoint($this->receiver->url)->id;
        foreach (['', 'unset($client);', 'exit;'] as $number => $end) {
            $program = 'require $argv[1]; $client = new HookBridge\HookBridge(database: $argv[2],'
                . ' allowLocalEndpoints: true, exitTimeout: 30.0); $client->send($argv[3], 1);' . $end;
            $arguments = [__DIR__ . '/../autoload.php', "{$this->folder}/outbox.db", $endpoint];
            $this->program([PHP_BINARY, '-r', $program, ...$arguments]);
            self::assertSame(array_fill(0, $number + 1, 1), array_values($this->receiver->counts()));
        }
    }

    public function testAKilledSenderLosesNothing(): void
    {
        $client = $this->open(delivery: 'off');
        $endpoint = $client->createEndpoint($this->receiver->url);
        $program = 'require $argv[1]; $client = new HookBridge\HookBridge(database: $argv[2], delivery: "off");'
            . 'while (true) { echo $client->send($argv[3], 1)->messageId, "\n"; }';
        $arguments = [__DIR__ . '/../autoload.php', "{$this->folder}/outbox.db", $endpoint->id];
        $command = [PHP_BINARY, '-r', $program, ...$arguments];
        $sender = proc_open($command, [1 => ['file', "{$this->folder}/sent", 'w']], $pipes);
        $sent = fn () => array_slice(explode("\n", (string) file_get_contents("{$this->folder}/sent")), 0, -1);
        until(fn () => count($sent()) >= 100, 'a hundred are sent');
        proc_terminate($sender, 9);
        proc_close($sender);
        $client->close();
        self::assertTrue($this->open()->flush());
        self::assertSame([], array_diff($sent(), array_keys($this->receiver->counts())));
    }

    /** @requires extension pcntl */
    public function testBothSidesOfAForkSend(): void
    {
        $client = $this->open(delivery: 'off');
        $endpoint = $client->createEndpoint($this->receiver->url);
        $client->send($endpoint->id, 'null');
        $children = [];
        for ($child = 0; $child < 4; $child++) {
            $pid = pcntl_fork();
            self::assertGreaterThanOrEqual(0, $pid);
            if ($pid === 0) {
                $ids = [];
                for ($number = 0; $number < 50; $number++) {
                    $ids[] = $client->send($endpoint->id, $number)->messageId;
                }
                file_put_contents("{$this->folder}/child-{$child}", implode("\n", $ids));
                // Without PHPUnit's own end.
                posix_kill(getmypid(), SIGKILL);
            }
            $children[] = $pid;
        }
        $sent = [];
        for ($number = 0; $number < 50; $number++) {
            $sent[] = $client->send($endpoint->id, $number)->messageId;
        }
        foreach ($children as $child => $pid) {
            pcntl_waitpid($pid, $status);
            array_push($sent, ...explode("\n", file_get_contents("{$this->folder}/child-{$child}")));
        }
        self::assertCount(250, array_unique($sent));
        $client->close();
        self::assertTrue($this->open()->flush());
        $counts = $this->receiver->counts();
        self::assertSame([], array_diff($sent, array_keys($counts)));
        self::assertCount(251, $counts);
    }

    /** @requires extension pcntl */
    public function testASignalIsHandledWhileWaiting(): void
    {
        $client = $this->open(delivery: 'off');
        $client->send($client->createEndpoint($this->receiver->url)->id, 1);
        $before = pcntl_async_signals(true);
        pcntl_signal(SIGALRM, static fn () => throw new \RuntimeException('rang'));
        pcntl_alarm(1);
        try {
            $client->flush(60.0);
            self::fail('it waited on');
        } catch (\RuntimeException $error) {
            self::assertSame('rang', $error->getMessage());
        } finally {
            pcntl_signal(SIGALRM, SIG_DFL);
            pcntl_async_signals($before);
        }
    }

    public function testMemoryStaysFlat(): void
    {
        $endpoint = $this->open()->createEndpoint($this->receiver->url)->id;
        $cycles = function (int $count): void {
            for ($number = 0; $number < $count; $number++) {
                $this->open(delivery: 'off', durability: 'normal')->listEndpoints();
            }
        };
        $client = $this->open(delivery: 'off', durability: 'normal');
        $sends = static function (int $count) use ($client, $endpoint): array {
            $times = [];
            for ($number = 0; $number < $count; $number++) {
                $start = hrtime(true);
                $client->send($endpoint, ['event' => 'order.created', 'number' => $number], ['X-A' => 'b']);
                $times[$number % 10_000] = hrtime(true) - $start;
            }
            sort($times);

            return $times;
        };
        $sends(20_000);
        $cycles(100);
        $before = self::residentKilobytes();
        $times = $sends(100_000);
        $cycles(1_000);
        $grown = self::residentKilobytes() - $before;
        printf("\n100,000 sends and 1,000 opens: %d KiB more, send p50 %.1f us\n", $grown, $times[5_000] / 1_000);
        self::assertLessThan(16 * 1024, $grown);
    }

    public function testNothingIsLostOrWrongUnderValgrind(): void
    {
        $program = 'require $argv[1]; for ($cycle = 0; $cycle < 3; $cycle++) {'
            . '$client = new HookBridge\HookBridge(database: "own.db", allowLocalEndpoints: true, verifyDns: false);'
            . '$id = $client->createEndpoint($argv[2])->id; $events = $client->events();'
            . 'for ($number = 0; $number < 20; $number++) { $client->send($id, [$number], ["X-A" => "b"]); }'
            . 'try { $client->getMessage("none"); } catch (HookBridge\Exception\NotFoundException) { echo "n"; }'
            . '$client->flush(); iterator_count($events->getIterator()); $client->close(); }';
        $valgrind = ['valgrind', '--quiet', '--leak-check=full', '--show-leak-kinds=definite'];
        array_push($valgrind, '--errors-for-leak-kinds=definite', '--error-exitcode=7', PHP_BINARY);
        // PHP's own allocator and its compiled patterns hide or feign errors.
        $plain = ['-d', 'opcache.enable=0', '-d', 'pcre.jit=0', '-r', $program];
        $arguments = [__DIR__ . '/../autoload.php', $this->receiver->url];
        $output = $this->program([...$valgrind, ...$plain, ...$arguments], ['USE_ZEND_ALLOC' => '0']);
        self::assertSame('nnn', $output);
        self::assertCount(60, $this->receiver->counts());
    }

    private static function residentKilobytes(): int
    {
        gc_collect_cycles();
        preg_match('/^VmRSS:\s+(\d+)/m', file_get_contents('/proc/self/status'), $found);

        return (int) $found[1];
    }
}
