<?php

declare(strict_types=1);

namespace HookBridge\Tests;

/** FPM's workers with the classes preloaded and FFI closed to everything else; a sidecar delivers. */
final class FpmTest extends OutboxTestCase
{
    private const REQUESTS = 200;

    /** @var list<resource> */
    private array $processes = [];

    protected function tearDown(): void
    {
        foreach ($this->processes as $process) {
            proc_terminate($process, SIGTERM);
            proc_close($process);
        }
        parent::tearDown();
    }

    public function testEachRequestHasAFreshClientAndASidecarDelivers(): void
    {
        $command = getenv('HOOKBRIDGE_COMMAND') ?: __DIR__ . '/../../../target/debug/hookbridge';
        self::assertTrue(is_executable($command), 'cargo build --package hookbridge-sidecar makes it');
        [$fpm] = glob('/usr/sbin/php-fpm*') ?: [null];
        self::assertNotNull($fpm, 'php-fpm is missing');

        $database = $this->folder . '/outbox.db';
        $client = $this->open(delivery: 'off');
        $endpoint = $client->createEndpoint($this->receiver->url)->id;
        $client->close();
        $this->start(
            [$command, 'serve', '--database', $database, '--listen', '127.0.0.1:0'],
            ['HOOKBRIDGE_ALLOW_LOCAL_ENDPOINTS' => 'true', 'HOOKBRIDGE_VERIFY_DNS' => 'false'],
        );
        $socket = $this->startFpm($fpm);

        $environment = [
            'REQUEST_METHOD' => 'GET',
            'SCRIPT_FILENAME' => __DIR__ . '/fpm/request.php',
            'OUTBOX' => $database,
            'ENDPOINT' => $endpoint,
        ];
        $replies = [];
        for ($number = 0; $number < self::REQUESTS; $number++) {
            $answer = $this->program(['cgi-fcgi', '-bind', '-connect', $socket], $environment);
            $reply = json_decode(explode("\r\n\r\n", $answer, 2)[1], true);
            self::assertIsArray($reply, $answer);
            $replies[] = $reply;
        }
        $sent = array_column($replies, 'message_id');
        self::assertCount(self::REQUESTS, array_unique($sent));
        self::assertGreaterThan(1, count(array_unique(array_column($replies, 'worker'))));
        until(fn () => array_diff($sent, array_keys($this->receiver->counts())) === [], 'the sidecar delivers all');

        // The first requests of a worker open what the rest find ready.
        $median = static function (string $name) use ($replies): float {
            $times = array_column(array_slice($replies, 20), $name);
            sort($times);

            return $times[intdiv(count($times), 2)] / 1000;
        };
        printf("\nFPM: send %.3f ms, open, send and close %.3f ms\n", $median('send_us'), $median('whole_us'));
    }

    private function startFpm(string $fpm): string
    {
        $socket = $this->folder . '/fpm.sock';
        $user = posix_getpwuid(posix_geteuid())['name'];
        $group = posix_getgrgid(posix_getegid())['name'];
        file_put_contents("{$this->folder}/fpm.conf", <<<CONF
            [global]
            error_log = {$this->folder}/fpm.log
            daemonize = no
            [www]
            user = {$user}
            group = {$group}
            listen = {$socket}
            pm = static
            pm.max_children = 2
            catch_workers_output = yes
            CONF);
        $package = dirname(__DIR__);
        $settings = [
            'ffi.enable=preload',
            "ffi.preload={$package}/native/hookbridge_ffi.h",
            'opcache.enable=1',
            "opcache.preload={$package}/preload.php",
            "opcache.preload_user={$user}",
        ];
        $command = [$fpm, '-R', '-F', '-y', "{$this->folder}/fpm.conf"];
        foreach ($settings as $setting) {
            array_push($command, '-d', $setting);
        }
        // Where the loader finds libhookbridge.so.0; an installed one is found without.
        $this->start($command, ['LD_LIBRARY_PATH' => "{$package}/native"]);
        until(static fn () => file_exists($socket), 'FPM listens');

        return $socket;
    }

    private function start(array $command, array $environment): void
    {
        $output = ['file', $this->folder . '/' . basename($command[0]) . '.output', 'a'];
        $this->processes[] = proc_open($command, [1 => $output, 2 => $output], $pipes, $this->folder, $environment + getenv());
    }
}
