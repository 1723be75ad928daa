<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * An endpoint, without its signing keys.
 */
class Endpoint extends Result
{
    protected const MAPS = ['headers'];

    /**
     * @param string $id The endpoint's id, `ep_...`.
     * @param string $url Where deliveries are posted to.
     * @param string|null $description The owner's words, at most 500 characters.
     * @param bool $hmacEnabled Always true: every delivery is signed.
     * @param int|null $rateLimitRps Deliveries a second, 1 to 1,000; absent is unlimited.
     * @param int|null $burst Deliveries at once within the rate limit, 1 to 10,000; absent is `rateLimitRps`.
     * @param array<string, string>|null $headers Sent with every delivery.
     * @param bool $paused Whether deliveries are held.
     * @param DateTimeImmutable $createdAt When it was made.
     * @param DateTimeImmutable $updatedAt When it last changed.
     * @param 'hookbridge'|'standard-webhooks'|list<int|float>|array<string, list<int|float>>|null $retrySchedule
     *     Replaces the engine's schedule.
     * @param int|null $maxAttempts Replaces the engine's number of attempts, 1 to 100.
     * @param string|null $tenant The customer it belongs to, whose events it gets; absent for the producer's own.
     * @param list<string>|null $eventTypes The events that it wants: patterns of types; absent is every type.
     * @param mixed|null $filter Conditions on an event's payload, all of which must hold.
     * @param 'continue'|'halt'|null $onFailure What follows for an ordering key when one of its messages is given
     *     up; absent is `continue`.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $url,
        public readonly ?string $description,
        public readonly bool $hmacEnabled,
        public readonly ?int $rateLimitRps,
        public readonly ?int $burst,
        public readonly ?array $headers,
        public readonly bool $paused,
        public readonly DateTimeImmutable $createdAt,
        public readonly DateTimeImmutable $updatedAt,
        public readonly string|array|null $retrySchedule = null,
        public readonly ?int $maxAttempts = null,
        public readonly ?string $tenant = null,
        public readonly ?array $eventTypes = null,
        public readonly mixed $filter = null,
        public readonly ?string $onFailure = null,
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
            url: $answer['url'],
            description: $answer['description'] ?? null,
            hmacEnabled: true,
            rateLimitRps: $answer['rate_limit_rps'] ?? null,
            burst: $answer['burst'] ?? null,
            headers: $answer['headers'] ?? null,
            paused: $answer['paused'],
            createdAt: new DateTimeImmutable($answer['created_at']),
            updatedAt: new DateTimeImmutable($answer['updated_at']),
            retrySchedule: $answer['retry_schedule'] ?? null,
            maxAttempts: $answer['max_attempts'] ?? null,
            tenant: $answer['tenant'] ?? null,
            eventTypes: $answer['event_types'] ?? null,
            filter: $answer['filter'] ?? null,
            onFailure: $answer['on_failure'] ?? null,
        );
    }
}
