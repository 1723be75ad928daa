<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * A server could not be reached, or broke off (502).
 */
class NetworkException extends HookBridgeException
{
    public function __construct(
        string $message,
        ?string $requestId = null,
        ?string $exactCode = null,
        bool $isRetryable = true,
    ) {
        parent::__construct(
            $message,
            'NETWORK_ERROR',
            $requestId,
            502,
            $exactCode,
            $isRetryable,
        );
    }
}
