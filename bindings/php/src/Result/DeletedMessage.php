<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * A message that was deleted, now or before.
 */
final class DeletedMessage
{
    public function __construct(
        public readonly string $messageId,
        public readonly DateTimeImmutable $deletedAt,
        public readonly bool $alreadyDeleted,
    ) {
    }
}
