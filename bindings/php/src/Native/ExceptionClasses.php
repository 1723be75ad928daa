<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Native;

use HookBridge\ErrorCode;
use HookBridge\Exception\AuthenticationException;
use HookBridge\Exception\IdempotencyException;
use HookBridge\Exception\NetworkException;
use HookBridge\Exception\NotFoundException;
use HookBridge\Exception\RateLimitException;
use HookBridge\Exception\ReplayLimitException;
use HookBridge\Exception\TimeoutException;
use HookBridge\Exception\ValidationException;

/**
 * The exceptions that codes of errors have; a code that is missing here has HookBridgeException itself.
 *
 * @internal
 */
final class ExceptionClasses
{
    public const BY_CODE = [
        ErrorCode::UNAUTHORIZED => AuthenticationException::class,
        ErrorCode::NOT_FOUND => NotFoundException::class,
        ErrorCode::ENDPOINT_NOT_FOUND => NotFoundException::class,
        ErrorCode::INVALID_REQUEST => ValidationException::class,
        ErrorCode::INVALID_HEADERS => ValidationException::class,
        ErrorCode::INVALID_ENDPOINT => ValidationException::class,
        ErrorCode::ENDPOINT_UNREACHABLE => ValidationException::class,
        ErrorCode::ENDPOINT_BLOCKED => ValidationException::class,
        ErrorCode::INVALID_STATUS => ValidationException::class,
        ErrorCode::INVALID_CONFIGURATION => ValidationException::class,
        ErrorCode::EXPORT_NOT_READY => ValidationException::class,
        ErrorCode::NOT_SUPPORTED => ValidationException::class,
        ErrorCode::RATE_LIMIT_EXCEEDED => RateLimitException::class,
        ErrorCode::IDEMPOTENCY_MISMATCH => IdempotencyException::class,
        ErrorCode::REPLAY_LIMIT_EXCEEDED => ReplayLimitException::class,
        ErrorCode::NETWORK_ERROR => NetworkException::class,
        ErrorCode::TIMEOUT => TimeoutException::class,
    ];

    /** The HTTP status that goes with each code. */
    public const STATUS_BY_CODE = [
        ErrorCode::INTERNAL_ERROR => 500,
        ErrorCode::INVALID_REQUEST => 400,
        ErrorCode::INVALID_HEADERS => 400,
        ErrorCode::INVALID_ENDPOINT => 400,
        ErrorCode::ENDPOINT_UNREACHABLE => 400,
        ErrorCode::ENDPOINT_BLOCKED => 400,
        ErrorCode::INVALID_STATUS => 400,
        ErrorCode::UNAUTHORIZED => 401,
        ErrorCode::NOT_FOUND => 404,
        ErrorCode::ENDPOINT_NOT_FOUND => 404,
        ErrorCode::IDEMPOTENCY_MISMATCH => 409,
        ErrorCode::DELIVERY_IN_PROGRESS => 409,
        ErrorCode::RETRY_IN_PROGRESS => 409,
        ErrorCode::MAX_SIGNING_KEYS_REACHED => 409,
        ErrorCode::CANNOT_DELETE_LAST_SIGNING_KEY => 409,
        ErrorCode::RETENTION_EXPIRED => 410,
        ErrorCode::PAYLOAD_UNAVAILABLE => 410,
        ErrorCode::PAYLOAD_TOO_LARGE => 413,
        ErrorCode::REPLAY_LIMIT_EXCEEDED => 429,
        ErrorCode::STORAGE_UNAVAILABLE => 503,
        ErrorCode::INVALID_CONFIGURATION => 400,
        ErrorCode::CLOSED => 400,
        ErrorCode::FORKED => 500,
        ErrorCode::SCHEMA_TOO_NEW => 500,
        ErrorCode::EXPORT_NOT_READY => 400,
        ErrorCode::EXPORT_EXPIRED => 410,
        ErrorCode::NETWORK_ERROR => 502,
        ErrorCode::TIMEOUT => 504,
        ErrorCode::RATE_LIMIT_EXCEEDED => 429,
        ErrorCode::NOT_SUPPORTED => 400,
        ErrorCode::FORBIDDEN => 403,
        ErrorCode::ALREADY_EXISTS => 409,
        ErrorCode::UNKNOWN_EVENT_TYPE => 400,
        ErrorCode::INVALID_PAYLOAD => 400,
    ];
}
