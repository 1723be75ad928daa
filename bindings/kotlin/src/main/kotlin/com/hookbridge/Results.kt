// Written by `hookbridge-generate`: change the definition, not this file.

package com.hookbridge

import com.hookbridge.internal.fields
import java.time.Instant

/** A message that was accepted: it is on disk. */
data class SendWebhookResponse(
    /** The id under which the message is delivered. */
    val messageId: String,
    /** Always `queued`. */
    val status: MessageStatus,
) : BatchResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "message_id" to messageId,
            "status" to status,
        )
}

/** A message that an event made. */
data class SentMessage(
    /** The id under which it is delivered. */
    val messageId: String,
    /** The endpoint it goes to. */
    val endpointId: String,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "message_id" to messageId,
            "endpoint_id" to endpointId,
        )
}

/** An event that was accepted: it is on disk with all its messages. */
data class SendEventResponse(
    /** The event's id, `evt_...`. */
    val eventId: String,
    /**
     * How many endpoints want it. 0 is no error: the event is kept, and can be replayed to an endpoint that comes
     * later. Absent in a relay, whose server knows the endpoints.
     */
    val matched: Long? = null,
    /** Its messages, one for each endpoint. */
    val messages: List<SentMessage>,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "event_id" to eventId,
            "matched" to matched,
            "messages" to messages,
        )
}

/** Why a message of a batch was refused. */
data class SendFailure(
    /** The error's code, for programs. */
    val code: String,
    /** The error's sentence, for people. */
    val message: String,
) : BatchResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "code" to code,
            "message" to message,
        )
}

/** The result for one event of a batch: a receipt, or why it was refused. */
data class EventResult(
    /** Why it was refused, which does not affect the other events; null where it was accepted. */
    val error: SendFailure? = null,
    /** The event's id; null where it was refused. */
    val eventId: String? = null,
    /** How many endpoints want it; null where it was refused, and in a relay. */
    val matched: Long? = null,
    /** Its messages; null where it was refused. */
    val messages: List<SentMessage>? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "error" to error,
            "event_id" to eventId,
            "matched" to matched,
            "messages" to messages,
        )
}

/** What `sendEventBatch` answers: a result for each event, in order. */
data class SendEventsResponse(
    /** One result for each event of the request, in its order. */
    val results: List<EventResult>,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "results" to results,
        )
}

/** An event, without its payload. */
data class EventRecord(
    /** The event's id, `evt_...`. */
    val eventId: String,
    /** The name of its type. */
    val type: String,
    /** The customer whose endpoints it went to; null where the producer named none. */
    val tenant: String? = null,
    /** The producer's idempotency key; null where it gave none. */
    val idempotencyKey: String? = null,
    /**
     * Its messages to one endpoint are delivered in order with others of this key; null where the producer gave none.
     */
    val orderingKey: String? = null,
    /** The size of the payload. */
    val sizeBytes: Long,
    /** Hex SHA-256 of the payload. */
    val payloadSha256: String,
    /** When it was accepted. */
    val createdAt: Instant,
    /** Before when its messages are not delivered. */
    val deliverAt: Instant? = null,
    /** After when its messages are not tried any more. */
    val expiresAt: Instant? = null,
    /** How many endpoints wanted it when it was accepted. */
    val matched: Long,
    /** Whether its payload is still kept. */
    val hasPayload: Boolean,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "event_id" to eventId,
            "type" to type,
            "tenant" to tenant,
            "idempotency_key" to idempotencyKey,
            "ordering_key" to orderingKey,
            "size_bytes" to sizeBytes,
            "payload_sha256" to payloadSha256,
            "created_at" to createdAt,
            "deliver_at" to deliverAt,
            "expires_at" to expiresAt,
            "matched" to matched,
            "has_payload" to hasPayload,
        )
}

/** A page of a list. */
class ListEventsResponse @JvmOverloads constructor(
    /** The items of this page: the same as the page itself. */
    val events: List<EventRecord>,
    hasMore: Boolean = false,
    nextCursor: String? = null,
    private val more: ((String) -> ListEventsResponse)? = null,
) : Page<EventRecord>(events, hasMore, nextCursor) {
    override fun nextPage(): ListEventsResponse? = if (hasMore && nextCursor != null) more?.invoke(nextCursor) else null

    override fun toMap(): Map<String, Any?> =
        fields("events" to events, "has_more" to hasMore, "next_cursor" to nextCursor)

    override fun toString() = "ListEventsResponse(events=$events, hasMore=$hasMore, nextCursor=$nextCursor)"
}

/** A message of an event. */
data class EventMessage(
    /** The message's id. */
    val messageId: String,
    /** The endpoint it goes to. */
    val endpointId: String,
    /** The message's state. */
    val status: MessageStatus,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "message_id" to messageId,
            "endpoint_id" to endpointId,
            "status" to status,
        )
}

/** An event with its messages. */
data class EventDetails(
    /** The event's id, `evt_...`. */
    val eventId: String,
    /** The name of its type. */
    val type: String,
    /** The customer whose endpoints it went to; null where the producer named none. */
    val tenant: String? = null,
    /** The producer's idempotency key; null where it gave none. */
    val idempotencyKey: String? = null,
    /**
     * Its messages to one endpoint are delivered in order with others of this key; null where the producer gave none.
     */
    val orderingKey: String? = null,
    /** The size of the payload. */
    val sizeBytes: Long,
    /** Hex SHA-256 of the payload. */
    val payloadSha256: String,
    /** When it was accepted. */
    val createdAt: Instant,
    /** Before when its messages are not delivered. */
    val deliverAt: Instant? = null,
    /** After when its messages are not tried any more. */
    val expiresAt: Instant? = null,
    /** How many endpoints wanted it when it was accepted. */
    val matched: Long,
    /** Whether its payload is still kept. */
    val hasPayload: Boolean,
    /** Its messages, those of the oldest endpoint first. */
    val messages: List<EventMessage>,
    /** Whether it has further messages. */
    val hasMore: Boolean,
    /** What to pass as `cursor` for them; null where there are none. */
    val nextCursor: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "event_id" to eventId,
            "type" to type,
            "tenant" to tenant,
            "idempotency_key" to idempotencyKey,
            "ordering_key" to orderingKey,
            "size_bytes" to sizeBytes,
            "payload_sha256" to payloadSha256,
            "created_at" to createdAt,
            "deliver_at" to deliverAt,
            "expires_at" to expiresAt,
            "matched" to matched,
            "has_payload" to hasPayload,
            "messages" to messages,
            "has_more" to hasMore,
            "next_cursor" to nextCursor,
        )
}

