<?php

declare(strict_types=1);

namespace HookBridge\Exception;

use Exception;
use HookBridge\Native\ExceptionClasses;

/**
 * Any failure of HookBridge.
 *
 * The message is for people, `$exactCode` for programs (HookBridge\ErrorCode has all). `$errorCode` is the same, or
 * that of the whole class: `NOT_FOUND` of every NotFoundException. `$statusCode` is the HTTP status of the code,
 * `$isRetryable` says whether the same call may succeed later, and `$requestId` is set where a server answered.
 */
class HookBridgeException extends Exception
{
    public readonly ?string $exactCode;

    public function __construct(
        string $message,
        public readonly ?string $errorCode = null,
        public readonly ?string $requestId = null,
        public readonly ?int $statusCode = null,
        ?string $exactCode = null,
        public readonly bool $isRetryable = false,
    ) {
        parent::__construct($message);
        $this->exactCode = $exactCode ?? $errorCode;
    }

    /**
     * The exception of a failure: its class goes by the code.
     *
     * @internal
     */
    public static function of(
        string $message,
        string $code,
        int $status,
        ?string $requestId = null,
        bool $isRetryable = false,
        ?float $wait = null,
    ): self {
        $class = ExceptionClasses::BY_CODE[$code] ?? self::class;

        return match ($class) {
            self::class => new self($message, $code, $requestId, $status, $code, $isRetryable),
            RateLimitException::class =>
                // Whole seconds, and rather a moment too long than too short.
                new $class($message, $requestId, $wait === null ? null : (int) ceil($wait), $code, $isRetryable),
            default => new $class($message, $requestId, $code, $isRetryable),
        };
    }
}
