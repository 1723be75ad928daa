<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * A server did not answer in time (504).
 */
class TimeoutException extends HookBridgeException
{
    public function __construct(
        string $message,
        ?string $requestId = null,
        ?string $exactCode = null,
        bool $isRetryable = true,
    ) {
        parent::__construct(
            $message,
            'TIMEOUT',
            $requestId,
            504,
            $exactCode,
            $isRetryable,
        );
    }
}
