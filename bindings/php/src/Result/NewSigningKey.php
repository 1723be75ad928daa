<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * A new signing key. `$signingSecret` is shown only here.
 */
final class NewSigningKey
{
    public function __construct(
        public readonly string $id,
        public readonly string $signingSecret,
        public readonly string $keyHint,
        public readonly DateTimeImmutable $createdAt,
    ) {
    }
}