/** What `replayEvents` answers. */
data class ReplayEventsResult(
    /** How many events got a message for the endpoint, or would get one. */
    val replayed: Long,
    /** Those events, oldest first. */
    val eventIds: List<String>,
    /** The messages that were made; empty in a dry run. */
    val messageIds: List<String>,
    /** How many events this call looked at. */
    val examined: Long,
    /** Over how many seconds the messages are spread by `rate`. The next call should come no sooner. */
    val spreadOverSeconds: Long,
    /** Whether this was a dry run. */
    val dryRun: Boolean,
    /** Whether there may be further events. */
    val hasMore: Boolean,
    /** What to pass as `cursor` to go on; null where nothing is left. */
    val nextCursor: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "replayed" to replayed,
            "event_ids" to eventIds,
            "message_ids" to messageIds,
            "examined" to examined,
            "spread_over_seconds" to spreadOverSeconds,
            "dry_run" to dryRun,
            "has_more" to hasMore,
            "next_cursor" to nextCursor,
        )
}

/** A condition, and what it found. */
data class CheckedCondition(
    /** The place. */
    val pointer: String,
    /** Whether the condition holds. */
    val holds: Boolean,
    /** What the sample has there, as JSON; null where it has nothing. */
    val found: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "pointer" to pointer,
            "holds" to holds,
            "found" to found,
        )
}

/** What `checkSubscription` answers. */
data class CheckedSubscription(
    /** Whether an event like the sample would be delivered. */
    val wanted: Boolean,
    /** Whether the patterns take its type. */
    val typeTaken: Boolean,
    /** The conditions of the filter, in order. */
    val conditions: List<CheckedCondition>,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "wanted" to wanted,
            "type_taken" to typeTaken,
            "conditions" to conditions,
        )
}

/** A type of event in the catalogue. */
data class EventTypeEntry(
    /** The name, such as `order.created`. */
    val name: String,
    /** For people; at most 500 characters. */
    val description: String? = null,
    /** The JSON schema (2020-12) of its payloads. */
    val schema: RawJson? = null,
    /** A payload, for whoever writes a receiver. */
    val example: RawJson? = null,
    /** Whether receivers should not rely on it any more. It is sent all the same. */
    val deprecated: Boolean,
    /** When it was made. */
    val createdAt: Instant,
    /** When it last changed. */
    val updatedAt: Instant,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "name" to name,
            "description" to description,
            "schema" to schema,
            "example" to example,
            "deprecated" to deprecated,
            "created_at" to createdAt,
            "updated_at" to updatedAt,
        )
}

/** A page of a list. */
class ListEventTypesResponse @JvmOverloads constructor(
    /** The items of this page: the same as the page itself. */
    val eventTypes: List<EventTypeEntry>,
    hasMore: Boolean = false,
    nextCursor: String? = null,
    private val more: ((String) -> ListEventTypesResponse)? = null,
) : Page<EventTypeEntry>(eventTypes, hasMore, nextCursor) {
    override fun nextPage(): ListEventTypesResponse? = if (hasMore && nextCursor != null) more?.invoke(nextCursor) else null

    override fun toMap(): Map<String, Any?> =
        fields("event_types" to eventTypes, "has_more" to hasMore, "next_cursor" to nextCursor)

    override fun toString() = "ListEventTypesResponse(eventTypes=$eventTypes, hasMore=$hasMore, nextCursor=$nextCursor)"
}

/** A new endpoint. Its signing secret is shown only here. */
data class CreateEndpointResponse(
    /** The endpoint's id, `ep_...`. */
    val id: String,
    /** The normalised URL. */
    val url: String,
    /** The secret that deliveries are signed with, `whsec_...`. */
    val signingSecret: String,
    /** When the endpoint was made. */
    val createdAt: Instant,
    /** The owner's words. */
    val description: String? = null,
    /** The signing key's id, `sk_...`. */
    val signingKeyId: String,
    /** The last four characters of the secret. */
    val keyHint: String,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "id" to id,
            "url" to url,
            "signing_secret" to signingSecret,
            "created_at" to createdAt,
            "description" to description,
            "signing_key_id" to signingKeyId,
            "key_hint" to keyHint,
        )

    /** Without the secret. */
    override fun toString() =
        "CreateEndpointResponse(id=$id, url=$url, signingSecret=[hidden], createdAt=$createdAt, description=$description, signingKeyId=$signingKeyId, keyHint=$keyHint)"
}

/** An endpoint in a list. */
data class EndpointSummary(
    /** The endpoint's id, `ep_...`. */
    val id: String,
    /** Where deliveries are posted to. */
    val url: String,
    /** When it was made. */
    val createdAt: Instant,
    /** Whether deliveries are held. */
    val paused: Boolean,
    /** The owner's words. */
    val description: String? = null,
    /** The customer it belongs to. */
    val tenant: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "id" to id,
            "url" to url,
            "created_at" to createdAt,
            "paused" to paused,
            "description" to description,
            "tenant" to tenant,
        )
}

/** A page of a list. */
class ListEndpointsResponse @JvmOverloads constructor(
    /** The items of this page: the same as the page itself. */
    val endpoints: List<EndpointSummary>,
    hasMore: Boolean = false,
    nextCursor: String? = null,
    private val more: ((String) -> ListEndpointsResponse)? = null,
) : Page<EndpointSummary>(endpoints, hasMore, nextCursor) {
    override fun nextPage(): ListEndpointsResponse? = if (hasMore && nextCursor != null) more?.invoke(nextCursor) else null

    override fun toMap(): Map<String, Any?> =
        fields("endpoints" to endpoints, "has_more" to hasMore, "next_cursor" to nextCursor)

    override fun toString() = "ListEndpointsResponse(endpoints=$endpoints, hasMore=$hasMore, nextCursor=$nextCursor)"
}

