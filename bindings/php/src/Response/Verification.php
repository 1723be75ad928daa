<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * What a check of a signature came to.
 */
class Verification extends Result
{
    /**
     * @param bool $valid Whether a key of the endpoint made the signature of this body at about this time, and the
     *     computed value, if one was given, is right.
     * @param string $cause What is right or wrong, for programs.
     * @param string $sentence What it means and what to do, for people.
     * @param 'webhook'|'standard'|null $scheme The signature that was looked at; absent where there is none.
     * @param string|null $keyId The endpoint's key that made it; absent where none did.
     * @param DateTimeImmutable|null $signedAt The time that was signed.
     */
    public function __construct(
        public readonly bool $valid,
        public readonly string $cause,
        public readonly string $sentence,
        public readonly ?string $scheme = null,
        public readonly ?string $keyId = null,
        public readonly ?DateTimeImmutable $signedAt = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            valid: $answer['valid'],
            cause: $answer['cause'],
            sentence: $answer['sentence'],
            scheme: $answer['scheme'] ?? null,
            keyId: $answer['key_id'] ?? null,
            signedAt: isset($answer['signed_at']) ? new DateTimeImmutable($answer['signed_at']) : null,
        );
    }
}
