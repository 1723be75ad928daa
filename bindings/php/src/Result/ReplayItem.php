<?php

declare(strict_types=1);

namespace HookBridge\Result;

/**
 * One message of a replay: `replayed`, or `failed` with the reason.
 */
final class ReplayItem
{
    public function __construct(
        public readonly string $messageId,
        public readonly string $status,
        public readonly ?string $error,
    ) {
    }
}
