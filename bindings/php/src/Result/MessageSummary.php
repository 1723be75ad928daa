<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * A message in the logs or in the dead letter queue. `$endpoint` is its URL.
 */
final class MessageSummary
{
    public function __construct(
        public readonly string $messageId,
        public readonly string $endpoint,
        public readonly string $status,
        public readonly int $attemptCount,
        public readonly DateTimeImmutable $createdAt,
        public readonly ?DateTimeImmutable $deliveredAt,
        public readonly ?DateTimeImmutable $failedAt,
        public readonly ?DateTimeImmutable $nextAttemptAt,
        public readonly ?int $responseStatus,
        public readonly ?int $responseLatencyMs,
        public readonly ?string $lastError,
        public readonly ?DateTimeImmutable $deletedAt,
    ) {
    }
}
