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
