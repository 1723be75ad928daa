package com.hookbridge

/** Any failure of HookBridge. The message is for people, the rest for programs. */
open class HookBridgeException @JvmOverloads constructor(
    /** What went wrong, without the code. */
    val reason: String,
    /** Such as [ErrorCode.ENDPOINT_NOT_FOUND]. */
    val code: String = ErrorCode.INTERNAL_ERROR,
    /** The HTTP status that goes with the code. */
    val statusCode: Int? = null,
    /** Whether the same call may succeed later. */
    val isRetryable: Boolean = false,
    /** The id of the request, under which a server's log, or this process's, has it. */
    val requestId: String? = null,
    /** Seconds to wait before the same call, where that is known. */
    val retryAfter: Double? = null,
) : RuntimeException("$code: $reason")

/** The API key is missing or unknown (401). */
class AuthenticationException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.INTERNAL_ERROR,
    statusCode: Int? = null,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** No such endpoint, message or key (404). */
class NotFoundException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.INTERNAL_ERROR,
    statusCode: Int? = null,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** The request or a setting is wrong (400, 413). */
class ValidationException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.INTERNAL_ERROR,
    statusCode: Int? = null,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** Too much at once (429). */
class RateLimitException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.INTERNAL_ERROR,
    statusCode: Int? = null,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** The idempotency key was used with another payload (409). */
class IdempotencyException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.INTERNAL_ERROR,
    statusCode: Int? = null,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** The message was replayed as often as is allowed (429). */
class ReplayLimitException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.INTERNAL_ERROR,
    statusCode: Int? = null,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** A server could not be reached. */
class NetworkException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.INTERNAL_ERROR,
    statusCode: Int? = null,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)

/** A server did not answer in time. */
class TimeoutException @JvmOverloads constructor(
    reason: String,
    code: String = ErrorCode.INTERNAL_ERROR,
    statusCode: Int? = null,
    isRetryable: Boolean = false,
    requestId: String? = null,
    retryAfter: Double? = null,
) : HookBridgeException(reason, code, statusCode, isRetryable, requestId, retryAfter)
