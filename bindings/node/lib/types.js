// Written by `hookbridge-generate`: change the definition, not this file.

'use strict';

const { Page, byName, moment, secret } = require('./answers.js');

/** A message that was accepted: it is on disk. */
class SendWebhookResponse {
  constructor(answer) {
    this.messageId = answer.message_id;
    this.status = answer.status;
  }
}

/** A message that an event made. */
class SentMessage {
  constructor(answer) {
    this.messageId = answer.message_id;
    this.endpointId = answer.endpoint_id;
  }
}

/** An event that was accepted: it is on disk with all its messages. */
class SendEventResponse {
  constructor(answer) {
    this.eventId = answer.event_id;
    this.matched = answer.matched ?? null;
    this.messages = answer.messages.map((item) => new SentMessage(item));
  }
}

/** Why a message of a batch was refused. */
class SendFailure {
  constructor(answer) {
    this.code = answer.code;
    this.message = answer.message;
  }
}

/** The result for one event of a batch: a receipt, or why it was refused. */
class EventResult {
  constructor(answer) {
    this.error = answer.error ? new SendFailure(answer.error) : null;
    this.eventId = answer.event_id ?? null;
    this.matched = answer.matched ?? null;
    this.messages = answer.messages?.map((item) => new SentMessage(item)) ?? null;
  }
}

/** What `sendEventBatch` answers: a result for each event, in order. */
class SendEventsResponse {
  constructor(answer) {
    this.results = answer.results.map((item) => new EventResult(item));
  }
}

/** An event, without its payload. */
class EventRecord {
  constructor(answer) {
    this.eventId = answer.event_id;
    this.type = answer.type;
    this.tenant = answer.tenant ?? null;
    this.idempotencyKey = answer.idempotency_key ?? null;
    this.orderingKey = answer.ordering_key ?? null;
    this.sizeBytes = answer.size_bytes;
    this.payloadSha256 = answer.payload_sha256;
    this.createdAt = moment(answer.created_at);
    this.deliverAt = moment(answer.deliver_at);
    this.expiresAt = moment(answer.expires_at);
    this.matched = answer.matched;
    this.hasPayload = answer.has_payload;
  }
}

/** A page of a list. */
class ListEventsResponse extends Page {
  constructor(answer, more) {
    const items = answer.data.map((item) => new EventRecord(item));
    super('events', items, answer, more);
  }
}

/** A message of an event. */
class EventMessage {
  constructor(answer) {
    this.messageId = answer.message_id;
    this.endpointId = answer.endpoint_id;
    this.status = answer.status;
  }
}

/** An event with its messages. */
class EventDetails {
  constructor(answer) {
    this.eventId = answer.event_id;
    this.type = answer.type;
    this.tenant = answer.tenant ?? null;
    this.idempotencyKey = answer.idempotency_key ?? null;
    this.orderingKey = answer.ordering_key ?? null;
    this.sizeBytes = answer.size_bytes;
    this.payloadSha256 = answer.payload_sha256;
    this.createdAt = moment(answer.created_at);
    this.deliverAt = moment(answer.deliver_at);
    this.expiresAt = moment(answer.expires_at);
    this.matched = answer.matched;
    this.hasPayload = answer.has_payload;
    this.messages = answer.messages.map((item) => new EventMessage(item));
    this.hasMore = answer.has_more;
    this.nextCursor = answer.next_cursor ?? null;
  }
}

/** What `replayEvents` answers. */
class ReplayEventsResult {
  constructor(answer) {
    this.replayed = answer.replayed;
    this.eventIds = answer.event_ids;
    this.messageIds = answer.message_ids;
    this.examined = answer.examined;
    this.spreadOverSeconds = answer.spread_over_seconds;
    this.dryRun = answer.dry_run;
    this.hasMore = answer.has_more;
    this.nextCursor = answer.next_cursor ?? null;
  }
}

/** A condition, and what it found. */
class CheckedCondition {
  constructor(answer) {
    this.pointer = answer.pointer;
    this.holds = answer.holds;
    this.found = answer.found ?? null;
  }
}

/** What `checkSubscription` answers. */
class CheckedSubscription {
  constructor(answer) {
    this.wanted = answer.wanted;
    this.typeTaken = answer.type_taken;
    this.conditions = answer.conditions.map((item) => new CheckedCondition(item));
  }
}

