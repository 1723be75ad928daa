<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * How the outbox stands.
 */
class Stats extends Result
{
    /**
     * @param int $queued Messages that were accepted or replayed and not attempted since. Those in flight are among
     *     them.
     * @param int $inFlight Attempts under way in this process.
     * @param int $waitingForRetry Messages that failed and will be tried again.
     * @param int $dead Messages in the dead letter queue.
     * @param int $bytesOnDisk The size of the file and its write-ahead log.
     * @param float|null $oldestDueAgeSeconds How long ago the oldest message that is due was accepted, in seconds;
     *     absent where none is due.
     * @param Deliverer|null $deliverer The process that delivers; absent where none delivers.
     * @param string|null $notDelivering Why this process, which should deliver, cannot; absent where it can, or
     *     should not.
     * @param Shortage|null $shortage What this process lacks for its attempts; absent where it lacks nothing.
     */
    public function __construct(
        public readonly int $queued,
        public readonly int $inFlight,
        public readonly int $waitingForRetry,
        public readonly int $dead,
        public readonly int $bytesOnDisk,
        public readonly ?float $oldestDueAgeSeconds = null,
        public readonly ?Deliverer $deliverer = null,
        public readonly ?string $notDelivering = null,
        public readonly ?Shortage $shortage = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            queued: $answer['queued'],
            inFlight: $answer['in_flight'],
            waitingForRetry: $answer['waiting_for_retry'],
            dead: $answer['dead'],
            bytesOnDisk: $answer['bytes_on_disk'],
            oldestDueAgeSeconds: $answer['oldest_due_age_seconds'] ?? null,
            deliverer: isset($answer['deliverer']) ? Deliverer::of($answer['deliverer']) : null,
            notDelivering: $answer['not_delivering'] ?? null,
            shortage: isset($answer['shortage']) ? Shortage::of($answer['shortage']) : null,
        );
    }
}
