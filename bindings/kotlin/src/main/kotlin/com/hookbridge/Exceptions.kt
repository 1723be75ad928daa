// Written by `hookbridge-generate`: change the definition, not this file.
package com.hookbridge

/** The API key is missing or unknown (401). */
class AuthenticationException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.UNAUTHORIZED,
    statusCode: Int? = 401,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** No such endpoint, message, key or export (404). */
class NotFoundException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.NOT_FOUND,
    statusCode: Int? = 404,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** The request or a setting is wrong (400, 413). */
class ValidationException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.INVALID_REQUEST,
    statusCode: Int? = 400,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** Too much at once (429). */
class RateLimitException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.RATE_LIMIT_EXCEEDED,
    statusCode: Int? = 429,
    isRetryable: Boolean = true,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** The idempotency key was used with another payload (409). */
class IdempotencyException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.IDEMPOTENCY_MISMATCH,
    statusCode: Int? = 409,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** The message was replayed as often as is allowed (429). */
class ReplayLimitException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.REPLAY_LIMIT_EXCEEDED,
    statusCode: Int? = 429,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** A server could not be reached, or broke off (502). */
class NetworkException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.NETWORK_ERROR,
    statusCode: Int? = 502,
    isRetryable: Boolean = true,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** A server did not answer in time (504). */
class TimeoutException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.TIMEOUT,
    statusCode: Int? = 504,
    isRetryable: Boolean = true,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)
