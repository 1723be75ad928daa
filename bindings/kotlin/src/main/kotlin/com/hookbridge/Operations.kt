// Written by `hookbridge-generate`: change the definition, not this file.

package com.hookbridge

import com.hookbridge.internal.EventRequest
import com.hookbridge.internal.calling
import com.hookbridge.internal.document
import com.hookbridge.internal.native
import com.hookbridge.internal.published
import java.time.Instant
import java.util.stream.Stream
import kotlin.streams.asStream
import com.hookbridge.internal.HookBridge as Native
import com.hookbridge.internal.several

/** The operations of a client: the methods of [HookBridge] that ask and change what is stored. Each of them waits for its answer. */
abstract class Operations internal constructor(private val native: Native) {
    /**
     * Accepts an event for every endpoint that wants it.
     *
     * Returns once the event and all its messages are on disk. An event that no endpoint wants is no error: it is kept,
     * and `matched` is 0. Sending again with the same idempotency key, type and payload answers the first event.
     *
     * @param type The name of its type, such as `order.created`.
     * @param payload Any JSON value of at most 1,048,576 bytes.
     * @param tenant The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without a
     * tenant.
     * @param headers Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50 headers
     * and 8,192 bytes.
     * @param idempotencyKey 1 to 255 of letters, digits, `_`, `-`. Within a tenant it names one event.
     * @param orderingKey Messages of one endpoint with this key are delivered one after another; at most 255
     * characters.
     * @param deliverAt Before when it is not delivered; at most a year ahead.
     * @param expiresAt After when it is not tried any more.
     * @param retentionHours How long the payload is kept, in hours; 0 drops it once all its messages are delivered.
     */
    @JvmSynthetic
    fun sendEvent(
        type: String,
        payload: Any?,
        tenant: String? = null,
        headers: Map<String, String>? = null,
        idempotencyKey: String? = null,
        orderingKey: String? = null,
        deliverAt: Instant? = null,
        expiresAt: Instant? = null,
        retentionHours: Int? = null,
    ): SendEventResponse =
        calling {
            native.sendEvent(EventRequest(
                type,
                document(payload, "payload"),
                tenant,
                headers,
                idempotencyKey,
                orderingKey,
                deliverAt,
                expiresAt,
                retentionHours,
            )).published()
        }

    /** The same as [sendEvent] with named arguments, for Java. */
    fun sendEvent(type: String, payload: Any?): SendEventResponse = sendEvent(type, payload, SendEventOptions())

    /** The same as [sendEvent] with named arguments, for Java. */
    fun sendEvent(type: String, payload: Any?, options: SendEventOptions): SendEventResponse =
        sendEvent(
            type,
            payload,
            options.tenant,
            options.headers,
            options.idempotencyKey,
            options.orderingKey,
            options.deliverAt,
            options.expiresAt,
            options.retentionHours,
        )

    /**
     * Accepts up to 1,000 events.
     *
     * All that are good are committed in one transaction with their messages. Each event has its result or its failure,
     * in order; one that is refused touches no other.
     *
     * @param events At most 1,000, each as in `sendEvent`.
     */
    fun sendEventBatch(events: Iterable<BatchEvent>): SendEventsResponse =
        calling { native.sendEventBatch(several("events", events)).published() }

    /**
     * Lists events, newest first.
     *
     * A page of a filter may be short, even empty, and have more behind it: follow `nextCursor`.
     *
     * @param type Only events of this type.
     * @param tenant Only events of this tenant.
     * @param startTime Only events accepted at this moment or later.
     * @param endTime Only events accepted before this moment.
     * @param limit 1 to 500, 50 where absent.
     * @param cursor The `nextCursor` of the page before.
     */
    @JvmSynthetic
    fun listEvents(
        type: String? = null,
        tenant: String? = null,
        startTime: Instant? = null,
        endTime: Instant? = null,
        limit: Int? = null,
        cursor: String? = null,
    ): ListEventsResponse =
        calling {
            native.listEvents(
                type,
                tenant,
                startTime,
                endTime,
                limit,
                cursor,
            ).published { listEvents(type, tenant, startTime, endTime, limit, it) }
        }

    /** The same as [listEvents] with named arguments, for Java. */
    fun listEvents(): ListEventsResponse = listEvents(ListEventsOptions())

    /** The same as [listEvents] with named arguments, for Java. */
    fun listEvents(options: ListEventsOptions): ListEventsResponse =
        listEvents(options.type, options.tenant, options.startTime, options.endTime, options.limit, options.cursor)

    /** The same as [listEvents], over all pages: each is asked for when it is reached. */
    @JvmSynthetic
    fun iterEvents(
        type: String? = null,
        tenant: String? = null,
        startTime: Instant? = null,
        endTime: Instant? = null,
        limit: Int? = null,
    ): Sequence<EventRecord> =
        everyItem { listEvents(type = type, tenant = tenant, startTime = startTime, endTime = endTime, limit = limit) }

    /**
     * The same as [listEvents], over all pages, for Java: each is asked for when it is reached. It begins at the cursor
     * of `options`, where they have one.
     */
    @JvmOverloads
    fun streamEvents(options: ListEventsOptions = ListEventsOptions()): Stream<EventRecord> =
        everyItem { listEvents(options) }.asStream()

    /**
     * Shows an event with its messages.
     *
     * @param eventId The event's id, `evt_...`.
     * @param limit How many of its messages are shown: 1 to 1,000, 100 where absent.
     * @param cursor The `nextCursor` of the answer before, for further messages.
     */
    @JvmOverloads
    fun getEvent(eventId: String, limit: Int? = null, cursor: String? = null): EventDetails =
        calling { native.getEvent(eventId, limit, cursor).published() }

