<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Page;

/**
 * A page of a list.
 *
 * @extends Page<EventTypeEntry>
 */
class ListEventTypesResponse extends Page
{
    protected const ITEMS = 'eventTypes';

    /**
     * @param list<EventTypeEntry> $eventTypes The items of this page.
     * @param bool $hasMore Whether a further page exists.
     * @param string|null $nextCursor Where the next page begins; absent on the last.
     */
    public function __construct(
        public readonly array $eventTypes,
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
            eventTypes: array_map(EventTypeEntry::of(...), $answer['data']),
            hasMore: $answer['has_more'],
            nextCursor: $answer['next_cursor'] ?? null,
        );
    }
}
