<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What became of one message of a replay.
 */
class ReplayBatchResult extends Result
{
    /**
     * @param string $messageId The id as the request gave it.
     * @param 'replayed'|'failed'|'stuck' $status `replayed` or `failed`.
     * @param string|null $error Why the message was not replayed.
     */
    public function __construct(
        public readonly string $messageId,
        public readonly string $status,
        public readonly ?string $error = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            messageId: $answer['message_id'],
            status: $answer['status'],
            error: $answer['error'] ?? null,
        );
    }
}
