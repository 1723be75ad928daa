<?php

declare(strict_types=1);

namespace HookBridge\Result;

/**
 * Whether an endpoint's deliveries are held, and after a resume how many had come due.
 */
final class PausedEndpoint
{
    public function __construct(
        public readonly string $id,
        public readonly bool $paused,
        public readonly ?int $messagesRequeued,
    ) {
    }
}
