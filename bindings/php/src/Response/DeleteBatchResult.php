<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What a delete of named messages came to.
 */
class DeleteBatchResult extends Result
{
    /**
     * @param list<DeleteBatchItemResult> $results One result for each id of the request, in its order.
     * @param int $deletedCount How many messages this request deleted.
     * @param int $alreadyDeletedCount How many had been deleted before.
     * @param int $notFoundCount How many ids are unknown.
     */
    public function __construct(
        public readonly array $results,
        public readonly int $deletedCount,
        public readonly int $alreadyDeletedCount,
        public readonly int $notFoundCount,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            results: array_map(DeleteBatchItemResult::of(...), $answer['results']),
            deletedCount: $answer['deleted_count'],
            alreadyDeletedCount: $answer['already_deleted_count'],
            notFoundCount: $answer['not_found_count'],
        );
    }
}
