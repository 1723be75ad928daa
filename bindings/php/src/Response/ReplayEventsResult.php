<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What `replayEvents` answers.
 */
class ReplayEventsResult extends Result
{
    /**
     * @param int $replayed How many events got a message for the endpoint, or would get one.
     * @param list<string> $eventIds Those events, oldest first.
     * @param list<string> $messageIds The messages that were made; empty in a dry run.
     * @param int $examined How many events this call looked at.
     * @param int $spreadOverSeconds Over how many seconds the messages are spread by `rate`. The next call should
     *     come no sooner.
     * @param bool $dryRun Whether this was a dry run.
     * @param bool $hasMore Whether there may be further events.
     * @param string|null $nextCursor What to pass as `cursor` to go on; null where nothing is left.
     */
    public function __construct(
        public readonly int $replayed,
        public readonly array $eventIds,
        public readonly array $messageIds,
        public readonly int $examined,
        public readonly int $spreadOverSeconds,
        public readonly bool $dryRun,
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
            replayed: $answer['replayed'],
            eventIds: $answer['event_ids'],
            messageIds: $answer['message_ids'],
            examined: $answer['examined'],
            spreadOverSeconds: $answer['spread_over_seconds'],
            dryRun: $answer['dry_run'],
            hasMore: $answer['has_more'],
            nextCursor: $answer['next_cursor'] ?? null,
        );
    }
}
