<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use DateTimeImmutable;
use HookBridge\Result;

/**
 * One attempt at a delivery. Times are whole milliseconds.
 */
class AttemptRecord extends Result
{
    protected const MAPS = ['responseHeaders', 'requestHeaders'];

    /**
     * @param string $id A UUIDv7.
     * @param int $attemptNo 1 for the first attempt of the message; goes on counting after a replay.
     * @param DateTimeImmutable $createdAt When the attempt began.
     * @param int|null $responseStatus The receiver's status; absent where no answer came.
     * @param int|null $responseLatencyMs From the beginning of the attempt to the end of the answer or of the
     *     failure.
     * @param int|null $processingMs From the moment the message was due to the beginning of the attempt.
     * @param string|null $errorText What went wrong, for people.
     * @param array<string, string>|null $responseHeaders The answer's headers. The values of a repeated name are
     *     joined by a comma.
     * @param 'fast'|'slow'|null $retryType Which list of the schedule the next attempt follows.
     * @param int|null $retryAfterSeconds The delay until the next attempt.
     * @param string|null $resolvedIp The address that was connected to or refused.
     * @param array<string, string>|null $requestHeaders The headers sent. The value of `Authorization` is masked.
     * @param int|null $dnsMs Resolving the host; absent on a reused connection.
     * @param int|null $tcpConnectMs Connecting; absent on a reused connection.
     * @param int|null $tlsHandshakeMs The TLS handshake; absent on a reused connection and without TLS.
     * @param int|null $ttfbMs From the request being ready to be written to the answer's headers.
     * @param int|null $transferMs From the answer's headers to its last byte.
     * @param bool|null $connReused Whether a kept connection served.
     * @param string|null $responseBodyUrl Always null: the body itself is in `responseBody`.
     * @param bool|null $responseBodyTruncated Whether the answer's body was longer than the kept part.
     * @param string|null $responseBody The beginning of the answer's body as text, at most 64 KiB of it.
     * @param string|null $note Something unusual that neither the status nor the error says: a body that was cut
     *     off or ended badly, a dead kept connection that a fresh one replaced.
     */
    public function __construct(
        public readonly string $id,
        public readonly int $attemptNo,
        public readonly DateTimeImmutable $createdAt,
        public readonly ?int $responseStatus = null,
        public readonly ?int $responseLatencyMs = null,
        public readonly ?int $processingMs = null,
        public readonly ?string $errorText = null,
        public readonly ?array $responseHeaders = null,
        public readonly ?string $retryType = null,
        public readonly ?int $retryAfterSeconds = null,
        public readonly ?string $resolvedIp = null,
        public readonly ?array $requestHeaders = null,
        public readonly ?int $dnsMs = null,
        public readonly ?int $tcpConnectMs = null,
        public readonly ?int $tlsHandshakeMs = null,
        public readonly ?int $ttfbMs = null,
        public readonly ?int $transferMs = null,
        public readonly ?bool $connReused = null,
        public readonly ?string $responseBodyUrl = null,
        public readonly ?bool $responseBodyTruncated = null,
        public readonly ?string $responseBody = null,
        public readonly ?string $note = null,
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
            attemptNo: $answer['attempt_no'],
            createdAt: new DateTimeImmutable($answer['created_at']),
            responseStatus: $answer['response_status'] ?? null,
            responseLatencyMs: $answer['response_latency_ms'] ?? null,
            processingMs: $answer['processing_ms'] ?? null,
            errorText: $answer['error_text'] ?? null,
            responseHeaders: $answer['response_headers'] ?? null,
            retryType: $answer['retry_type'] ?? null,
            retryAfterSeconds: $answer['retry_after_seconds'] ?? null,
            resolvedIp: $answer['resolved_ip'] ?? null,
            requestHeaders: $answer['request_headers'] ?? null,
            dnsMs: $answer['dns_ms'] ?? null,
            tcpConnectMs: $answer['tcp_connect_ms'] ?? null,
            tlsHandshakeMs: $answer['tls_handshake_ms'] ?? null,
            ttfbMs: $answer['ttfb_ms'] ?? null,
            transferMs: $answer['transfer_ms'] ?? null,
            connReused: $answer['conn_reused'] ?? null,
            responseBodyUrl: null,
            responseBodyTruncated: $answer['response_body_truncated'] ?? null,
            responseBody: $answer['response_body'] ?? null,
            note: $answer['note'] ?? null,
        );
    }
}