/** A type of event in the catalogue. */
class EventTypeEntry {
  constructor(answer) {
    this.name = answer.name;
    this.description = answer.description ?? null;
    this.schema = answer.schema ?? null;
    this.example = answer.example ?? null;
    this.deprecated = answer.deprecated;
    this.createdAt = moment(answer.created_at);
    this.updatedAt = moment(answer.updated_at);
  }
}

/** A page of a list. */
class ListEventTypesResponse extends Page {
  constructor(answer, more) {
    const items = answer.data.map((item) => new EventTypeEntry(item));
    super('eventTypes', items, answer, more);
  }
}

/** A new endpoint. Its signing secret is shown only here. */
class CreateEndpointResponse {
  constructor(answer) {
    this.id = answer.id;
    this.url = answer.url;
    secret(this, 'signingSecret', answer.signing_secret);
    this.createdAt = moment(answer.created_at);
    this.description = answer.description ?? null;
    this.signingKeyId = answer.signing_key_id;
    this.keyHint = answer.key_hint;
  }
}

/** An endpoint in a list. */
class EndpointSummary {
  constructor(answer) {
    this.id = answer.id;
    this.url = answer.url;
    this.createdAt = moment(answer.created_at);
    this.paused = answer.paused;
    this.description = answer.description ?? null;
    this.tenant = answer.tenant ?? null;
  }
}

/** A page of a list. */
class ListEndpointsResponse extends Page {
  constructor(answer, more) {
    const items = answer.data.map((item) => new EndpointSummary(item));
    super('endpoints', items, answer, more);
  }
}

/** An endpoint, without its signing keys. */
class Endpoint {
  constructor(answer) {
    this.id = answer.id;
    this.url = answer.url;
    this.createdAt = moment(answer.created_at);
    this.updatedAt = moment(answer.updated_at);
    this.paused = answer.paused;
    this.description = answer.description ?? null;
    this.rateLimitRps = answer.rate_limit_rps ?? null;
    this.burst = answer.burst ?? null;
    this.headers = answer.headers ?? null;
    this.retrySchedule = answer.retry_schedule ?? null;
    this.maxAttempts = answer.max_attempts ?? null;
    this.tenant = answer.tenant ?? null;
    this.eventTypes = answer.event_types ?? null;
    this.filter = answer.filter ?? null;
    this.onFailure = answer.on_failure ?? null;
  }
}

/** Whether an endpoint's deliveries are held. */
class PauseState {
  constructor(answer) {
    this.id = answer.id;
    this.paused = answer.paused;
    this.messagesRequeued = answer.messages_requeued ?? null;
  }
}

/** What happened at an endpoint in a minute. */
class HealthMinute {
  constructor(answer) {
    this.at = moment(answer.at);
    this.succeeded = answer.succeeded;
    this.failed = answer.failed;
    this.retries = answer.retries;
  }
}

/** How an endpoint is doing. */
class EndpointHealth {
  constructor(answer) {
    this.endpointId = answer.endpoint_id;
    this.url = answer.url;
    this.tenant = answer.tenant ?? null;
    this.paused = answer.paused;
    this.standing = answer.standing;
    this.breaker = answer.breaker;
    this.probesAt = moment(answer.probes_at);
    this.inFlight = answer.in_flight ?? null;
    this.limit = answer.limit ?? null;
    this.tokens = answer.tokens ?? null;
    this.queued = answer.queued;
    this.waitingForRetry = answer.waiting_for_retry;
    this.dead = answer.dead;
    this.lastSuccessAt = moment(answer.last_success_at);
    this.lastFailureAt = moment(answer.last_failure_at);
    this.minutes = answer.minutes.map((item) => new HealthMinute(item));
  }
}

/** A page of a list. */
class EndpointHealthResponse extends Page {
  constructor(answer, more) {
    const items = answer.data.map((item) => new EndpointHealth(item));
    super('endpoints', items, answer, more);
  }
}

/** One attempt at a delivery. Times are whole milliseconds. */
class AttemptRecord {
  constructor(answer) {
    this.id = answer.id;
    this.attemptNo = answer.attempt_no;
    this.createdAt = moment(answer.created_at);
    this.responseStatus = answer.response_status ?? null;
    this.responseLatencyMs = answer.response_latency_ms ?? null;
    this.processingMs = answer.processing_ms ?? null;
    this.errorText = answer.error_text ?? null;
    this.responseHeaders = answer.response_headers ?? null;
    this.retryType = answer.retry_type ?? null;
    this.retryAfterSeconds = answer.retry_after_seconds ?? null;
    this.resolvedIp = answer.resolved_ip ?? null;
    this.requestHeaders = answer.request_headers ?? null;
    this.dnsMs = answer.dns_ms ?? null;
    this.tcpConnectMs = answer.tcp_connect_ms ?? null;
    this.tlsHandshakeMs = answer.tls_handshake_ms ?? null;
    this.ttfbMs = answer.ttfb_ms ?? null;
    this.transferMs = answer.transfer_ms ?? null;
    this.connReused = answer.conn_reused ?? null;
    this.responseBodyTruncated = answer.response_body_truncated ?? null;
    this.responseBody = answer.response_body ?? null;
    this.note = answer.note ?? null;
  }
}