/** An endpoint, without its signing keys. */
data class Endpoint(
    /** The endpoint's id, `ep_...`. */
    val id: String,
    /** Where deliveries are posted to. */
    val url: String,
    /** When it was made. */
    val createdAt: Instant,
    /** When it last changed. */
    val updatedAt: Instant,
    /** Whether deliveries are held. */
    val paused: Boolean,
    /** The owner's words, at most 500 characters. */
    val description: String? = null,
    /** Deliveries a second, 1 to 1,000; null is unlimited. */
    val rateLimitRps: Int? = null,
    /** Deliveries at once within the rate limit, 1 to 10,000; null is `rateLimitRps`. */
    val burst: Int? = null,
    /** Sent with every delivery. */
    val headers: Map<String, String>? = null,
    /** Replaces the engine's schedule. */
    val retrySchedule: RetrySchedule? = null,
    /** Replaces the engine's number of attempts, 1 to 100. */
    val maxAttempts: Int? = null,
    /** The customer it belongs to, whose events it gets; null for the producer's own. */
    val tenant: String? = null,
    /** The events that it wants: patterns of types; null is every type. */
    val eventTypes: List<String>? = null,
    /** Conditions on an event's payload, all of which must hold. */
    val filter: RawJson? = null,
    /** What follows for an ordering key when one of its messages is given up; null is `continue`. */
    val onFailure: OnFailure? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "id" to id,
            "url" to url,
            "created_at" to createdAt,
            "updated_at" to updatedAt,
            "paused" to paused,
            "description" to description,
            "rate_limit_rps" to rateLimitRps,
            "burst" to burst,
            "headers" to headers,
            "retry_schedule" to retrySchedule,
            "max_attempts" to maxAttempts,
            "tenant" to tenant,
            "event_types" to eventTypes,
            "filter" to filter,
            "on_failure" to onFailure,
        )
}

/** Whether an endpoint's deliveries are held. */
data class PauseState(
    /** The endpoint's id, `ep_...`. */
    val id: String,
    /** Whether deliveries are held now. */
    val paused: Boolean,
    /** After a resume: how many messages had come due meanwhile. */
    val messagesRequeued: Long? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "id" to id,
            "paused" to paused,
            "messages_requeued" to messagesRequeued,
        )
}

/** What happened at an endpoint in a minute. */
data class HealthMinute(
    /** When the minute begins. */
    val at: Instant,
    /** Successful deliveries. */
    val succeeded: Long,
    /** Messages given up after an attempt. */
    val failed: Long,
    /** Failed attempts that another was to follow. */
    val retries: Long,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "at" to at,
            "succeeded" to succeeded,
            "failed" to failed,
            "retries" to retries,
        )
}

/** How an endpoint is doing. */
data class EndpointHealth(
    /** The endpoint's id. */
    val endpointId: String,
    /** Its URL. */
    val url: String,
    /** The customer it belongs to; null where it belongs to none. */
    val tenant: String? = null,
    /** Whether its deliveries are held. */
    val paused: Boolean,
    /** How it has answered. */
    val standing: EndpointStanding,
    /** Whether its breaker is open. */
    val breaker: BreakerState,
    /** When the next attempt probes it, while its breaker is open. */
    val probesAt: Instant? = null,
    /** Attempts under way; null where another process delivers. */
    val inFlight: Long? = null,
    /** How many attempts may be under way now; null where another process delivers, or nothing was to be delivered. */
    val limit: Long? = null,
    /** How many attempts the rate limit lets begin at once; null without one. */
    val tokens: Double? = null,
    /** Messages that were accepted or replayed and not attempted since. Those in flight are among them. */
    val queued: Long,
    /** Messages that failed and will be tried again. */
    val waitingForRetry: Long,
    /** Messages in the dead letter queue. */
    val dead: Long,
    /** When it last took a message, to the minute; to the hour or the day where that is long ago. */
    val lastSuccessAt: Instant? = null,
    /** When an attempt last failed, alike. */
    val lastFailureAt: Instant? = null,
    /** The last 60 minutes, the current one last. */
    val minutes: List<HealthMinute>,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "endpoint_id" to endpointId,
            "url" to url,
            "tenant" to tenant,
            "paused" to paused,
            "standing" to standing,
            "breaker" to breaker,
            "probes_at" to probesAt,
            "in_flight" to inFlight,
            "limit" to limit,
            "tokens" to tokens,
            "queued" to queued,
            "waiting_for_retry" to waitingForRetry,
            "dead" to dead,
            "last_success_at" to lastSuccessAt,
            "last_failure_at" to lastFailureAt,
            "minutes" to minutes,
        )
}

/** A page of a list. */
class EndpointHealthResponse @JvmOverloads constructor(
    /** The items of this page: the same as the page itself. */
    val endpoints: List<EndpointHealth>,
    hasMore: Boolean = false,
    nextCursor: String? = null,
    private val more: ((String) -> EndpointHealthResponse)? = null,
) : Page<EndpointHealth>(endpoints, hasMore, nextCursor) {
    override fun nextPage(): EndpointHealthResponse? = if (hasMore && nextCursor != null) more?.invoke(nextCursor) else null

    override fun toMap(): Map<String, Any?> =
        fields("endpoints" to endpoints, "has_more" to hasMore, "next_cursor" to nextCursor)

    override fun toString() = "EndpointHealthResponse(endpoints=$endpoints, hasMore=$hasMore, nextCursor=$nextCursor)"
}

/** One attempt at a delivery. Times are whole milliseconds. */
data class AttemptRecord(
    /** A UUIDv7. */
    val id: String,
    /** 1 for the first attempt of the message; goes on counting after a replay. */
    val attemptNo: Int,
    /** When the attempt began. */
    val createdAt: Instant,
    /** The receiver's status; null where no answer came. */
    val responseStatus: Int? = null,
    /** From the beginning of the attempt to the end of the answer or of the failure. */
    val responseLatencyMs: Int? = null,
    /** From the moment the message was due to the beginning of the attempt. */
    val processingMs: Int? = null,
    /** What went wrong, for people. */
    val errorText: String? = null,
    /** The answer's headers. The values of a repeated name are joined by a comma. */
    val responseHeaders: Map<String, String>? = null,
    /** Which list of the schedule the next attempt follows. */
    val retryType: RetryType? = null,
    /** The delay until the next attempt. */
    val retryAfterSeconds: Long? = null,
    /** The address that was connected to or refused. */
    val resolvedIp: String? = null,
    /** The headers sent. The value of `Authorization` is masked. */
    val requestHeaders: Map<String, String>? = null,
    /** Resolving the host; null on a reused connection. */
    val dnsMs: Int? = null,
    /** Connecting; null on a reused connection. */
    val tcpConnectMs: Int? = null,
    /** The TLS handshake; null on a reused connection and without TLS. */
    val tlsHandshakeMs: Int? = null,
    /** From the request being ready to be written to the answer's headers. */
    val ttfbMs: Int? = null,
    /** From the answer's headers to its last byte. */
    val transferMs: Int? = null,
    /** Whether a kept connection served. */
    val connReused: Boolean? = null,
    /** Whether the answer's body was longer than the kept part. */
    val responseBodyTruncated: Boolean? = null,
    /** The beginning of the answer's body as text, at most 64 KiB of it. */
    val responseBody: String? = null,
    /**
     * Something unusual that neither the status nor the error says: a body that was cut off or ended badly, a dead kept
     * connection that a fresh one replaced.
     */
    val note: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "id" to id,
            "attempt_no" to attemptNo,
            "created_at" to createdAt,
            "response_status" to responseStatus,
            "response_latency_ms" to responseLatencyMs,
            "processing_ms" to processingMs,
            "error_text" to errorText,
            "response_headers" to responseHeaders,
            "retry_type" to retryType,
            "retry_after_seconds" to retryAfterSeconds,
            "resolved_ip" to resolvedIp,
            "request_headers" to requestHeaders,
            "dns_ms" to dnsMs,
            "tcp_connect_ms" to tcpConnectMs,
            "tls_handshake_ms" to tlsHandshakeMs,
            "ttfb_ms" to ttfbMs,
            "transfer_ms" to transferMs,
            "conn_reused" to connReused,
            "response_body_truncated" to responseBodyTruncated,
            "response_body" to responseBody,
            "note" to note,
        )
}

