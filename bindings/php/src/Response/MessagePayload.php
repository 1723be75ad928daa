<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * A message's payload and what is sent beside it.
 */
class MessagePayload extends Result
{
    protected const MAPS = ['headers'];

    /**
     * @param string $messageId The message's id.
     * @param string $endpointId The endpoint it goes to.
     * @param string $contentType Always `application/json`.
     * @param string $payload The JSON document as a text, byte for byte as it was accepted: what is read into
     *     numbers may lose digits.
     * @param int $sizeBytes The size of the payload.
     * @param string $payloadSha256 Hex SHA-256 of the payload.
     * @param array<string, string>|null $headers The message's own headers; absent where it has none.
     * @param DateTimeImmutable|null $payloadExpiresAt When the payload is dropped at the latest.
     */
    public function __construct(
        public readonly string $messageId,
        public readonly string $endpointId,
        public readonly string $contentType,
        public readonly string $payload,
        public readonly int $sizeBytes,
        public readonly string $payloadSha256,
        public readonly ?array $headers = null,
        public readonly ?DateTimeImmutable $payloadExpiresAt = null,
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
            endpointId: $answer['endpoint_id'],
            contentType: $answer['content_type'],
            payload: $answer['payload'],
            sizeBytes: $answer['size_bytes'],
            payloadSha256: $answer['payload_sha256'],
            headers: $answer['headers'] ?? null,
            payloadExpiresAt: isset($answer['payload_expires_at'])
                ? new DateTimeImmutable($answer['payload_expires_at'])
                : null,
        );
    }
}
