<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * A new API key; `$key` is shown only here.
 */
final class NewApiKey
{
    public function __construct(
        public readonly string $keyId,
        public readonly string $key,
        public readonly string $prefix,
        public readonly string $label,
        public readonly DateTimeImmutable $createdAt,
    ) {
    }
}