    /** The same as [getEvent] with named arguments, for Java. */
    fun getEvent(eventId: String, options: GetEventOptions): EventDetails =
        getEvent(eventId, options.limit, options.cursor)

    /**
     * Makes the messages of events that an endpoint has missed.
     *
     * Those since a moment that it wants, has no message for, and whose payload is kept; the oldest first. Each call
     * does a bounded part: follow `nextCursor`.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     * @param since Only events accepted at this moment or later.
     * @param before Only events accepted before this moment.
     * @param type Only events of this type.
     * @param rate Messages a second, 1 to 1,000: they are spread over the time that this takes. Absent is at once.
     * @param limit How many events one call replays: 1 to 1,000, 100 where absent.
     * @param cursor The `nextCursor` of the call before.
     * @param dryRun Only says what would be done.
     */
    @JvmSynthetic
    fun replayEvents(
        endpointId: String,
        since: Instant,
        before: Instant? = null,
        type: String? = null,
        rate: Int? = null,
        limit: Int? = null,
        cursor: String? = null,
        dryRun: Boolean? = null,
    ): ReplayEventsResult =
        calling { native.replayEvents(endpointId, since, before, type, rate, limit, cursor, dryRun).published() }

    /** The same as [replayEvents] with named arguments, for Java. */
    fun replayEvents(endpointId: String, since: Instant): ReplayEventsResult = replayEvents(endpointId, since, ReplayEventsOptions())

    /** The same as [replayEvents] with named arguments, for Java. */
    fun replayEvents(endpointId: String, since: Instant, options: ReplayEventsOptions): ReplayEventsResult =
        replayEvents(
            endpointId,
            since,
            options.before,
            options.type,
            options.rate,
            options.limit,
            options.cursor,
            options.dryRun,
        )

    /**
     * Says whether an endpoint would want an event like a sample.
     *
     * With the endpoint's own patterns and filter, or with others before they are written.
     *
     * @param type The type of the sample.
     * @param payload The payload of the sample.
     * @param endpointId The endpoint whose patterns and filter are tried where none are given here.
     * @param eventTypes Patterns of types, in place of the endpoint's.
     * @param filter Conditions on the payload, in place of the endpoint's.
     */
    @JvmSynthetic
    fun checkSubscription(
        type: String,
        payload: Any?,
        endpointId: String? = null,
        eventTypes: List<String>? = null,
        filter: RawJson? = null,
    ): CheckedSubscription =
        calling {
            native.checkSubscription(
                type,
                document(payload, "payload").decodeToString(),
                endpointId,
                eventTypes,
                filter?.text(),
            ).published()
        }

    /** The same as [checkSubscription] with named arguments, for Java. */
    fun checkSubscription(type: String, payload: Any?): CheckedSubscription = checkSubscription(type, payload, CheckSubscriptionOptions())

    /** The same as [checkSubscription] with named arguments, for Java. */
    fun checkSubscription(type: String, payload: Any?, options: CheckSubscriptionOptions): CheckedSubscription =
        checkSubscription(type, payload, options.endpointId, options.eventTypes, options.filter)

    /**
     * Adds an event type to the catalogue.
     *
     * @param name The name, such as `order.created`.
     * @param description For people; at most 500 characters.
     * @param schema The JSON schema (2020-12) of its payloads, at most 65,536 bytes. References to other documents are
     * not followed.
     * @param example A payload that fits the schema, for whoever writes a receiver.
     * @param deprecated Whether receivers should not rely on it any more.
     */
    @JvmSynthetic
    fun createEventType(
        name: String,
        description: String? = null,
        schema: RawJson? = null,
        example: RawJson? = null,
        deprecated: Boolean? = null,
    ): EventTypeEntry =
        calling { native.createEventType(name, description, schema?.text(), example?.text(), deprecated).published() }

    /** The same as [createEventType] with named arguments, for Java. */
    fun createEventType(name: String): EventTypeEntry = createEventType(name, CreateEventTypeOptions())

    /** The same as [createEventType] with named arguments, for Java. */
    fun createEventType(name: String, options: CreateEventTypeOptions): EventTypeEntry =
        createEventType(name, options.description, options.schema, options.example, options.deprecated)

    /**
     * Lists the catalogue, in the order of names.
     *
     * @param limit 1 to 500, 100 where absent.
     * @param cursor The `nextCursor` of the page before.
     */
    @JvmOverloads
    fun listEventTypes(limit: Int? = null, cursor: String? = null): ListEventTypesResponse =
        calling { native.listEventTypes(limit, cursor).published { listEventTypes(limit, it) } }

    /** The same as [listEventTypes] with named arguments, for Java. */
    fun listEventTypes(options: ListEventTypesOptions): ListEventTypesResponse =
        listEventTypes(options.limit, options.cursor)

    /** The same as [listEventTypes], over all pages: each is asked for when it is reached. */
    @JvmSynthetic
    fun iterEventTypes(limit: Int? = null): Sequence<EventTypeEntry> =
        everyItem { listEventTypes(limit = limit) }

    /**
     * The same as [listEventTypes], over all pages, for Java: each is asked for when it is reached. It begins at the
     * cursor of `options`, where they have one.
     */
    @JvmOverloads
    fun streamEventTypes(options: ListEventTypesOptions = ListEventTypesOptions()): Stream<EventTypeEntry> =
        everyItem { listEventTypes(options) }.asStream()

    /**
     * Shows an event type.
     *
     * @param name The name, such as `order.created`.
     */
    fun getEventType(name: String): EventTypeEntry = calling { native.getEventType(name).published() }

