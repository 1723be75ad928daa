<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Native;

/**
 * The engine's names of settings and arguments, and how the caller wrote them.
 *
 * @internal
 */
final class Names
{
    public const ARGUMENTS = [
        'allow_local_endpoints' => 'allowLocalEndpoints',
        'api_key' => 'apiKey',
        'api_key_id' => 'apiKeyIds',
        'base_url' => 'baseUrl',
        'ca_file' => 'caFile',
        'connect_timeout' => 'connectTimeout',
        'created_after' => 'createdAfter',
        'created_before' => 'createdBefore',
        'deliver_at' => 'deliverAt',
        'dry_run' => 'dryRun',
        'end_time' => 'endTime',
        'endpoint_id' => 'endpointId',
        'event_id' => 'eventId',
        'event_type' => 'eventType',
        'event_types' => 'eventTypes',
        'exit_timeout' => 'exitTimeout',
        'expires_at' => 'expiresAt',
        'export_id' => 'exportId',
        'idempotency_key' => 'idempotencyKey',
        'insecure_base_url' => 'insecureBaseUrl',
        'key_id' => 'keyId',
        'max_attempts' => 'maxAttempts',
        'max_export_bytes' => 'maxExportBytes',
        'max_exports' => 'maxExports',
        'max_in_flight' => 'maxInFlight',
        'max_in_flight_per_endpoint' => 'maxInFlightPerEndpoint',
        'max_payload_bytes' => 'maxPayloadBytes',
        'memory_budget_bytes' => 'memoryBudgetBytes',
        'message_id' => 'messageId',
        'message_ids' => 'messageIds',
        'on_failure' => 'onFailure',
        'ordering_key' => 'orderingKey',
        'payload_retention_hours' => 'payloadRetentionHours',
        'rate_limit_rps' => 'rateLimitRps',
        'request_timeout' => 'requestTimeout',
        'retention_hours' => 'retentionHours',
        'retry_schedule' => 'retrySchedule',
        'row_retention_days' => 'rowRetentionDays',
        'send_url' => 'sendUrl',
        'start_time' => 'startTime',
        'strict_event_types' => 'strictEventTypes',
        'user_id' => 'userIds',
        'validate_payloads' => 'validatePayloads',
        'verify_dns' => 'verifyDns',
    ];
}
