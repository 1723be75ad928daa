<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * Dead letters with one cause at one endpoint.
 */
class DeadLetterGroup extends Result
{
    /**
     * @param string $cause `HTTP 503` where the receiver answered, else the text of the error without numbers and
     *     addresses.
     * @param string $endpointId The endpoint.
     * @param string $endpoint The endpoint's URL.
     * @param int $count How many messages.
     * @param DateTimeImmutable $firstFailedAt When the first of them was given up.
     * @param DateTimeImmutable $lastFailedAt When the last of them was given up.
     * @param string $messageId The newest of them.
     * @param string|null $lastError What its last attempt said, whole.
     */
    public function __construct(
        public readonly string $cause,
        public readonly string $endpointId,
        public readonly string $endpoint,
        public readonly int $count,
        public readonly DateTimeImmutable $firstFailedAt,
        public readonly DateTimeImmutable $lastFailedAt,
        public readonly string $messageId,
        public readonly ?string $lastError = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            cause: $answer['cause'],
            endpointId: $answer['endpoint_id'],
            endpoint: $answer['endpoint'],
            count: $answer['count'],
            firstFailedAt: new DateTimeImmutable($answer['first_failed_at']),
            lastFailedAt: new DateTimeImmutable($answer['last_failed_at']),
            messageId: $answer['message_id'],
            lastError: $answer['last_error'] ?? null,
        );
    }
}