/** What a test delivery came to. */
class TestDelivery {
  constructor(answer) {
    this.messageId = answer.message_id;
    this.delivered = answer.delivered;
    this.payload = answer.payload;
    this.attempt = new AttemptRecord(answer.attempt);
  }
}

/** What a check of a signature came to. */
class Verification {
  constructor(answer) {
    this.valid = answer.valid;
    this.cause = answer.cause;
    this.sentence = answer.sentence;
    this.scheme = answer.scheme ?? null;
    this.keyId = answer.key_id ?? null;
    this.signedAt = moment(answer.signed_at);
  }
}

/** A signing key as `listEndpointSigningKeys` shows it, without its secret. */
class SigningKey {
  constructor(answer) {
    this.id = answer.id;
    this.keyHint = answer.key_hint;
    this.createdAt = moment(answer.created_at);
  }
}

/** What `createEndpointSigningKey` answers: the one time that the secret is shown. */
class RotateSecretResponse {
  constructor(answer) {
    this.id = answer.id;
    secret(this, 'signingSecret', answer.signing_secret);
    this.keyHint = answer.key_hint;
    this.createdAt = moment(answer.created_at);
  }
}

/** A message, without its payload. */
class Message {
  constructor(answer) {
    this.id = answer.id;
    this.projectId = answer.project_id;
    this.endpointId = answer.endpoint_id;
    this.status = answer.status;
    this.attemptCount = answer.attempt_count;
    this.replayCount = answer.replay_count;
    this.contentType = answer.content_type;
    this.sizeBytes = answer.size_bytes;
    this.payloadSha256 = answer.payload_sha256;
    this.createdAt = moment(answer.created_at);
    this.updatedAt = moment(answer.updated_at);
    this.idempotencyKey = answer.idempotency_key ?? null;
    this.nextAttemptAt = moment(answer.next_attempt_at);
    this.lastError = answer.last_error ?? null;
    this.responseStatus = answer.response_status ?? null;
    this.responseLatencyMs = answer.response_latency_ms ?? null;
    this.deletedAt = moment(answer.deleted_at);
    this.deletedByApiKeyId = answer.deleted_by_api_key_id ?? null;
    this.firstAttemptAt = moment(answer.first_attempt_at);
    this.deliveredAt = moment(answer.delivered_at);
    this.failedAt = moment(answer.failed_at);
    this.queueWaitMs = answer.queue_wait_ms ?? null;
    this.totalDeliveryMs = answer.total_delivery_ms ?? null;
    this.payloadExpiresAt = moment(answer.payload_expires_at);
    this.eventId = answer.event_id ?? null;
    this.eventType = answer.event_type ?? null;
    this.orderingKey = answer.ordering_key ?? null;
    this.deliverAt = moment(answer.deliver_at);
    this.expiresAt = moment(answer.expires_at);
  }
}

/** A page of a list. */
class AttemptsResponse extends Page {
  constructor(answer, more) {
    const items = answer.data.map((item) => new AttemptRecord(item));
    super('attempts', items, answer, more);
  }
}

/** A message's payload and what is sent beside it. */
class MessagePayload {
  constructor(answer) {
    this.messageId = answer.message_id;
    this.endpointId = answer.endpoint_id;
    this.contentType = answer.content_type;
    this.payload = answer.payload;
    this.sizeBytes = answer.size_bytes;
    this.payloadSha256 = answer.payload_sha256;
    this.headers = answer.headers ?? null;
    this.payloadExpiresAt = moment(answer.payload_expires_at);
  }
}

/** One reason, with what belongs to it. */
class ExplanationReason {
  constructor(answer) {
    this.cause = answer.cause;
    this.sentence = answer.sentence;
    this.until = moment(answer.until);
    this.count = answer.count ?? null;
    this.limit = answer.limit ?? null;
    this.pid = answer.pid ?? null;
    this.messageId = answer.message_id ?? null;
  }
}

