<?php

declare(strict_types=1);

namespace HookBridge;

use DateTimeInterface;

/**
 * A message of `sendBatch`; its fields are those of `send`.
 */
final class BatchMessage
{
    /** @param array<string, string>|null $headers */
    public function __construct(
        public readonly string $endpointId,
        public readonly mixed $payload,
        public readonly ?array $headers = null,
        public readonly ?string $idempotencyKey = null,
        public readonly ?int $retentionHours = null,
        public readonly ?string $orderingKey = null,
        public readonly DateTimeInterface|string|null $deliverAt = null,
        public readonly DateTimeInterface|string|null $expiresAt = null,
    ) {
    }
}
