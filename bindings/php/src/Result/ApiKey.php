<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * An API key without the key itself.
 */
final class ApiKey
{
    public function __construct(
        public readonly string $keyId,
        public readonly string $label,
        public readonly string $prefix,
        public readonly DateTimeImmutable $createdAt,
        public readonly ?DateTimeImmutable $lastUsedAt,
    ) {
    }
}
