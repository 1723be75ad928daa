<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What happened in a window of time, bucket by bucket.
 */
class TimeSeriesMetrics extends Result
{
    /**
     * @param '1h'|'24h'|'7d'|'30d' $window The window asked for.
     * @param list<TimeSeriesBucket> $buckets Oldest first, without a gap.
     */
    public function __construct(
        public readonly string $window,
        public readonly array $buckets,
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
            buckets: array_map(TimeSeriesBucket::of(...), $answer['buckets']),
        );
    }
}
