// Written by `hookbridge-generate`: change the definition, not this file.

package com.hookbridge.internal

/** The engine's names of settings and arguments, and the names by which a caller knows them. */
internal val SPOKEN =
    mapOf(
        "allow_local_endpoints" to "allowLocalEndpoints",
        "api_key" to "apiKey",
        "api_key_id" to "apiKeyIds",
        "base_url" to "baseUrl",
        "ca_file" to "caFile",
        "connect_timeout" to "connectTimeout",
        "created_after" to "createdAfter",
        "created_before" to "createdBefore",
        "dry_run" to "dryRun",
        "end_time" to "endTime",
        "endpoint_id" to "endpointId",
        "exit_timeout" to "exitTimeout",
        "export_id" to "exportId",
        "idempotency_key" to "idempotencyKey",
        "insecure_base_url" to "insecureBaseUrl",
        "key_id" to "keyId",
        "max_attempts" to "maxAttempts",
        "max_export_bytes" to "maxExportBytes",
        "max_exports" to "maxExports",
        "max_in_flight" to "maxInFlight",
        "max_in_flight_per_endpoint" to "maxInFlightPerEndpoint",
        "max_payload_bytes" to "maxPayloadBytes",
        "memory_budget_bytes" to "memoryBudgetBytes",
        "message_id" to "messageId",
        "message_ids" to "messageIds",
        "payload_retention_hours" to "payloadRetentionHours",
        "rate_limit_rps" to "rateLimitRps",
        "request_timeout" to "requestTimeout",
        "retention_hours" to "retentionHours",
        "retry_schedule" to "retrySchedule",
        "row_retention_days" to "rowRetentionDays",
        "send_url" to "sendUrl",
        "start_time" to "startTime",
        "user_id" to "userIds",
        "verify_dns" to "verifyDns",
    )
