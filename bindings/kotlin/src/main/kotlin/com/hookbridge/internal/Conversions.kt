// Written by `hookbridge-generate`: change the definition, not this file.

package com.hookbridge.internal

import com.hookbridge.BatchEvent
import com.hookbridge.RawJson
import com.hookbridge.ApiKeyScope
import com.hookbridge.BreakerState
import com.hookbridge.DeleteOutcome
import com.hookbridge.EndpointStanding
import com.hookbridge.EventKind
import com.hookbridge.ExplanationCause
import com.hookbridge.ExportStatus
import com.hookbridge.MessageStatus
import com.hookbridge.MetricsWindow
import com.hookbridge.OnFailure
import com.hookbridge.Progress
import com.hookbridge.ReplayOutcome
import com.hookbridge.RetryType
import com.hookbridge.ShortageKind
import com.hookbridge.SignatureScheme
import com.hookbridge.VerificationCause

internal fun SendWebhookResponse.published() =
    com.hookbridge.SendWebhookResponse(
        messageId = messageId,
        status = MessageStatus(status),
    )

internal fun SentMessage.published() =
    com.hookbridge.SentMessage(
        messageId = messageId,
        endpointId = endpointId,
    )

internal fun SendEventResponse.published() =
    com.hookbridge.SendEventResponse(
        eventId = eventId,
        matched = matched,
        messages = messages.map { it.published() },
    )

internal fun SendFailure.published() =
    com.hookbridge.SendFailure(
        code = code,
        message = message,
    )

internal fun EventResult.published() =
    com.hookbridge.EventResult(
        error = error?.published(),
        eventId = eventId,
        matched = matched,
        messages = messages?.map { it.published() },
    )

internal fun SendEventsResponse.published() =
    com.hookbridge.SendEventsResponse(
        results = results.map { it.published() },
    )

internal fun EventRecord.published() =
    com.hookbridge.EventRecord(
        eventId = eventId,
        type = type,
        tenant = tenant,
        idempotencyKey = idempotencyKey,
        orderingKey = orderingKey,
        sizeBytes = sizeBytes,
        payloadSha256 = payloadSha256,
        createdAt = createdAt,
        deliverAt = deliverAt,
        expiresAt = expiresAt,
        matched = matched,
        hasPayload = hasPayload,
    )

internal fun ListEventsResponse.published(more: ((String) -> com.hookbridge.ListEventsResponse)? = null) =
    com.hookbridge.ListEventsResponse(events.map { it.published() }, hasMore, nextCursor, more)

internal fun EventMessage.published() =
    com.hookbridge.EventMessage(
        messageId = messageId,
        endpointId = endpointId,
        status = MessageStatus(status),
    )

internal fun EventDetails.published() =
    com.hookbridge.EventDetails(
        eventId = eventId,
        type = type,
        tenant = tenant,
        idempotencyKey = idempotencyKey,
        orderingKey = orderingKey,
        sizeBytes = sizeBytes,
        payloadSha256 = payloadSha256,
        createdAt = createdAt,
        deliverAt = deliverAt,
        expiresAt = expiresAt,
        matched = matched,
        hasPayload = hasPayload,
        messages = messages.map { it.published() },
        hasMore = hasMore,
        nextCursor = nextCursor,
    )

internal fun ReplayEventsResult.published() =
    com.hookbridge.ReplayEventsResult(
        replayed = replayed,
        eventIds = eventIds,
        messageIds = messageIds,
        examined = examined,
        spreadOverSeconds = spreadOverSeconds,
        dryRun = dryRun,
        hasMore = hasMore,
        nextCursor = nextCursor,
    )

internal fun CheckedCondition.published() =
    com.hookbridge.CheckedCondition(
        pointer = pointer,
        holds = holds,
        found = found,
    )

internal fun CheckedSubscription.published() =
    com.hookbridge.CheckedSubscription(
        wanted = wanted,
        typeTaken = typeTaken,
        conditions = conditions.map { it.published() },
    )

internal fun EventTypeEntry.published() =
    com.hookbridge.EventTypeEntry(
        name = name,
        description = description,
        schema = schema?.let(::RawJson),
        example = example?.let(::RawJson),
        deprecated = deprecated,
        createdAt = createdAt,
        updatedAt = updatedAt,
    )

