<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What a test delivery came to.
 */
class TestDelivery extends Result
{
    /**
     * @param string $messageId The id that was sent. No message has it.
     * @param bool $delivered Whether the receiver answered 2xx.
     * @param string $payload What was sent.
     * @param AttemptRecord $attempt The attempt.
     */
    public function __construct(
        public readonly string $messageId,
        public readonly bool $delivered,
        public readonly string $payload,
        public readonly AttemptRecord $attempt,
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
            delivered: $answer['delivered'],
            payload: $answer['payload'],
            attempt: AttemptRecord::of($answer['attempt']),
        );
    }
}
