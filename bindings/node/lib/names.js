// Written by `hookbridge-generate`: change the definition, not this file.

'use strict';

/** The engine's settings, and the options that they are. */
const SETTINGS = {
  api_key: 'apiKey',
  base_url: 'baseUrl',
  send_url: 'sendUrl',
  timeout: 'timeout',
  retries: 'retries',
  database: 'database',
  durability: 'durability',
  delivery: 'delivery',
  allow_local_endpoints: 'allowLocalEndpoints',
  verify_dns: 'verifyDns',
  strict_event_types: 'strictEventTypes',
  validate_payloads: 'validatePayloads',
  max_in_flight: 'maxInFlight',
  max_in_flight_per_endpoint: 'maxInFlightPerEndpoint',
  request_timeout: 'requestTimeout',
  connect_timeout: 'connectTimeout',
  retry_schedule: 'retrySchedule',
  max_attempts: 'maxAttempts',
  payload_retention_hours: 'payloadRetentionHours',
  row_retention_days: 'rowRetentionDays',
  max_payload_bytes: 'maxPayloadBytes',
  memory_budget_bytes: 'memoryBudgetBytes',
  exit_timeout: 'exitTimeout',
  ca_file: 'caFile',
  insecure_base_url: 'insecureBaseUrl',
  max_exports: 'maxExports',
  max_export_bytes: 'maxExportBytes',
};

/** The engine's fields of requests that are arguments under another name. */
const ARGUMENTS = {
  api_key_id: 'apiKeyIds',
  created_after: 'createdAfter',
  created_before: 'createdBefore',
  deliver_at: 'deliverAt',
  dry_run: 'dryRun',
  end_time: 'endTime',
  endpoint_id: 'endpointId',
  event_id: 'eventId',
  event_type: 'eventType',
  event_types: 'eventTypes',
  expires_at: 'expiresAt',
  export_id: 'exportId',
  idempotency_key: 'idempotencyKey',
  key_id: 'keyId',
  message_id: 'messageId',
  message_ids: 'messageIds',
  on_failure: 'onFailure',
  ordering_key: 'orderingKey',
  rate_limit_rps: 'rateLimitRps',
  retention_hours: 'retentionHours',
  start_time: 'startTime',
  user_id: 'userIds',
};

/** The fields of a message. */
const MESSAGE = [
  'endpointId',
  'payload',
  'headers',
  'idempotencyKey',
  'retentionHours',
  'orderingKey',
  'deliverAt',
  'expiresAt',
];

module.exports = { ARGUMENTS, MESSAGE, SETTINGS };
