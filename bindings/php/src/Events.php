<?php

declare(strict_types=1);

namespace HookBridge;

use Generator;
use HookBridge\Native\EventQueue;
use HookBridge\Response\Event;
use IteratorAggregate;

/**
 * A queue of events, at most 10,000; past that the oldest are dropped and counted.
 *
 * Iterate over it for what waits now, call `next`, or watch `stream` in an event loop.
 *
 * @implements IteratorAggregate<int, Event>
 */
class Events implements IteratorAggregate
{
    /** @internal */
    public function __construct(private readonly EventQueue $queue)
    {
    }

    /** The next event, or null where none came within `$timeout` seconds or the client was closed. */
    public function next(float $timeout = 0.0): ?Event
    {
        $event = $this->queue->next($timeout);

        return $event === null ? null : Event::of(Codec::read($event));
    }

    /**
     * A stream that `stream_select` finds readable while events wait (on the command line only). Never read from it.
     *
     * @return resource|false
     */
    public function stream(): mixed
    {
        return fopen('php://fd/' . $this->queue->descriptor(), 'r');
    }

    /** How many were dropped because nobody took them. */
    public function dropped(): int
    {
        return $this->queue->dropped();
    }

    /** What waits now. */
    public function getIterator(): Generator
    {
        while (($event = $this->next()) !== null) {
            yield $event;
        }
    }
}
