<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * A type of event in the catalogue.
 */
class EventTypeEntry extends Result
{
    /**
     * @param string $name The name, such as `order.created`.
     * @param bool $deprecated Whether receivers should not rely on it any more. It is sent all the same.
     * @param DateTimeImmutable $createdAt When it was made.
     * @param DateTimeImmutable $updatedAt When it last changed.
     * @param string|null $description For people; at most 500 characters.
     * @param mixed|null $schema The JSON schema (2020-12) of its payloads.
     * @param mixed|null $example A payload, for whoever writes a receiver.
     */
    public function __construct(
        public readonly string $name,
        public readonly bool $deprecated,
        public readonly DateTimeImmutable $createdAt,
        public readonly DateTimeImmutable $updatedAt,
        public readonly ?string $description = null,
        public readonly mixed $schema = null,
        public readonly mixed $example = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            name: $answer['name'],
            deprecated: $answer['deprecated'],
            createdAt: new DateTimeImmutable($answer['created_at']),
            updatedAt: new DateTimeImmutable($answer['updated_at']),
            description: $answer['description'] ?? null,
            schema: $answer['schema'] ?? null,
            example: $answer['example'] ?? null,
        );
    }
}
