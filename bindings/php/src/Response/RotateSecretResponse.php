<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;
use SensitiveParameter;

/**
 * What `createEndpointSigningKey` answers: the one time that the secret is shown.
 */
class RotateSecretResponse extends Result
{
    protected const SECRETS = ['signingSecret'];

    /**
     * @param string $id The signing key's id, `sk_...`.
     * @param string $signingSecret `whsec_...`, shown only here.
     * @param string|null $keyHint The last four characters of the secret.
     * @param DateTimeImmutable|null $createdAt When it was made.
     */
    public function __construct(
        public readonly string $id,
        #[SensitiveParameter] public readonly string $signingSecret,
        public readonly ?string $keyHint = null,
        public readonly ?DateTimeImmutable $createdAt = null,
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
            signingSecret: $answer['signing_secret'],
            keyHint: $answer['key_hint'] ?? null,
            createdAt: isset($answer['created_at']) ? new DateTimeImmutable($answer['created_at']) : null,
        );
    }
}