/** What a test delivery came to. */
data class TestDelivery(
    /** The id that was sent. No message has it. */
    val messageId: String,
    /** Whether the receiver answered 2xx. */
    val delivered: Boolean,
    /** What was sent. */
    val payload: String,
    /** The attempt. */
    val attempt: AttemptRecord,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "message_id" to messageId,
            "delivered" to delivered,
            "payload" to payload,
            "attempt" to attempt,
        )
}

/** What a check of a signature came to. */
data class Verification(
    /**
     * Whether a key of the endpoint made the signature of this body at about this time, and the computed value, if one
     * was given, is right.
     */
    val valid: Boolean,
    /** What is right or wrong, for programs. */
    val cause: VerificationCause,
    /** What it means and what to do, for people. */
    val sentence: String,
    /** The signature that was looked at; null where there is none. */
    val scheme: SignatureScheme? = null,
    /** The endpoint's key that made it; null where none did. */
    val keyId: String? = null,
    /** The time that was signed. */
    val signedAt: Instant? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "valid" to valid,
            "cause" to cause,
            "sentence" to sentence,
            "scheme" to scheme,
            "key_id" to keyId,
            "signed_at" to signedAt,
        )
}

/** A signing key as `listEndpointSigningKeys` shows it, without its secret. */
data class SigningKey(
    /** The signing key's id, `sk_...`. */
    val id: String,
    /** The last four characters of the secret. */
    val keyHint: String,
    /** When it was made. */
    val createdAt: Instant,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "id" to id,
            "key_hint" to keyHint,
            "created_at" to createdAt,
        )
}

/** What `createEndpointSigningKey` answers: the one time that the secret is shown. */
data class RotateSecretResponse(
    /** The signing key's id, `sk_...`. */
    val id: String,
    /** `whsec_...`, shown only here. */
    val signingSecret: String,
    /** The last four characters of the secret. */
    val keyHint: String,
    /** When it was made. */
    val createdAt: Instant,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "id" to id,
            "signing_secret" to signingSecret,
            "key_hint" to keyHint,
            "created_at" to createdAt,
        )

    /** Without the secret. */
    override fun toString() =
        "RotateSecretResponse(id=$id, signingSecret=[hidden], keyHint=$keyHint, createdAt=$createdAt)"
}

/** A message, without its payload. */
data class Message(
    /** A UUIDv7. */
    val id: String,
    /** Always `proj_default`. */
    val projectId: String,
    /** The endpoint it goes to. */
    val endpointId: String,
    /** The message's state. */
    val status: MessageStatus,
    /** Attempts that ended. */
    val attemptCount: Int,
    /** Replays by `replay`, `replayAllMessages` and `replayBatchMessages`, at most 10. */
    val replayCount: Int,
    /** Always `application/json`. */
    val contentType: String,
    /** The size of the payload. */
    val sizeBytes: Long,
    /** Hex SHA-256 of the payload. */
    val payloadSha256: String,
    /** When it was accepted. */
    val createdAt: Instant,
    /** When it last changed. */
    val updatedAt: Instant,
    /** The producer's idempotency key; null where it gave none. */
    val idempotencyKey: String? = null,
    /** When the next attempt is due, while `pending_retry` or scheduled. */
    val nextAttemptAt: Instant? = null,
    /** What the last failed attempt said. */
    val lastError: String? = null,
    /** The receiver's status in the last attempt; null where that attempt got no answer. */
    val responseStatus: Int? = null,
    /** How long the last attempt took, in milliseconds. */
    val responseLatencyMs: Int? = null,
    /** When it was deleted. */
    val deletedAt: Instant? = null,
    /** The API key of the caller that deleted it; null where the door asks for none. */
    val deletedByApiKeyId: String? = null,
    /** When the first attempt began. */
    val firstAttemptAt: Instant? = null,
    /** When it was delivered. */
    val deliveredAt: Instant? = null,
    /** When it was given up. */
    val failedAt: Instant? = null,
    /** From acceptance to the first attempt, in milliseconds. */
    val queueWaitMs: Long? = null,
    /** From acceptance to success, in milliseconds. */
    val totalDeliveryMs: Long? = null,
    /** When the payload is dropped at the latest; null once it is gone. */
    val payloadExpiresAt: Instant? = null,
    /** The event that it belongs to; null for a message that was sent to one endpoint. */
    val eventId: String? = null,
    /** The type of that event. */
    val eventType: String? = null,
    /** Messages of the endpoint with this key are delivered one after another. */
    val orderingKey: String? = null,
    /** Before when it is not delivered. */
    val deliverAt: Instant? = null,
    /** After when it is not tried any more. */
    val expiresAt: Instant? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "id" to id,
            "project_id" to projectId,
            "endpoint_id" to endpointId,
            "status" to status,
            "attempt_count" to attemptCount,
            "replay_count" to replayCount,
            "content_type" to contentType,
            "size_bytes" to sizeBytes,
            "payload_sha256" to payloadSha256,
            "created_at" to createdAt,
            "updated_at" to updatedAt,
            "idempotency_key" to idempotencyKey,
            "next_attempt_at" to nextAttemptAt,
            "last_error" to lastError,
            "response_status" to responseStatus,
            "response_latency_ms" to responseLatencyMs,
            "deleted_at" to deletedAt,
            "deleted_by_api_key_id" to deletedByApiKeyId,
            "first_attempt_at" to firstAttemptAt,
            "delivered_at" to deliveredAt,
            "failed_at" to failedAt,
            "queue_wait_ms" to queueWaitMs,
            "total_delivery_ms" to totalDeliveryMs,
            "payload_expires_at" to payloadExpiresAt,
            "event_id" to eventId,
            "event_type" to eventType,
            "ordering_key" to orderingKey,
            "deliver_at" to deliverAt,
            "expires_at" to expiresAt,
        )
}

