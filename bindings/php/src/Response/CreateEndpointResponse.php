<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;
use SensitiveParameter;

/**
 * A new endpoint. Its signing secret is shown only here.
 */
class CreateEndpointResponse extends Result
{
    protected const SECRETS = ['signingSecret'];

    /**
     * @param string $id The endpoint's id, `ep_...`.
     * @param string $url The normalised URL.
     * @param string $signingSecret The secret that deliveries are signed with, `whsec_...`.
     * @param string|null $description The owner's words.
     * @param DateTimeImmutable $createdAt When the endpoint was made.
     * @param string|null $signingKeyId The signing key's id, `sk_...`.
     * @param string|null $keyHint The last four characters of the secret.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $url,
        #[SensitiveParameter] public readonly string $signingSecret,
        public readonly ?string $description,
        public readonly DateTimeImmutable $createdAt,
        public readonly ?string $signingKeyId = null,
        public readonly ?string $keyHint = null,
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
            signingSecret: $answer['signing_secret'],
            description: $answer['description'] ?? null,
            createdAt: new DateTimeImmutable($answer['created_at']),
            signingKeyId: $answer['signing_key_id'] ?? null,
            keyHint: $answer['key_hint'] ?? null,
        );
    }
}
