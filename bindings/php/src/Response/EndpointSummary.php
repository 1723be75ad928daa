<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * An endpoint in a list.
 */
class EndpointSummary extends Result
{
    /**
     * @param string $id The endpoint's id, `ep_...`.
     * @param string $url Where deliveries are posted to.
     * @param string|null $description The owner's words.
     * @param bool $paused Whether deliveries are held.
     * @param DateTimeImmutable $createdAt When it was made.
     * @param string|null $tenant The customer it belongs to.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $url,
        public readonly ?string $description,
        public readonly bool $paused,
        public readonly DateTimeImmutable $createdAt,
        public readonly ?string $tenant = null,
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
            url: $answer['url'],
            description: $answer['description'] ?? null,
            paused: $answer['paused'],
            createdAt: new DateTimeImmutable($answer['created_at']),
            tenant: $answer['tenant'] ?? null,
        );
    }
}
