<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What a replay by a filter came to.
 */
class ReplayAllMessagesResponse extends Result
{
    protected const MAPS = ['refused'];

    /**
     * @param int $replayed How many messages are queued again.
     * @param int $failed How many were refused because of their state or their payload's retention.
     * @param int $stuck Always 0: a replay is one transaction, so no message is left halfway.
     * @param list<string> $replayedMessageIds The messages that are queued again.
     * @param list<string> $stuckMessageIds Always empty.
     * @param array<string, int>|null $refused How many were refused, by the code of their error; absent where an
     *     older server answered.
     * @param bool|null $dryRun Whether nothing was changed, and this is what would happen; absent where an older
     *     server answered.
     * @param string|null $nextCursor What to pass as `cursor` to go on; absent where nothing is left.
     */
    public function __construct(
        public readonly int $replayed,
        public readonly int $failed,
        public readonly int $stuck,
        public readonly array $replayedMessageIds,
        public readonly array $stuckMessageIds,
        public readonly ?array $refused = null,
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
            replayed: $answer['replayed'],
            failed: $answer['failed'],
            stuck: $answer['stuck'],
            replayedMessageIds: $answer['replayed_message_ids'],
            stuckMessageIds: $answer['stuck_message_ids'],
            refused: $answer['refused'] ?? null,
            dryRun: $answer['dry_run'] ?? null,
            nextCursor: $answer['next_cursor'] ?? null,
        );
    }
}
