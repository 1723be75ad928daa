<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * An API key as `listAPIKeys` shows it.
 */
class APIKey extends Result
{
    /**
     * @param string $keyId The API key's id, `key_...`.
     * @param string $prefix The key's first 11 characters.
     * @param string $createdAt When it was made.
     * @param string|null $label The label that it was given; empty without one.
     * @param string|null $lastUsedAt When the key was last used, to the minute; null where it never was.
     * @param 'full'|'read'|'send'|null $scope What the key lets its owner do; absent where an older server
     *     answered.
     */
    public function __construct(
        public readonly string $keyId,
        public readonly string $prefix,
        public readonly string $createdAt,
        public readonly ?string $label = null,
        public readonly ?string $lastUsedAt = null,
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
            prefix: $answer['prefix'],
            createdAt: $answer['created_at'],
            label: $answer['label'] ?? null,
            lastUsedAt: $answer['last_used_at'] ?? null,
            scope: $answer['scope'] ?? null,
        );
    }
}
