// Written by `hookbridge-generate`: change the definition, not this file.

package com.hookbridge

import java.time.Instant

/** Every setting of a client; what is not given comes from its `HOOKBRIDGE_` variable or its default. */
class HookBridgeOptions(
    apiKey: String? = null,
    baseUrl: String? = null,
    sendUrl: String? = null,
    timeout: Double? = null,
    retries: Int? = null,
    database: String? = null,
    durability: Durability? = null,
    delivery: Delivery? = null,
    allowLocalEndpoints: Boolean? = null,
    verifyDns: Boolean? = null,
    strictEventTypes: Boolean? = null,
    validatePayloads: Boolean? = null,
    maxInFlight: Int? = null,
    maxInFlightPerEndpoint: Int? = null,
    requestTimeout: Double? = null,
    connectTimeout: Double? = null,
    retrySchedule: RetrySchedule? = null,
    maxAttempts: Int? = null,
    payloadRetentionHours: Int? = null,
    rowRetentionDays: Int? = null,
    maxPayloadBytes: Int? = null,
    memoryBudgetBytes: Long? = null,
    exitTimeout: Double? = null,
    caFile: String? = null,
    insecureBaseUrl: Boolean? = null,
    maxExports: Int? = null,
    maxExportBytes: Long? = null,
) {
    /**
     * What a server at `baseUrl` lets its callers in by. In-process it is not needed: whoever can open the file may
     * send.
     */
    var apiKey: String? = apiKey
        private set

    /**
     * What a server at `baseUrl` lets its callers in by. In-process it is not needed: whoever can open the file may
     * send.
     */
    fun apiKey(apiKey: String) = apply { this.apiKey = apiKey }

    /**
     * A server that speaks HookBridge's API: `https://`, or `http://` on this machine. With `database` beside it,
     * messages are committed to the file first and forwarded.
     */
    var baseUrl: String? = baseUrl
        private set

    /**
     * A server that speaks HookBridge's API: `https://`, or `http://` on this machine. With `database` beside it,
     * messages are committed to the file first and forwarded.
     */
    fun baseUrl(baseUrl: String) = apply { this.baseUrl = baseUrl }

    /** Where messages are sent to, if elsewhere. By default `baseUrl`. */
    var sendUrl: String? = sendUrl
        private set

    /** Where messages are sent to, if elsewhere. By default `baseUrl`. */
    fun sendUrl(sendUrl: String) = apply { this.sendUrl = sendUrl }

    /** Seconds for one request to the server. By default 30. */
    var timeout: Double? = timeout
        private set

    /** Seconds for one request to the server. By default 30. */
    fun timeout(timeout: Double) = apply { this.timeout = timeout }

    /** How often a request to the server is made again. By default 3. */
    var retries: Int? = retries
        private set

    /** How often a request to the server is made again. By default 3. */
    fun retries(retries: Int) = apply { this.retries = retries }

    /**
     * The outbox's file, in a folder that exists, or its database, as `postgresql://user@host/name`. By default
     * `hookbridge.db`.
     */
    var database: String? = database
        private set

    /**
     * The outbox's file, in a folder that exists, or its database, as `postgresql://user@host/name`. By default
     * `hookbridge.db`.
     */
    fun database(database: String) = apply { this.database = database }

    /** `full`: an accepted message survives a power cut. `normal`: it survives the process. By default `full`. */
    var durability: Durability? = durability
        private set

    /** `full`: an accepted message survives a power cut. `normal`: it survives the process. By default `full`. */
    fun durability(durability: Durability) = apply { this.durability = durability }

    /** `auto` delivers where no other process on the file does, `off` only accepts. By default `auto`. */
    var delivery: Delivery? = delivery
        private set

    /** `auto` delivers where no other process on the file does, `off` only accepts. By default `auto`. */
    fun delivery(delivery: Delivery) = apply { this.delivery = delivery }

    /** Permits `http://` and loopback, private and link-local targets. By default false. */
    var allowLocalEndpoints: Boolean? = allowLocalEndpoints
        private set

    /** Permits `http://` and loopback, private and link-local targets. By default false. */
    fun allowLocalEndpoints(allowLocalEndpoints: Boolean) = apply { this.allowLocalEndpoints = allowLocalEndpoints }

    /** Whether an endpoint's host must resolve when the endpoint is created or its URL changed. By default true. */
    var verifyDns: Boolean? = verifyDns
        private set

    /** Whether an endpoint's host must resolve when the endpoint is created or its URL changed. By default true. */
    fun verifyDns(verifyDns: Boolean) = apply { this.verifyDns = verifyDns }

    /** Whether events of types that are not in the catalogue are refused. By default false. */
    var strictEventTypes: Boolean? = strictEventTypes
        private set

    /** Whether events of types that are not in the catalogue are refused. By default false. */
    fun strictEventTypes(strictEventTypes: Boolean) = apply { this.strictEventTypes = strictEventTypes }

    /** Whether events whose payload does not fit the schema of their type are refused. By default false. */
    var validatePayloads: Boolean? = validatePayloads
        private set

    /** Whether events whose payload does not fit the schema of their type are refused. By default false. */
    fun validatePayloads(validatePayloads: Boolean) = apply { this.validatePayloads = validatePayloads }

    /** Attempts under way at once. By default 256. */
    var maxInFlight: Int? = maxInFlight
        private set

    /** Attempts under way at once. By default 256. */
    fun maxInFlight(maxInFlight: Int) = apply { this.maxInFlight = maxInFlight }

    /** Attempts under way at once to one endpoint. By default 32. */
    var maxInFlightPerEndpoint: Int? = maxInFlightPerEndpoint
        private set

    /** Attempts under way at once to one endpoint. By default 32. */
    fun maxInFlightPerEndpoint(maxInFlightPerEndpoint: Int) = apply { this.maxInFlightPerEndpoint = maxInFlightPerEndpoint }

    /** Seconds for one attempt. By default 30. */
    var requestTimeout: Double? = requestTimeout
        private set

    /** Seconds for one attempt. By default 30. */
    fun requestTimeout(requestTimeout: Double) = apply { this.requestTimeout = requestTimeout }

    /** Seconds for DNS, TCP and TLS together. By default 10. */
    var connectTimeout: Double? = connectTimeout
        private set

    /** Seconds for DNS, TCP and TLS together. By default 10. */
    fun connectTimeout(connectTimeout: Double) = apply { this.connectTimeout = connectTimeout }

    /**
     * When a failed message is tried again: a name, gaps in seconds, or gaps for both kinds of failure. By default
     * `hookbridge`.
     */
    var retrySchedule: RetrySchedule? = retrySchedule
        private set

    /**
     * When a failed message is tried again: a name, gaps in seconds, or gaps for both kinds of failure. By default
     * `hookbridge`.
     */
    fun retrySchedule(retrySchedule: RetrySchedule) = apply { this.retrySchedule = retrySchedule }

    /** Attempts before a message is given up. By default 8. */
    var maxAttempts: Int? = maxAttempts
        private set

    /** Attempts before a message is given up. By default 8. */
    fun maxAttempts(maxAttempts: Int) = apply { this.maxAttempts = maxAttempts }

    /** Hours that a payload is kept. By default 720. */
    var payloadRetentionHours: Int? = payloadRetentionHours
        private set

    /** Hours that a payload is kept. By default 720. */
    fun payloadRetentionHours(payloadRetentionHours: Int) = apply { this.payloadRetentionHours = payloadRetentionHours }

    /** Days that a message's row is kept after it ended. By default 90. */
    var rowRetentionDays: Int? = rowRetentionDays
        private set

    /** Days that a message's row is kept after it ended. By default 90. */
    fun rowRetentionDays(rowRetentionDays: Int) = apply { this.rowRetentionDays = rowRetentionDays }

    /** The largest payload that is taken, in bytes. By default 1048576. */
    var maxPayloadBytes: Int? = maxPayloadBytes
        private set

    /** The largest payload that is taken, in bytes. By default 1048576. */
    fun maxPayloadBytes(maxPayloadBytes: Int) = apply { this.maxPayloadBytes = maxPayloadBytes }

    /** Memory for messages that wait, in bytes. By default 67108864. */
    var memoryBudgetBytes: Long? = memoryBudgetBytes
        private set

    /** Memory for messages that wait, in bytes. By default 67108864. */
    fun memoryBudgetBytes(memoryBudgetBytes: Long) = apply { this.memoryBudgetBytes = memoryBudgetBytes }

    /**
     * Seconds that a normal exit without a close waits for what this process has accepted to be delivered. By default
     * 2.
     */
    var exitTimeout: Double? = exitTimeout
        private set

    /**
     * Seconds that a normal exit without a close waits for what this process has accepted to be delivered. By default
     * 2.
     */
    fun exitTimeout(exitTimeout: Double) = apply { this.exitTimeout = exitTimeout }

    /** A PEM file of authorities that are trusted beside the system's. */
    var caFile: String? = caFile
        private set

    /** A PEM file of authorities that are trusted beside the system's. */
    fun caFile(caFile: String) = apply { this.caFile = caFile }

    /**
     * Permits `http://` to a server on another machine, over which the API key travels in the clear. By default false.
     */
    var insecureBaseUrl: Boolean? = insecureBaseUrl
        private set

    /**
     * Permits `http://` to a server on another machine, over which the API key travels in the clear. By default false.
     */
    fun insecureBaseUrl(insecureBaseUrl: Boolean) = apply { this.insecureBaseUrl = insecureBaseUrl }

    /** Exports kept at once. Further ones are refused. By default 100. */
    var maxExports: Int? = maxExports
        private set

    /** Exports kept at once. Further ones are refused. By default 100. */
    fun maxExports(maxExports: Int) = apply { this.maxExports = maxExports }

    /** Bytes of all files of exports together. By default 10737418240. */
    var maxExportBytes: Long? = maxExportBytes
        private set

    /** Bytes of all files of exports together. By default 10737418240. */
    fun maxExportBytes(maxExportBytes: Long) = apply { this.maxExportBytes = maxExportBytes }
}

