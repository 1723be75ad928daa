<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * What happened to a message: `message_delivered`, `attempt_failed` or `message_dead`; or `not_delivering`, of no message,
 * where this process should deliver and cannot: `errorText` says why.
 */
final class Event
{
    public function __construct(
        public readonly string $kind,
        public readonly ?string $messageId,
        public readonly ?string $endpointId,
        public readonly ?int $attemptNo,
        public readonly ?int $responseStatus,
        public readonly ?string $errorText,
        public readonly ?DateTimeImmutable $nextAttemptAt,
        public readonly DateTimeImmutable $occurredAt,
    ) {
    }
}
