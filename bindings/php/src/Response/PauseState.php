<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * Whether an endpoint's deliveries are held.
 */
class PauseState extends Result
{
    /**
     * @param string $id The endpoint's id, `ep_...`.
     * @param bool $paused Whether deliveries are held now.
     * @param int|null $messagesRequeued After a resume: how many messages had come due meanwhile.
     */
    public function __construct(
        public readonly string $id,
        public readonly bool $paused,
        public readonly ?int $messagesRequeued = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            id: $answer['id'],
            paused: $answer['paused'],
            messagesRequeued: $answer['messages_requeued'] ?? null,
        );
    }
}