/** Why a message is where it is. */
class Explanation {
  constructor(answer) {
    this.messageId = answer.message_id;
    this.endpointId = answer.endpoint_id;
    this.progress = answer.progress;
    this.sentence = answer.sentence;
    this.reasons = answer.reasons.map((item) => new ExplanationReason(item));
    this.changesAt = moment(answer.changes_at);
  }
}

/** A message that is queued again. */
class ReplayMessageResponse {
  constructor(answer) {
    this.messageId = answer.message_id;
    this.status = answer.status;
  }
}

/** What a replay by a filter came to. */
class ReplayAllMessagesResponse {
  constructor(answer) {
    this.replayed = answer.replayed;
    this.failed = answer.failed;
    this.stuck = answer.stuck;
    this.replayedMessageIds = answer.replayed_message_ids;
    this.stuckMessageIds = answer.stuck_message_ids;
    this.refused = answer.refused ?? null;
    this.dryRun = answer.dry_run ?? null;
    this.nextCursor = answer.next_cursor ?? null;
  }
}

/** What a cancel by a filter came to. */
class CancelAllResult {
  constructor(answer) {
    this.cancelled = answer.cancelled;
    this.cancelledMessageIds = answer.cancelled_message_ids;
    this.refused = answer.refused;
    this.dryRun = answer.dry_run;
    this.nextCursor = answer.next_cursor ?? null;
  }
}

/** What became of one message of a replay. */
class ReplayBatchResult {
  constructor(answer) {
    this.messageId = answer.message_id;
    this.status = answer.status;
    this.error = answer.error ?? null;
  }
}

/** What a replay of named messages came to. */
class ReplayBatchMessagesResponse {
  constructor(answer) {
    this.replayed = answer.replayed;
    this.failed = answer.failed;
    this.stuck = answer.stuck;
    this.results = answer.results.map((item) => new ReplayBatchResult(item));
  }
}

/** A message that was deleted, now or before. */
class DeleteMessageResult {
  constructor(answer) {
    this.messageId = answer.message_id;
    this.deletedAt = moment(answer.deleted_at);
    this.alreadyDeleted = answer.already_deleted;
  }
}

/** What became of one message of a delete. */
class DeleteBatchItemResult {
  constructor(answer) {
    this.messageId = answer.message_id;
    this.outcome = answer.outcome;
    this.deletedAt = moment(answer.deleted_at);
  }
}

/** What a delete of named messages came to. */
class DeleteBatchResult {
  constructor(answer) {
    this.results = answer.results.map((item) => new DeleteBatchItemResult(item));
    this.deletedCount = answer.deleted_count;
    this.alreadyDeletedCount = answer.already_deleted_count;
    this.notFoundCount = answer.not_found_count;
  }
}

/** What a delete by a filter came to. Where `deleted` is the limit there may be more. */
class DeleteAllResult {
  constructor(answer) {
    this.deleted = answer.deleted;
    this.deletedMessageIds = answer.deleted_message_ids;
    this.dryRun = answer.dry_run ?? null;
    this.nextCursor = answer.next_cursor ?? null;
  }
}

/** One line of the logs or of the dead letter queue. */
class MessageSummary {
  constructor(answer) {
    this.messageId = answer.message_id;
    this.endpoint = answer.endpoint;
    this.status = answer.status;
    this.attemptCount = answer.attempt_count;
    this.createdAt = moment(answer.created_at);
    this.deliveredAt = moment(answer.delivered_at);
    this.nextAttemptAt = moment(answer.next_attempt_at);
    this.responseStatus = answer.response_status ?? null;
    this.responseLatencyMs = answer.response_latency_ms ?? null;
    this.lastError = answer.last_error ?? null;
    this.deletedAt = moment(answer.deleted_at);
    this.failedAt = moment(answer.failed_at);
    this.endpointId = answer.endpoint_id ?? null;
    this.eventType = answer.event_type ?? null;
  }
}

/** A page of a list. */
class LogsResponse extends Page {
  constructor(answer, more) {
    const items = answer.data.map((item) => new MessageSummary(item));
    super('messages', items, answer, more);
    this.searchedTo = moment(answer.searched_to);
  }
}

/** A page of a list. */
class DlqMessagesResponse extends Page {
  constructor(answer, more) {
    const items = answer.messages.map((item) => new MessageSummary(item));
    super('messages', items, answer, more);
  }
}

