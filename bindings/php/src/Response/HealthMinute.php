<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * What happened at an endpoint in a minute.
 */
class HealthMinute extends Result
{
    /**
     * @param DateTimeImmutable $at When the minute begins.
     * @param int $succeeded Successful deliveries.
     * @param int $failed Messages given up after an attempt.
     * @param int $retries Failed attempts that another was to follow.
     */
    public function __construct(
        public readonly DateTimeImmutable $at,
        public readonly int $succeeded,
        public readonly int $failed,
        public readonly int $retries,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            at: new DateTimeImmutable($answer['at']),
            succeeded: $answer['succeeded'],
            failed: $answer['failed'],
            retries: $answer['retries'],
        );
    }
}
