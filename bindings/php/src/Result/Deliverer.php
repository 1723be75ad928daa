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
    ) {
    }
}
