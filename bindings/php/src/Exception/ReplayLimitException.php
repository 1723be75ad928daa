<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * The message was replayed as often as is allowed (429).
 */
class ReplayLimitException extends HookBridgeException
{
    public function __construct(
        string $message,
        ?string $requestId = null,
        ?string $exactCode = null,
        bool $isRetryable = false,
    ) {
        parent::__construct(
            $message,
            'REPLAY_LIMIT_EXCEEDED',
            $requestId,
            429,
            $exactCode,
            $isRetryable,
        );
    }
}