/** A page of a list. */
class AttemptsResponse @JvmOverloads constructor(
    /** The items of this page: the same as the page itself. */
    val attempts: List<AttemptRecord>,
    hasMore: Boolean = false,
    nextCursor: String? = null,
    private val more: ((String) -> AttemptsResponse)? = null,
) : Page<AttemptRecord>(attempts, hasMore, nextCursor) {
    override fun nextPage(): AttemptsResponse? = if (hasMore && nextCursor != null) more?.invoke(nextCursor) else null

    override fun toMap(): Map<String, Any?> =
        fields("attempts" to attempts, "has_more" to hasMore, "next_cursor" to nextCursor)

    override fun toString() = "AttemptsResponse(attempts=$attempts, hasMore=$hasMore, nextCursor=$nextCursor)"
}

/** A message's payload and what is sent beside it. */
data class MessagePayload(
    /** The message's id. */
    val messageId: String,
    /** The endpoint it goes to. */
    val endpointId: String,
    /** Always `application/json`. */
    val contentType: String,
    /** The JSON document as a text, byte for byte as it was accepted: what is read into numbers may lose digits. */
    val payload: String,
    /** The size of the payload. */
    val sizeBytes: Long,
    /** Hex SHA-256 of the payload. */
    val payloadSha256: String,
    /** The message's own headers; null where it has none. */
    val headers: Map<String, String>? = null,
    /** When the payload is dropped at the latest. */
    val payloadExpiresAt: Instant? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "message_id" to messageId,
            "endpoint_id" to endpointId,
            "content_type" to contentType,
            "payload" to payload,
            "size_bytes" to sizeBytes,
            "payload_sha256" to payloadSha256,
            "headers" to headers,
            "payload_expires_at" to payloadExpiresAt,
        )
}

/** One reason, with what belongs to it. */
data class ExplanationReason(
    /** The reason, for programs. */
    val cause: ExplanationCause,
    /** The reason, for people. */
    val sentence: String,
    /** When the reason ends, or at the latest; null where that is not known. */
    val until: Instant? = null,
    /** How many: attempts made, attempts under way, or messages before it. */
    val count: Long? = null,
    /** How many there may be: attempts in all, or under way. */
    val limit: Long? = null,
    /** The process that is meant. */
    val pid: Int? = null,
    /** The message that is meant. */
    val messageId: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "cause" to cause,
            "sentence" to sentence,
            "until" to until,
            "count" to count,
            "limit" to limit,
            "pid" to pid,
            "message_id" to messageId,
        )
}

/** Why a message is where it is. */
data class Explanation(
    /** The message's id. */
    val messageId: String,
    /** The endpoint it goes to. */
    val endpointId: String,
    /** Where it is. */
    val progress: Progress,
    /** The first of the reasons, for people. */
    val sentence: String,
    /** Every reason, what decides most first. */
    val reasons: List<ExplanationReason>,
    /** When it goes on; null where that takes a person, or is not known. */
    val changesAt: Instant? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "message_id" to messageId,
            "endpoint_id" to endpointId,
            "progress" to progress,
            "sentence" to sentence,
            "reasons" to reasons,
            "changes_at" to changesAt,
        )
}

/** A message that is queued again. */
data class ReplayMessageResponse(
    /** The message's id, which stays. */
    val messageId: String,
    /** Always `queued`. */
    val status: MessageStatus,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "message_id" to messageId,
            "status" to status,
        )
}

/** What a replay by a filter came to. */
data class ReplayAllMessagesResponse(
    /** How many messages are queued again. */
    val replayed: Long,
    /** How many were refused because of their state or their payload's retention. */
    val failed: Long,
    /** Always 0: a replay is one transaction, so no message is left halfway. */
    val stuck: Long,
    /** The messages that are queued again. */
    val replayedMessageIds: List<String>,
    /** Always empty. */
    val stuckMessageIds: List<String>,
    /** How many were refused, by the code of their error; null where an older server answered. */
    val refused: Map<String, Int>? = null,
    /** Whether nothing was changed, and this is what would happen; null where an older server answered. */
    val dryRun: Boolean? = null,
    /** What to pass as `cursor` to go on; null where nothing is left. */
    val nextCursor: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "replayed" to replayed,
            "failed" to failed,
            "stuck" to stuck,
            "replayed_message_ids" to replayedMessageIds,
            "stuck_message_ids" to stuckMessageIds,
            "refused" to refused,
            "dry_run" to dryRun,
            "next_cursor" to nextCursor,
        )
}

/** What a cancel by a filter came to. */
data class CancelAllResult(
    /** How many messages were given up. */
    val cancelled: Long,
    /** Their ids. */
    val cancelledMessageIds: List<String>,
    /** How many were refused, by the code of their error. */
    val refused: Map<String, Int>,
    /** Whether nothing was changed, and this is what would happen. */
    val dryRun: Boolean,
    /** What to pass as `cursor` to go on; null where nothing is left. */
    val nextCursor: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "cancelled" to cancelled,
            "cancelled_message_ids" to cancelledMessageIds,
            "refused" to refused,
            "dry_run" to dryRun,
            "next_cursor" to nextCursor,
        )
}

/** What became of one message of a replay. */
data class ReplayBatchResult(
    /** The id as the request gave it. */
    val messageId: String,
    /** `replayed` or `failed`. */
    val status: ReplayOutcome,
    /** Why the message was not replayed. */
    val error: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "message_id" to messageId,
            "status" to status,
            "error" to error,
        )
}

/** What a replay of named messages came to. */
data class ReplayBatchMessagesResponse(
    /** How many messages are queued again. */
    val replayed: Long,
    /** How many were refused. */
    val failed: Long,
    /** Always 0. */
    val stuck: Long,
    /** One result for each id of the request, in its order. */
    val results: List<ReplayBatchResult>,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "replayed" to replayed,
            "failed" to failed,
            "stuck" to stuck,
            "results" to results,
        )
}

/** A message that was deleted, now or before. */
data class DeleteMessageResult(
    /** The message's id. */
    val messageId: String,
    /** When the message was first deleted. */
    val deletedAt: Instant,
    /** Whether it had been deleted before. */
    val alreadyDeleted: Boolean,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "message_id" to messageId,
            "deleted_at" to deletedAt,
            "already_deleted" to alreadyDeleted,
        )
}

