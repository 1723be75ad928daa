<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * Too much at once (429); `$retryAfter` is in whole seconds where it is known.
 */
class RateLimitException extends HookBridgeException
{
    public function __construct(
        string $message,
        ?string $requestId = null,
        public readonly ?int $retryAfter = null,
        ?string $exactCode = null,
        bool $isRetryable = true,
    ) {
        parent::__construct(
            $message,
            'RATE_LIMIT_EXCEEDED',
            $requestId,
            429,
            $exactCode,
            $isRetryable,
        );
    }
}
