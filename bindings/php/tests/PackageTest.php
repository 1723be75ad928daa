<?php

declare(strict_types=1);

namespace HookBridge\Tests;

/** The packed package in a clean project, installed by Composer without the network. */
final class PackageTest extends OutboxTestCase
{
    public function testTheArchiveWorksInACleanProject(): void
    {
        $environment = ['COMPOSER_ALLOW_SUPERUSER' => '1', 'COMPOSER_HOME' => "{$this->folder}/composer"];
        $package = dirname(__DIR__);
        $composer = ['composer', '--no-interaction', '--quiet'];
        $this->program(
            [...$composer, 'archive', "--working-dir={$package}", "--dir={$this->folder}", '--file=package'],
            $environment,
        );
        mkdir("{$this->folder}/package");
        $this->program(['tar', '-xf', "{$this->folder}/package.tar", '-C', "{$this->folder}/package"]);
        self::assertDirectoryDoesNotExist("{$this->folder}/package/tests");
        mkdir("{$this->folder}/project");
        file_put_contents("{$this->folder}/project/composer.json", json_encode([
            'repositories' => [
                ['type' => 'path', 'url' => '../package', 'options' => ['symlink' => false]],
                ['packagist.org' => false],
            ],
            // A library that asks for the published package is content with ours, and Composer installs no other.
            'require' => ['hookbridge/hookbridge' => '@dev', 'hookbridge/hookbridge-php' => '^1.7'],
        ]));
        $this->program([...$composer, 'install', "--working-dir={$this->folder}/project"], $environment);
        self::assertSame(
            ['.', '..', 'hookbridge'],
            scandir("{$this->folder}/project/vendor/hookbridge"),
        );
        $program = <<<'PHP'
            require 'project/vendor/autoload.php';
            $client = new HookBridge\HookBridge(database: 'own.db', allowLocalEndpoints: true, verifyDns: false);
            $client->send($client->createEndpoint($argv[1])->id, ['packed' => true]);
            echo $client->flush() ? 'delivered' : 'waiting';
            echo ' ', (new ReflectionClass($client))->getFileName();
            PHP;
        $output = $this->program([PHP_BINARY, '-r', $program, $this->receiver->url]);
        self::assertSame("delivered {$this->folder}/project/vendor/hookbridge/hookbridge/src/HookBridge.php", $output);
        self::assertSame(['{"packed":true}'], array_column($this->receiver->deliveries(), 'body'));
    }
}