/** What became of one message of a delete. */
data class DeleteBatchItemResult(
    /** The id as the request gave it. */
    val messageId: String,
    /** `deleted`, `already_deleted` or `not_found`. */
    val outcome: DeleteOutcome,
    /** When the message was first deleted. */
    val deletedAt: Instant? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "message_id" to messageId,
            "outcome" to outcome,
            "deleted_at" to deletedAt,
        )
}

/** What a delete of named messages came to. */
data class DeleteBatchResult(
    /** One result for each id of the request, in its order. */
    val results: List<DeleteBatchItemResult>,
    /** How many messages this request deleted. */
    val deletedCount: Long,
    /** How many had been deleted before. */
    val alreadyDeletedCount: Long,
    /** How many ids are unknown. */
    val notFoundCount: Long,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "results" to results,
            "deleted_count" to deletedCount,
            "already_deleted_count" to alreadyDeletedCount,
            "not_found_count" to notFoundCount,
        )
}

/** What a delete by a filter came to. Where `deleted` is the limit there may be more. */
data class DeleteAllResult(
    /** How many messages were deleted. */
    val deleted: Long,
    /** Their ids. */
    val deletedMessageIds: List<String>,
    /** Whether nothing was changed, and this is what would happen; null where an older server answered. */
    val dryRun: Boolean? = null,
    /** What to pass as `cursor` to go on; null where nothing is left. */
    val nextCursor: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "deleted" to deleted,
            "deleted_message_ids" to deletedMessageIds,
            "dry_run" to dryRun,
            "next_cursor" to nextCursor,
        )
}

/** One line of the logs or of the dead letter queue. */
data class MessageSummary(
    /** A UUIDv7. */
    val messageId: String,
    /** The endpoint's URL, not its id. */
    val endpoint: String,
    /** The message's state. */
    val status: MessageStatus,
    /** Attempts that ended. */
    val attemptCount: Int,
    /** When it was accepted. */
    val createdAt: Instant,
    /** When it was delivered. */
    val deliveredAt: Instant? = null,
    /** When the next attempt is due, while `pending_retry` or scheduled. */
    val nextAttemptAt: Instant? = null,
    /** The receiver's status in the last attempt; null where that attempt got no answer. */
    val responseStatus: Int? = null,
    /** How long the last attempt took, in milliseconds. */
    val responseLatencyMs: Int? = null,
    /** What the last failed attempt said. */
    val lastError: String? = null,
    /** When it was deleted. */
    val deletedAt: Instant? = null,
    /** When it was given up. */
    val failedAt: Instant? = null,
    /** The endpoint's id; null where an older server answered. */
    val endpointId: String? = null,
    /** The type of the event that it belongs to; null for a message that was sent to one endpoint. */
    val eventType: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "message_id" to messageId,
            "endpoint" to endpoint,
            "status" to status,
            "attempt_count" to attemptCount,
            "created_at" to createdAt,
            "delivered_at" to deliveredAt,
            "next_attempt_at" to nextAttemptAt,
            "response_status" to responseStatus,
            "response_latency_ms" to responseLatencyMs,
            "last_error" to lastError,
            "deleted_at" to deletedAt,
            "failed_at" to failedAt,
            "endpoint_id" to endpointId,
            "event_type" to eventType,
        )
}

/** A page of a list. */
class LogsResponse @JvmOverloads constructor(
    /** The items of this page: the same as the page itself. */
    val messages: List<MessageSummary>,
    hasMore: Boolean = false,
    nextCursor: String? = null,
    /**
     * How far back was looked, where a page is short and has more behind it: the moment at which the last message that
     * was looked at was accepted.
     */
    val searchedTo: Instant? = null,
    private val more: ((String) -> LogsResponse)? = null,
) : Page<MessageSummary>(messages, hasMore, nextCursor) {
    override fun nextPage(): LogsResponse? = if (hasMore && nextCursor != null) more?.invoke(nextCursor) else null

    override fun toMap(): Map<String, Any?> =
        fields("messages" to messages, "has_more" to hasMore, "next_cursor" to nextCursor, "searched_to" to searchedTo)

    override fun toString() = "LogsResponse(messages=$messages, hasMore=$hasMore, nextCursor=$nextCursor, searchedTo=$searchedTo)"
}

/** A page of a list. */
class DlqMessagesResponse @JvmOverloads constructor(
    /** The items of this page: the same as the page itself. */
    val messages: List<MessageSummary>,
    hasMore: Boolean = false,
    nextCursor: String? = null,
    private val more: ((String) -> DlqMessagesResponse)? = null,
) : Page<MessageSummary>(messages, hasMore, nextCursor) {
    override fun nextPage(): DlqMessagesResponse? = if (hasMore && nextCursor != null) more?.invoke(nextCursor) else null

    override fun toMap(): Map<String, Any?> =
        fields("messages" to messages, "has_more" to hasMore, "next_cursor" to nextCursor)

    override fun toString() = "DlqMessagesResponse(messages=$messages, hasMore=$hasMore, nextCursor=$nextCursor)"
}

/** Dead letters with one cause at one endpoint. */
data class DeadLetterGroup(
    /** `HTTP 503` where the receiver answered, else the text of the error without numbers and addresses. */
    val cause: String,
    /** The endpoint. */
    val endpointId: String,
    /** The endpoint's URL. */
    val endpoint: String,
    /** How many messages. */
    val count: Long,
    /** When the first of them was given up. */
    val firstFailedAt: Instant,
    /** When the last of them was given up. */
    val lastFailedAt: Instant,
    /** The newest of them. */
    val messageId: String,
    /** What its last attempt said, whole. */
    val lastError: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "cause" to cause,
            "endpoint_id" to endpointId,
            "endpoint" to endpoint,
            "count" to count,
            "first_failed_at" to firstFailedAt,
            "last_failed_at" to lastFailedAt,
            "message_id" to messageId,
            "last_error" to lastError,
        )
}

/**
 * What `getDlqGroups` answers. Where there is more, the further messages have groups of their own: those with the same
 * cause and endpoint belong together.
 */
data class DeadLetterGroups(
    /** The largest first. */
    val groups: List<DeadLetterGroup>,
    /** How many dead letters were read: at most 10,000. */
    val read: Long,
    /** Whether there are more. */
    val hasMore: Boolean,
    /** What to pass as `cursor` to go on; null where all were read. */
    val nextCursor: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "groups" to groups,
            "read" to read,
            "has_more" to hasMore,
            "next_cursor" to nextCursor,
        )
}

