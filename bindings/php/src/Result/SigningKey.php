<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * A signing key, without its secret.
 */
final class SigningKey
{
    public function __construct(
        public readonly string $id,
        public readonly string $keyHint,
        public readonly DateTimeImmutable $createdAt,
    ) {
    }
}
