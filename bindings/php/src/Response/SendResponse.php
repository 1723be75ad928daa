<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * A message that was accepted: it is on disk.
 */
class SendResponse extends Result
{
    /**
     * @param string $messageId The id under which the message is delivered.
     * @param 'queued' $status Always `queued`.
     */
    public function __construct(
        public readonly string $messageId,
        public readonly string $status,
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
        );
    }
}