/** What happened in a window of time, in sum. */
data class Metrics(
    /** The window asked for. */
    val window: MetricsWindow,
    /** Messages accepted. A replay, and a send that an idempotency key answered, accept none. */
    val totalMessages: Long,
    /** Successful deliveries; a message that is replayed may have several. */
    val succeeded: Long,
    /** Messages given up after an attempt; not those that were cancelled, deleted or ran out of retention. */
    val failed: Long,
    /** Failed attempts that another was to follow. */
    val retries: Long,
    /**
     * `succeeded` divided by `totalMessages`, 0 to 1; 0 where no message was accepted. 1 where more messages succeeded
     * than were accepted, as after an outage whose messages were accepted before the window.
     */
    val successRate: Double,
    /** The mean time of the attempts that got an answer, of any status; 0 where none got one. */
    val avgLatencyMs: Long,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "window" to window,
            "total_messages" to totalMessages,
            "succeeded" to succeeded,
            "failed" to failed,
            "retries" to retries,
            "success_rate" to successRate,
            "avg_latency_ms" to avgLatencyMs,
        )
}

/** What happened in one bucket of a window. */
data class TimeSeriesBucket(
    /** When the bucket begins. */
    val timestamp: Instant,
    /** Messages accepted. */
    val total: Long,
    /** Successful deliveries. */
    val succeeded: Long,
    /** Messages given up after an attempt. */
    val failed: Long,
    /** Failed attempts that another was to follow. */
    val retrying: Long,
    /** The mean time of the attempts that got an answer. */
    val avgLatencyMs: Long,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "timestamp" to timestamp,
            "total" to total,
            "succeeded" to succeeded,
            "failed" to failed,
            "retrying" to retrying,
            "avg_latency_ms" to avgLatencyMs,
        )
}

/** What happened in a window of time, bucket by bucket. */
data class TimeSeriesMetrics(
    /** The window asked for. */
    val window: MetricsWindow,
    /** Oldest first, without a gap. */
    val buckets: List<TimeSeriesBucket>,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "window" to window,
            "buckets" to buckets,
        )
}

/** An API key as `listApiKeys` shows it. */
data class ApiKeyInfo(
    /** The API key's id, `key_...`. */
    val keyId: String,
    /** The label that it was given; empty without one. */
    val label: String,
    /** The key's first 11 characters. */
    val prefix: String,
    /** When it was made. */
    val createdAt: Instant,
    /** When the key was last used, to the minute; null where it never was. */
    val lastUsedAt: Instant? = null,
    /** What the key lets its owner do; null where an older server answered. */
    val scope: ApiKeyScope? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "key_id" to keyId,
            "label" to label,
            "prefix" to prefix,
            "created_at" to createdAt,
            "last_used_at" to lastUsedAt,
            "scope" to scope,
        )
}

/** What `createApiKey` answers: the one time that the whole key is shown. */
data class CreateApiKeyResponse(
    /** The API key's id, `key_...`. */
    val keyId: String,
    /** The whole key, shown only here. */
    val key: String,
    /** Its first 11 characters. */
    val prefix: String,
    /** The label that it was given; empty without one. */
    val label: String,
    /** When it was made. */
    val createdAt: Instant,
    /** What the key lets its owner do; null where an older server answered. */
    val scope: ApiKeyScope? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "key_id" to keyId,
            "key" to key,
            "prefix" to prefix,
            "label" to label,
            "created_at" to createdAt,
            "scope" to scope,
        )

    /** Without the secret. */
    override fun toString() =
        "CreateApiKeyResponse(keyId=$keyId, key=[hidden], prefix=$prefix, label=$label, createdAt=$createdAt, scope=$scope)"
}

/** A code that signs a browser in once. */
data class CreateLoginCodeResponse(
    /** The code, shown only here. A console takes it behind its address: `/console#login=<code>`. */
    val code: String,
    /** Until when it works: 60 seconds from now. */
    val expiresAt: Instant,
    /** Where consoles of this outbox were served last, the newest first. */
    val consoles: List<String>,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "code" to code,
            "expires_at" to expiresAt,
            "consoles" to consoles,
        )

    /** Without the secret. */
    override fun toString() =
        "CreateLoginCodeResponse(code=[hidden], expiresAt=$expiresAt, consoles=$consoles)"
}

/** An export: a CSV file of messages. */
data class ExportRecord(
    /** A UUIDv7. */
    val id: String,
    /** Always `proj_default`. */
    val projectId: String,
    /** The export's state. */
    val status: ExportStatus,
    /** Messages accepted at this moment or later. */
    val filterStartTime: Instant,
    /** Messages accepted before this moment. */
    val filterEndTime: Instant,
    /** When it was requested. */
    val createdAt: Instant,
    /** Only messages with this status. */
    val filterStatus: MessageStatus? = null,
    /** Only messages of this endpoint: the digits of its id as a UUID with dashes. */
    val filterEndpointId: String? = null,
    /** How many messages it has. */
    val rowCount: Long? = null,
    /** How large the file is. */
    val fileSizeBytes: Long? = null,
    /** Why it failed. */
    val errorMessage: String? = null,
    /** When writing last began. */
    val startedAt: Instant? = null,
    /** When it was completed or failed. */
    val completedAt: Instant? = null,
    /** Until when the file is kept. */
    val expiresAt: Instant? = null,
    /** Always `outbound`. */
    val direction: String,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "id" to id,
            "project_id" to projectId,
            "status" to status,
            "filter_start_time" to filterStartTime,
            "filter_end_time" to filterEndTime,
            "created_at" to createdAt,
            "filter_status" to filterStatus,
            "filter_endpoint_id" to filterEndpointId,
            "row_count" to rowCount,
            "file_size_bytes" to fileSizeBytes,
            "error_message" to errorMessage,
            "started_at" to startedAt,
            "completed_at" to completedAt,
            "expires_at" to expiresAt,
            "direction" to direction,
        )
}

/** The process that delivers from an outbox. */
data class Deliverer(
    /** Its process id. */
    val pid: Int,
    /** Whether the asked engine itself delivers. */
    val thisEngine: Boolean,
    /** Since when it delivers. */
    val since: Instant,
    /**
     * Whether the process is stopped, by a signal or with its container, so that it delivers nothing. False where this
     * cannot be seen: the process is on another machine or hidden from this one.
     */
    val stopped: Boolean,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "pid" to pid,
            "this_engine" to thisEngine,
            "since" to since,
            "stopped" to stopped,
        )
}

