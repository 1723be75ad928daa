<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What `sendEventBatch` answers: a result for each event, in order.
 */
class SendEventsResponse extends Result
{
    /** @param list<EventResult> $results One result for each event of the request, in its order. */
    public function __construct(
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
            results: array_map(EventResult::of(...), $answer['results']),
        );
    }
}
