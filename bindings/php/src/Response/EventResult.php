<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * The result for one event of a batch: a receipt, or why it was refused.
 */
class EventResult extends Result
{
    /**
     * @param SendFailure|null $error Why it was refused, which does not affect the other events; absent where it
     *     was accepted.
     * @param string|null $eventId The event's id; absent where it was refused.
     * @param int|null $matched How many endpoints want it; absent where it was refused, and in a relay.
     * @param list<SentMessage>|null $messages Its messages; absent where it was refused.
     */
    public function __construct(
        public readonly ?SendFailure $error = null,
        public readonly ?string $eventId = null,
        public readonly ?int $matched = null,
        public readonly ?array $messages = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            error: isset($answer['error']) ? SendFailure::of($answer['error']) : null,
            eventId: $answer['event_id'] ?? null,
            matched: $answer['matched'] ?? null,
            messages: isset($answer['messages']) ? array_map(SentMessage::of(...), $answer['messages']) : null,
        );
    }
}
