package com.hookbridge.internal

import com.hookbridge.ErrorCode
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

internal typealias Make = (String, String, Int?, Boolean, String?, Double?) -> com.hookbridge.HookBridgeException

internal fun Failure.made(make: Make) = make(inCallersWords(reason), code, status, retryable, requestId, retryAfterSeconds)
