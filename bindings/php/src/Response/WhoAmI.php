<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * Who asks, and what answers.
 */
class WhoAmI extends Result
{
    /**
     * @param 'full'|'read'|'send' $scope What the caller may do.
     * @param string $version The version of HookBridge.
     * @param int $pid The process that answers.
     * @param string $database The outbox's file.
     * @param bool $delivers Whether this engine is to deliver.
     * @param int $maxPayloadBytes The largest payload, in bytes.
     * @param int $payloadRetentionHours How long payloads are kept, in hours.
     * @param int $maxAttempts The most attempts at a message.
     * @param APIKey|null $apiKey The API key that the caller showed; absent in a process, where nobody is asked for
     *     one.
     * @param Deliverer|null $deliverer The process that delivers; absent where none does.
     */
    public function __construct(
        public readonly string $scope,
        public readonly string $version,
        public readonly int $pid,
        public readonly string $database,
        public readonly bool $delivers,
        public readonly int $maxPayloadBytes,
        public readonly int $payloadRetentionHours,
        public readonly int $maxAttempts,
        public readonly ?APIKey $apiKey = null,
        public readonly ?Deliverer $deliverer = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            scope: $answer['scope'],
            version: $answer['version'],
            pid: $answer['pid'],
            database: $answer['database'],
            delivers: $answer['delivers'],
            maxPayloadBytes: $answer['max_payload_bytes'],
            payloadRetentionHours: $answer['payload_retention_hours'],
            maxAttempts: $answer['max_attempts'],
            apiKey: isset($answer['api_key']) ? APIKey::of($answer['api_key']) : null,
            deliverer: isset($answer['deliverer']) ? Deliverer::of($answer['deliverer']) : null,
        );
    }
}
