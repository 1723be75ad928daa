<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * What `checkSubscription` answers.
 */
class CheckedSubscription extends Result
{
    /**
     * @param bool $wanted Whether an event like the sample would be delivered.
     * @param bool $typeTaken Whether the patterns take its type.
     * @param list<CheckedCondition> $conditions The conditions of the filter, in order.
     */
    public function __construct(
        public readonly bool $wanted,
        public readonly bool $typeTaken,
        public readonly array $conditions,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            wanted: $answer['wanted'],
            typeTaken: $answer['type_taken'],
            conditions: array_map(CheckedCondition::of(...), $answer['conditions']),
        );
    }
}
