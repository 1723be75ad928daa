<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * An endpoint in a list.
 */
final class EndpointSummary
{
    public function __construct(
        public readonly string $id,
        public readonly string $url,
        public readonly ?string $description,
        public readonly bool $paused,
        public readonly DateTimeImmutable $createdAt,
    ) {
    }
}
