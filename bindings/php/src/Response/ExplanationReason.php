<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * One reason, with what belongs to it.
 */
class ExplanationReason extends Result
{
    /**
     * @param string $cause The reason, for programs.
     * @param string $sentence The reason, for people.
     * @param DateTimeImmutable|null $until When the reason ends, or at the latest; absent where that is not known.
     * @param int|null $count How many: attempts made, attempts under way, or messages before it.
     * @param int|null $limit How many there may be: attempts in all, or under way.
     * @param int|null $pid The process that is meant.
     * @param string|null $messageId The message that is meant.
     */
    public function __construct(
        public readonly string $cause,
        public readonly string $sentence,
        public readonly ?DateTimeImmutable $until = null,
        public readonly ?int $count = null,
        public readonly ?int $limit = null,
        public readonly ?int $pid = null,
        public readonly ?string $messageId = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            cause: $answer['cause'],
            sentence: $answer['sentence'],
            until: isset($answer['until']) ? new DateTimeImmutable($answer['until']) : null,
            count: $answer['count'] ?? null,
            limit: $answer['limit'] ?? null,
            pid: $answer['pid'] ?? null,
            messageId: $answer['message_id'] ?? null,
        );
    }
}
