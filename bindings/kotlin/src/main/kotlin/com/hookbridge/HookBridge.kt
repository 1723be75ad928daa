package com.hookbridge

import com.hookbridge.internal.Exit
import com.hookbridge.internal.calling
import com.hookbridge.internal.document
import com.hookbridge.internal.native
import com.hookbridge.internal.published
import com.hookbridge.internal.sendIn
import java.sql.Connection
import java.time.Instant
import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.future.future
import com.hookbridge.internal.HookBridge as Native
import com.hookbridge.internal.SendRequest as NativeRequest

/**
 * An outbox in this process, and its delivery in the background.
 *
 * With `baseUrl` (and `apiKey`) the same methods work with a server that speaks HookBridge's HTTP API; with `database` beside it, messages
 * are committed to the file first and forwarded in the background (a relay).
 *
 * Any thread may use it. Every method but [sendAsync] blocks its thread for its answer, and throws a [HookBridgeException] where something is
 * refused. Where the program ends normally without a [close], what this process has accepted gets `exitTimeout` (2 s) to be delivered; what is
 * undelivered then is delivered by the next run.
 */
class HookBridge private constructor(private val native: Native) : Operations(native), AutoCloseable {
    /**
     * Opens or creates the outbox, or prepares to work with a server, which is not asked yet.
     *
     * @throws ValidationException (`INVALID_CONFIGURATION`) naming the wrong option; HookBridgeException (`STORAGE_UNAVAILABLE`) where the file
     * cannot be used
     */
    @JvmOverloads
    constructor(options: HookBridgeOptions = HookBridgeOptions()) : this(opened(options))

    init {
        Exit.expect(native)
    }

    /**
     * Accepts a message for delivery.
     *
     * Returns once the message is on disk; delivery follows in the background. Sending again with the same idempotency key and payload answers
     * the first message.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     * @param payload Maps, lists, arrays, strings, numbers, booleans and null; a string becomes a JSON string. A [RawJson] is a JSON document that
     * is sent as it stands.
     * @param headers Sent with this message's deliveries, in place of the endpoint's headers of the same names.
     * @param idempotencyKey 1 to 255 of letters, digits, `_`, `-`.
     * @param retentionHours How long the payload is kept, in hours; 0 drops it right after delivery.
     * @param orderingKey Messages of the endpoint with this key are delivered one after another; at most 255 characters.
     * @param deliverAt Before when it is not delivered; at most a year ahead.
     * @param expiresAt After when it is not tried any more.
     * @param transaction The application's own connection to a PostgreSQL database with the schema `hookbridge`: the message is there when its
     * transaction commits, and never was when it rolls back. This client's own outbox is left alone. Of Spring it is
     * `DataSourceUtils.getConnection(dataSource)`, of Exposed `TransactionManager.current().connection.connection as Connection`.
     */
    @JvmOverloads
    fun send(
        endpointId: String,
        payload: Any?,
        headers: Map<String, String>? = null,
        idempotencyKey: String? = null,
        retentionHours: Int? = null,
        orderingKey: String? = null,
        deliverAt: Instant? = null,
        expiresAt: Instant? = null,
        transaction: Connection? = null,
    ): SendWebhookResponse {
        if (transaction != null) {
            val message = SendRequest(endpointId, payload, headers, idempotencyKey, retentionHours, orderingKey, deliverAt, expiresAt)
            return sendIn(transaction, message)
        }
        val body = document(payload, "payload")
        val request = NativeRequest(endpointId, body, headers, idempotencyKey, retentionHours, orderingKey, deliverAt, expiresAt)
        return calling { native.send(request) }.published()
    }

    /** Accepts a message for delivery: the same as with its parts. */
    fun send(request: SendRequest): SendWebhookResponse = calling { native.send(request.native()) }.published()

    /** The same in the application's own transaction. */
    fun send(request: SendRequest, transaction: Connection): SendWebhookResponse = sendIn(transaction, request)

    /** The same as [send], and no thread waits. */
    @JvmSynthetic
    suspend fun sendAsync(
        endpointId: String,
        payload: Any?,
        headers: Map<String, String>? = null,
        idempotencyKey: String? = null,
        retentionHours: Int? = null,
        orderingKey: String? = null,
        deliverAt: Instant? = null,
        expiresAt: Instant? = null,
    ): SendWebhookResponse = sendAsync(SendRequest(endpointId, payload, headers, idempotencyKey, retentionHours, orderingKey, deliverAt, expiresAt))

    /** The same as [send], and no thread waits. */
    @JvmSynthetic
    suspend fun sendAsync(request: SendRequest): SendWebhookResponse {
        val given = request.native()
        return calling { native.sendAsync(given) }.published()
    }

    /** The same as [send], and no thread waits: Java's `sendAsync`. */
    @JvmName("sendAsync")
    fun sendFuture(endpointId: String, payload: Any?): CompletableFuture<SendWebhookResponse> = sendFuture(SendRequest(endpointId, payload))

    /** The same as [send], and no thread waits: Java's `sendAsync`. */
    @JvmName("sendAsync")
    fun sendFuture(request: SendRequest): CompletableFuture<SendWebhookResponse> =
        // Begun here, in the order of the calls, and not ended on the engine's thread: that lends itself for one call into the JVM.
        CoroutineScope(Dispatchers.Default).future(start = CoroutineStart.UNDISPATCHED) { sendAsync(request) }

    /**
     * Accepts up to 1,000 messages.
     *
     * All that are good are committed in one transaction. Each message has its result or its failure, in order; one that is refused touches no
     * other.
     */
    fun sendBatch(messages: Iterable<SendRequest>): List<BatchResult> {
        val given = messages.mapIndexed { number, message -> message.native("messages[$number].payload") }
        return calling { native.sendBatch(given) }.map { it.accepted?.published() ?: it.failure!!.published() }
    }

    /**
     * A queue of what happens to messages from now on, while this process delivers.
     *
     * @throws HookBridgeException (`CLOSED`) after a close
     */
    fun events(): Events = Events(calling { native.events() })

    /**
     * A queue of what happens to messages from now on, whichever process accepts and delivers them: the kinds of [events], and
     * `message_accepted`, `attempt_started` and `endpoint_changed`.
     *
     * @throws HookBridgeException (`CLOSED`) after a close
     */
    fun watch(): Events = Events(calling { native.watch() })

    /** Waits until nothing is due, whichever process delivers. False where [timeout] seconds passed before. */
    @JvmOverloads
    fun flush(timeout: Double = 30.0): Boolean = calling { native.flush(timeout) }

    /** Takes no more work, lets attempts under way end, and stops the threads. False where [timeout] seconds passed before. */
    fun close(timeout: Double): Boolean {
        if (native.uniffiIsDestroyed) return true
        val ended = calling { native.shutdown(timeout) }
        Exit.forget(native)
        native.destroy()
        return ended
    }

    /** Closes, and waits up to 5 seconds for the attempts under way. */
    override fun close() {
        close(5.0)
    }
}

private fun opened(options: HookBridgeOptions): Native {
    val given = options.native()
    return calling { Native(given) }
}
