<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge;

use DateTimeInterface;

/**
 * An event of `sendEventBatch`; its fields are those of `sendEvent`.
 */
final class BatchEvent
{
    /**
     * @param string $type The name of its type, such as `order.created`.
     * @param mixed $payload Any JSON value of at most 1,048,576 bytes.
     * @param string|null $tenant The customer whose endpoints it goes to, at most 128 characters; absent for
     *     endpoints without a tenant.
     * @param array<string, string>|null $headers Sent with its deliveries, in place of the endpoint's headers of
     *     the same names. At most 50 headers and 8,192 bytes.
     * @param string|null $idempotencyKey 1 to 255 of letters, digits, `_`, `-`. Within a tenant it names one event.
     * @param string|null $orderingKey Messages of one endpoint with this key are delivered one after another; at
     *     most 255 characters.
     * @param DateTimeInterface|string|null $deliverAt Before when it is not delivered; at most a year ahead.
     * @param DateTimeInterface|string|null $expiresAt After when it is not tried any more.
     * @param int|null $retentionHours How long the payload is kept, in hours; 0 drops it once all its messages are
     *     delivered.
     */
    public function __construct(
        public readonly string $type,
        public readonly mixed $payload,
        public readonly ?string $tenant = null,
        public readonly ?array $headers = null,
        public readonly ?string $idempotencyKey = null,
        public readonly ?string $orderingKey = null,
        public readonly DateTimeInterface|string|null $deliverAt = null,
        public readonly DateTimeInterface|string|null $expiresAt = null,
        public readonly ?int $retentionHours = null,
    ) {
    }

    /**
     * The engine's request.
     *
     * @internal
     * @return array<string, mixed>
     */
    public function request(): array
    {
        return [
            'type' => $this->type,
            'payload' => $this->payload,
            'tenant' => $this->tenant,
            'headers' => Codec::map('headers', $this->headers),
            'idempotency_key' => $this->idempotencyKey,
            'ordering_key' => $this->orderingKey,
            'deliver_at' => Codec::moment($this->deliverAt),
            'expires_at' => Codec::moment($this->expiresAt),
            'retention_hours' => $this->retentionHours,
        ];
    }
}
