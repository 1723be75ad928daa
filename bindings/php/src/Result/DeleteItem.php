<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * One message of a delete: `$deleted`, `already_deleted` or `not_found`.
 */
final class DeleteItem
{
    public function __construct(
        public readonly string $messageId,
        public readonly string $outcome,
        public readonly ?DateTimeImmutable $deletedAt,
    ) {
    }
}
