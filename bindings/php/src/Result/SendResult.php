<?php

declare(strict_types=1);

namespace HookBridge\Result;

/**
 * A message that was accepted: it is on disk.
 */
final class SendResult
{
    public function __construct(
        public readonly string $messageId,
        public readonly string $status,
    ) {
    }
}
