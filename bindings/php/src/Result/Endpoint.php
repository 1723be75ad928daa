<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * An endpoint.
 */
final class Endpoint
{
    /**
     * @param array<string, string>|null $headers
     */
    public function __construct(
        public readonly string $id,
        public readonly string $url,
        public readonly ?string $description,
        public readonly ?int $rateLimitRps,
        public readonly ?int $burst,
        public readonly ?array $headers,
        public readonly mixed $retrySchedule,
        public readonly ?int $maxAttempts,
        public readonly bool $paused,
        public readonly DateTimeImmutable $createdAt,
        public readonly DateTimeImmutable $updatedAt,
    ) {
    }
}
