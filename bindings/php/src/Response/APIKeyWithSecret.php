<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;
use SensitiveParameter;

/**
 * What `createAPIKey` answers: the one time that the whole key is shown.
 */
class APIKeyWithSecret extends Result
{
    protected const SECRETS = ['key'];

    /**
     * @param string $keyId The API key's id, `key_...`.
     * @param string $key The whole key, shown only here.
     * @param string $prefix Its first 11 characters.
     * @param string $createdAt When it was made.
     * @param string|null $label The label that it was given; empty without one.
     * @param 'full'|'read'|'send'|null $scope What the key lets its owner do; absent where an older server
     *     answered.
     */
    public function __construct(
        public readonly string $keyId,
        #[SensitiveParameter] public readonly string $key,
        public readonly string $prefix,
        public readonly string $createdAt,
        public readonly ?string $label = null,
        public readonly ?string $scope = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            keyId: $answer['key_id'],
            key: $answer['key'],
            prefix: $answer['prefix'],
            createdAt: $answer['created_at'],
            label: $answer['label'] ?? null,
            scope: $answer['scope'] ?? null,
        );
    }
}
