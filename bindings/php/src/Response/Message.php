<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * A message, without its payload.
 */
class Message extends Result
{
    /**
     * @param string $id A UUIDv7.
     * @param string $projectId Always `proj_default`.
     * @param string $endpointId The endpoint it goes to.
     * @param 'queued'|'delivering'|'succeeded'|'pending_retry'|'failed_permanent' $status The message's state.
     * @param int $attemptCount Attempts that ended.
     * @param int $replayCount Replays by `replay`, `replayAllMessages` and `replayBatchMessages`, at most 10.
     * @param string $contentType Always `application/json`.
     * @param int $sizeBytes The size of the payload.
     * @param string $payloadSha256 Hex SHA-256 of the payload.
     * @param DateTimeImmutable $createdAt When it was accepted.
     * @param DateTimeImmutable $updatedAt When it last changed.
     * @param string|null $idempotencyKey The producer's idempotency key; absent where it gave none.
     * @param DateTimeImmutable|null $nextAttemptAt When the next attempt is due, while `pending_retry` or
     *     scheduled.
     * @param string|null $lastError What the last failed attempt said.
     * @param int|null $responseStatus The receiver's status in the last attempt; absent where that attempt got no
     *     answer.
     * @param int|null $responseLatencyMs How long the last attempt took, in milliseconds.
     * @param DateTimeImmutable|null $deletedAt When it was deleted.
     * @param string|null $deletedByApiKeyId The API key of the caller that deleted it; absent where the door asks
     *     for none.
     * @param DateTimeImmutable|null $firstAttemptAt When the first attempt began.
     * @param DateTimeImmutable|null $deliveredAt When it was delivered.
     * @param DateTimeImmutable|null $failedAt When it was given up.
     * @param int|null $queueWaitMs From acceptance to the first attempt, in milliseconds.
     * @param int|null $totalDeliveryMs From acceptance to success, in milliseconds.
     * @param DateTimeImmutable|null $payloadExpiresAt When the payload is dropped at the latest; absent once it is
     *     gone.
     * @param string|null $eventId The event that it belongs to; absent for a message that was sent to one endpoint.
     * @param string|null $eventType The type of that event.
     * @param string|null $orderingKey Messages of the endpoint with this key are delivered one after another.
     * @param DateTimeImmutable|null $deliverAt Before when it is not delivered.
     * @param DateTimeImmutable|null $expiresAt After when it is not tried any more.
     */
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
        public readonly ?string $idempotencyKey = null,
        public readonly ?DateTimeImmutable $nextAttemptAt = null,
        public readonly ?string $lastError = null,
        public readonly ?int $responseStatus = null,
        public readonly ?int $responseLatencyMs = null,
        public readonly ?DateTimeImmutable $deletedAt = null,
        public readonly ?string $deletedByApiKeyId = null,
        public readonly ?DateTimeImmutable $firstAttemptAt = null,
        public readonly ?DateTimeImmutable $deliveredAt = null,
        public readonly ?DateTimeImmutable $failedAt = null,
        public readonly ?int $queueWaitMs = null,
        public readonly ?int $totalDeliveryMs = null,
        public readonly ?DateTimeImmutable $payloadExpiresAt = null,
        public readonly ?string $eventId = null,
        public readonly ?string $eventType = null,
        public readonly ?string $orderingKey = null,
        public readonly ?DateTimeImmutable $deliverAt = null,
        public readonly ?DateTimeImmutable $expiresAt = null,
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
            endpointId: $answer['endpoint_id'],
            status: $answer['status'],
            attemptCount: $answer['attempt_count'],
            replayCount: $answer['replay_count'],
            contentType: $answer['content_type'],
            sizeBytes: $answer['size_bytes'],
            payloadSha256: $answer['payload_sha256'],
            createdAt: new DateTimeImmutable($answer['created_at']),
            updatedAt: new DateTimeImmutable($answer['updated_at']),
            idempotencyKey: $answer['idempotency_key'] ?? null,
            nextAttemptAt: isset($answer['next_attempt_at']) ? new DateTimeImmutable($answer['next_attempt_at']) : null,
            lastError: $answer['last_error'] ?? null,
            responseStatus: $answer['response_status'] ?? null,
            responseLatencyMs: $answer['response_latency_ms'] ?? null,
            deletedAt: isset($answer['deleted_at']) ? new DateTimeImmutable($answer['deleted_at']) : null,
            deletedByApiKeyId: $answer['deleted_by_api_key_id'] ?? null,
            firstAttemptAt: isset($answer['first_attempt_at'])
                ? new DateTimeImmutable($answer['first_attempt_at'])
                : null,
            deliveredAt: isset($answer['delivered_at']) ? new DateTimeImmutable($answer['delivered_at']) : null,
            failedAt: isset($answer['failed_at']) ? new DateTimeImmutable($answer['failed_at']) : null,
            queueWaitMs: $answer['queue_wait_ms'] ?? null,
            totalDeliveryMs: $answer['total_delivery_ms'] ?? null,
            payloadExpiresAt: isset($answer['payload_expires_at'])
                ? new DateTimeImmutable($answer['payload_expires_at'])
                : null,
            eventId: $answer['event_id'] ?? null,
            eventType: $answer['event_type'] ?? null,
            orderingKey: $answer['ordering_key'] ?? null,
            deliverAt: isset($answer['deliver_at']) ? new DateTimeImmutable($answer['deliver_at']) : null,
            expiresAt: isset($answer['expires_at']) ? new DateTimeImmutable($answer['expires_at']) : null,
        );
    }
}
