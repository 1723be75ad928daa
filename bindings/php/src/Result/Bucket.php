<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * What happened from `$timestamp` on, for the width of the series.
 */
final class Bucket
{
    public function __construct(
        public readonly DateTimeImmutable $timestamp,
        public readonly int $succeeded,
        public readonly int $failed,
        public readonly int $retrying,
        public readonly int $total,
        public readonly int $avgLatencyMs,
    ) {
    }
}