    /**
     * Changes some fields of an event type.
     *
     * What is not given stays. An empty description, and null for the schema or the example, clear them.
     *
     * @param name The name, such as `order.created`.
     * @param description At most 500 characters; `""` is none.
     * @param schema As for a new type; null is none.
     * @param example As for a new type; null is none.
     * @param deprecated Whether receivers should not rely on it any more.
     */
    @JvmSynthetic
    fun updateEventType(
        name: String,
        description: String? = null,
        schema: RawJson? = null,
        example: RawJson? = null,
        deprecated: Boolean? = null,
    ): EventTypeEntry =
        calling { native.updateEventType(name, description, schema?.text(), example?.text(), deprecated).published() }

    /** The same as [updateEventType] with named arguments, for Java. */
    fun updateEventType(name: String): EventTypeEntry = updateEventType(name, UpdateEventTypeOptions())

    /** The same as [updateEventType] with named arguments, for Java. */
    fun updateEventType(name: String, options: UpdateEventTypeOptions): EventTypeEntry =
        updateEventType(name, options.description, options.schema, options.example, options.deprecated)

    /**
     * Removes an event type from the catalogue.
     *
     * Events of the type that were accepted before stay, and are delivered.
     *
     * @param name The name, such as `order.created`.
     */
    fun deleteEventType(name: String): Unit = calling { native.deleteEventType(name) }

    /**
     * Makes an endpoint and its first signing key.
     *
     * The signing secret is shown only in the answer.
     *
     * @param url 12 to 2,048 characters, `https`; its host resolves, to public addresses only unless
     * `allowLocalEndpoints` is set.
     * @param description At most 500 characters; `""` is none.
     * @param rateLimitRps Deliveries a second, 0 to 1,000; 0 is unlimited.
     * @param burst Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as `rateLimitRps`.
     * @param headers Sent with every delivery. They are replaced whole; `{}` is none.
     * @param retrySchedule Replaces the engine's schedule; [RetrySchedule.INHERITED] is none of its own.
     * @param maxAttempts Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
     * @param tenant The customer it belongs to, whose events it gets; at most 128 characters, `""` is none.
     * @param eventTypes The events that it wants: at most 100 patterns of types, such as `order.*`. `[]` is every type.
     * @param filter Conditions on an event's payload, all of which must hold: at most 20, each with a JSON `pointer`
     * and one of `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
     * @param onFailure What follows for an ordering key when one of its messages is given up: `continue` with the next,
     * or `halt` until a person replays or deletes it.
     */
    @JvmSynthetic
    fun createEndpoint(
        url: String,
        description: String? = null,
        rateLimitRps: Int? = null,
        burst: Int? = null,
        headers: Map<String, String>? = null,
        retrySchedule: RetrySchedule? = null,
        maxAttempts: Int? = null,
        tenant: String? = null,
        eventTypes: List<String>? = null,
        filter: RawJson? = null,
        onFailure: OnFailure? = null,
    ): CreateEndpointResponse =
        calling {
            native.createEndpoint(
                url,
                description,
                rateLimitRps,
                burst,
                headers,
                retrySchedule?.native(),
                maxAttempts,
                tenant,
                eventTypes,
                filter?.text(),
                onFailure?.word,
            ).published()
        }

    /** The same as [createEndpoint] with named arguments, for Java. */
    fun createEndpoint(url: String): CreateEndpointResponse = createEndpoint(url, CreateEndpointOptions())

    /** The same as [createEndpoint] with named arguments, for Java. */
    fun createEndpoint(url: String, options: CreateEndpointOptions): CreateEndpointResponse =
        createEndpoint(
            url,
            options.description,
            options.rateLimitRps,
            options.burst,
            options.headers,
            options.retrySchedule,
            options.maxAttempts,
            options.tenant,
            options.eventTypes,
            options.filter,
            options.onFailure,
        )

    /**
     * Lists endpoints, newest first.
     *
     * @param limit 1 to 100, 50 where absent.
     * @param cursor The `nextCursor` of the page before.
     * @param tenant Only endpoints of this tenant.
     */
    @JvmSynthetic
    fun listEndpoints(limit: Int? = null, cursor: String? = null, tenant: String? = null): ListEndpointsResponse =
        calling { native.listEndpoints(limit, cursor, tenant).published { listEndpoints(limit, it, tenant) } }

    /** The same as [listEndpoints] with named arguments, for Java. */
    fun listEndpoints(): ListEndpointsResponse = listEndpoints(ListEndpointsOptions())

    /** The same as [listEndpoints] with named arguments, for Java. */
    fun listEndpoints(options: ListEndpointsOptions): ListEndpointsResponse =
        listEndpoints(options.limit, options.cursor, options.tenant)

    /** The same as [listEndpoints], over all pages: each is asked for when it is reached. */
    @JvmSynthetic
    fun iterEndpoints(limit: Int? = null, tenant: String? = null): Sequence<EndpointSummary> =
        everyItem { listEndpoints(limit = limit, tenant = tenant) }

    /**
     * The same as [listEndpoints], over all pages, for Java: each is asked for when it is reached. It begins at the
     * cursor of `options`, where they have one.
     */
    @JvmOverloads
    fun streamEndpoints(options: ListEndpointsOptions = ListEndpointsOptions()): Stream<EndpointSummary> =
        everyItem { listEndpoints(options) }.asStream()

    /**
     * Shows an endpoint.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     */
    fun getEndpoint(endpointId: String): Endpoint = calling { native.getEndpoint(endpointId).published() }

