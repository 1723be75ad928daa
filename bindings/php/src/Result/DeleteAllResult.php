<?php

declare(strict_types=1);

namespace HookBridge\Result;

/**
 * What a delete by filter came to; as many as the limit means that there may be more.
 */
final class DeleteAllResult
{
    /**
     * @param list<string> $deletedMessageIds
     */
    public function __construct(
        public readonly int $deleted,
        public readonly array $deletedMessageIds,
    ) {
    }
}
