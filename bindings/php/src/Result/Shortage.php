<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * What a process lacks, so that attempts wait: `descriptors`, `memory`, `local_ports`, `threads`, `lookup_places`,
 * `resolver` or `trust_store`.
 */
final class Shortage
{
    public function __construct(
        public readonly string $kind,
        public readonly string $text,
        public readonly DateTimeImmutable $since,
    ) {
    }
}