    /**
     * Changes some fields of an endpoint.
     *
     * What is not given stays. 0 clears a number, an empty text the description, and empty headers the headers, which
     * are replaced whole.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     * @param url As for a new endpoint.
     * @param description At most 500 characters; `""` is none.
     * @param rateLimitRps Deliveries a second, 0 to 1,000; 0 is unlimited.
     * @param burst Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as `rateLimitRps`.
     * @param headers Sent with every delivery. They are replaced whole; `{}` is none.
     * @param retrySchedule Replaces the engine's schedule; [RetrySchedule.INHERITED] clears it.
     * @param maxAttempts Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
     * @param tenant The customer it belongs to, whose events it gets; at most 128 characters, `""` is none.
     * @param eventTypes The events that it wants: at most 100 patterns of types, such as `order.*`. `[]` is every type.
     * @param filter Conditions on an event's payload, all of which must hold: at most 20, each with a JSON `pointer`
     * and one of `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
     * @param onFailure What follows for an ordering key when one of its messages is given up: `continue` with the next,
     * or `halt` until a person replays or deletes it.
     */
    @JvmSynthetic
    fun updateEndpoint(
        endpointId: String,
        url: String? = null,
        description: String? = null,
        rateLimitRps: Int? = null,
        burst: Int? = null,
        headers: Map<String, String>? = null,
        retrySchedule: RetrySchedule? = null,
        maxAttempts: Int? = null,
        tenant: String? = null,
        eventTypes: List<String>? = null,
        filter: RawJson? = null,
        onFailure: OnFailure? = null,
    ): Endpoint =
        calling {
            native.updateEndpoint(
                endpointId,
                url,
                description,
                rateLimitRps,
                burst,
                headers,
                retrySchedule?.native(),
                maxAttempts,
                tenant,
                eventTypes,
                filter?.text(),
                onFailure?.word,
            ).published()
        }

    /** The same as [updateEndpoint] with named arguments, for Java. */
    fun updateEndpoint(endpointId: String): Endpoint = updateEndpoint(endpointId, UpdateEndpointOptions())

    /** The same as [updateEndpoint] with named arguments, for Java. */
    fun updateEndpoint(endpointId: String, options: UpdateEndpointOptions): Endpoint =
        updateEndpoint(
            endpointId,
            options.url,
            options.description,
            options.rateLimitRps,
            options.burst,
            options.headers,
            options.retrySchedule,
            options.maxAttempts,
            options.tenant,
            options.eventTypes,
            options.filter,
            options.onFailure,
        )

    /**
     * Deletes an endpoint: it takes no more messages.
     *
     * What it accepted before is still delivered, also where it was paused.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     */
    fun deleteEndpoint(endpointId: String): Unit = calling { native.deleteEndpoint(endpointId) }

    /**
     * Holds an endpoint's deliveries.
     *
     * It goes on accepting messages; attempts under way end.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     */
    fun pauseEndpoint(endpointId: String): PauseState = calling { native.pauseEndpoint(endpointId).published() }

    /**
     * Delivers what a pause has held.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     */
    fun resumeEndpoint(endpointId: String): PauseState = calling { native.resumeEndpoint(endpointId).published() }

    /**
     * Says how endpoints are doing, newest first.
     *
     * Breaker, limits and attempts under way are known to the process that delivers alone. The backlog and the last
     * hour are known to every process.
     *
     * @param endpointId Only this endpoint.
     * @param tenant Only endpoints of this tenant.
     * @param limit 1 to 100, 50 where absent.
     * @param cursor The `nextCursor` of the page before.
     */
    @JvmSynthetic
    fun getEndpointHealth(
        endpointId: String? = null,
        tenant: String? = null,
        limit: Int? = null,
        cursor: String? = null,
    ): EndpointHealthResponse =
        calling {
            native.getEndpointHealth(
                endpointId,
                tenant,
                limit,
                cursor,
            ).published { getEndpointHealth(endpointId, tenant, limit, it) }
        }

    /** The same as [getEndpointHealth] with named arguments, for Java. */
    fun getEndpointHealth(): EndpointHealthResponse = getEndpointHealth(GetEndpointHealthOptions())

    /** The same as [getEndpointHealth] with named arguments, for Java. */
    fun getEndpointHealth(options: GetEndpointHealthOptions): EndpointHealthResponse =
        getEndpointHealth(options.endpointId, options.tenant, options.limit, options.cursor)

    /** The same as [getEndpointHealth], over all pages: each is asked for when it is reached. */
    @JvmSynthetic
    fun iterEndpointHealth(
        endpointId: String? = null,
        tenant: String? = null,
        limit: Int? = null,
    ): Sequence<EndpointHealth> =
        everyItem { getEndpointHealth(endpointId = endpointId, tenant = tenant, limit = limit) }

    /**
     * The same as [getEndpointHealth], over all pages, for Java: each is asked for when it is reached. It begins at the
     * cursor of `options`, where they have one.
     */
    @JvmOverloads
    fun streamEndpointHealth(options: GetEndpointHealthOptions = GetEndpointHealthOptions()): Stream<EndpointHealth> =
        everyItem { getEndpointHealth(options) }.asStream()

    /**
     * Makes a signed test delivery at once.
     *
     * It is not queued, counted or tried again: the answer is the whole attempt. The request has the header
     * `X-Webhook-Test: true`. A pause does not hold it.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     * @param payload A JSON document as a text, at most 1,048,576 bytes, which is sent byte for byte; where absent, a
     * small one that says that it is a test.
     */
    @JvmOverloads
    fun testEndpoint(endpointId: String, payload: String? = null): TestDelivery =
        calling { native.testEndpoint(endpointId, payload).published() }

    /**
     * Checks the signature of a delivery as it was received.
     *
     * Says which key made it, or what is wrong: a body that was parsed and written again, a secret that was cut,
     * another endpoint's key, a clock. With the value that a receiver's code computed it says which mistake makes that.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     * @param headers The headers of the delivery as they were received. Those of the signatures are looked at, whatever
     * their case.
     * @param body The body as it was received, at most 1,048,576 bytes.
     * @param computed What the receiver's own code made of it, to be told which mistake makes that.
     */
    @JvmOverloads
    fun verifyEndpointSignature(
        endpointId: String,
        headers: Map<String, String>,
        body: String,
        computed: String? = null,
    ): Verification = calling { native.verifyEndpointSignature(endpointId, headers, body, computed).published() }