internal fun ListEventTypesResponse.published(more: ((String) -> com.hookbridge.ListEventTypesResponse)? = null) =
    com.hookbridge.ListEventTypesResponse(eventTypes.map { it.published() }, hasMore, nextCursor, more)

internal fun CreateEndpointResponse.published() =
    com.hookbridge.CreateEndpointResponse(
        id = id,
        url = url,
        signingSecret = signingSecret,
        createdAt = createdAt,
        description = description,
        signingKeyId = signingKeyId,
        keyHint = keyHint,
    )

internal fun EndpointSummary.published() =
    com.hookbridge.EndpointSummary(
        id = id,
        url = url,
        createdAt = createdAt,
        paused = paused,
        description = description,
        tenant = tenant,
    )

internal fun ListEndpointsResponse.published(more: ((String) -> com.hookbridge.ListEndpointsResponse)? = null) =
    com.hookbridge.ListEndpointsResponse(endpoints.map { it.published() }, hasMore, nextCursor, more)

internal fun Endpoint.published() =
    com.hookbridge.Endpoint(
        id = id,
        url = url,
        createdAt = createdAt,
        updatedAt = updatedAt,
        paused = paused,
        description = description,
        rateLimitRps = rateLimitRps,
        burst = burst,
        headers = headers,
        retrySchedule = retrySchedule?.published(),
        maxAttempts = maxAttempts,
        tenant = tenant,
        eventTypes = eventTypes,
        filter = filter?.let(::RawJson),
        onFailure = onFailure?.let(::OnFailure),
    )

internal fun PauseState.published() =
    com.hookbridge.PauseState(
        id = id,
        paused = paused,
        messagesRequeued = messagesRequeued,
    )

internal fun HealthMinute.published() =
    com.hookbridge.HealthMinute(
        at = at,
        succeeded = succeeded,
        failed = failed,
        retries = retries,
    )

internal fun EndpointHealth.published() =
    com.hookbridge.EndpointHealth(
        endpointId = endpointId,
        url = url,
        tenant = tenant,
        paused = paused,
        standing = EndpointStanding(standing),
        breaker = BreakerState(breaker),
        probesAt = probesAt,
        inFlight = inFlight,
        limit = limit,
        tokens = tokens,
        queued = queued,
        waitingForRetry = waitingForRetry,
        dead = dead,
        lastSuccessAt = lastSuccessAt,
        lastFailureAt = lastFailureAt,
        minutes = minutes.map { it.published() },
    )

internal fun EndpointHealthResponse.published(more: ((String) -> com.hookbridge.EndpointHealthResponse)? = null) =
    com.hookbridge.EndpointHealthResponse(endpoints.map { it.published() }, hasMore, nextCursor, more)

internal fun AttemptRecord.published() =
    com.hookbridge.AttemptRecord(
        id = id,
        attemptNo = attemptNo,
        createdAt = createdAt,
        responseStatus = responseStatus,
        responseLatencyMs = responseLatencyMs,
        processingMs = processingMs,
        errorText = errorText,
        responseHeaders = responseHeaders,
        retryType = retryType?.let(::RetryType),
        retryAfterSeconds = retryAfterSeconds,
        resolvedIp = resolvedIp,
        requestHeaders = requestHeaders,
        dnsMs = dnsMs,
        tcpConnectMs = tcpConnectMs,
        tlsHandshakeMs = tlsHandshakeMs,
        ttfbMs = ttfbMs,
        transferMs = transferMs,
        connReused = connReused,
        responseBodyTruncated = responseBodyTruncated,
        responseBody = responseBody,
        note = note,
    )

internal fun TestDelivery.published() =
    com.hookbridge.TestDelivery(
        messageId = messageId,
        delivered = delivered,
        payload = payload,
        attempt = attempt.published(),
    )

internal fun Verification.published() =
    com.hookbridge.Verification(
        valid = valid,
        cause = VerificationCause(cause),
        sentence = sentence,
        scheme = scheme?.let(::SignatureScheme),
        keyId = keyId,
        signedAt = signedAt,
    )

internal fun SigningKey.published() =
    com.hookbridge.SigningKey(
        id = id,
        keyHint = keyHint,
        createdAt = createdAt,
    )

internal fun RotateSecretResponse.published() =
    com.hookbridge.RotateSecretResponse(
        id = id,
        signingSecret = signingSecret,
        keyHint = keyHint,
        createdAt = createdAt,
    )

