<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * How an endpoint is doing.
 */
class EndpointHealth extends Result
{
    /**
     * @param string $endpointId The endpoint's id.
     * @param string $url Its URL.
     * @param bool $paused Whether its deliveries are held.
     * @param 'untried'|'failing'|'answering'|'unknown' $standing How it has answered.
     * @param 'closed'|'open'|'unknown' $breaker Whether its breaker is open.
     * @param int $queued Messages that were accepted or replayed and not attempted since. Those in flight are among
     *     them.
     * @param int $waitingForRetry Messages that failed and will be tried again.
     * @param int $dead Messages in the dead letter queue.
     * @param list<HealthMinute> $minutes The last 60 minutes, the current one last.
     * @param string|null $tenant The customer it belongs to; absent where it belongs to none.
     * @param DateTimeImmutable|null $probesAt When the next attempt probes it, while its breaker is open.
     * @param int|null $inFlight Attempts under way; absent where another process delivers.
     * @param int|null $limit How many attempts may be under way now; absent where another process delivers, or
     *     nothing was to be delivered.
     * @param float|null $tokens How many attempts the rate limit lets begin at once; absent without one.
     * @param DateTimeImmutable|null $lastSuccessAt When it last took a message, to the minute; to the hour or the
     *     day where that is long ago.
     * @param DateTimeImmutable|null $lastFailureAt When an attempt last failed, alike.
     */
    public function __construct(
        public readonly string $endpointId,
        public readonly string $url,
        public readonly bool $paused,
        public readonly string $standing,
        public readonly string $breaker,
        public readonly int $queued,
        public readonly int $waitingForRetry,
        public readonly int $dead,
        public readonly array $minutes,
        public readonly ?string $tenant = null,
        public readonly ?DateTimeImmutable $probesAt = null,
        public readonly ?int $inFlight = null,
        public readonly ?int $limit = null,
        public readonly ?float $tokens = null,
        public readonly ?DateTimeImmutable $lastSuccessAt = null,
        public readonly ?DateTimeImmutable $lastFailureAt = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            endpointId: $answer['endpoint_id'],
            url: $answer['url'],
            paused: $answer['paused'],
            standing: $answer['standing'],
            breaker: $answer['breaker'],
            queued: $answer['queued'],
            waitingForRetry: $answer['waiting_for_retry'],
            dead: $answer['dead'],
            minutes: array_map(HealthMinute::of(...), $answer['minutes']),
            tenant: $answer['tenant'] ?? null,
            probesAt: isset($answer['probes_at']) ? new DateTimeImmutable($answer['probes_at']) : null,
            inFlight: $answer['in_flight'] ?? null,
            limit: $answer['limit'] ?? null,
            tokens: $answer['tokens'] ?? null,
            lastSuccessAt: isset($answer['last_success_at']) ? new DateTimeImmutable($answer['last_success_at']) : null,
            lastFailureAt: isset($answer['last_failure_at']) ? new DateTimeImmutable($answer['last_failure_at']) : null,
        );
    }
}
