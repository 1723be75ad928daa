<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * Something that happened in the process that delivers, or should deliver. An event about a message is sent after its
 * outcome was recorded.
 */
class Event extends Result
{
    /**
     * @param string $kind The kind of event.
     * @param DateTimeImmutable $occurredAt When it happened.
     * @param string|null $messageId The message; absent where the event is about none, as are the next three
     *     fields.
     * @param string|null $endpointId Its endpoint.
     * @param string|null $eventType The type of the event that the message belongs to; absent for a message that
     *     was sent to one endpoint.
     * @param int|null $attemptNo Which attempt it was, from 1.
     * @param int|null $responseStatus The receiver's status; absent where no answer came.
     * @param string|null $errorText What went wrong; absent where nothing did.
     * @param DateTimeImmutable|null $nextAttemptAt When the next attempt is due; absent where none follows.
     */
    public function __construct(
        public readonly string $kind,
        public readonly DateTimeImmutable $occurredAt,
        public readonly ?string $messageId = null,
        public readonly ?string $endpointId = null,
        public readonly ?string $eventType = null,
        public readonly ?int $attemptNo = null,
        public readonly ?int $responseStatus = null,
        public readonly ?string $errorText = null,
        public readonly ?DateTimeImmutable $nextAttemptAt = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            kind: $answer['kind'],
            occurredAt: new DateTimeImmutable($answer['occurred_at']),
            messageId: $answer['message_id'] ?? null,
            endpointId: $answer['endpoint_id'] ?? null,
            eventType: $answer['event_type'] ?? null,
            attemptNo: $answer['attempt_no'] ?? null,
            responseStatus: $answer['response_status'] ?? null,
            errorText: $answer['error_text'] ?? null,
            nextAttemptAt: isset($answer['next_attempt_at']) ? new DateTimeImmutable($answer['next_attempt_at']) : null,
        );
    }
}
