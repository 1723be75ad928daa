<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * The process that delivers from an outbox.
 */
class Deliverer extends Result
{
    /**
     * @param int $pid Its process id.
     * @param bool $thisEngine Whether the asked engine itself delivers.
     * @param DateTimeImmutable $since Since when it delivers.
     * @param bool $stopped Whether the process is stopped, by a signal or with its container, so that it delivers
     *     nothing. False where this cannot be seen: the process is on another machine or hidden from this one.
     */
    public function __construct(
        public readonly int $pid,
        public readonly bool $thisEngine,
        public readonly DateTimeImmutable $since,
        public readonly bool $stopped,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            pid: $answer['pid'],
            thisEngine: $answer['this_engine'],
            since: new DateTimeImmutable($answer['since']),
            stopped: $answer['stopped'],
        );
    }
}
