<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * A message of an event.
 */
class EventMessage extends Result
{
    /**
     * @param string $messageId The message's id.
     * @param string $endpointId The endpoint it goes to.
     * @param 'queued'|'delivering'|'succeeded'|'pending_retry'|'failed_permanent' $status The message's state.
     */
    public function __construct(
        public readonly string $messageId,
        public readonly string $endpointId,
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
            endpointId: $answer['endpoint_id'],
            status: $answer['status'],
        );
    }
}
