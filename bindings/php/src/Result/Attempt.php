<?php

declare(strict_types=1);

namespace HookBridge\Result;

use DateTimeImmutable;

/**
 * One attempt at a delivery; times are milliseconds.
 */
final class Attempt
{
    /**
     * @param array<string, string>|null $responseHeaders
     * @param array<string, string>|null $requestHeaders
     */
    public function __construct(
        public readonly string $id,
        public readonly int $attemptNo,
        public readonly DateTimeImmutable $createdAt,
        public readonly ?int $responseStatus,
        public readonly ?int $responseLatencyMs,
        public readonly ?int $processingMs,
        public readonly ?string $errorText,
        public readonly ?array $responseHeaders,
        public readonly ?string $retryType,
        public readonly ?int $retryAfterSeconds,
        public readonly ?string $resolvedIp,
        public readonly ?array $requestHeaders,
        public readonly ?int $dnsMs,
        public readonly ?int $tcpConnectMs,
        public readonly ?int $tlsHandshakeMs,
        public readonly ?int $ttfbMs,
        public readonly ?int $transferMs,
        public readonly ?bool $connReused,
        public readonly ?string $responseBody,
        public readonly ?bool $responseBodyTruncated,
        /** What was unusual that neither the status nor the error says. */
        public readonly ?string $note,
    ) {
    }
}
