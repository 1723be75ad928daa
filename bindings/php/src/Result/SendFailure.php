<?php

declare(strict_types=1);

namespace HookBridge\Result;

/**
 * A message of a batch that was refused; the others are not touched by it.
 */
final class SendFailure
{
    public function __construct(
        public readonly string $code,
        public readonly string $message,
    ) {
    }
}
