<?php

declare(strict_types=1);

namespace HookBridge\Result;

/**
 * What a replay by name came to.
 */
final class ReplayBatchResult
{
    /**
     * @param list<ReplayItem> $results
     */
    public function __construct(
        public readonly int $replayed,
        public readonly int $failed,
        public readonly int $stuck,
        public readonly array $results,
    ) {
    }
}
