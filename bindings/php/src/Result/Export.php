<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * A file of messages: `pending`, `processing`, `$completed`, `failed` or `expired`.
 */
final class Export
{
    public function __construct(
        public readonly string $id,
        public readonly string $projectId,
        public readonly string $status,
        public readonly DateTimeImmutable $filterStartTime,
        public readonly DateTimeImmutable $filterEndTime,
        public readonly ?string $filterStatus,
        public readonly ?string $filterEndpointId,
        public readonly ?int $rowCount,
        public readonly ?int $fileSizeBytes,
        public readonly ?string $errorMessage,
        public readonly DateTimeImmutable $createdAt,
        public readonly ?DateTimeImmutable $startedAt,
        public readonly ?DateTimeImmutable $completedAt,
        public readonly ?DateTimeImmutable $expiresAt,
    ) {
    }
}
