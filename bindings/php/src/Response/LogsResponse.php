<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Page;

/**
 * A page of a list.
 *
 * @extends Page<MessageSummary>
 */
class LogsResponse extends Page
{
    protected const ITEMS = 'messages';

    /**
     * @param list<MessageSummary> $messages The items of this page.
     * @param bool $hasMore Whether a further page exists.
     * @param string|null $nextCursor Where the next page begins; absent on the last.
     * @param DateTimeImmutable|null $searchedTo How far back was looked, where a page is short and has more behind
     *     it: the moment at which the last message that was looked at was accepted.
     */
    public function __construct(
        public readonly array $messages,
        public readonly bool $hasMore,
        public readonly ?string $nextCursor = null,
        public readonly ?DateTimeImmutable $searchedTo = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            messages: array_map(MessageSummary::of(...), $answer['data']),
            hasMore: $answer['has_more'],
            nextCursor: $answer['next_cursor'] ?? null,
            searchedTo: isset($answer['searched_to']) ? new DateTimeImmutable($answer['searched_to']) : null,
        );
    }
}