/** Dead letters with one cause at one endpoint. */
class DeadLetterGroup {
  constructor(answer) {
    this.cause = answer.cause;
    this.endpointId = answer.endpoint_id;
    this.endpoint = answer.endpoint;
    this.count = answer.count;
    this.firstFailedAt = moment(answer.first_failed_at);
    this.lastFailedAt = moment(answer.last_failed_at);
    this.messageId = answer.message_id;
    this.lastError = answer.last_error ?? null;
  }
}

/**
 * What `getDlqGroups` answers. Where there is more, the further messages have groups of their own: those with the same
 * cause and endpoint belong together.
 */
class DeadLetterGroups {
  constructor(answer) {
    this.groups = answer.groups.map((item) => new DeadLetterGroup(item));
    this.read = answer.read;
    this.hasMore = answer.has_more;
    this.nextCursor = answer.next_cursor ?? null;
  }
}

/** What happened in a window of time, in sum. */
class Metrics {
  constructor(answer) {
    this.window = answer.window;
    this.totalMessages = answer.total_messages;
    this.succeeded = answer.succeeded;
    this.failed = answer.failed;
    this.retries = answer.retries;
    this.successRate = answer.success_rate;
    this.avgLatencyMs = answer.avg_latency_ms;
  }
}

/** What happened in one bucket of a window. */
class TimeSeriesBucket {
  constructor(answer) {
    this.timestamp = moment(answer.timestamp);
    this.total = answer.total;
    this.succeeded = answer.succeeded;
    this.failed = answer.failed;
    this.retrying = answer.retrying;
    this.avgLatencyMs = answer.avg_latency_ms;
  }
}

/** What happened in a window of time, bucket by bucket. */
class TimeSeriesMetrics {
  constructor(answer) {
    this.window = answer.window;
    this.buckets = answer.buckets.map((item) => new TimeSeriesBucket(item));
  }
}

/** An API key as `listApiKeys` shows it. */
class ApiKeyInfo {
  constructor(answer) {
    this.keyId = answer.key_id;
    this.label = answer.label;
    this.prefix = answer.prefix;
    this.createdAt = moment(answer.created_at);
    this.lastUsedAt = moment(answer.last_used_at);
    this.scope = answer.scope ?? null;
  }
}

/** What `createApiKey` answers: the one time that the whole key is shown. */
class CreateApiKeyResponse {
  constructor(answer) {
    this.keyId = answer.key_id;
    secret(this, 'key', answer.key);
    this.prefix = answer.prefix;
    this.label = answer.label;
    this.createdAt = moment(answer.created_at);
    this.scope = answer.scope ?? null;
  }
}

/** A code that signs a browser in once. */
class CreateLoginCodeResponse {
  constructor(answer) {
    secret(this, 'code', answer.code);
    this.expiresAt = moment(answer.expires_at);
    this.consoles = answer.consoles;
  }
}

/** An export: a CSV file of messages. */
class ExportRecord {
  constructor(answer) {
    this.id = answer.id;
    this.projectId = answer.project_id;
    this.status = answer.status;
    this.filterStartTime = moment(answer.filter_start_time);
    this.filterEndTime = moment(answer.filter_end_time);
    this.createdAt = moment(answer.created_at);
    this.filterStatus = answer.filter_status ?? null;
    this.filterEndpointId = answer.filter_endpoint_id ?? null;
    this.rowCount = answer.row_count ?? null;
    this.fileSizeBytes = answer.file_size_bytes ?? null;
    this.errorMessage = answer.error_message ?? null;
    this.startedAt = moment(answer.started_at);
    this.completedAt = moment(answer.completed_at);
    this.expiresAt = moment(answer.expires_at);
    this.direction = answer.direction;
  }
}

/** The process that delivers from an outbox. */
class Deliverer {
  constructor(answer) {
    this.pid = answer.pid;
    this.thisEngine = answer.this_engine;
    this.since = moment(answer.since);
    this.stopped = answer.stopped;
  }
}

/** A shortage that keeps attempts waiting. */
class Shortage {
  constructor(answer) {
    this.kind = answer.kind;
    this.text = answer.text;
    this.since = moment(answer.since);
  }
}

/** How the outbox stands. */
class Stats {
  constructor(answer) {
    this.queued = answer.queued;
    this.inFlight = answer.in_flight;
    this.waitingForRetry = answer.waiting_for_retry;
    this.dead = answer.dead;
    this.oldestDueAgeSeconds = answer.oldest_due_age_seconds ?? null;
    this.bytesOnDisk = answer.bytes_on_disk;
    this.deliverer = answer.deliverer ? new Deliverer(answer.deliverer) : null;
    this.notDelivering = answer.not_delivering ?? null;
    this.shortage = answer.shortage ? new Shortage(answer.shortage) : null;
  }
}