/** A message to be sent. */
class SendRequest @JvmOverloads constructor(
    /** The endpoint's id, `ep_...`. */
    val endpointId: String,
    /**
     * Maps, lists, arrays, strings, numbers, booleans and null; a string becomes a JSON string. A [RawJson] is a JSON
     * document that is sent as it stands.
     */
    val payload: Any?,
    headers: Map<String, String>? = null,
    idempotencyKey: String? = null,
    retentionHours: Int? = null,
    orderingKey: String? = null,
    deliverAt: Instant? = null,
    expiresAt: Instant? = null,
) {
    /**
     * Sent with this message's deliveries, in place of the endpoint's headers of the same names. At most 50 headers and
     * 8,192 bytes.
     */
    var headers: Map<String, String>? = headers
        private set

    /**
     * Sent with this message's deliveries, in place of the endpoint's headers of the same names. At most 50 headers and
     * 8,192 bytes.
     */
    fun headers(headers: Map<String, String>) = apply { this.headers = headers }

    /** 1 to 255 of letters, digits, `_`, `-`. */
    var idempotencyKey: String? = idempotencyKey
        private set

    /** 1 to 255 of letters, digits, `_`, `-`. */
    fun idempotencyKey(idempotencyKey: String) = apply { this.idempotencyKey = idempotencyKey }

    /** How long the payload is kept, in hours; 0 drops it right after delivery. */
    var retentionHours: Int? = retentionHours
        private set

    /** How long the payload is kept, in hours; 0 drops it right after delivery. */
    fun retentionHours(retentionHours: Int) = apply { this.retentionHours = retentionHours }

    /** Messages of the endpoint with this key are delivered one after another; at most 255 characters. */
    var orderingKey: String? = orderingKey
        private set

    /** Messages of the endpoint with this key are delivered one after another; at most 255 characters. */
    fun orderingKey(orderingKey: String) = apply { this.orderingKey = orderingKey }

    /** Before when it is not delivered; at most a year ahead. */
    var deliverAt: Instant? = deliverAt
        private set

    /** Before when it is not delivered; at most a year ahead. */
    fun deliverAt(deliverAt: Instant) = apply { this.deliverAt = deliverAt }

    /** After when it is not tried any more. */
    var expiresAt: Instant? = expiresAt
        private set

    /** After when it is not tried any more. */
    fun expiresAt(expiresAt: Instant) = apply { this.expiresAt = expiresAt }
}

