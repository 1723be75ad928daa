<?php

declare(strict_types=1);

namespace HookBridge\Result;

/**
 * What those are called that did something, by their ids; unknown ids are missing.
 */
final class Actors
{
    /**
     * @param array<string, string> $apiKeys
     * @param array<string, string> $users
     */
    public function __construct(
        public readonly array $apiKeys,
        public readonly array $users,
    ) {
    }
}