/** A shortage that keeps attempts waiting. */
data class Shortage(
    /** What is missing. */
    val kind: ShortageKind,
    /** What is missing, with the system's error, for people. */
    val text: String,
    /** Since when it is missing. */
    val since: Instant,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "kind" to kind,
            "text" to text,
            "since" to since,
        )
}

/** How the outbox stands. */
data class Stats(
    /** Messages that were accepted or replayed and not attempted since. Those in flight are among them. */
    val queued: Long,
    /** Attempts under way in this process. */
    val inFlight: Long,
    /** Messages that failed and will be tried again. */
    val waitingForRetry: Long,
    /** Messages in the dead letter queue. */
    val dead: Long,
    /** How long ago the oldest message that is due was accepted, in seconds; null where none is due. */
    val oldestDueAgeSeconds: Double? = null,
    /** The size of the file and its write-ahead log. */
    val bytesOnDisk: Long,
    /** The process that delivers; null where none delivers. */
    val deliverer: Deliverer? = null,
    /** Why this process, which should deliver, cannot; null where it can, or should not. */
    val notDelivering: String? = null,
    /** What this process lacks for its attempts; null where it lacks nothing. */
    val shortage: Shortage? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "queued" to queued,
            "in_flight" to inFlight,
            "waiting_for_retry" to waitingForRetry,
            "dead" to dead,
            "oldest_due_age_seconds" to oldestDueAgeSeconds,
            "bytes_on_disk" to bytesOnDisk,
            "deliverer" to deliverer,
            "not_delivering" to notDelivering,
            "shortage" to shortage,
        )
}

/** Who asks, and what answers. */
data class WhoAmI(
    /** The API key that the caller showed; null in a process, where nobody is asked for one. */
    val apiKey: ApiKeyInfo? = null,
    /** What the caller may do. */
    val scope: ApiKeyScope,
    /** The version of HookBridge. */
    val version: String,
    /** The process that answers. */
    val pid: Int,
    /** The outbox's file. */
    val database: String,
    /** Whether this engine is to deliver. */
    val delivers: Boolean,
    /** The process that delivers; null where none does. */
    val deliverer: Deliverer? = null,
    /** The largest payload, in bytes. */
    val maxPayloadBytes: Long,
    /** How long payloads are kept, in hours. */
    val payloadRetentionHours: Long,
    /** The most attempts at a message. */
    val maxAttempts: Long,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "api_key" to apiKey,
            "scope" to scope,
            "version" to version,
            "pid" to pid,
            "database" to database,
            "delivers" to delivers,
            "deliverer" to deliverer,
            "max_payload_bytes" to maxPayloadBytes,
            "payload_retention_hours" to payloadRetentionHours,
            "max_attempts" to maxAttempts,
        )
}

/** A change that a caller with an API key asked for. */
data class Activity(
    /** Its number. A later one is higher. */
    val activityId: Long,
    /** When it was done. */
    val occurredAt: Instant,
    /** The operation, such as `pauseEndpoint`. */
    val operation: String,
    /** The key that the caller showed. */
    val apiKeyId: String,
    /** The label of that key at the time; empty where it had none. */
    val apiKeyLabel: String,
    /** The first characters of that key. */
    val apiKeyPrefix: String,
    /** The endpoint that it was about; null where it was about none, or several. */
    val endpointId: String? = null,
    /** The message that it was about; null where it was about none, or several. */
    val messageId: String? = null,
    /** How many messages, endpoints or keys it changed. */
    val affected: Long,
    /**
     * What else was asked for, as a JSON object: a filter, a label, the fields that were changed. No secret and no
     * payload.
     */
    val detail: String? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "activity_id" to activityId,
            "occurred_at" to occurredAt,
            "operation" to operation,
            "api_key_id" to apiKeyId,
            "api_key_label" to apiKeyLabel,
            "api_key_prefix" to apiKeyPrefix,
            "endpoint_id" to endpointId,
            "message_id" to messageId,
            "affected" to affected,
            "detail" to detail,
        )
}

/** A page of a list. */
class ActivityResponse @JvmOverloads constructor(
    /** The items of this page: the same as the page itself. */
    val activities: List<Activity>,
    hasMore: Boolean = false,
    nextCursor: String? = null,
    private val more: ((String) -> ActivityResponse)? = null,
) : Page<Activity>(activities, hasMore, nextCursor) {
    override fun nextPage(): ActivityResponse? = if (hasMore && nextCursor != null) more?.invoke(nextCursor) else null

    override fun toMap(): Map<String, Any?> =
        fields("activities" to activities, "has_more" to hasMore, "next_cursor" to nextCursor)

    override fun toString() = "ActivityResponse(activities=$activities, hasMore=$hasMore, nextCursor=$nextCursor)"
}

/** An API key. */
data class ApiKeyActor(
    /** The key's label; empty where it has none. */
    val label: String,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "label" to label,
        )
}

/** A user. */
data class UserActor(
    /** The user's mail address. */
    val email: String,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "email" to email,
        )
}

/** The actors that are known. A map is present only where ids of its kind were asked for. */
data class ActorLookupResult(
    /** API keys by id. */
    val apiKeys: Map<String, ApiKeyActor>? = null,
    /** Users by id. */
    val users: Map<String, UserActor>? = null,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "api_keys" to apiKeys,
            "users" to users,
        )
}

/**
 * Something that happened in the process that delivers, or should deliver. An event about a message is sent after its
 * outcome was recorded.
 */
data class Event(
    /** The kind of event. */
    val kind: EventKind,
    /** The message; null where the event is about none, as are the next three fields. */
    val messageId: String? = null,
    /** Its endpoint. */
    val endpointId: String? = null,
    /** The type of the event that the message belongs to; null for a message that was sent to one endpoint. */
    val eventType: String? = null,
    /** Which attempt it was, from 1. */
    val attemptNo: Int? = null,
    /** The receiver's status; null where no answer came. */
    val responseStatus: Int? = null,
    /** What went wrong; null where nothing did. */
    val errorText: String? = null,
    /** When the next attempt is due; null where none follows. */
    val nextAttemptAt: Instant? = null,
    /** When it happened. */
    val occurredAt: Instant,
) : HookBridgeResult {
    override fun toMap(): Map<String, Any?> =
        fields(
            "kind" to kind,
            "message_id" to messageId,
            "endpoint_id" to endpointId,
            "event_type" to eventType,
            "attempt_no" to attemptNo,
            "response_status" to responseStatus,
            "error_text" to errorText,
            "next_attempt_at" to nextAttemptAt,
            "occurred_at" to occurredAt,
        )
}
