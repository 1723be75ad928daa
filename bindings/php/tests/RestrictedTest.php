<?php

declare(strict_types=1);

namespace HookBridge\Tests;

/** PHP's own web server keeps FFI from what it runs. */
final class RestrictedTest extends OutboxTestCase
{
    public function testTheErrorSaysHowFfiIsOpened(): void
    {
        $message = $this->served('-d', 'ffi.enable=preload');
        self::assertStringContainsString('`ffi.enable = true`', $message);
        $package = dirname(__DIR__);
        self::assertStringContainsString("`ffi.preload = {$package}/native/hookbridge_ffi.h`", $message);
        self::assertStringContainsString("`opcache.preload = {$package}/preload.php`", $message);
        self::assertStringContainsString('`ffi.enable = true`', $this->served('-d', 'ffi.enable=false'));
        self::assertSame('opened', $this->served('-d', 'ffi.enable=true'));
    }

    /** What a request to a server of such settings answers. */
    private function served(string ...$settings): string
    {
        $script = "{$this->folder}/serve.php";
        $autoload = var_export(dirname(__DIR__) . '/autoload.php', true);
        file_put_contents($script, <<<PHP
            <?php
            require {$autoload};
            try {
                new HookBridge\HookBridge(database: '{$this->folder}/served.db', delivery: 'off');
                echo 'opened';
            } catch (HookBridge\Exception\HookBridgeException \$error) {
                echo \$error->getMessage();
            }
            PHP);
        $probe = stream_socket_server('tcp://127.0.0.1:0');
        $address = stream_socket_get_name($probe, false);
        fclose($probe);
        $output = ['file', "{$this->folder}/server.log", 'a'];
        $command = [PHP_BINARY, ...$settings, '-S', $address, $script];
        $server = proc_open($command, [1 => $output, 2 => $output], $pipes, $this->folder);
        try {
            $answer = false;
            until(static function () use ($address, &$answer): bool {
                $answer = @file_get_contents("http://{$address}/");

                return $answer !== false;
            }, 'the server answers');

            return $answer;
        } finally {
            proc_terminate($server, SIGKILL);
            proc_close($server);
        }
    }
}
