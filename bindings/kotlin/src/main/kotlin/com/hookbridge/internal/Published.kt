// Written by `hookbridge-generate`: change the definition, not this file.
package com.hookbridge.internal

import com.hookbridge.AuthenticationException
import com.hookbridge.IdempotencyException
import com.hookbridge.NetworkException
import com.hookbridge.NotFoundException
import com.hookbridge.RateLimitException
import com.hookbridge.ReplayLimitException
import com.hookbridge.TimeoutException
import com.hookbridge.ValidationException

/** The exception that users know, for the one that comes from the native half. */
internal fun HookBridgeException.published(): com.hookbridge.HookBridgeException =
    when (this) {
        is HookBridgeException.Authentication -> failure.made(::AuthenticationException)
        is HookBridgeException.NotFound -> failure.made(::NotFoundException)
        is HookBridgeException.Validation -> failure.made(::ValidationException)
        is HookBridgeException.RateLimit -> failure.made(::RateLimitException)
        is HookBridgeException.Idempotency -> failure.made(::IdempotencyException)
        is HookBridgeException.ReplayLimit -> failure.made(::ReplayLimitException)
        is HookBridgeException.Network -> failure.made(::NetworkException)
        is HookBridgeException.Timeout -> failure.made(::TimeoutException)
        is HookBridgeException.Other -> failure.made { reason, code, status, retryable, request, pause ->
            com.hookbridge.HookBridgeException(reason, code, status, retryable, request, pause)
        }
    }

/** The HTTP status that goes with each code. */
internal val STATUS_BY_CODE =
    mapOf(
        "INTERNAL_ERROR" to 500,
        "INVALID_REQUEST" to 400,
        "INVALID_HEADERS" to 400,
        "INVALID_ENDPOINT" to 400,
        "ENDPOINT_UNREACHABLE" to 400,
        "ENDPOINT_BLOCKED" to 400,
        "INVALID_STATUS" to 400,
        "UNAUTHORIZED" to 401,
        "NOT_FOUND" to 404,
        "ENDPOINT_NOT_FOUND" to 404,
        "IDEMPOTENCY_MISMATCH" to 409,
        "DELIVERY_IN_PROGRESS" to 409,
        "RETRY_IN_PROGRESS" to 409,
        "MAX_SIGNING_KEYS_REACHED" to 409,
        "CANNOT_DELETE_LAST_SIGNING_KEY" to 409,
        "RETENTION_EXPIRED" to 410,
        "PAYLOAD_UNAVAILABLE" to 410,
        "PAYLOAD_TOO_LARGE" to 413,
        "REPLAY_LIMIT_EXCEEDED" to 429,
        "STORAGE_UNAVAILABLE" to 503,
        "INVALID_CONFIGURATION" to 400,
        "CLOSED" to 400,
        "FORKED" to 500,
        "SCHEMA_TOO_NEW" to 500,
        "EXPORT_NOT_READY" to 400,
        "EXPORT_EXPIRED" to 410,
        "NETWORK_ERROR" to 502,
        "TIMEOUT" to 504,
        "RATE_LIMIT_EXCEEDED" to 429,
        "NOT_SUPPORTED" to 400,
        "FORBIDDEN" to 403,
        "ALREADY_EXISTS" to 409,
        "UNKNOWN_EVENT_TYPE" to 400,
        "INVALID_PAYLOAD" to 400,
    )
