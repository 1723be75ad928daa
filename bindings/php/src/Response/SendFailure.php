<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * Why a message of a batch was refused.
 */
class SendFailure extends Result
{
    /**
     * @param string $code The error's code, for programs.
     * @param string $message The error's sentence, for people.
     */
    public function __construct(
        public readonly string $code,
        public readonly string $message,
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
            message: $answer['message'],
        );
    }
}
