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
}
