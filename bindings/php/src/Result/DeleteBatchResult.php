<?php

declare(strict_types=1);

namespace HookBridge\Result;

/**
 * What a delete by name came to.
 */
final class DeleteBatchResult
{
    /**
     * @param list<DeleteItem> $results
     */
    public function __construct(
        public readonly array $results,
        public readonly int $deletedCount,
        public readonly int $alreadyDeletedCount,
        public readonly int $notFoundCount,
    ) {
    }
}
