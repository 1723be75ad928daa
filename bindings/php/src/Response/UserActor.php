<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * A user.
 */
class UserActor extends Result
{
    /** @param string $email The user's mail address. */
    public function __construct(
        public readonly string $email,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            email: $answer['email'],
        );
    }
}
