<?php

declare(strict_types=1);

namespace HookBridge\Native;

use FFI;
use FFI\CData;
use HookBridge\ErrorCode;
use HookBridge\Exception\HookBridgeException;
use SensitiveParameter;

/**
 * The library: found and loaded once in a process.
 *
 * @internal
 */
final class Library
{
    /** The version of the C interface that this package speaks. */
    public const ABI_VERSION = 0;

    private const FILE = 'libhookbridge.so.0';

    private static ?FFI $ffi = null;

    /** What `ffi.preload` loaded; else `HOOKBRIDGE_LIBRARY`, else the file in `native`, else what the loader finds. */
    public static function get(): FFI
    {
        if (!class_exists(FFI::class)) {
            throw self::missing('PHP has no FFI here: install its extension `ffi`, or enable it by `extension=ffi`');
        }

        return self::$ffi ??= self::checked(self::preloaded() ?? self::load());
    }

    private static function preloaded(): ?FFI
    {
        try {
            return FFI::scope('HOOKBRIDGE');
        } catch (FFI\Exception) {
            return null;
        }
    }

    private static function load(): FFI
    {
        $native = dirname(__DIR__, 2) . '/native/';
        $header = @file_get_contents($native . 'hookbridge_ffi.h');
        if ($header === false) {
            throw self::missing("{$native}hookbridge_ffi.h is missing: build it with `make php`");
        }
        $named = getenv('HOOKBRIDGE_LIBRARY');
        $library = match (true) {
            is_string($named) && $named !== '' => $named,
            is_file($native . self::FILE) => $native . self::FILE,
            default => self::FILE,
        };
        try {
            return FFI::cdef($header, $library);
        } catch (FFI\Exception $cause) {
            throw self::missing(
                self::isRestricted()
                    ? self::remedy()
                    : "the library {$library} cannot be used: {$cause->getMessage()}",
            );
        }
    }

    /** Whether PHP keeps FFI from this program: it serves web requests, and the class was not preloaded. */
    private static function isRestricted(): bool
    {
        $setting = strtolower((string) ini_get('ffi.enable'));

        return $setting === 'preload' ? PHP_SAPI !== 'cli' : $setting !== '1';
    }

    private static function remedy(): string
    {
        $package = dirname(__DIR__, 2);

        return 'PHP keeps FFI from this program. In php.ini, set `ffi.enable = true`; or, to open it to this package'
            . " alone, `ffi.enable = preload`, `ffi.preload = {$package}/native/hookbridge_ffi.h` and"
            . " `opcache.preload = {$package}/preload.php`";
    }

    private static function checked(FFI $ffi): FFI
    {
        $found = $ffi->hookbridge_abi_version();
        if ($found !== self::ABI_VERSION) {
            throw self::missing(
                'the library speaks version ' . $found . ' of the interface, this package ' . self::ABI_VERSION,
            );
        }

        return $ffi;
    }

    private static function missing(string $message): HookBridgeException
    {
        return new HookBridgeException($message, ErrorCode::INTERNAL_ERROR, null, 500);
    }

    /** Raises what the library reported, and frees it. */
    public static function check(int $code, CData $error): void
    {
        if ($code === 0) {
            return;
        }
        $ffi = self::get();
        $requestId = $ffi->hookbridge_error_request_id($error);
        $wait = $ffi->hookbridge_error_retry_after_ms($error);
        $exception = HookBridgeException::of(
            self::worded($ffi->hookbridge_error_message($error)),
            $ffi->hookbridge_error_name($error),
            $ffi->hookbridge_error_http_status($error),
            $requestId === '' ? null : $requestId,
            $ffi->hookbridge_error_is_retryable($error),
            $wait === 0 ? null : $wait / 1000,
        );
        $ffi->hookbridge_error_free($error);

        throw $exception;
    }

    /** A sentence of the engine with the names of arguments as the caller wrote them. */
    public static function worded(string $message): string
    {
        return (string) preg_replace_callback(
            '/`(\w+)/',
            static fn (array $found) => '`' . (Names::ARGUMENTS[$found[1]] ?? $found[1]),
            $message,
        );
    }

    /** Bytes that live as long as what is returned. */
    public static function bytes(#[SensitiveParameter] string $text): CData
    {
        $length = strlen($text);
        $bytes = self::get()->new('uint8_t[' . ($length + 1) . ']');
        FFI::memcpy($bytes, $text, $length);

        return $bytes;
    }

    /** Points a slice at a part of such bytes, which the caller keeps for as long as the slice is used. */
    public static function point(CData $slice, CData $bytes, int $offset, int $length): void
    {
        $slice->data = self::get()->cast('uint8_t *', $bytes) + $offset;
        $slice->len = $length;
    }

    /** Reads a buffer of the library and frees it. */
    public static function take(CData $buffer): string
    {
        $ffi = self::get();
        $text = FFI::string($ffi->hookbridge_buffer_data($buffer), $ffi->hookbridge_buffer_len($buffer));
        $ffi->hookbridge_buffer_free($buffer);

        return $text;
    }

    /** Seconds as the library's milliseconds: nothing below 0 and nothing that overflows. */
    public static function milliseconds(float $seconds): int
    {
        return is_nan($seconds) ? 0 : (int) (min(max($seconds, 0.0), 1e9) * 1000);
    }
}
