<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What a cancel by a filter came to.
 */
class CancelAllResult extends Result
{
    protected const MAPS = ['refused'];

    /**
     * @param int $cancelled How many messages were given up.
     * @param list<string> $cancelledMessageIds Their ids.
     * @param array<string, int> $refused How many were refused, by the code of their error.
     * @param bool $dryRun Whether nothing was changed, and this is what would happen.
     * @param string|null $nextCursor What to pass as `cursor` to go on; absent where nothing is left.
     */
    public function __construct(
        public readonly int $cancelled,
        public readonly array $cancelledMessageIds,
        public readonly array $refused,
        public readonly bool $dryRun,
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
            cancelled: $answer['cancelled'],
            cancelledMessageIds: $answer['cancelled_message_ids'],
            refused: $answer['refused'],
            dryRun: $answer['dry_run'],
            nextCursor: $answer['next_cursor'] ?? null,
        );
    }
}