/** Who asks, and what answers. */
class WhoAmI {
  constructor(answer) {
    this.apiKey = answer.api_key ? new ApiKeyInfo(answer.api_key) : null;
    this.scope = answer.scope;
    this.version = answer.version;
    this.pid = answer.pid;
    this.database = answer.database;
    this.delivers = answer.delivers;
    this.deliverer = answer.deliverer ? new Deliverer(answer.deliverer) : null;
    this.maxPayloadBytes = answer.max_payload_bytes;
    this.payloadRetentionHours = answer.payload_retention_hours;
    this.maxAttempts = answer.max_attempts;
  }
}

/** A change that a caller with an API key asked for. */
class Activity {
  constructor(answer) {
    this.activityId = answer.activity_id;
    this.occurredAt = moment(answer.occurred_at);
    this.operation = answer.operation;
    this.apiKeyId = answer.api_key_id;
    this.apiKeyLabel = answer.api_key_label;
    this.apiKeyPrefix = answer.api_key_prefix;
    this.endpointId = answer.endpoint_id ?? null;
    this.messageId = answer.message_id ?? null;
    this.affected = answer.affected;
    this.detail = answer.detail ?? null;
  }
}

/** A page of a list. */
class ActivityResponse extends Page {
  constructor(answer, more) {
    const items = answer.data.map((item) => new Activity(item));
    super('activities', items, answer, more);
  }
}

/** An API key. */
class ApiKeyActor {
  constructor(answer) {
    this.label = answer.label;
  }
}

/** A user. */
class UserActor {
  constructor(answer) {
    this.email = answer.email;
  }
}

/** The actors that are known. A map is present only where ids of its kind were asked for. */
class ActorLookupResult {
  constructor(answer) {
    this.apiKeys = byName(ApiKeyActor, answer.api_keys);
    this.users = byName(UserActor, answer.users);
  }
}

/**
 * Something that happened in the process that delivers, or should deliver. An event about a message is sent after its
 * outcome was recorded.
 */
class Event {
  constructor(answer) {
    this.kind = answer.kind;
    this.messageId = answer.message_id ?? null;
    this.endpointId = answer.endpoint_id ?? null;
    this.eventType = answer.event_type ?? null;
    this.attemptNo = answer.attempt_no ?? null;
    this.responseStatus = answer.response_status ?? null;
    this.errorText = answer.error_text ?? null;
    this.nextAttemptAt = moment(answer.next_attempt_at);
    this.occurredAt = moment(answer.occurred_at);
  }
}

module.exports = {
  Activity,
  ActivityResponse,
  ActorLookupResult,
  ApiKeyActor,
  ApiKeyInfo,
  AttemptRecord,
  AttemptsResponse,
  CancelAllResult,
  CheckedCondition,
  CheckedSubscription,
  CreateApiKeyResponse,
  CreateEndpointResponse,
  CreateLoginCodeResponse,
  DeadLetterGroup,
  DeadLetterGroups,
  DeleteAllResult,
  DeleteBatchItemResult,
  DeleteBatchResult,
  DeleteMessageResult,
  Deliverer,
  DlqMessagesResponse,
  Endpoint,
  EndpointHealth,
  EndpointHealthResponse,
  EndpointSummary,
  Event,
  EventDetails,
  EventMessage,
  EventRecord,
  EventResult,
  EventTypeEntry,
  Explanation,
  ExplanationReason,
  ExportRecord,
  HealthMinute,
  ListEndpointsResponse,
  ListEventTypesResponse,
  ListEventsResponse,
  LogsResponse,
  Message,
  MessagePayload,
  MessageSummary,
  Metrics,
  PauseState,
  ReplayAllMessagesResponse,
  ReplayBatchMessagesResponse,
  ReplayBatchResult,
  ReplayEventsResult,
  ReplayMessageResponse,
  RotateSecretResponse,
  SendEventResponse,
  SendEventsResponse,
  SendFailure,
  SendWebhookResponse,
  SentMessage,
  Shortage,
  SigningKey,
  Stats,
  TestDelivery,
  TimeSeriesBucket,
  TimeSeriesMetrics,
  UserActor,
  Verification,
  WhoAmI,
};
