package com.hookbridge.internal

import com.hookbridge.AuthenticationException
import com.hookbridge.ErrorCode
import com.hookbridge.IdempotencyException
import com.hookbridge.NetworkException
import com.hookbridge.NotFoundException
import com.hookbridge.RateLimitException
import com.hookbridge.ReplayLimitException
import com.hookbridge.TimeoutException
import com.hookbridge.ValidationException

/** What a call throws of which the native half was freed. */
internal class Destroyed(message: String) : IllegalStateException(message)

/** Carries out a call, and throws what its users know. */
internal inline fun <T> calling(call: () -> T): T =
    try {
        call()
    } catch (failed: HookBridgeException) {
        throw failed.published()
    } catch (_: Destroyed) {
        throw closed()
    } catch (broken: InternalException) {
        throw com.hookbridge.HookBridgeException(broken.message ?: "the library is broken")
    }

internal fun closed() = com.hookbridge.HookBridgeException("the client was closed: open a new one", ErrorCode.CLOSED, 400)

/** What is refused before it is said to the engine. */
internal fun invalid(reason: String) = ValidationException(reason, ErrorCode.INVALID_REQUEST, 400)

/** What the engine says, with the names that the caller knows. */
private fun inCallersWords(reason: String): String =
    Regex("`[a-z0-9_.\\[\\]]+`").replace(reason) { path ->
        Regex("[a-z0-9_]+").replace(path.value) { name -> SPOKEN[name.value] ?: name.value }
    }

private typealias Make = (String, String, Int?, Boolean, String?, Double?) -> com.hookbridge.HookBridgeException

private fun Failure.made(make: Make) = make(inCallersWords(reason), code, status, retryable, requestId, retryAfterSeconds)

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
