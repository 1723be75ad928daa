<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * The process that delivers.
 */
final class Deliverer
{
    public function __construct(
        public readonly int $pid,
        public readonly bool $thisEngine,
        public readonly DateTimeImmutable $since,
        /** Whether it is stopped, by a signal or with its container, so that it delivers nothing. */
        public readonly bool $stopped,
    ) {
    }
}
