<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * A signing key as `listEndpointSigningKeys` shows it, without its secret.
 */
class SigningKey extends Result
{
    /**
     * @param string $id The signing key's id, `sk_...`.
     * @param string $keyHint The last four characters of the secret.
     * @param DateTimeImmutable $createdAt When it was made.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $keyHint,
        public readonly DateTimeImmutable $createdAt,
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
            keyHint: $answer['key_hint'],
            createdAt: new DateTimeImmutable($answer['created_at']),
        );
    }
}
