<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What a replay of named messages came to.
 */
class ReplayBatchMessagesResponse extends Result
{
    /**
     * @param int $replayed How many messages are queued again.
     * @param int $failed How many were refused.
     * @param int $stuck Always 0.
     * @param list<ReplayBatchResult> $results One result for each id of the request, in its order.
     */
    public function __construct(
        public readonly int $replayed,
        public readonly int $failed,
        public readonly int $stuck,
        public readonly array $results,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            replayed: $answer['replayed'],
            failed: $answer['failed'],
            stuck: $answer['stuck'],
            results: array_map(ReplayBatchResult::of(...), $answer['results']),
        );
    }
}
