<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * A message, without its payload.
 */
final class Message
{
    public function __construct(
        public readonly string $id,
        public readonly string $projectId,
        public readonly string $endpointId,
        public readonly string $status,
        public readonly int $attemptCount,
        public readonly int $replayCount,
        public readonly string $contentType,
        public readonly int $sizeBytes,
        public readonly string $payloadSha256,
        public readonly DateTimeImmutable $createdAt,
        public readonly DateTimeImmutable $updatedAt,
        public readonly ?string $idempotencyKey,
        public readonly ?DateTimeImmutable $nextAttemptAt,
        public readonly ?string $lastError,
        public readonly ?int $responseStatus,
        public readonly ?int $responseLatencyMs,
        public readonly ?DateTimeImmutable $firstAttemptAt,
        public readonly ?DateTimeImmutable $deliveredAt,
        public readonly ?DateTimeImmutable $failedAt,
        public readonly ?int $queueWaitMs,
        public readonly ?int $totalDeliveryMs,
        public readonly ?DateTimeImmutable $payloadExpiresAt,
        public readonly ?DateTimeImmutable $deletedAt,
    ) {
    }
}