internal fun Message.published() =
    com.hookbridge.Message(
        id = id,
        projectId = projectId,
        endpointId = endpointId,
        status = MessageStatus(status),
        attemptCount = attemptCount,
        replayCount = replayCount,
        contentType = contentType,
        sizeBytes = sizeBytes,
        payloadSha256 = payloadSha256,
        createdAt = createdAt,
        updatedAt = updatedAt,
        idempotencyKey = idempotencyKey,
        nextAttemptAt = nextAttemptAt,
        lastError = lastError,
        responseStatus = responseStatus,
        responseLatencyMs = responseLatencyMs,
        deletedAt = deletedAt,
        deletedByApiKeyId = deletedByApiKeyId,
        firstAttemptAt = firstAttemptAt,
        deliveredAt = deliveredAt,
        failedAt = failedAt,
        queueWaitMs = queueWaitMs,
        totalDeliveryMs = totalDeliveryMs,
        payloadExpiresAt = payloadExpiresAt,
        eventId = eventId,
        eventType = eventType,
        orderingKey = orderingKey,
        deliverAt = deliverAt,
        expiresAt = expiresAt,
    )

internal fun AttemptsResponse.published(more: ((String) -> com.hookbridge.AttemptsResponse)? = null) =
    com.hookbridge.AttemptsResponse(attempts.map { it.published() }, hasMore, nextCursor, more)

internal fun MessagePayload.published() =
    com.hookbridge.MessagePayload(
        messageId = messageId,
        endpointId = endpointId,
        contentType = contentType,
        payload = payload,
        sizeBytes = sizeBytes,
        payloadSha256 = payloadSha256,
        headers = headers,
        payloadExpiresAt = payloadExpiresAt,
    )

internal fun ExplanationReason.published() =
    com.hookbridge.ExplanationReason(
        cause = ExplanationCause(cause),
        sentence = sentence,
        until = until,
        count = count,
        limit = limit,
        pid = pid,
        messageId = messageId,
    )

internal fun Explanation.published() =
    com.hookbridge.Explanation(
        messageId = messageId,
        endpointId = endpointId,
        progress = Progress(progress),
        sentence = sentence,
        reasons = reasons.map { it.published() },
        changesAt = changesAt,
    )

internal fun ReplayMessageResponse.published() =
    com.hookbridge.ReplayMessageResponse(
        messageId = messageId,
        status = MessageStatus(status),
    )

internal fun ReplayAllMessagesResponse.published() =
    com.hookbridge.ReplayAllMessagesResponse(
        replayed = replayed,
        failed = failed,
        stuck = stuck,
        replayedMessageIds = replayedMessageIds,
        stuckMessageIds = stuckMessageIds,
        refused = refused,
        dryRun = dryRun,
        nextCursor = nextCursor,
    )

internal fun CancelAllResult.published() =
    com.hookbridge.CancelAllResult(
        cancelled = cancelled,
        cancelledMessageIds = cancelledMessageIds,
        refused = refused,
        dryRun = dryRun,
        nextCursor = nextCursor,
    )

internal fun ReplayBatchResult.published() =
    com.hookbridge.ReplayBatchResult(
        messageId = messageId,
        status = ReplayOutcome(status),
        error = error,
    )

internal fun ReplayBatchMessagesResponse.published() =
    com.hookbridge.ReplayBatchMessagesResponse(
        replayed = replayed,
        failed = failed,
        stuck = stuck,
        results = results.map { it.published() },
    )

internal fun DeleteMessageResult.published() =
    com.hookbridge.DeleteMessageResult(
        messageId = messageId,
        deletedAt = deletedAt,
        alreadyDeleted = alreadyDeleted,
    )

internal fun DeleteBatchItemResult.published() =
    com.hookbridge.DeleteBatchItemResult(
        messageId = messageId,
        outcome = DeleteOutcome(outcome),
        deletedAt = deletedAt,
    )

internal fun DeleteBatchResult.published() =
    com.hookbridge.DeleteBatchResult(
        results = results.map { it.published() },
        deletedCount = deletedCount,
        alreadyDeletedCount = alreadyDeletedCount,
        notFoundCount = notFoundCount,
    )

internal fun DeleteAllResult.published() =
    com.hookbridge.DeleteAllResult(
        deleted = deleted,
        deletedMessageIds = deletedMessageIds,
        dryRun = dryRun,
        nextCursor = nextCursor,
    )

