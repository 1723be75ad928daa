<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * No such endpoint, message, key or export (404).
 */
class NotFoundException extends HookBridgeException
{
    public function __construct(
        string $message,
        ?string $requestId = null,
        ?string $exactCode = null,
        bool $isRetryable = false,
    ) {
        parent::__construct(
            $message,
            'NOT_FOUND',
            $requestId,
            404,
            $exactCode,
            $isRetryable,
        );
    }
}