/** An event of [HookBridge.sendEventBatch]. */
class BatchEvent @JvmOverloads constructor(
    /** The name of its type, such as `order.created`. */
    val type: String,
    /**
     * Maps, lists, arrays, strings, numbers, booleans and null; a string becomes a JSON string. A [RawJson] is a JSON
     * document that is sent as it stands.
     */
    val payload: Any?,
    tenant: String? = null,
    headers: Map<String, String>? = null,
    idempotencyKey: String? = null,
    orderingKey: String? = null,
    deliverAt: Instant? = null,
    expiresAt: Instant? = null,
    retentionHours: Int? = null,
) {
    /** The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without a tenant. */
    var tenant: String? = tenant
        private set

    /** The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without a tenant. */
    fun tenant(tenant: String) = apply { this.tenant = tenant }

    /**
     * Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50 headers and 8,192
     * bytes.
     */
    var headers: Map<String, String>? = headers
        private set

    /**
     * Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50 headers and 8,192
     * bytes.
     */
    fun headers(headers: Map<String, String>) = apply { this.headers = headers }

    /** 1 to 255 of letters, digits, `_`, `-`. Within a tenant it names one event. */
    var idempotencyKey: String? = idempotencyKey
        private set

    /** 1 to 255 of letters, digits, `_`, `-`. Within a tenant it names one event. */
    fun idempotencyKey(idempotencyKey: String) = apply { this.idempotencyKey = idempotencyKey }

    /** Messages of one endpoint with this key are delivered one after another; at most 255 characters. */
    var orderingKey: String? = orderingKey
        private set

    /** Messages of one endpoint with this key are delivered one after another; at most 255 characters. */
    fun orderingKey(orderingKey: String) = apply { this.orderingKey = orderingKey }

    /** Before when it is not delivered; at most a year ahead. */
    var deliverAt: Instant? = deliverAt
        private set

    /** Before when it is not delivered; at most a year ahead. */
    fun deliverAt(deliverAt: Instant) = apply { this.deliverAt = deliverAt }

    /** After when it is not tried any more. */
    var expiresAt: Instant? = expiresAt
        private set

    /** After when it is not tried any more. */
    fun expiresAt(expiresAt: Instant) = apply { this.expiresAt = expiresAt }

    /** How long the payload is kept, in hours; 0 drops it once all its messages are delivered. */
    var retentionHours: Int? = retentionHours
        private set

    /** How long the payload is kept, in hours; 0 drops it once all its messages are delivered. */
    fun retentionHours(retentionHours: Int) = apply { this.retentionHours = retentionHours }
}

/** What [HookBridge.sendEvent] may be given. */
class SendEventOptions(
    tenant: String? = null,
    headers: Map<String, String>? = null,
    idempotencyKey: String? = null,
    orderingKey: String? = null,
    deliverAt: Instant? = null,
    expiresAt: Instant? = null,
    retentionHours: Int? = null,
) {
    /** The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without a tenant. */
    var tenant: String? = tenant
        private set

    /** The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without a tenant. */
    fun tenant(tenant: String) = apply { this.tenant = tenant }

    /**
     * Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50 headers and 8,192
     * bytes.
     */
    var headers: Map<String, String>? = headers
        private set

    /**
     * Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50 headers and 8,192
     * bytes.
     */
    fun headers(headers: Map<String, String>) = apply { this.headers = headers }

    /** 1 to 255 of letters, digits, `_`, `-`. Within a tenant it names one event. */
    var idempotencyKey: String? = idempotencyKey
        private set

    /** 1 to 255 of letters, digits, `_`, `-`. Within a tenant it names one event. */
    fun idempotencyKey(idempotencyKey: String) = apply { this.idempotencyKey = idempotencyKey }

    /** Messages of one endpoint with this key are delivered one after another; at most 255 characters. */
    var orderingKey: String? = orderingKey
        private set

    /** Messages of one endpoint with this key are delivered one after another; at most 255 characters. */
    fun orderingKey(orderingKey: String) = apply { this.orderingKey = orderingKey }

    /** Before when it is not delivered; at most a year ahead. */
    var deliverAt: Instant? = deliverAt
        private set

    /** Before when it is not delivered; at most a year ahead. */
    fun deliverAt(deliverAt: Instant) = apply { this.deliverAt = deliverAt }

    /** After when it is not tried any more. */
    var expiresAt: Instant? = expiresAt
        private set

    /** After when it is not tried any more. */
    fun expiresAt(expiresAt: Instant) = apply { this.expiresAt = expiresAt }

    /** How long the payload is kept, in hours; 0 drops it once all its messages are delivered. */
    var retentionHours: Int? = retentionHours
        private set

    /** How long the payload is kept, in hours; 0 drops it once all its messages are delivered. */
    fun retentionHours(retentionHours: Int) = apply { this.retentionHours = retentionHours }
}