    /**
     * Lists an endpoint's signing keys, oldest first.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     */
    fun listEndpointSigningKeys(endpointId: String): List<SigningKey> =
        calling { native.listEndpointSigningKeys(endpointId).map { it.published() } }

    /**
     * Adds a second signing key.
     *
     * Both keys sign until one is deleted. The signing secret is shown only in the answer.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     */
    fun createEndpointSigningKey(endpointId: String): RotateSecretResponse =
        calling { native.createEndpointSigningKey(endpointId).published() }

    /**
     * Adds a second signing key, under an older name.
     *
     * Both keys sign until one is deleted. The signing secret is shown only in the answer.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     */
    fun rotateEndpointSecret(endpointId: String): RotateSecretResponse =
        calling { native.rotateEndpointSecret(endpointId).published() }

    /**
     * Removes one of two signing keys.
     *
     * @param endpointId The endpoint's id, `ep_...`.
     * @param keyId The signing key's id, `sk_...`.
     */
    fun deleteEndpointSigningKey(endpointId: String, keyId: String): Unit =
        calling { native.deleteEndpointSigningKey(endpointId, keyId) }

    /**
     * Shows a message, without its payload.
     *
     * @param messageId The message's id, a UUIDv7 with dashes.
     */
    fun getMessage(messageId: String): Message = calling { native.getMessage(messageId).published() }

    /**
     * Lists a message's attempts, oldest first.
     *
     * At most the last 200. A message that is unknown has none.
     *
     * @param messageId The message's id, a UUIDv7 with dashes.
     */
    fun getMessageAttempts(messageId: String): AttemptsResponse =
        calling { native.getMessageAttempts(messageId).published() }

    /**
     * Shows a message's payload, byte for byte.
     *
     * With the message's own headers. It is there for as long as the payload is kept.
     *
     * @param messageId The message's id, a UUIDv7 with dashes.
     */
    fun getMessagePayload(messageId: String): MessagePayload =
        calling { native.getMessagePayload(messageId).published() }

    /**
     * Says why a message is where it is, and when that changes.
     *
     * The first reason is the one that decides. What holds an endpoint's messages in the process that delivers (its
     * breaker, its limits) is known to that process alone: another one says which process that is.
     *
     * @param messageId The message's id, a UUIDv7 with dashes.
     */
    fun explainMessage(messageId: String): Explanation = calling { native.explainMessage(messageId).published() }

    /**
     * Delivers a message once more.
     *
     * A message can be replayed 10 times.
     *
     * @param messageId The message's id, a UUIDv7 with dashes.
     */
    fun replay(messageId: String): ReplayMessageResponse = calling { native.replay(messageId).published() }

    /**
     * Gives up a message that waits for a retry or its time.
     *
     * @param messageId The message's id, a UUIDv7 with dashes.
     */
    fun cancelRetry(messageId: String): Message = calling { native.cancelRetry(messageId).published() }

    /**
     * Makes a message that waits for a retry or its time due at once.
     *
     * @param messageId The message's id, a UUIDv7 with dashes.
     */
    fun retryNow(messageId: String): Message = calling { native.retryNow(messageId).published() }

    /**
     * Moves a scheduled message to another moment.
     *
     * A moment that is past is at once.
     *
     * @param messageId The message's id, a UUIDv7 with dashes.
     * @param deliverAt Before when it is not delivered; at most a year ahead. A moment that is past is at once.
     */
    fun rescheduleMessage(messageId: String, deliverAt: Instant): Message =
        calling { native.rescheduleMessage(messageId, deliverAt).published() }

    /**
     * Replays the messages that a filter finds.
     *
     * The oldest first.
     *
     * @param status `failed_permanent` or `pending_retry`.
     * @param endpointId Only messages of this endpoint.
     * @param limit 1 to 1,000, 100 where absent.
     * @param createdAfter Only messages accepted at this moment or later.
     * @param createdBefore Only messages accepted before this moment.
     * @param cause Only messages whose last failure has this cause, in the words of `getDlqGroups`.
     * @param dryRun Changes nothing, and answers what would happen.
     * @param cursor The `nextCursor` of the call before: goes on behind what that one has looked at.
     */
    @JvmSynthetic
    fun replayAllMessages(
        status: ReplayableMessageStatus,
        endpointId: String? = null,
        limit: Int? = null,
        createdAfter: Instant? = null,
        createdBefore: Instant? = null,
        cause: String? = null,
        dryRun: Boolean? = null,
        cursor: String? = null,
    ): ReplayAllMessagesResponse =
        calling {
            native.replayAllMessages(
                status.word,
                endpointId,
                limit,
                createdAfter,
                createdBefore,
                cause,
                dryRun,
                cursor,
            ).published()
        }

    /** The same as [replayAllMessages] with named arguments, for Java. */
    fun replayAllMessages(status: ReplayableMessageStatus): ReplayAllMessagesResponse = replayAllMessages(status, ReplayAllMessagesOptions())

    /** The same as [replayAllMessages] with named arguments, for Java. */
    fun replayAllMessages(
        status: ReplayableMessageStatus,
        options: ReplayAllMessagesOptions,
    ): ReplayAllMessagesResponse =
        replayAllMessages(
            status,
            options.endpointId,
            options.limit,
            options.createdAfter,
            options.createdBefore,
            options.cause,
            options.dryRun,
            options.cursor,
        )

