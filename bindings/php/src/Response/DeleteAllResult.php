<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What a delete by a filter came to. Where `deleted` is the limit there may be more.
 */
class DeleteAllResult extends Result
{
    /**
     * @param int $deleted How many messages were deleted.
     * @param list<string> $deletedMessageIds Their ids.
     * @param bool|null $dryRun Whether nothing was changed, and this is what would happen; absent where an older
     *     server answered.
     * @param string|null $nextCursor What to pass as `cursor` to go on; absent where nothing is left.
     */
    public function __construct(
        public readonly int $deleted,
        public readonly array $deletedMessageIds,
        public readonly ?bool $dryRun = null,
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
            deleted: $answer['deleted'],
            deletedMessageIds: $answer['deleted_message_ids'],
            dryRun: $answer['dry_run'] ?? null,
            nextCursor: $answer['next_cursor'] ?? null,
        );
    }
}
