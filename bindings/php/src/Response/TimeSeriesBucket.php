<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * What happened in one bucket of a window.
 */
class TimeSeriesBucket extends Result
{
    /**
     * @param DateTimeImmutable $timestamp When the bucket begins.
     * @param int $succeeded Successful deliveries.
     * @param int $failed Messages given up after an attempt.
     * @param int $retrying Failed attempts that another was to follow.
     * @param int $total Messages accepted.
     * @param int $avgLatencyMs The mean time of the attempts that got an answer.
     */
    public function __construct(
        public readonly DateTimeImmutable $timestamp,
        public readonly int $succeeded,
        public readonly int $failed,
        public readonly int $retrying,
        public readonly int $total,
        public readonly int $avgLatencyMs,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            timestamp: new DateTimeImmutable($answer['timestamp']),
            succeeded: $answer['succeeded'],
            failed: $answer['failed'],
            retrying: $answer['retrying'],
            total: $answer['total'],
            avgLatencyMs: $answer['avg_latency_ms'],
        );
    }
}