    /**
     * Gives up the messages that wait for a retry and that a filter finds.
     *
     * The oldest first. They are in the dead letter queue then.
     *
     * @param endpointId Only messages of this endpoint.
     * @param createdAfter Only messages accepted at this moment or later.
     * @param createdBefore Only messages accepted before this moment.
     * @param limit 1 to 1,000, 1,000 where absent.
     * @param cause Only messages whose last failure has this cause, in the words of `getDlqGroups`.
     * @param dryRun Changes nothing, and answers what would happen.
     * @param cursor The `nextCursor` of the call before: goes on behind what that one has looked at.
     */
    @JvmSynthetic
    fun cancelAllMessages(
        endpointId: String? = null,
        createdAfter: Instant? = null,
        createdBefore: Instant? = null,
        limit: Int? = null,
        cause: String? = null,
        dryRun: Boolean? = null,
        cursor: String? = null,
    ): CancelAllResult =
        calling {
            native.cancelAllMessages(endpointId, createdAfter, createdBefore, limit, cause, dryRun, cursor).published()
        }

    /** The same as [cancelAllMessages] with named arguments, for Java. */
    fun cancelAllMessages(): CancelAllResult = cancelAllMessages(CancelAllMessagesOptions())

    /** The same as [cancelAllMessages] with named arguments, for Java. */
    fun cancelAllMessages(options: CancelAllMessagesOptions): CancelAllResult =
        cancelAllMessages(
            options.endpointId,
            options.createdAfter,
            options.createdBefore,
            options.limit,
            options.cause,
            options.dryRun,
            options.cursor,
        )

    /**
     * Replays the messages that are named.
     *
     * Each has its result, in order.
     *
     * @param messageIds 1 to 100.
     */
    fun replayBatchMessages(messageIds: List<String>): ReplayBatchMessagesResponse =
        calling { native.replayBatchMessages(messageIds).published() }

    /**
     * Deletes a message.
     *
     * Its payload is gone at once, and its retries with it.
     *
     * @param messageId The message's id, a UUIDv7 with dashes.
     */
    fun deleteMessage(messageId: String): DeleteMessageResult = calling { native.deleteMessage(messageId).published() }

    /**
     * Deletes the messages that are named.
     *
     * Each has its result, in order.
     *
     * @param messageIds 1 to 100.
     */
    fun deleteMessagesBatch(messageIds: List<String>): DeleteBatchResult =
        calling { native.deleteMessagesBatch(messageIds).published() }

    /**
     * Deletes the messages that a filter finds.
     *
     * The oldest first. Where as many were deleted as the limit says, there may be more.
     *
     * @param status Only messages with one of these statuses; all where empty.
     * @param endpointId Only messages of this endpoint.
     * @param createdAfter Only messages accepted at this moment or later.
     * @param createdBefore Only messages accepted before this moment.
     * @param limit 1 to 1,000, 1,000 where absent.
     * @param cause Only messages whose last failure has this cause, in the words of `getDlqGroups`.
     * @param dryRun Changes nothing, and answers what would happen.
     * @param cursor The `nextCursor` of the call before: goes on behind what that one has looked at.
     */
    @JvmSynthetic
    fun deleteMessagesAll(
        status: List<MessageStatus>? = null,
        endpointId: String? = null,
        createdAfter: Instant? = null,
        createdBefore: Instant? = null,
        limit: Int? = null,
        cause: String? = null,
        dryRun: Boolean? = null,
        cursor: String? = null,
    ): DeleteAllResult =
        calling {
            native.deleteMessagesAll(
                status?.map { it.word },
                endpointId,
                createdAfter,
                createdBefore,
                limit,
                cause,
                dryRun,
                cursor,
            ).published()
        }

    /** The same as [deleteMessagesAll] with named arguments, for Java. */
    fun deleteMessagesAll(): DeleteAllResult = deleteMessagesAll(DeleteMessagesAllOptions())

    /** The same as [deleteMessagesAll] with named arguments, for Java. */
    fun deleteMessagesAll(options: DeleteMessagesAllOptions): DeleteAllResult =
        deleteMessagesAll(
            options.status,
            options.endpointId,
            options.createdAfter,
            options.createdBefore,
            options.limit,
            options.cause,
            options.dryRun,
            options.cursor,
        )

    /**
     * Lists messages, newest first.
     *
     * A page of a filter may be short, even empty, and have more behind it: follow `nextCursor`.
     *
     * @param status Only messages with one of these statuses.
     * @param startTime Only messages accepted at this moment or later.
     * @param endTime Only messages accepted before this moment.
     * @param limit 1 to 500, 50 where absent.
     * @param cursor The `nextCursor` of the page before.
     * @param endpointId Only messages of this endpoint.
     * @param q Only the message with this id, or messages with this text in their idempotency key.
     * @param error Only messages with this text in their last error.
     * @param cause Only messages whose last failure has this cause, in the words of `getDlqGroups`.
     * @param eventType Only messages of events of this type.
     * @param tenant Only messages of events of this tenant.
     * @param orderingKey Only messages with this ordering key.
     */
    @JvmSynthetic
    fun getLogs(
        status: List<MessageStatus>? = null,
        startTime: Instant? = null,
        endTime: Instant? = null,
        limit: Int? = null,
        cursor: String? = null,
        endpointId: String? = null,
        q: String? = null,
        error: String? = null,
        cause: String? = null,
        eventType: String? = null,
        tenant: String? = null,
        orderingKey: String? = null,
    ): LogsResponse =
        calling {
            native.getLogs(
                status?.map { it.word },
                startTime,
                endTime,
                limit,
                cursor,
                endpointId,
                q,
                error,
                cause,
                eventType,
                tenant,
                orderingKey,
            ).published { getLogs(status, startTime, endTime, limit, it, endpointId, q, error, cause, eventType, tenant, orderingKey) }
        }

    /** The same as [getLogs] with named arguments, for Java. */
    fun getLogs(): LogsResponse = getLogs(GetLogsOptions())

