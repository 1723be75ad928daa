<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * A new endpoint. `$signingSecret` is shown only here.
 */
final class CreatedEndpoint
{
    public function __construct(
        public readonly string $id,
        public readonly string $url,
        public readonly ?string $description,
        public readonly string $signingKeyId,
        public readonly string $signingSecret,
        public readonly string $keyHint,
        public readonly DateTimeImmutable $createdAt,
    ) {
    }
}
