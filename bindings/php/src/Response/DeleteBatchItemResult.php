<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * What became of one message of a delete.
 */
class DeleteBatchItemResult extends Result
{
    /**
     * @param string $messageId The id as the request gave it.
     * @param 'deleted'|'already_deleted'|'not_found' $outcome `deleted`, `alreadyDeleted` or `not_found`.
     * @param DateTimeImmutable|null $deletedAt When the message was first deleted.
     */
    public function __construct(
        public readonly string $messageId,
        public readonly string $outcome,
        public readonly ?DateTimeImmutable $deletedAt = null,
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
            outcome: $answer['outcome'],
            deletedAt: isset($answer['deleted_at']) ? new DateTimeImmutable($answer['deleted_at']) : null,
        );
    }
}
