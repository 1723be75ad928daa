<?php

declare(strict_types=1);

namespace HookBridge\Exception;

use RuntimeException;

/**
 * Any failure of HookBridge.
 *
 * `$errorCode` is for programs (`ENDPOINT_NOT_FOUND`), the message for people, `$statusCode` the HTTP status that goes
 * with the code, `$isRetryable` whether the same call may succeed later. `$requestId` is set where a server answered,
 * `$retryAfter` (seconds) where it asked to wait.
 */
class HookBridgeException extends RuntimeException
{
    public function __construct(
        string $message,
        public readonly string $errorCode = 'INTERNAL_ERROR',
        public readonly ?int $statusCode = null,
        public readonly ?string $requestId = null,
        public readonly bool $isRetryable = false,
        public readonly ?float $retryAfter = null,
    ) {
        parent::__construct($message);
    }

    /**
     * The exception of a failure: its class goes by the code first, then by the HTTP status.
     *
     * @internal
     */
    public static function of(
        string $message,
        string $errorCode,
        int $statusCode,
        ?string $requestId = null,
        bool $isRetryable = false,
        ?float $retryAfter = null,
    ): self {
        $class = match ($errorCode) {
            'CLOSED' => self::class,
            'IDEMPOTENCY_MISMATCH' => IdempotencyException::class,
            'REPLAY_LIMIT_EXCEEDED' => ReplayLimitException::class,
            'NETWORK_ERROR' => NetworkException::class,
            'TIMEOUT' => TimeoutException::class,
            default => match ($statusCode) {
                400, 413 => ValidationException::class,
                401 => AuthenticationException::class,
                404 => NotFoundException::class,
                429 => RateLimitException::class,
                default => self::class,
            },
        };

        return new $class($message, $errorCode, $statusCode, $requestId, $isRetryable, $retryAfter);
    }
}
