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

// A message in the application's own transaction, on its own connection: a function of PostgreSQL's schema `hookbridge` (docs/postgresql.md),
// or a row of SQLite's table `hookbridge_send` (docs/sqlite-outbox.md). JDBC is of Java itself, and so no driver is needed.

/** An argument of a function. It goes to the server as text, whatever a driver makes of other types. */
private class Argument(val value: String?, val isJson: Boolean)

/** The call of a `send`, whose rules are the function's and the table's own; the message's id. */
internal fun sendIn(transaction: Connection, request: com.hookbridge.SendRequest): com.hookbridge.SendWebhookResponse {
    val options =
        mapOf(
            "ordering_key" to request.orderingKey,
            "deliver_at" to request.deliverAt?.toString(),
            "expires_at" to request.expiresAt?.toString(),
            "retention_hours" to request.retentionHours,
        )
    val arguments =
        mapOf(
            "endpoint_id" to text("endpointId", request.endpointId),
            "payload" to text("payload", decoded(document(request.payload, "payload"))),
            "headers" to fields("headers", request.headers),
            "idempotency_key" to text("idempotencyKey", request.idempotencyKey),
        )
    val id =
        if (isSqlite(transaction)) {
            inserted(transaction, (arguments.mapValues { it.value.value } + options).filterValues { it != null })
        } else {
            called(transaction, "send", arguments.values + fields("options", options))
        }
    return com.hookbridge.SendWebhookResponse(id, MessageStatus.QUEUED)
}

private fun isSqlite(transaction: Connection): Boolean = transaction.metaData.databaseProductName == "SQLite"

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
    return id(transaction, "SELECT CAST(hookbridge.$function($casts) AS text)", arguments.map { it.value }, ::refusal)
}

/** Inserts a row of SQLite's table. A column that takes a whole number makes one of a text. */
private fun inserted(transaction: Connection, row: Map<String, Any?>): String {
    val columns = row.keys.joinToString()
    val places = row.keys.joinToString { "?" }
    val values = row.values.map { it.toString() }
    return id(transaction, "INSERT INTO hookbridge_send ($columns) VALUES ($places) RETURNING id", values, ::refusalOfTrigger)
}

/** Runs a statement that answers an id. */
private fun id(
    transaction: Connection,
    statement: String,
    values: List<String?>,
    refusal: (SQLException) -> com.hookbridge.HookBridgeException?,
): String {
    try {
        if (transaction.autoCommit) throw invalid("`transaction` has no transaction open: the message would be there at once")
        transaction.prepareStatement(statement).use { prepared ->
            values.forEachIndexed { index, value -> prepared.setString(index + 1, value) }
            return prepared.executeQuery().use { row -> row.next().let { row.getString(1) } }
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
    return made(code, reason, status, failed)
}

/** The same for a trigger of SQLite. */
private fun refusalOfTrigger(failed: SQLException): com.hookbridge.HookBridgeException? {
    // The driver lays it in brackets.
    val said = failed.message.orEmpty().removeSuffix(")")
    val (code, reason) = REFUSED.find(said)?.destructured ?: return null
    return STATUS_BY_CODE[code]?.let { made(code, reason, it, failed) }
}

private fun made(code: String, reason: String, status: Int, cause: SQLException): com.hookbridge.HookBridgeException {
    val made =
        when (code) {
            ErrorCode.ENDPOINT_NOT_FOUND -> NotFoundException(reason, code, status)
            ErrorCode.IDEMPOTENCY_MISMATCH -> IdempotencyException(reason, code, status)
            else -> ValidationException(reason, code, status)
        }
    return made.apply { initCause(cause) }
}
