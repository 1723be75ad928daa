<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * An export: a CSV file of messages.
 */
class ExportRecord extends Result
{
    /**
     * @param string $id A UUIDv7.
     * @param string $projectId Always `proj_default`.
     * @param 'pending'|'processing'|'completed'|'failed'|'expired' $status The export's state.
     * @param DateTimeImmutable $filterStartTime Messages accepted at this moment or later.
     * @param DateTimeImmutable $filterEndTime Messages accepted before this moment.
     * @param DateTimeImmutable $createdAt When it was requested.
     * @param 'queued'|'delivering'|'succeeded'|'pending_retry'|'failed_permanent'|null $filterStatus Only messages
     *     with this status.
     * @param string|null $filterEndpointId Only messages of this endpoint: the digits of its id as a UUID with
     *     dashes.
     * @param int|null $rowCount How many messages it has.
     * @param int|null $fileSizeBytes How large the file is.
     * @param string|null $errorMessage Why it failed.
     * @param DateTimeImmutable|null $startedAt When writing last began.
     * @param DateTimeImmutable|null $completedAt When it was completed or failed.
     * @param DateTimeImmutable|null $expiresAt Until when the file is kept.
     * @param string|null $direction Always `outbound`.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $projectId,
        public readonly string $status,
        public readonly DateTimeImmutable $filterStartTime,
        public readonly DateTimeImmutable $filterEndTime,
        public readonly DateTimeImmutable $createdAt,
        public readonly ?string $filterStatus = null,
        public readonly ?string $filterEndpointId = null,
        public readonly ?int $rowCount = null,
        public readonly ?int $fileSizeBytes = null,
        public readonly ?string $errorMessage = null,
        public readonly ?DateTimeImmutable $startedAt = null,
        public readonly ?DateTimeImmutable $completedAt = null,
        public readonly ?DateTimeImmutable $expiresAt = null,
        public readonly ?string $direction = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            id: $answer['id'],
            projectId: $answer['project_id'],
            status: $answer['status'],
            filterStartTime: new DateTimeImmutable($answer['filter_start_time']),
            filterEndTime: new DateTimeImmutable($answer['filter_end_time']),
            createdAt: new DateTimeImmutable($answer['created_at']),
            filterStatus: $answer['filter_status'] ?? null,
            filterEndpointId: $answer['filter_endpoint_id'] ?? null,
            rowCount: $answer['row_count'] ?? null,
            fileSizeBytes: $answer['file_size_bytes'] ?? null,
            errorMessage: $answer['error_message'] ?? null,
            startedAt: isset($answer['started_at']) ? new DateTimeImmutable($answer['started_at']) : null,
            completedAt: isset($answer['completed_at']) ? new DateTimeImmutable($answer['completed_at']) : null,
            expiresAt: isset($answer['expires_at']) ? new DateTimeImmutable($answer['expires_at']) : null,
            direction: $answer['direction'] ?? null,
        );
    }
}
