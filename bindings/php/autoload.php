<?php

declare(strict_types=1);

// For programs without Composer.
spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'HookBridge\\')) {
        $file = __DIR__ . '/src/' . str_replace('\\', '/', substr($class, strlen('HookBridge\\'))) . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});