internal fun MessageSummary.published() =
    com.hookbridge.MessageSummary(
        messageId = messageId,
        endpoint = endpoint,
        status = MessageStatus(status),
        attemptCount = attemptCount,
        createdAt = createdAt,
        deliveredAt = deliveredAt,
        nextAttemptAt = nextAttemptAt,
        responseStatus = responseStatus,
        responseLatencyMs = responseLatencyMs,
        lastError = lastError,
        deletedAt = deletedAt,
        failedAt = failedAt,
        endpointId = endpointId,
        eventType = eventType,
    )

internal fun LogsResponse.published(more: ((String) -> com.hookbridge.LogsResponse)? = null) =
    com.hookbridge.LogsResponse(messages.map { it.published() }, hasMore, nextCursor, searchedTo, more)

internal fun DlqMessagesResponse.published(more: ((String) -> com.hookbridge.DlqMessagesResponse)? = null) =
    com.hookbridge.DlqMessagesResponse(messages.map { it.published() }, hasMore, nextCursor, more)

internal fun DeadLetterGroup.published() =
    com.hookbridge.DeadLetterGroup(
        cause = cause,
        endpointId = endpointId,
        endpoint = endpoint,
        count = count,
        firstFailedAt = firstFailedAt,
        lastFailedAt = lastFailedAt,
        messageId = messageId,
        lastError = lastError,
    )

internal fun DeadLetterGroups.published() =
    com.hookbridge.DeadLetterGroups(
        groups = groups.map { it.published() },
        read = read,
        hasMore = hasMore,
        nextCursor = nextCursor,
    )

internal fun Metrics.published() =
    com.hookbridge.Metrics(
        window = MetricsWindow(window),
        totalMessages = totalMessages,
        succeeded = succeeded,
        failed = failed,
        retries = retries,
        successRate = successRate,
        avgLatencyMs = avgLatencyMs,
    )

internal fun TimeSeriesBucket.published() =
    com.hookbridge.TimeSeriesBucket(
        timestamp = timestamp,
        total = total,
        succeeded = succeeded,
        failed = failed,
        retrying = retrying,
        avgLatencyMs = avgLatencyMs,
    )

internal fun TimeSeriesMetrics.published() =
    com.hookbridge.TimeSeriesMetrics(
        window = MetricsWindow(window),
        buckets = buckets.map { it.published() },
    )

internal fun ApiKeyInfo.published() =
    com.hookbridge.ApiKeyInfo(
        keyId = keyId,
        label = label,
        prefix = prefix,
        createdAt = createdAt,
        lastUsedAt = lastUsedAt,
        scope = scope?.let(::ApiKeyScope),
    )

internal fun CreateApiKeyResponse.published() =
    com.hookbridge.CreateApiKeyResponse(
        keyId = keyId,
        key = key,
        prefix = prefix,
        label = label,
        createdAt = createdAt,
        scope = scope?.let(::ApiKeyScope),
    )

internal fun CreateLoginCodeResponse.published() =
    com.hookbridge.CreateLoginCodeResponse(
        code = code,
        expiresAt = expiresAt,
        consoles = consoles,
    )

internal fun ExportRecord.published() =
    com.hookbridge.ExportRecord(
        id = id,
        projectId = projectId,
        status = ExportStatus(status),
        filterStartTime = filterStartTime,
        filterEndTime = filterEndTime,
        createdAt = createdAt,
        filterStatus = filterStatus?.let(::MessageStatus),
        filterEndpointId = filterEndpointId,
        rowCount = rowCount,
        fileSizeBytes = fileSizeBytes,
        errorMessage = errorMessage,
        startedAt = startedAt,
        completedAt = completedAt,
        expiresAt = expiresAt,
        direction = direction,
    )

internal fun Deliverer.published() =
    com.hookbridge.Deliverer(
        pid = pid,
        thisEngine = thisEngine,
        since = since,
        stopped = stopped,
    )

internal fun Shortage.published() =
    com.hookbridge.Shortage(
        kind = ShortageKind(kind),
        text = text,
        since = since,
    )

internal fun Stats.published() =
    com.hookbridge.Stats(
        queued = queued,
        inFlight = inFlight,
        waitingForRetry = waitingForRetry,
        dead = dead,
        oldestDueAgeSeconds = oldestDueAgeSeconds,
        bytesOnDisk = bytesOnDisk,
        deliverer = deliverer?.published(),
        notDelivering = notDelivering,
        shortage = shortage?.published(),
    )