/** What [HookBridge.listEvents] may be given. */
class ListEventsOptions(
    type: String? = null,
    tenant: String? = null,
    startTime: Instant? = null,
    endTime: Instant? = null,
    limit: Int? = null,
    cursor: String? = null,
) {
    /** Only events of this type. */
    var type: String? = type
        private set

    /** Only events of this type. */
    fun type(type: String) = apply { this.type = type }

    /** Only events of this tenant. */
    var tenant: String? = tenant
        private set

    /** Only events of this tenant. */
    fun tenant(tenant: String) = apply { this.tenant = tenant }

    /** Only events accepted at this moment or later. */
    var startTime: Instant? = startTime
        private set

    /** Only events accepted at this moment or later. */
    fun startTime(startTime: Instant) = apply { this.startTime = startTime }

    /** Only events accepted before this moment. */
    var endTime: Instant? = endTime
        private set

    /** Only events accepted before this moment. */
    fun endTime(endTime: Instant) = apply { this.endTime = endTime }

    /** 1 to 500, 50 where absent. */
    var limit: Int? = limit
        private set

    /** 1 to 500, 50 where absent. */
    fun limit(limit: Int) = apply { this.limit = limit }

    /** The `nextCursor` of the page before. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the page before. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }
}

/** What [HookBridge.getEvent] may be given. */
class GetEventOptions(
    limit: Int? = null,
    cursor: String? = null,
) {
    /** How many of its messages are shown: 1 to 1,000, 100 where absent. */
    var limit: Int? = limit
        private set

    /** How many of its messages are shown: 1 to 1,000, 100 where absent. */
    fun limit(limit: Int) = apply { this.limit = limit }

    /** The `nextCursor` of the answer before, for further messages. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the answer before, for further messages. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }
}

/** What [HookBridge.replayEvents] may be given. */
class ReplayEventsOptions(
    before: Instant? = null,
    type: String? = null,
    rate: Int? = null,
    limit: Int? = null,
    cursor: String? = null,
    dryRun: Boolean? = null,
) {
    /** Only events accepted before this moment. */
    var before: Instant? = before
        private set

    /** Only events accepted before this moment. */
    fun before(before: Instant) = apply { this.before = before }

    /** Only events of this type. */
    var type: String? = type
        private set

    /** Only events of this type. */
    fun type(type: String) = apply { this.type = type }

    /** Messages a second, 1 to 1,000: they are spread over the time that this takes. Absent is at once. */
    var rate: Int? = rate
        private set

    /** Messages a second, 1 to 1,000: they are spread over the time that this takes. Absent is at once. */
    fun rate(rate: Int) = apply { this.rate = rate }

    /** How many events one call replays: 1 to 1,000, 100 where absent. */
    var limit: Int? = limit
        private set

    /** How many events one call replays: 1 to 1,000, 100 where absent. */
    fun limit(limit: Int) = apply { this.limit = limit }

    /** The `nextCursor` of the call before. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the call before. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }

    /** Only says what would be done. */
    var dryRun: Boolean? = dryRun
        private set

    /** Only says what would be done. */
    fun dryRun(dryRun: Boolean) = apply { this.dryRun = dryRun }
}

/** What [HookBridge.checkSubscription] may be given. */
class CheckSubscriptionOptions(
    endpointId: String? = null,
    eventTypes: List<String>? = null,
    filter: RawJson? = null,
) {
    /** The endpoint whose patterns and filter are tried where none are given here. */
    var endpointId: String? = endpointId
        private set

    /** The endpoint whose patterns and filter are tried where none are given here. */
    fun endpointId(endpointId: String) = apply { this.endpointId = endpointId }

    /** Patterns of types, in place of the endpoint's. */
    var eventTypes: List<String>? = eventTypes
        private set

    /** Patterns of types, in place of the endpoint's. */
    fun eventTypes(vararg eventTypes: String) = apply { this.eventTypes = eventTypes.asList() }

    /** Conditions on the payload, in place of the endpoint's. */
    var filter: RawJson? = filter
        private set

    /** Conditions on the payload, in place of the endpoint's. */
    fun filter(filter: RawJson) = apply { this.filter = filter }
}

/** What [HookBridge.createEventType] may be given. */
class CreateEventTypeOptions(
    description: String? = null,
    schema: RawJson? = null,
    example: RawJson? = null,
    deprecated: Boolean? = null,
) {
    /** For people; at most 500 characters. */
    var description: String? = description
        private set

    /** For people; at most 500 characters. */
    fun description(description: String) = apply { this.description = description }

    /**
     * The JSON schema (2020-12) of its payloads, at most 65,536 bytes. References to other documents are not followed.
     */
    var schema: RawJson? = schema
        private set

    /**
     * The JSON schema (2020-12) of its payloads, at most 65,536 bytes. References to other documents are not followed.
     */
    fun schema(schema: RawJson) = apply { this.schema = schema }

    /** A payload that fits the schema, for whoever writes a receiver. */
    var example: RawJson? = example
        private set

    /** A payload that fits the schema, for whoever writes a receiver. */
    fun example(example: RawJson) = apply { this.example = example }

    /** Whether receivers should not rely on it any more. */
    var deprecated: Boolean? = deprecated
        private set

    /** Whether receivers should not rely on it any more. */
    fun deprecated(deprecated: Boolean) = apply { this.deprecated = deprecated }
}

/** What [HookBridge.listEventTypes] may be given. */
class ListEventTypesOptions(
    limit: Int? = null,
    cursor: String? = null,
) {
    /** 1 to 500, 100 where absent. */
    var limit: Int? = limit
        private set

    /** 1 to 500, 100 where absent. */
    fun limit(limit: Int) = apply { this.limit = limit }

    /** The `nextCursor` of the page before. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the page before. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }
}

/** What [HookBridge.updateEventType] may be given. */
class UpdateEventTypeOptions(
    description: String? = null,
    schema: RawJson? = null,
    example: RawJson? = null,
    deprecated: Boolean? = null,
) {
    /** At most 500 characters; `""` is none. */
    var description: String? = description
        private set

    /** At most 500 characters; `""` is none. */
    fun description(description: String) = apply { this.description = description }

    /** As for a new type; null is none. */
    var schema: RawJson? = schema
        private set

    /** As for a new type; null is none. */
    fun schema(schema: RawJson) = apply { this.schema = schema }

    /** As for a new type; null is none. */
    var example: RawJson? = example
        private set

    /** As for a new type; null is none. */
    fun example(example: RawJson) = apply { this.example = example }

    /** Whether receivers should not rely on it any more. */
    var deprecated: Boolean? = deprecated
        private set

    /** Whether receivers should not rely on it any more. */
    fun deprecated(deprecated: Boolean) = apply { this.deprecated = deprecated }
}

/** What [HookBridge.createEndpoint] may be given. */
class CreateEndpointOptions(
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
) {
    /** At most 500 characters; `""` is none. */
    var description: String? = description
        private set

    /** At most 500 characters; `""` is none. */
    fun description(description: String) = apply { this.description = description }

    /** Deliveries a second, 0 to 1,000; 0 is unlimited. */
    var rateLimitRps: Int? = rateLimitRps
        private set

    /** Deliveries a second, 0 to 1,000; 0 is unlimited. */
    fun rateLimitRps(rateLimitRps: Int) = apply { this.rateLimitRps = rateLimitRps }

    /** Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as `rateLimitRps`. */
    var burst: Int? = burst
        private set

    /** Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as `rateLimitRps`. */
    fun burst(burst: Int) = apply { this.burst = burst }

    /** Sent with every delivery. They are replaced whole; `{}` is none. */
    var headers: Map<String, String>? = headers
        private set

    /** Sent with every delivery. They are replaced whole; `{}` is none. */
    fun headers(headers: Map<String, String>) = apply { this.headers = headers }

    /** Replaces the engine's schedule; [RetrySchedule.INHERITED] is none of its own. */
    var retrySchedule: RetrySchedule? = retrySchedule
        private set

    /** Replaces the engine's schedule; [RetrySchedule.INHERITED] is none of its own. */
    fun retrySchedule(retrySchedule: RetrySchedule) = apply { this.retrySchedule = retrySchedule }

    /** Replaces the engine's number of attempts, 0 to 100; 0 is the engine's. */
    var maxAttempts: Int? = maxAttempts
        private set

    /** Replaces the engine's number of attempts, 0 to 100; 0 is the engine's. */
    fun maxAttempts(maxAttempts: Int) = apply { this.maxAttempts = maxAttempts }

    /** The customer it belongs to, whose events it gets; at most 128 characters, `""` is none. */
    var tenant: String? = tenant
        private set

    /** The customer it belongs to, whose events it gets; at most 128 characters, `""` is none. */
    fun tenant(tenant: String) = apply { this.tenant = tenant }

    /** The events that it wants: at most 100 patterns of types, such as `order.*`. `[]` is every type. */
    var eventTypes: List<String>? = eventTypes
        private set

    /** The events that it wants: at most 100 patterns of types, such as `order.*`. `[]` is every type. */
    fun eventTypes(vararg eventTypes: String) = apply { this.eventTypes = eventTypes.asList() }

    /**
     * Conditions on an event's payload, all of which must hold: at most 20, each with a JSON `pointer` and one of
     * `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
     */
    var filter: RawJson? = filter
        private set

    /**
     * Conditions on an event's payload, all of which must hold: at most 20, each with a JSON `pointer` and one of
     * `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
     */
    fun filter(filter: RawJson) = apply { this.filter = filter }

    /**
     * What follows for an ordering key when one of its messages is given up: `continue` with the next, or `halt` until
     * a person replays or deletes it.
     */
    var onFailure: OnFailure? = onFailure
        private set

    /**
     * What follows for an ordering key when one of its messages is given up: `continue` with the next, or `halt` until
     * a person replays or deletes it.
     */
    fun onFailure(onFailure: OnFailure) = apply { this.onFailure = onFailure }
}

/** What [HookBridge.listEndpoints] may be given. */
class ListEndpointsOptions(
    limit: Int? = null,
    cursor: String? = null,
    tenant: String? = null,
) {
    /** 1 to 100, 50 where absent. */
    var limit: Int? = limit
        private set

    /** 1 to 100, 50 where absent. */
    fun limit(limit: Int) = apply { this.limit = limit }

    /** The `nextCursor` of the page before. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the page before. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }

    /** Only endpoints of this tenant. */
    var tenant: String? = tenant
        private set

    /** Only endpoints of this tenant. */
    fun tenant(tenant: String) = apply { this.tenant = tenant }
}

/** What [HookBridge.updateEndpoint] may be given. */
class UpdateEndpointOptions(
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
) {
    /** As for a new endpoint. */
    var url: String? = url
        private set

    /** As for a new endpoint. */
    fun url(url: String) = apply { this.url = url }

    /** At most 500 characters; `""` is none. */
    var description: String? = description
        private set

    /** At most 500 characters; `""` is none. */
    fun description(description: String) = apply { this.description = description }

    /** Deliveries a second, 0 to 1,000; 0 is unlimited. */
    var rateLimitRps: Int? = rateLimitRps
        private set

    /** Deliveries a second, 0 to 1,000; 0 is unlimited. */
    fun rateLimitRps(rateLimitRps: Int) = apply { this.rateLimitRps = rateLimitRps }

    /** Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as `rateLimitRps`. */
    var burst: Int? = burst
        private set

    /** Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as `rateLimitRps`. */
    fun burst(burst: Int) = apply { this.burst = burst }

    /** Sent with every delivery. They are replaced whole; `{}` is none. */
    var headers: Map<String, String>? = headers
        private set

    /** Sent with every delivery. They are replaced whole; `{}` is none. */
    fun headers(headers: Map<String, String>) = apply { this.headers = headers }

    /** Replaces the engine's schedule; [RetrySchedule.INHERITED] clears it. */
    var retrySchedule: RetrySchedule? = retrySchedule
        private set

    /** Replaces the engine's schedule; [RetrySchedule.INHERITED] clears it. */
    fun retrySchedule(retrySchedule: RetrySchedule) = apply { this.retrySchedule = retrySchedule }

    /** Replaces the engine's number of attempts, 0 to 100; 0 is the engine's. */
    var maxAttempts: Int? = maxAttempts
        private set

    /** Replaces the engine's number of attempts, 0 to 100; 0 is the engine's. */
    fun maxAttempts(maxAttempts: Int) = apply { this.maxAttempts = maxAttempts }

    /** The customer it belongs to, whose events it gets; at most 128 characters, `""` is none. */
    var tenant: String? = tenant
        private set

    /** The customer it belongs to, whose events it gets; at most 128 characters, `""` is none. */
    fun tenant(tenant: String) = apply { this.tenant = tenant }

    /** The events that it wants: at most 100 patterns of types, such as `order.*`. `[]` is every type. */
    var eventTypes: List<String>? = eventTypes
        private set

    /** The events that it wants: at most 100 patterns of types, such as `order.*`. `[]` is every type. */
    fun eventTypes(vararg eventTypes: String) = apply { this.eventTypes = eventTypes.asList() }

    /**
     * Conditions on an event's payload, all of which must hold: at most 20, each with a JSON `pointer` and one of
     * `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
     */
    var filter: RawJson? = filter
        private set

    /**
     * Conditions on an event's payload, all of which must hold: at most 20, each with a JSON `pointer` and one of
     * `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
     */
    fun filter(filter: RawJson) = apply { this.filter = filter }

    /**
     * What follows for an ordering key when one of its messages is given up: `continue` with the next, or `halt` until
     * a person replays or deletes it.
     */
    var onFailure: OnFailure? = onFailure
        private set

    /**
     * What follows for an ordering key when one of its messages is given up: `continue` with the next, or `halt` until
     * a person replays or deletes it.
     */
    fun onFailure(onFailure: OnFailure) = apply { this.onFailure = onFailure }
}

/** What [HookBridge.getEndpointHealth] may be given. */
class GetEndpointHealthOptions(
    endpointId: String? = null,
    tenant: String? = null,
    limit: Int? = null,
    cursor: String? = null,
) {
    /** Only this endpoint. */
    var endpointId: String? = endpointId
        private set

    /** Only this endpoint. */
    fun endpointId(endpointId: String) = apply { this.endpointId = endpointId }

    /** Only endpoints of this tenant. */
    var tenant: String? = tenant
        private set

    /** Only endpoints of this tenant. */
    fun tenant(tenant: String) = apply { this.tenant = tenant }

    /** 1 to 100, 50 where absent. */
    var limit: Int? = limit
        private set

    /** 1 to 100, 50 where absent. */
    fun limit(limit: Int) = apply { this.limit = limit }

    /** The `nextCursor` of the page before. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the page before. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }
}

/** What [HookBridge.replayAllMessages] may be given. */
class ReplayAllMessagesOptions(
    endpointId: String? = null,
    limit: Int? = null,
    createdAfter: Instant? = null,
    createdBefore: Instant? = null,
    cause: String? = null,
    dryRun: Boolean? = null,
    cursor: String? = null,
) {
    /** Only messages of this endpoint. */
    var endpointId: String? = endpointId
        private set

    /** Only messages of this endpoint. */
    fun endpointId(endpointId: String) = apply { this.endpointId = endpointId }

    /** 1 to 1,000, 100 where absent. */
    var limit: Int? = limit
        private set

    /** 1 to 1,000, 100 where absent. */
    fun limit(limit: Int) = apply { this.limit = limit }

    /** Only messages accepted at this moment or later. */
    var createdAfter: Instant? = createdAfter
        private set

    /** Only messages accepted at this moment or later. */
    fun createdAfter(createdAfter: Instant) = apply { this.createdAfter = createdAfter }

    /** Only messages accepted before this moment. */
    var createdBefore: Instant? = createdBefore
        private set

    /** Only messages accepted before this moment. */
    fun createdBefore(createdBefore: Instant) = apply { this.createdBefore = createdBefore }

    /** Only messages whose last failure has this cause, in the words of `getDlqGroups`. */
    var cause: String? = cause
        private set

    /** Only messages whose last failure has this cause, in the words of `getDlqGroups`. */
    fun cause(cause: String) = apply { this.cause = cause }

    /** Changes nothing, and answers what would happen. */
    var dryRun: Boolean? = dryRun
        private set

    /** Changes nothing, and answers what would happen. */
    fun dryRun(dryRun: Boolean) = apply { this.dryRun = dryRun }

    /** The `nextCursor` of the call before: goes on behind what that one has looked at. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the call before: goes on behind what that one has looked at. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }
}

/** What [HookBridge.cancelAllMessages] may be given. */
class CancelAllMessagesOptions(
    endpointId: String? = null,
    createdAfter: Instant? = null,
    createdBefore: Instant? = null,
    limit: Int? = null,
    cause: String? = null,
    dryRun: Boolean? = null,
    cursor: String? = null,
) {
    /** Only messages of this endpoint. */
    var endpointId: String? = endpointId
        private set

    /** Only messages of this endpoint. */
    fun endpointId(endpointId: String) = apply { this.endpointId = endpointId }

    /** Only messages accepted at this moment or later. */
    var createdAfter: Instant? = createdAfter
        private set

    /** Only messages accepted at this moment or later. */
    fun createdAfter(createdAfter: Instant) = apply { this.createdAfter = createdAfter }

    /** Only messages accepted before this moment. */
    var createdBefore: Instant? = createdBefore
        private set

    /** Only messages accepted before this moment. */
    fun createdBefore(createdBefore: Instant) = apply { this.createdBefore = createdBefore }

    /** 1 to 1,000, 1,000 where absent. */
    var limit: Int? = limit
        private set

    /** 1 to 1,000, 1,000 where absent. */
    fun limit(limit: Int) = apply { this.limit = limit }

    /** Only messages whose last failure has this cause, in the words of `getDlqGroups`. */
    var cause: String? = cause
        private set

    /** Only messages whose last failure has this cause, in the words of `getDlqGroups`. */
    fun cause(cause: String) = apply { this.cause = cause }

    /** Changes nothing, and answers what would happen. */
    var dryRun: Boolean? = dryRun
        private set

    /** Changes nothing, and answers what would happen. */
    fun dryRun(dryRun: Boolean) = apply { this.dryRun = dryRun }

    /** The `nextCursor` of the call before: goes on behind what that one has looked at. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the call before: goes on behind what that one has looked at. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }
}

/** What [HookBridge.deleteMessagesAll] may be given. */
class DeleteMessagesAllOptions(
    status: List<MessageStatus>? = null,
    endpointId: String? = null,
    createdAfter: Instant? = null,
    createdBefore: Instant? = null,
    limit: Int? = null,
    cause: String? = null,
    dryRun: Boolean? = null,
    cursor: String? = null,
) {
    /** Only messages with one of these statuses; all where empty. */
    var status: List<MessageStatus>? = status
        private set

    /** Only messages with one of these statuses; all where empty. */
    fun status(vararg status: MessageStatus) = apply { this.status = status.asList() }

    /** Only messages of this endpoint. */
    var endpointId: String? = endpointId
        private set

    /** Only messages of this endpoint. */
    fun endpointId(endpointId: String) = apply { this.endpointId = endpointId }

    /** Only messages accepted at this moment or later. */
    var createdAfter: Instant? = createdAfter
        private set

    /** Only messages accepted at this moment or later. */
    fun createdAfter(createdAfter: Instant) = apply { this.createdAfter = createdAfter }

    /** Only messages accepted before this moment. */
    var createdBefore: Instant? = createdBefore
        private set

    /** Only messages accepted before this moment. */
    fun createdBefore(createdBefore: Instant) = apply { this.createdBefore = createdBefore }

    /** 1 to 1,000, 1,000 where absent. */
    var limit: Int? = limit
        private set

    /** 1 to 1,000, 1,000 where absent. */
    fun limit(limit: Int) = apply { this.limit = limit }

    /** Only messages whose last failure has this cause, in the words of `getDlqGroups`. */
    var cause: String? = cause
        private set

    /** Only messages whose last failure has this cause, in the words of `getDlqGroups`. */
    fun cause(cause: String) = apply { this.cause = cause }

    /** Changes nothing, and answers what would happen. */
    var dryRun: Boolean? = dryRun
        private set

    /** Changes nothing, and answers what would happen. */
    fun dryRun(dryRun: Boolean) = apply { this.dryRun = dryRun }

    /** The `nextCursor` of the call before: goes on behind what that one has looked at. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the call before: goes on behind what that one has looked at. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }
}

/** What [HookBridge.getLogs] may be given. */
class GetLogsOptions(
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
) {
    /** Only messages with one of these statuses. */
    var status: List<MessageStatus>? = status
        private set

    /** Only messages with one of these statuses. */
    fun status(vararg status: MessageStatus) = apply { this.status = status.asList() }

    /** Only messages accepted at this moment or later. */
    var startTime: Instant? = startTime
        private set

    /** Only messages accepted at this moment or later. */
    fun startTime(startTime: Instant) = apply { this.startTime = startTime }

    /** Only messages accepted before this moment. */
    var endTime: Instant? = endTime
        private set

    /** Only messages accepted before this moment. */
    fun endTime(endTime: Instant) = apply { this.endTime = endTime }

    /** 1 to 500, 50 where absent. */
    var limit: Int? = limit
        private set

    /** 1 to 500, 50 where absent. */
    fun limit(limit: Int) = apply { this.limit = limit }

    /** The `nextCursor` of the page before. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the page before. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }

    /** Only messages of this endpoint. */
    var endpointId: String? = endpointId
        private set

    /** Only messages of this endpoint. */
    fun endpointId(endpointId: String) = apply { this.endpointId = endpointId }

    /** Only the message with this id, or messages with this text in their idempotency key. */
    var q: String? = q
        private set

    /** Only the message with this id, or messages with this text in their idempotency key. */
    fun q(q: String) = apply { this.q = q }

    /** Only messages with this text in their last error. */
    var error: String? = error
        private set

    /** Only messages with this text in their last error. */
    fun error(error: String) = apply { this.error = error }

    /** Only messages whose last failure has this cause, in the words of `getDlqGroups`. */
    var cause: String? = cause
        private set

    /** Only messages whose last failure has this cause, in the words of `getDlqGroups`. */
    fun cause(cause: String) = apply { this.cause = cause }

    /** Only messages of events of this type. */
    var eventType: String? = eventType
        private set

    /** Only messages of events of this type. */
    fun eventType(eventType: String) = apply { this.eventType = eventType }

    /** Only messages of events of this tenant. */
    var tenant: String? = tenant
        private set

    /** Only messages of events of this tenant. */
    fun tenant(tenant: String) = apply { this.tenant = tenant }

    /** Only messages with this ordering key. */
    var orderingKey: String? = orderingKey
        private set

    /** Only messages with this ordering key. */
    fun orderingKey(orderingKey: String) = apply { this.orderingKey = orderingKey }
}

/** What [HookBridge.getDlqMessages] may be given. */
class GetDlqMessagesOptions(
    limit: Int? = null,
    cursor: String? = null,
    endpointId: String? = null,
    cause: String? = null,
    startTime: Instant? = null,
    endTime: Instant? = null,
) {
    /** 1 to 1,000, 100 where absent. */
    var limit: Int? = limit
        private set

    /** 1 to 1,000, 100 where absent. */
    fun limit(limit: Int) = apply { this.limit = limit }

    /** The `nextCursor` of the page before. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the page before. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }

    /** Only messages of this endpoint. */
    var endpointId: String? = endpointId
        private set

    /** Only messages of this endpoint. */
    fun endpointId(endpointId: String) = apply { this.endpointId = endpointId }

    /** Only messages with this cause, in the words of `getDlqGroups`. */
    var cause: String? = cause
        private set

    /** Only messages with this cause, in the words of `getDlqGroups`. */
    fun cause(cause: String) = apply { this.cause = cause }

    /** Only messages accepted at this moment or later. */
    var startTime: Instant? = startTime
        private set

    /** Only messages accepted at this moment or later. */
    fun startTime(startTime: Instant) = apply { this.startTime = startTime }

    /** Only messages accepted before this moment. */
    var endTime: Instant? = endTime
        private set

    /** Only messages accepted before this moment. */
    fun endTime(endTime: Instant) = apply { this.endTime = endTime }
}

/** What [HookBridge.getDlqGroups] may be given. */
class GetDlqGroupsOptions(
    endpointId: String? = null,
    cursor: String? = null,
) {
    /** Only messages of this endpoint. */
    var endpointId: String? = endpointId
        private set

    /** Only messages of this endpoint. */
    fun endpointId(endpointId: String) = apply { this.endpointId = endpointId }

    /** The `nextCursor` of the call before. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the call before. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }
}

/** What [HookBridge.getMetrics] may be given. */
class GetMetricsOptions(
    window: MetricsWindow? = null,
    endpointId: String? = null,
) {
    /** `1h`, `24h`, `7d` or `30d`; `24h` where absent. */
    var window: MetricsWindow? = window
        private set

    /** `1h`, `24h`, `7d` or `30d`; `24h` where absent. */
    fun window(window: MetricsWindow) = apply { this.window = window }

    /** Only messages and attempts of this endpoint. */
    var endpointId: String? = endpointId
        private set

    /** Only messages and attempts of this endpoint. */
    fun endpointId(endpointId: String) = apply { this.endpointId = endpointId }
}

/** What [HookBridge.getTimeseriesMetrics] may be given. */
class GetTimeseriesMetricsOptions(
    window: MetricsWindow? = null,
    endpointId: String? = null,
) {
    /** `1h`, `24h`, `7d` or `30d`; `24h` where absent. */
    var window: MetricsWindow? = window
        private set

    /** `1h`, `24h`, `7d` or `30d`; `24h` where absent. */
    fun window(window: MetricsWindow) = apply { this.window = window }

    /** Only messages and attempts of this endpoint. */
    var endpointId: String? = endpointId
        private set

    /** Only messages and attempts of this endpoint. */
    fun endpointId(endpointId: String) = apply { this.endpointId = endpointId }
}

/** What [HookBridge.createApiKey] may be given. */
class CreateApiKeyOptions(
    mode: ApiKeyMode? = null,
    label: String? = null,
    scope: ApiKeyScope? = null,
) {
    /** `live` where absent. */
    var mode: ApiKeyMode? = mode
        private set

    /** `live` where absent. */
    fun mode(mode: ApiKeyMode) = apply { this.mode = mode }

    /** A label for people, at most 255 characters. */
    var label: String? = label
        private set

    /** A label for people, at most 255 characters. */
    fun label(label: String) = apply { this.label = label }

    /** What the key lets its owner do over HTTP, `full` where absent. */
    var scope: ApiKeyScope? = scope
        private set

    /** What the key lets its owner do over HTTP, `full` where absent. */
    fun scope(scope: ApiKeyScope) = apply { this.scope = scope }
}

/** What [HookBridge.createExport] may be given. */
class CreateExportOptions(
    status: MessageStatus? = null,
    endpointId: String? = null,
) {
    /** Only messages with this status. */
    var status: MessageStatus? = status
        private set

    /** Only messages with this status. */
    fun status(status: MessageStatus) = apply { this.status = status }

    /** Only messages of this endpoint, which may have been deleted. */
    var endpointId: String? = endpointId
        private set

    /** Only messages of this endpoint, which may have been deleted. */
    fun endpointId(endpointId: String) = apply { this.endpointId = endpointId }
}

/** What [HookBridge.listActivity] may be given. */
class ListActivityOptions(
    limit: Int? = null,
    cursor: String? = null,
) {
    /** 1 to 500, 50 where absent. */
    var limit: Int? = limit
        private set

    /** 1 to 500, 50 where absent. */
    fun limit(limit: Int) = apply { this.limit = limit }

    /** The `nextCursor` of the page before. */
    var cursor: String? = cursor
        private set

    /** The `nextCursor` of the page before. */
    fun cursor(cursor: String) = apply { this.cursor = cursor }
}

/** What [HookBridge.lookupActors] may be given. */
class LookupActorsOptions(
    userIds: List<String>? = null,
    apiKeyIds: List<String>? = null,
) {
    /** Ids of users. An outbox has none, so none is found. */
    var userIds: List<String>? = userIds
        private set

    /** Ids of users. An outbox has none, so none is found. */
    fun userIds(vararg userIds: String) = apply { this.userIds = userIds.asList() }

    /** Ids of API keys: `key_...`. */
    var apiKeyIds: List<String>? = apiKeyIds
        private set

    /** Ids of API keys: `key_...`. */
    fun apiKeyIds(vararg apiKeyIds: String) = apply { this.apiKeyIds = apiKeyIds.asList() }
}
