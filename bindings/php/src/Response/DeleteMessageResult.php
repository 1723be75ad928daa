<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * A message that was deleted, now or before.
 */
class DeleteMessageResult extends Result
{
    /**
     * @param string $messageId The message's id.
     * @param DateTimeImmutable $deletedAt When the message was first deleted.
     * @param bool $alreadyDeleted Whether it had been deleted before.
     */
    public function __construct(
        public readonly string $messageId,
        public readonly DateTimeImmutable $deletedAt,
        public readonly bool $alreadyDeleted,
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
            deletedAt: new DateTimeImmutable($answer['deleted_at']),
            alreadyDeleted: $answer['already_deleted'],
        );
    }
}
