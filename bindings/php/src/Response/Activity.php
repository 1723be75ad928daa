<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * A change that a caller with an API key asked for.
 */
class Activity extends Result
{
    /**
     * @param int $activityId Its number. A later one is higher.
     * @param DateTimeImmutable $occurredAt When it was done.
     * @param string $operation The operation, such as `pauseEndpoint`.
     * @param string $apiKeyId The key that the caller showed.
     * @param string $apiKeyLabel The label of that key at the time; empty where it had none.
     * @param string $apiKeyPrefix The first characters of that key.
     * @param int $affected How many messages, endpoints or keys it changed.
     * @param string|null $endpointId The endpoint that it was about; absent where it was about none, or several.
     * @param string|null $messageId The message that it was about; absent where it was about none, or several.
     * @param string|null $detail What else was asked for, as a JSON object: a filter, a label, the fields that were
     *     changed. No secret and no payload.
     */
    public function __construct(
        public readonly int $activityId,
        public readonly DateTimeImmutable $occurredAt,
        public readonly string $operation,
        public readonly string $apiKeyId,
        public readonly string $apiKeyLabel,
        public readonly string $apiKeyPrefix,
        public readonly int $affected,
        public readonly ?string $endpointId = null,
        public readonly ?string $messageId = null,
        public readonly ?string $detail = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            activityId: $answer['activity_id'],
            occurredAt: new DateTimeImmutable($answer['occurred_at']),
            operation: $answer['operation'],
            apiKeyId: $answer['api_key_id'],
            apiKeyLabel: $answer['api_key_label'],
            apiKeyPrefix: $answer['api_key_prefix'],
            affected: $answer['affected'],
            endpointId: $answer['endpoint_id'] ?? null,
            messageId: $answer['message_id'] ?? null,
            detail: $answer['detail'] ?? null,
        );
    }
}
