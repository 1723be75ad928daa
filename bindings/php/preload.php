<?php

declare(strict_types=1);

// opcache.preload for FPM: with ffi.enable=preload only code that is loaded here may reach the library.
$files = new RecursiveIteratorIterator(
    new RecursiveDirectoryIterator(__DIR__ . '/src', FilesystemIterator::SKIP_DOTS),
);
foreach ($files as $file) {
    opcache_compile_file($file->getPathname());
}