    /** The same as [getLogs] with named arguments, for Java. */
    fun getLogs(options: GetLogsOptions): LogsResponse =
        getLogs(
            options.status,
            options.startTime,
            options.endTime,
            options.limit,
            options.cursor,
            options.endpointId,
            options.q,
            options.error,
            options.cause,
            options.eventType,
            options.tenant,
            options.orderingKey,
        )

    /** The same as [getLogs], over all pages: each is asked for when it is reached. */
    @JvmSynthetic
    fun iterLogs(
        status: List<MessageStatus>? = null,
        startTime: Instant? = null,
        endTime: Instant? = null,
        limit: Int? = null,
        endpointId: String? = null,
        q: String? = null,
        error: String? = null,
        cause: String? = null,
        eventType: String? = null,
        tenant: String? = null,
        orderingKey: String? = null,
    ): Sequence<MessageSummary> =
        everyItem { getLogs(status = status, startTime = startTime, endTime = endTime, limit = limit, endpointId = endpointId, q = q, error = error, cause = cause, eventType = eventType, tenant = tenant, orderingKey = orderingKey) }

    /**
     * The same as [getLogs], over all pages, for Java: each is asked for when it is reached. It begins at the cursor of
     * `options`, where they have one.
     */
    @JvmOverloads
    fun streamLogs(options: GetLogsOptions = GetLogsOptions()): Stream<MessageSummary> =
        everyItem { getLogs(options) }.asStream()

    /**
     * Lists the messages that were given up, newest first.
     *
     * @param limit 1 to 1,000, 100 where absent.
     * @param cursor The `nextCursor` of the page before.
     * @param endpointId Only messages of this endpoint.
     * @param cause Only messages with this cause, in the words of `getDlqGroups`.
     * @param startTime Only messages accepted at this moment or later.
     * @param endTime Only messages accepted before this moment.
     */
    @JvmSynthetic
    fun getDlqMessages(
        limit: Int? = null,
        cursor: String? = null,
        endpointId: String? = null,
        cause: String? = null,
        startTime: Instant? = null,
        endTime: Instant? = null,
    ): DlqMessagesResponse =
        calling {
            native.getDlqMessages(
                limit,
                cursor,
                endpointId,
                cause,
                startTime,
                endTime,
            ).published { getDlqMessages(limit, it, endpointId, cause, startTime, endTime) }
        }

    /** The same as [getDlqMessages] with named arguments, for Java. */
    fun getDlqMessages(): DlqMessagesResponse = getDlqMessages(GetDlqMessagesOptions())

    /** The same as [getDlqMessages] with named arguments, for Java. */
    fun getDlqMessages(options: GetDlqMessagesOptions): DlqMessagesResponse =
        getDlqMessages(
            options.limit,
            options.cursor,
            options.endpointId,
            options.cause,
            options.startTime,
            options.endTime,
        )

    /** The same as [getDlqMessages], over all pages: each is asked for when it is reached. */
    @JvmSynthetic
    fun iterDlqMessages(
        limit: Int? = null,
        endpointId: String? = null,
        cause: String? = null,
        startTime: Instant? = null,
        endTime: Instant? = null,
    ): Sequence<MessageSummary> =
        everyItem { getDlqMessages(limit = limit, endpointId = endpointId, cause = cause, startTime = startTime, endTime = endTime) }

    /**
     * The same as [getDlqMessages], over all pages, for Java: each is asked for when it is reached. It begins at the
     * cursor of `options`, where they have one.
     */
    @JvmOverloads
    fun streamDlqMessages(options: GetDlqMessagesOptions = GetDlqMessagesOptions()): Stream<MessageSummary> =
        everyItem { getDlqMessages(options) }.asStream()

    /**
     * Counts the dead letter queue by cause and endpoint.
     *
     * A call reads at most 10,000 messages, newest first; where there are more, follow `nextCursor` and add up what has
     * the same cause and endpoint. Any filter by cause takes the words of `cause`.
     *
     * @param endpointId Only messages of this endpoint.
     * @param cursor The `nextCursor` of the call before.
     */
    @JvmOverloads
    fun getDlqGroups(endpointId: String? = null, cursor: String? = null): DeadLetterGroups =
        calling { native.getDlqGroups(endpointId, cursor).published() }

    /** The same as [getDlqGroups] with named arguments, for Java. */
    fun getDlqGroups(options: GetDlqGroupsOptions): DeadLetterGroups =
        getDlqGroups(options.endpointId, options.cursor)

    /**
     * Delivers a message of the dead letter queue once more.
     *
     * @param messageId The message's id, a UUIDv7 with dashes.
     */
    fun replayFromDlq(messageId: String): ReplayMessageResponse =
        calling { native.replayFromDlq(messageId).published() }

    /**
     * Counts what happened in a window of time.
     *
     * @param window `1h`, `24h`, `7d` or `30d`; `24h` where absent.
     * @param endpointId Only messages and attempts of this endpoint.
     */
    @JvmOverloads
    fun getMetrics(window: MetricsWindow? = null, endpointId: String? = null): Metrics =
        calling { native.getMetrics(window?.word, endpointId).published() }

    /** The same as [getMetrics] with named arguments, for Java. */
    fun getMetrics(options: GetMetricsOptions): Metrics =
        getMetrics(options.window, options.endpointId)

    /**
     * Counts what happened in each bucket of a window.
     *
     * @param window `1h`, `24h`, `7d` or `30d`; `24h` where absent.
     * @param endpointId Only messages and attempts of this endpoint.
     */
    @JvmOverloads
    fun getTimeseriesMetrics(window: MetricsWindow? = null, endpointId: String? = null): TimeSeriesMetrics =
        calling { native.getTimeseriesMetrics(window?.word, endpointId).published() }

