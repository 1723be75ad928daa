<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * An API key.
 */
class APIKeyActor extends Result
{
    /** @param string $label The key's label; empty where it has none. */
    public function __construct(
        public readonly string $label,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            label: $answer['label'],
        );
    }
}
