<?php

declare(strict_types=1);

namespace HookBridge\Result;

/**
 * What happened in a window; `$successRate` is 0 to 1, `$avgLatencyMs` that of attempts that were answered.
 */
final class Metrics
{
    public function __construct(
        public readonly string $window,
        public readonly int $totalMessages,
        public readonly int $succeeded,
        public readonly int $failed,
        public readonly int $retries,
        public readonly float $successRate,
        public readonly int $avgLatencyMs,
    ) {
    }
}
