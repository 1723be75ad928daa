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
