<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * The API key is missing or unknown (401).
 */
class AuthenticationException extends HookBridgeException
{
    public function __construct(
        string $message,
        ?string $requestId = null,
        ?string $exactCode = null,
        bool $isRetryable = false,
    ) {
        parent::__construct(
            $message,
            'AUTHENTICATION_ERROR',
            $requestId,
            401,
            $exactCode,
            $isRetryable,
        );
    }
}
