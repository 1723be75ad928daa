<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * An event that was accepted: it is on disk with all its messages.
 */
class SendEventResponse extends Result
{
    /**
     * @param string $eventId The event's id, `evt_...`.
     * @param list<SentMessage> $messages Its messages, one for each endpoint.
     * @param int|null $matched How many endpoints want it. 0 is no error: the event is kept, and can be replayed to
     *     an endpoint that comes later. Absent in a relay, whose server knows the endpoints.
     */
    public function __construct(
        public readonly string $eventId,
        public readonly array $messages,
        public readonly ?int $matched = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            eventId: $answer['event_id'],
            messages: array_map(SentMessage::of(...), $answer['messages']),
            matched: $answer['matched'] ?? null,
        );
    }
}
