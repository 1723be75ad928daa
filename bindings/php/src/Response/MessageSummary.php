<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * One line of the logs or of the dead letter queue.
 */
class MessageSummary extends Result
{
    /**
     * @param string $messageId A UUIDv7.
     * @param string $endpoint The endpoint's URL, not its id.
     * @param 'queued'|'delivering'|'succeeded'|'pending_retry'|'failed_permanent' $status The message's state.
     * @param int $attemptCount Attempts that ended.
     * @param string $createdAt When it was accepted.
     * @param string|null $deliveredAt When it was delivered.
     * @param int|null $responseStatus The receiver's status in the last attempt; absent where that attempt got no
     *     answer.
     * @param int|null $responseLatencyMs How long the last attempt took, in milliseconds.
     * @param string|null $lastError What the last failed attempt said.
     * @param string|null $nextAttemptAt When the next attempt is due, while `pending_retry` or scheduled.
     * @param string|null $deletedAt When it was deleted.
     * @param string|null $failedAt When it was given up.
     * @param string|null $endpointId The endpoint's id; absent where an older server answered.
     * @param string|null $eventType The type of the event that it belongs to; absent for a message that was sent to
     *     one endpoint.
     */
    public function __construct(
        public readonly string $messageId,
        public readonly string $endpoint,
        public readonly string $status,
        public readonly int $attemptCount,
        public readonly string $createdAt,
        public readonly ?string $deliveredAt = null,
        public readonly ?int $responseStatus = null,
        public readonly ?int $responseLatencyMs = null,
        public readonly ?string $lastError = null,
        public readonly ?string $nextAttemptAt = null,
        public readonly ?string $deletedAt = null,
        public readonly ?string $failedAt = null,
        public readonly ?string $endpointId = null,
        public readonly ?string $eventType = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            messageId: $answer['message_id'],
            endpoint: $answer['endpoint'],
            status: $answer['status'],
            attemptCount: $answer['attempt_count'],
            createdAt: $answer['created_at'],
            deliveredAt: $answer['delivered_at'] ?? null,
            responseStatus: $answer['response_status'] ?? null,
            responseLatencyMs: $answer['response_latency_ms'] ?? null,
            lastError: $answer['last_error'] ?? null,
            nextAttemptAt: $answer['next_attempt_at'] ?? null,
            deletedAt: $answer['deleted_at'] ?? null,
            failedAt: $answer['failed_at'] ?? null,
            endpointId: $answer['endpoint_id'] ?? null,
            eventType: $answer['event_type'] ?? null,
        );
    }
}
