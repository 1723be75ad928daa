<?php

declare(strict_types=1);

namespace HookBridge\Result;

/**
 * How the outbox stands.
 */
final class Stats
{
    public function __construct(
        public readonly int $queued,
        public readonly int $inFlight,
        public readonly int $waitingForRetry,
        public readonly int $dead,
        public readonly ?float $oldestDueAgeSeconds,
        public readonly int $bytesOnDisk,
        public readonly ?Deliverer $deliverer,
        /** Why the process that was asked, which should deliver, cannot. */
        public readonly ?string $notDelivering,
        public readonly ?Shortage $shortage,
    ) {
    }
}
