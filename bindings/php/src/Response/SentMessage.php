<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * A message that an event made.
 */
class SentMessage extends Result
{
    /**
     * @param string $messageId The id under which it is delivered.
     * @param string $endpointId The endpoint it goes to.
     */
    public function __construct(
        public readonly string $messageId,
        public readonly string $endpointId,
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
        );
    }
}