internal fun WhoAmI.published() =
    com.hookbridge.WhoAmI(
        apiKey = apiKey?.published(),
        scope = ApiKeyScope(scope),
        version = version,
        pid = pid,
        database = database,
        delivers = delivers,
        deliverer = deliverer?.published(),
        maxPayloadBytes = maxPayloadBytes,
        payloadRetentionHours = payloadRetentionHours,
        maxAttempts = maxAttempts,
    )

internal fun Activity.published() =
    com.hookbridge.Activity(
        activityId = activityId,
        occurredAt = occurredAt,
        operation = operation,
        apiKeyId = apiKeyId,
        apiKeyLabel = apiKeyLabel,
        apiKeyPrefix = apiKeyPrefix,
        endpointId = endpointId,
        messageId = messageId,
        affected = affected,
        detail = detail,
    )

internal fun ActivityResponse.published(more: ((String) -> com.hookbridge.ActivityResponse)? = null) =
    com.hookbridge.ActivityResponse(activities.map { it.published() }, hasMore, nextCursor, more)

internal fun ApiKeyActor.published() =
    com.hookbridge.ApiKeyActor(
        label = label,
    )

internal fun UserActor.published() =
    com.hookbridge.UserActor(
        email = email,
    )

internal fun ActorLookupResult.published() =
    com.hookbridge.ActorLookupResult(
        apiKeys = apiKeys?.mapValues { it.value.published() },
        users = users?.mapValues { it.value.published() },
    )

internal fun Event.published() =
    com.hookbridge.Event(
        kind = EventKind(kind),
        messageId = messageId,
        endpointId = endpointId,
        eventType = eventType,
        attemptNo = attemptNo,
        responseStatus = responseStatus,
        errorText = errorText,
        nextAttemptAt = nextAttemptAt,
        occurredAt = occurredAt,
    )

internal fun com.hookbridge.HookBridgeOptions.native() =
    HookBridgeOptions(
        apiKey = apiKey,
        baseUrl = baseUrl,
        sendUrl = sendUrl,
        timeout = timeout,
        retries = retries,
        database = database,
        durability = durability?.word,
        delivery = delivery?.word,
        allowLocalEndpoints = allowLocalEndpoints,
        verifyDns = verifyDns,
        strictEventTypes = strictEventTypes,
        validatePayloads = validatePayloads,
        maxInFlight = maxInFlight,
        maxInFlightPerEndpoint = maxInFlightPerEndpoint,
        requestTimeout = requestTimeout,
        connectTimeout = connectTimeout,
        retrySchedule = retrySchedule?.native(),
        maxAttempts = maxAttempts,
        payloadRetentionHours = payloadRetentionHours,
        rowRetentionDays = rowRetentionDays,
        maxPayloadBytes = maxPayloadBytes,
        memoryBudgetBytes = memoryBudgetBytes,
        exitTimeout = exitTimeout,
        caFile = caFile,
        insecureBaseUrl = insecureBaseUrl,
        maxExports = maxExports,
        maxExportBytes = maxExportBytes,
    )

internal fun com.hookbridge.SendRequest.native(name: String = "payload") =
    SendRequest(
        endpointId = endpointId,
        payload = document(payload, name),
        headers = headers,
        idempotencyKey = idempotencyKey,
        retentionHours = retentionHours,
        orderingKey = orderingKey,
        deliverAt = deliverAt,
        expiresAt = expiresAt,
    )

/** Several events as one document. */
internal fun several(name: String, events: Iterable<BatchEvent>): String =
    events.mapIndexed { number, event -> event.text("$name[$number]") }.joinToString(",", "[", "]")

private fun BatchEvent.text(place: String): String {
    val rest =
        fields(
            "type" to type,
            "tenant" to tenant,
            "headers" to headers,
            "idempotency_key" to idempotencyKey,
            "ordering_key" to orderingKey,
            "deliver_at" to deliverAt,
            "expires_at" to expiresAt,
            "retention_hours" to retentionHours,
        ).filterValues { it != null }
    return json(rest, place).dropLast(1) + ",\"payload\":" + document(payload, "$place.payload").decodeToString() + "}"
}

internal fun RetrySchedule.published() =
    name?.let(com.hookbridge.RetrySchedule::named) ?: com.hookbridge.RetrySchedule.lists(slow, fast)

internal fun com.hookbridge.RetrySchedule.native() = RetrySchedule(name, slow, fast)