    /** The same as [getTimeseriesMetrics] with named arguments, for Java. */
    fun getTimeseriesMetrics(options: GetTimeseriesMetricsOptions): TimeSeriesMetrics =
        getTimeseriesMetrics(options.window, options.endpointId)

    /** Lists API keys, oldest first. */
    fun listApiKeys(): List<ApiKeyInfo> = calling { native.listApiKeys().map { it.published() } }

    /**
     * Makes an API key.
     *
     * It lets its owner use a sidecar on this outbox. The key is shown only in the answer.
     *
     * @param mode `live` where absent.
     * @param label A label for people, at most 255 characters.
     * @param scope What the key lets its owner do over HTTP, `full` where absent.
     */
    @JvmSynthetic
    fun createApiKey(
        mode: ApiKeyMode? = null,
        label: String? = null,
        scope: ApiKeyScope? = null,
    ): CreateApiKeyResponse = calling { native.createApiKey(mode?.word, label, scope?.word).published() }

    /** The same as [createApiKey] with named arguments, for Java. */
    fun createApiKey(): CreateApiKeyResponse = createApiKey(CreateApiKeyOptions())

    /** The same as [createApiKey] with named arguments, for Java. */
    fun createApiKey(options: CreateApiKeyOptions): CreateApiKeyResponse =
        createApiKey(options.mode, options.label, options.scope)

    /**
     * Deletes an API key: it lets nobody in any more.
     *
     * @param keyId The API key's id, `key_...`.
     */
    fun deleteApiKey(keyId: String): Unit = calling { native.deleteApiKey(keyId) }

    /**
     * Makes a code that signs a browser in to the console once.
     *
     * It works for 60 seconds, at every console of the outbox. The session is that of the caller's API key; in a
     * process it is that of a key which is made for this, with the label `hookbridge console`.
     */
    fun createLoginCode(): CreateLoginCodeResponse = calling { native.createLoginCode().published() }

    /**
     * Has a CSV file of messages written.
     *
     * The file is written in the background; it is kept for seven days.
     *
     * @param startTime Messages accepted at this moment or later.
     * @param endTime Messages accepted before this moment.
     * @param status Only messages with this status.
     * @param endpointId Only messages of this endpoint, which may have been deleted.
     */
    @JvmOverloads
    fun createExport(
        startTime: Instant,
        endTime: Instant,
        status: MessageStatus? = null,
        endpointId: String? = null,
    ): ExportRecord = calling { native.createExport(startTime, endTime, status?.word, endpointId).published() }

    /** The same as [createExport] with named arguments, for Java. */
    fun createExport(startTime: Instant, endTime: Instant, options: CreateExportOptions): ExportRecord =
        createExport(startTime, endTime, options.status, options.endpointId)

    /** Lists exports, newest first. */
    fun listExports(): List<ExportRecord> = calling { native.listExports().map { it.published() } }

    /**
     * Shows an export.
     *
     * @param exportId The export's id, a UUIDv7 with dashes.
     */
    fun getExport(exportId: String): ExportRecord = calling { native.getExport(exportId).published() }

    /**
     * Says where an export's file is.
     *
     * @param exportId The export's id, a UUIDv7 with dashes.
     */
    fun downloadExport(exportId: String): String = calling { native.downloadExport(exportId) }

    /**
     * Removes an export and its file.
     *
     * @param exportId The export's id, a UUIDv7 with dashes.
     */
    fun deleteExport(exportId: String): Unit = calling { native.deleteExport(exportId) }

    /** Says how the outbox stands. */
    fun stats(): Stats = calling { native.stats().published() }

    /**
     * Says who asks, and what answers.
     *
     * The caller's API key with its scope, the version, the file, and the limits in force.
     */
    fun whoami(): WhoAmI = calling { native.whoami().published() }

    /**
     * Lists what callers with an API key changed, newest first.
     *
     * Endpoints and keys that were made, changed, paused or deleted, messages that were replayed, cancelled or deleted:
     * by which key, and how many. The newest 100,000 are kept.
     *
     * @param limit 1 to 500, 50 where absent.
     * @param cursor The `nextCursor` of the page before.
     */
    @JvmOverloads
    fun listActivity(limit: Int? = null, cursor: String? = null): ActivityResponse =
        calling { native.listActivity(limit, cursor).published { listActivity(limit, it) } }

    /** The same as [listActivity] with named arguments, for Java. */
    fun listActivity(options: ListActivityOptions): ActivityResponse =
        listActivity(options.limit, options.cursor)

    /** The same as [listActivity], over all pages: each is asked for when it is reached. */
    @JvmSynthetic
    fun iterActivity(limit: Int? = null): Sequence<Activity> =
        everyItem { listActivity(limit = limit) }

    /**
     * The same as [listActivity], over all pages, for Java: each is asked for when it is reached. It begins at the
     * cursor of `options`, where they have one.
     */
    @JvmOverloads
    fun streamActivity(options: ListActivityOptions = ListActivityOptions()): Stream<Activity> =
        everyItem { listActivity(options) }.asStream()

    /**
     * Names API keys by their ids.
     *
     * 1 to 100 ids in all. Ids that are unknown are missing in the answer.
     *
     * @param userIds Ids of users. An outbox has none, so none is found.
     * @param apiKeyIds Ids of API keys: `key_...`.
     */
    @JvmOverloads
    fun lookupActors(userIds: List<String>? = null, apiKeyIds: List<String>? = null): ActorLookupResult =
        calling { native.lookupActors(userIds, apiKeyIds).published() }

    /** The same as [lookupActors] with named arguments, for Java. */
    fun lookupActors(options: LookupActorsOptions): ActorLookupResult =
        lookupActors(options.userIds, options.apiKeyIds)
}
