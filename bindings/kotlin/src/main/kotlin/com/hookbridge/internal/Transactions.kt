package com.hookbridge.internal

import com.hookbridge.ErrorCode
import com.hookbridge.IdempotencyException
import com.hookbridge.MessageStatus
import com.hookbridge.NotFoundException
import com.hookbridge.ValidationException
import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.sql.Connection
import java.sql.SQLException

// A message in the application's own transaction: a function of PostgreSQL's schema `hookbridge`, called on the application's own connection
// (docs/postgresql.md). JDBC is of Java itself, and so no driver is needed.

/** An argument of a function. It goes to the server as text, whatever a driver makes of other types. */
private class Argument(val value: String?, val isJson: Boolean)

/** The call of a `send`, whose rules are the function's own; the message's id. */
internal fun sendIn(transaction: Connection, request: com.hookbridge.SendRequest): com.hookbridge.SendWebhookResponse {
    val options =
        mapOf(
            "ordering_key" to request.orderingKey,
            "deliver_at" to request.deliverAt?.toString(),
            "expires_at" to request.expiresAt?.toString(),
            "retention_hours" to request.retentionHours,
        )
    val arguments =
        listOf(
            text("endpointId", request.endpointId),
            text("payload", decoded(document(request.payload, "payload"))),
            fields("headers", request.headers),
            text("idempotencyKey", request.idempotencyKey),
            fields("options", options),
        )
    return com.hookbridge.SendWebhookResponse(called(transaction, "send", arguments), MessageStatus.QUEUED)
}

private fun text(name: String, value: String?): Argument {
    if (value != null && '\u0000' in value) throw invalid("`$name` has the character U+0000")
    return Argument(value, false)
}

/** An argument that is a JSON object; nothing where it is empty. */
private fun fields(name: String, given: Map<String, Any?>?): Argument {
    val there = given.orEmpty().filterValues { it != null }
    return Argument(if (there.isEmpty()) null else json(there, name), true)
}

private fun decoded(document: ByteArray): String =
    try {
        Charsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString()
    } catch (_: CharacterCodingException) {
        throw invalid("`payload` is not UTF-8")
    }

private fun called(transaction: Connection, function: String, arguments: List<Argument>): String {
    val casts = arguments.joinToString { if (it.isJson) "CAST(CAST(? AS text) AS jsonb)" else "CAST(? AS text)" }
    try {
        if (transaction.autoCommit) throw invalid("`transaction` has no transaction open: the message would be there at once")
        transaction.prepareStatement("SELECT CAST(hookbridge.$function($casts) AS text)").use { statement ->
            arguments.forEachIndexed { index, argument -> statement.setString(index + 1, argument.value) }
            return statement.executeQuery().use { row -> row.next().let { row.getString(1) } }
        }
    } catch (failed: SQLException) {
        throw refusal(failed) ?: failed
    }
}

/** How the function's refusals begin. */
private val REFUSED = Regex("\\b([A-Z]+(?:_[A-Z]+)+): (.*)")

/** What the function refused, as an exception of the package. All else is the driver's, and so is the state of the transaction. */
private fun refusal(failed: SQLException): com.hookbridge.HookBridgeException? {
    val state = failed.sqlState ?: return null
    val said = failed.message.orEmpty()
    // Data that a type of PostgreSQL does not take, before the function could say so.
    if (state.startsWith("22")) return invalid(said.lineSequence().first())
    val status = state.removePrefix("HB").toIntOrNull()?.takeIf { state.startsWith("HB") } ?: return null
    val (code, reason) = REFUSED.find(said)?.destructured ?: return invalid(said)
    val made =
        when (code) {
            ErrorCode.ENDPOINT_NOT_FOUND -> NotFoundException(reason, code, status)
            ErrorCode.IDEMPOTENCY_MISMATCH -> IdempotencyException(reason, code, status)
            else -> ValidationException(reason, code, status)
        }
    return made.apply { initCause(failed) }
}
