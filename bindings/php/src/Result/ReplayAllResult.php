<?php

declare(strict_types=1);

namespace HookBridge\Result;

/**
 * What a replay by filter came to.
 */
final class ReplayAllResult
{
    /**
     * @param list<string> $replayedMessageIds
     * @param list<string> $stuckMessageIds
     */
    public function __construct(
        public readonly int $replayed,
        public readonly int $failed,
        public readonly int $stuck,
        public readonly array $replayedMessageIds,
        public readonly array $stuckMessageIds,
    ) {
    }
}
