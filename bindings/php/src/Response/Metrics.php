<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What happened in a window of time, in sum.
 */
class Metrics extends Result
{
    /**
     * @param '1h'|'24h'|'7d'|'30d' $window The window asked for.
     * @param int $totalMessages Messages accepted. A replay, and a send that an idempotency key answered, accept
     *     none.
     * @param int $succeeded Successful deliveries; a message that is replayed may have several.
     * @param int $failed Messages given up after an attempt; not those that were cancelled, deleted or ran out of
     *     retention.
     * @param int $retries Failed attempts that another was to follow.
     * @param float $successRate `succeeded` divided by `totalMessages`, 0 to 1; 0 where no message was accepted. 1
     *     where more messages succeeded than were accepted, as after an outage whose messages were accepted before the
     *     window.
     * @param int $avgLatencyMs The mean time of the attempts that got an answer, of any status; 0 where none got
     *     one.
     */
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

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            window: $answer['window'],
            totalMessages: $answer['total_messages'],
            succeeded: $answer['succeeded'],
            failed: $answer['failed'],
            retries: $answer['retries'],
            successRate: $answer['success_rate'],
            avgLatencyMs: $answer['avg_latency_ms'],
        );
    }
}
