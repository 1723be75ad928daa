<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * The idempotency key was used with another payload (409).
 */
class IdempotencyException extends HookBridgeException
{
    public function __construct(
        string $message,
        ?string $requestId = null,
        ?string $exactCode = null,
        bool $isRetryable = false,
    ) {
        parent::__construct(
            $message,
            'IDEMPOTENCY_MISMATCH',
            $requestId,
            409,
            $exactCode,
            $isRetryable,
        );
    }
}
