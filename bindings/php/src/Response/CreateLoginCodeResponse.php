<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;
use SensitiveParameter;

/**
 * A code that signs a browser in once.
 */
class CreateLoginCodeResponse extends Result
{
    protected const SECRETS = ['code'];

    /**
     * @param string $code The code, shown only here. A console takes it behind its address:
     *     `/console#login=<code>`.
     * @param DateTimeImmutable $expiresAt Until when it works: 60 seconds from now.
     * @param list<string> $consoles Where consoles of this outbox were served last, the newest first.
     */
    public function __construct(
        #[SensitiveParameter] public readonly string $code,
        public readonly DateTimeImmutable $expiresAt,
        public readonly array $consoles,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            code: $answer['code'],
            expiresAt: new DateTimeImmutable($answer['expires_at']),
            consoles: $answer['consoles'],
        );
    }
}
