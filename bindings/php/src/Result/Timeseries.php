<?php

declare(strict_types=1);

namespace HookBridge\Result;

/**
 * What happened over time.
 */
final class Timeseries
{
    /**
     * @param list<Bucket> $buckets
     */
    public function __construct(
        public readonly string $window,
        public readonly array $buckets,
    ) {
    }
}
