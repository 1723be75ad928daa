<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What `getDLQGroups` answers. Where there is more, the further messages have groups of their own: those with the same
 * cause and endpoint belong together.
 */
class DeadLetterGroups extends Result
{
    /**
     * @param list<DeadLetterGroup> $groups The largest first.
     * @param int $read How many dead letters were read: at most 10,000.
     * @param bool $hasMore Whether there are more.
     * @param string|null $nextCursor What to pass as `cursor` to go on; null where all were read.
     */
    public function __construct(
        public readonly array $groups,
        public readonly int $read,
        public readonly bool $hasMore,
        public readonly ?string $nextCursor = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            groups: array_map(DeadLetterGroup::of(...), $answer['groups']),
            read: $answer['read'],
            hasMore: $answer['has_more'],
            nextCursor: $answer['next_cursor'] ?? null,
        );
    }
}
