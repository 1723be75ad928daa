<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * A condition, and what it found.
 */
class CheckedCondition extends Result
{
    /**
     * @param string $pointer The place.
     * @param bool $holds Whether the condition holds.
     * @param string|null $found What the sample has there, as JSON; absent where it has nothing.
     */
    public function __construct(
        public readonly string $pointer,
        public readonly bool $holds,
        public readonly ?string $found = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            pointer: $answer['pointer'],
            holds: $answer['holds'],
            found: $answer['found'] ?? null,
        );
    }
}
