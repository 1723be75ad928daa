<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * The request or a setting is wrong (400).
 */
class ValidationException extends HookBridgeException
{
    public function __construct(
        string $message,
        ?string $requestId = null,
        ?string $exactCode = null,
        bool $isRetryable = false,
    ) {
        parent::__construct(
            $message,
            'VALIDATION_ERROR',
            $requestId,
            400,
            $exactCode,
            $isRetryable,
        );
    }
}
