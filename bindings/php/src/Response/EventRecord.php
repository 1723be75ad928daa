<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * An event, without its payload.
 */
class EventRecord extends Result
{
    /**
     * @param string $eventId The event's id, `evt_...`.
     * @param string $type The name of its type.
     * @param int $sizeBytes The size of the payload.
     * @param string $payloadSha256 Hex SHA-256 of the payload.
     * @param DateTimeImmutable $createdAt When it was accepted.
     * @param int $matched How many endpoints wanted it when it was accepted.
     * @param bool $hasPayload Whether its payload is still kept.
     * @param string|null $tenant The customer whose endpoints it went to; absent where the producer named none.
     * @param string|null $idempotencyKey The producer's idempotency key; absent where it gave none.
     * @param string|null $orderingKey Its messages to one endpoint are delivered in order with others of this key;
     *     absent where the producer gave none.
     * @param DateTimeImmutable|null $deliverAt Before when its messages are not delivered.
     * @param DateTimeImmutable|null $expiresAt After when its messages are not tried any more.
     */
    public function __construct(
        public readonly string $eventId,
        public readonly string $type,
        public readonly int $sizeBytes,
        public readonly string $payloadSha256,
        public readonly DateTimeImmutable $createdAt,
        public readonly int $matched,
        public readonly bool $hasPayload,
        public readonly ?string $tenant = null,
        public readonly ?string $idempotencyKey = null,
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
            eventId: $answer['event_id'],
            type: $answer['type'],
            sizeBytes: $answer['size_bytes'],
            payloadSha256: $answer['payload_sha256'],
            createdAt: new DateTimeImmutable($answer['created_at']),
            matched: $answer['matched'],
            hasPayload: $answer['has_payload'],
            tenant: $answer['tenant'] ?? null,
            idempotencyKey: $answer['idempotency_key'] ?? null,
            orderingKey: $answer['ordering_key'] ?? null,
            deliverAt: isset($answer['deliver_at']) ? new DateTimeImmutable($answer['deliver_at']) : null,
            expiresAt: isset($answer['expires_at']) ? new DateTimeImmutable($answer['expires_at']) : null,
        );
    }
}
