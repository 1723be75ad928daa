<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * A shortage that keeps attempts waiting.
 */
class Shortage extends Result
{
    /**
     * @param 'descriptors'|'memory'|'local_ports'|'threads'|'lookup_places'|'resolver'|'trust_store' $kind What is
     *     missing.
     * @param string $text What is missing, with the system's error, for people.
     * @param DateTimeImmutable $since Since when it is missing.
     */
    public function __construct(
        public readonly string $kind,
        public readonly string $text,
        public readonly DateTimeImmutable $since,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            kind: $answer['kind'],
            text: $answer['text'],
            since: new DateTimeImmutable($answer['since']),
        );
    }
}
