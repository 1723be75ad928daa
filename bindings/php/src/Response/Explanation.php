<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * Why a message is where it is.
 */
class Explanation extends Result
{
    /**
     * @param string $messageId The message's id.
     * @param string $endpointId The endpoint it goes to.
     * @param 'waiting'|'being_attempted'|'delivered'|'given_up'|'deleted' $progress Where it is.
     * @param string $sentence The first of the reasons, for people.
     * @param list<ExplanationReason> $reasons Every reason, what decides most first.
     * @param DateTimeImmutable|null $changesAt When it goes on; absent where that takes a person, or is not known.
     */
    public function __construct(
        public readonly string $messageId,
        public readonly string $endpointId,
        public readonly string $progress,
        public readonly string $sentence,
        public readonly array $reasons,
        public readonly ?DateTimeImmutable $changesAt = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            messageId: $answer['message_id'],
            endpointId: $answer['endpoint_id'],
            progress: $answer['progress'],
            sentence: $answer['sentence'],
            reasons: array_map(ExplanationReason::of(...), $answer['reasons']),
            changesAt: isset($answer['changes_at']) ? new DateTimeImmutable($answer['changes_at']) : null,
        );
    }
}
