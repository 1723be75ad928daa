// Written by `hookbridge-generate`: change the definition, not this file.

/** Durable outbound webhooks inside your process. */

declare global {
  // `await using` needs it; a program for an older library of types has no such symbol.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

/** A name, gaps in seconds, or gaps for both kinds of failure. */
export type RetrySchedule =
  'hookbridge' | 'standard-webhooks' | readonly number[] | { slow: readonly number[]; fast: readonly number[] };

/** Headers of a message or of an endpoint: an object, a `Map`, a `Headers`. */
export type HeaderInput = Record<string, string> | Iterable<[string, string]>;

/** A moment: a date, or RFC 3339 text. */
export type Moment = Date | string;

export type QueuedStatus = 'queued';

/** The state of a message. */
export type MessageStatus = 'queued' | 'delivering' | 'succeeded' | 'pending_retry' | 'failed_permanent';

/** What follows for an ordering key when one of its messages is given up. */
export type OnFailure = 'continue' | 'halt';

/** How an endpoint has answered since the process that delivers began, or since its breaker opened. */
export type EndpointStanding = 'untried' | 'failing' | 'answering' | 'unknown';

/** Whether an endpoint's breaker lets its messages through. */
export type BreakerState = 'closed' | 'open' | 'unknown';

/** Which list of the retry schedule a failure was put on. */
export type RetryType = 'fast' | 'slow';

/** What a check of a signature came to. */
export type VerificationCause =
  | 'valid'
  | 'clock_off'
  | 'header_missing'
  | 'header_malformed'
  | 'payload_written_again'
  | 'payload_space'
  | 'payload_changed'
  | 'other_endpoint'
  | 'unknown_key'
  | 'values_not_split'
  | 'secret_cut'
  | 'secret_decoded'
  | 'secret_not_decoded'
  | 'encoding_wrong'
  | 'signed_wrong';

/** One of the two signatures of a delivery. */
export type SignatureScheme = 'webhook' | 'standard';

/** Where a message is on its way. */
export type Progress = 'waiting' | 'being_attempted' | 'delivered' | 'given_up' | 'deleted';

/** A reason for where a message is. */
export type ExplanationCause =
  | 'delivered'
  | 'deleted'
  | 'given_up'
  | 'cancelled'
  | 'payload_gone'
  | 'being_attempted'
  | 'nobody_delivers'
  | 'cannot_deliver'
  | 'deliverer_stopped'
  | 'paused'
  | 'endpoint_deleted'
  | 'scheduled'
  | 'behind_in_order'
  | 'order_halted'
  | 'waits_for_retry'
  | 'shortage'
  | 'breaker_open'
  | 'rate_limited'
  | 'endpoint_busy'
  | 'slots_taken'
  | 'behind'
  | 'delivered_elsewhere'
  | 'due';

export type ReplayableMessageStatus = 'failed_permanent' | 'pending_retry';

export type ReplayOutcome = 'replayed' | 'failed' | 'stuck';

export type DeleteOutcome = 'deleted' | 'already_deleted' | 'not_found';

/** The length of time that metrics cover, which ends now. */
export type MetricsWindow = '1h' | '24h' | '7d' | '30d';

/** What a key lets its owner do at an HTTP door. */
export type ApiKeyScope = 'full' | 'read' | 'send';

/** The mode that a key's prefix names. Both modes behave alike. */
export type ApiKeyMode = 'live' | 'test';

/** The state of an export. */
export type ExportStatus = 'pending' | 'processing' | 'completed' | 'failed' | 'expired';

/** A resource of this process or machine without which no attempt can be made. */
export type ShortageKind =
  'descriptors' | 'memory' | 'local_ports' | 'threads' | 'lookup_places' | 'resolver' | 'trust_store';

/** The kind of an event. */
export type EventKind =
  | 'message_delivered'
  | 'attempt_failed'
  | 'message_dead'
  | 'not_delivering'
  | 'message_accepted'
  | 'attempt_started'
  | 'endpoint_changed';

/** The code of an error. */
export type ErrorCode =
  | 'INTERNAL_ERROR'
  | 'INVALID_REQUEST'
  | 'INVALID_HEADERS'
  | 'INVALID_ENDPOINT'
  | 'ENDPOINT_UNREACHABLE'
  | 'ENDPOINT_BLOCKED'
  | 'INVALID_STATUS'
  | 'UNAUTHORIZED'
  | 'NOT_FOUND'
  | 'ENDPOINT_NOT_FOUND'
  | 'IDEMPOTENCY_MISMATCH'
  | 'DELIVERY_IN_PROGRESS'
  | 'RETRY_IN_PROGRESS'
  | 'MAX_SIGNING_KEYS_REACHED'
  | 'CANNOT_DELETE_LAST_SIGNING_KEY'
  | 'RETENTION_EXPIRED'
  | 'PAYLOAD_UNAVAILABLE'
  | 'PAYLOAD_TOO_LARGE'
  | 'REPLAY_LIMIT_EXCEEDED'
  | 'STORAGE_UNAVAILABLE'
  | 'INVALID_CONFIGURATION'
  | 'CLOSED'
  | 'FORKED'
  | 'SCHEMA_TOO_NEW'
  | 'EXPORT_NOT_READY'
  | 'EXPORT_EXPIRED'
  | 'NETWORK_ERROR'
  | 'TIMEOUT'
  | 'RATE_LIMIT_EXCEEDED'
  | 'NOT_SUPPORTED'
  | 'FORBIDDEN'
  | 'ALREADY_EXISTS'
  | 'UNKNOWN_EVENT_TYPE'
  | 'INVALID_PAYLOAD';

/** Every setting of a client; what is not given comes from its `HOOKBRIDGE_` variable or its default. */
export interface HookBridgeOptions {
  /**
   * What a server at `baseUrl` lets its callers in by. In-process it is not needed: whoever can open the file may send.
   */
  apiKey?: string | undefined;
  /**
   * A server that speaks HookBridge's API: `https://`, or `http://` on this machine. With `database` beside it,
   * messages are committed to the file first and forwarded.
   */
  baseUrl?: string | undefined;
  /** Where messages are sent to, if elsewhere. By default `baseUrl`. */
  sendUrl?: string | undefined;
  /** Seconds for one request to the server. By default 30. */
  timeout?: number | undefined;
  /** How often a request to the server is made again. By default 3. */
  retries?: number | undefined;
  /**
   * The outbox's file, in a folder that exists, or its database, as `postgresql://user@host/name`. By default
   * `hookbridge.db`.
   */
  database?: string | URL | undefined;
  /** `full`: an accepted message survives a power cut. `normal`: it survives the process. By default `full`. */
  durability?: 'full' | 'normal' | undefined;
  /** `auto` delivers where no other process on the file does, `off` only accepts. By default `auto`. */
  delivery?: 'auto' | 'off' | undefined;
  /** Permits `http://` and loopback, private and link-local targets. By default false. */
  allowLocalEndpoints?: boolean | undefined;
  /** Whether an endpoint's host must resolve when the endpoint is created or its URL changed. By default true. */
  verifyDns?: boolean | undefined;
  /** Whether events of types that are not in the catalogue are refused. By default false. */
  strictEventTypes?: boolean | undefined;
  /** Whether events whose payload does not fit the schema of their type are refused. By default false. */
  validatePayloads?: boolean | undefined;
  /** Attempts under way at once. By default 256. */
  maxInFlight?: number | undefined;
  /** Attempts under way at once to one endpoint. By default 32. */
  maxInFlightPerEndpoint?: number | undefined;
  /** Seconds for one attempt. By default 30. */
  requestTimeout?: number | undefined;
  /** Seconds for DNS, TCP and TLS together. By default 10. */
  connectTimeout?: number | undefined;
  /**
   * When a failed message is tried again: a name, gaps in seconds, or gaps for both kinds of failure. By default
   * `hookbridge`.
   */
  retrySchedule?: RetrySchedule | undefined;
  /** Attempts before a message is given up. By default 8. */
  maxAttempts?: number | undefined;
  /** Hours that a payload is kept. By default 720. */
  payloadRetentionHours?: number | undefined;
  /** Days that a message's row is kept after it ended. By default 90. */
  rowRetentionDays?: number | undefined;
  /** The largest payload that is taken, in bytes. By default 1048576. */
  maxPayloadBytes?: number | undefined;
  /** Memory for messages that wait, in bytes. By default 67108864. */
  memoryBudgetBytes?: number | undefined;
  /**
   * Seconds that a normal exit without a close waits for what this process has accepted to be delivered. By default 2.
   */
  exitTimeout?: number | undefined;
  /** A PEM file of authorities that are trusted beside the system's. */
  caFile?: string | URL | undefined;
  /**
   * Permits `http://` to a server on another machine, over which the API key travels in the clear. By default false.
   */
  insecureBaseUrl?: boolean | undefined;
  /** Exports kept at once. Further ones are refused. By default 100. */
  maxExports?: number | undefined;
  /** Bytes of all files of exports together. By default 10737418240. */
  maxExportBytes?: number | undefined;
}

/** A payload that is a JSON document already, as text or as bytes. It is sent as it stands. */
export class RawJson {
  constructor(document: string | Uint8Array | ArrayBuffer);
  readonly document: string | Uint8Array;
}

/** A message to be sent. */
export interface SendRequest {
  /** The endpoint's id, `ep_...`. */
  endpointId: string;
  /**
   * Any value that `JSON.stringify` takes (a `BigInt` keeps its digits); a string becomes a JSON string. A `RawJson`,
   * or bytes, are a JSON document that is sent as it stands.
   */
  payload: unknown;
  /**
   * Sent with this message's deliveries, in place of the endpoint's headers of the same names. At most 50 headers and
   * 8,192 bytes.
   */
  headers?: HeaderInput | null | undefined;
  /** 1 to 255 of letters, digits, `_`, `-`. */
  idempotencyKey?: string | null | undefined;
  /** How long the payload is kept, in hours; 0 drops it right after delivery. */
  retentionHours?: number | null | undefined;
  /** Messages of the endpoint with this key are delivered one after another; at most 255 characters. */
  orderingKey?: string | null | undefined;
  /** Before when it is not delivered; at most a year ahead. */
  deliverAt?: Moment | null | undefined;
  /** After when it is not tried any more. */
  expiresAt?: Moment | null | undefined;
}

/**
 * The application's own transaction in a SQLite file that has the table `hookbridge_send`: a database of better-sqlite3 or
 * `node:sqlite`, or what the callback of a transaction of Drizzle is given.
 */
export type SqliteTransaction =
  | { prepare(source: string): { all(...values: never[]): unknown[] }; exec(source: string): unknown }
  | { all(query: never): unknown; run(query: never): unknown; rollback(): never };

/**
 * The application's own transaction: in a SQLite file, or in a PostgreSQL database that has the schema `hookbridge`, where it
 * is a client of node-postgres, or what the callback of a transaction of Prisma or Drizzle is given.
 */
export type Transaction =
  | SqliteTransaction
  | { query(config: { text: string; values: unknown[] }): PromiseLike<{ rows: unknown[] }> }
  | { $queryRawUnsafe(query: string, ...values: unknown[]): PromiseLike<unknown> }
  | { execute(query: never): PromiseLike<unknown>; rollback(): never };

/** Options of {@link HookBridge.send}. */
export interface SendOptions {
  /**
   * The message is there when this transaction commits, and never was when it rolls back. The client's own outbox is left
   * alone.
   */
  transaction?: Transaction | null | undefined;
}

/** Options of {@link HookBridge.sendSync}. */
export interface SendSyncOptions {
  /** The message is there when this transaction commits, and never was when it rolls back. */
  transaction: SqliteTransaction;
}

/** An event of {@link HookBridge.sendEventBatch}. */
export interface BatchEvent {
  /** The name of its type, such as `order.created`. */
  type: string;
  /** Any JSON value of at most 1,048,576 bytes. */
  payload: unknown;
  /** The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without a tenant. */
  tenant?: string | null | undefined;
  /**
   * Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50 headers and 8,192 bytes.
   */
  headers?: HeaderInput | null | undefined;
  /** 1 to 255 of letters, digits, `_`, `-`. Within a tenant it names one event. */
  idempotencyKey?: string | null | undefined;
  /** Messages of one endpoint with this key are delivered one after another; at most 255 characters. */
  orderingKey?: string | null | undefined;
  /** Before when it is not delivered; at most a year ahead. */
  deliverAt?: Moment | null | undefined;
  /** After when it is not tried any more. */
  expiresAt?: Moment | null | undefined;
  /** How long the payload is kept, in hours; 0 drops it once all its messages are delivered. */
  retentionHours?: number | null | undefined;
}

/** What {@link HookBridge.sendEvent} takes by name. */
export interface SendEventOptions {
  /** The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without a tenant. */
  tenant?: string | null | undefined;
  /**
   * Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50 headers and 8,192 bytes.
   */
  headers?: HeaderInput | null | undefined;
  /** 1 to 255 of letters, digits, `_`, `-`. Within a tenant it names one event. */
  idempotencyKey?: string | null | undefined;
  /** Messages of one endpoint with this key are delivered one after another; at most 255 characters. */
  orderingKey?: string | null | undefined;
  /** Before when it is not delivered; at most a year ahead. */
  deliverAt?: Moment | null | undefined;
  /** After when it is not tried any more. */
  expiresAt?: Moment | null | undefined;
  /** How long the payload is kept, in hours; 0 drops it once all its messages are delivered. */
  retentionHours?: number | null | undefined;
}

/** What {@link HookBridge.listEvents} takes by name. */
export interface ListEventsOptions {
  /** Only events of this type. */
  type?: string | null | undefined;
  /** Only events of this tenant. */
  tenant?: string | null | undefined;
  /** Only events accepted at this moment or later. */
  startTime?: Moment | null | undefined;
  /** Only events accepted before this moment. */
  endTime?: Moment | null | undefined;
  /** 1 to 500, 50 where absent. */
  limit?: number | null | undefined;
  /** The `nextCursor` of the page before. */
  cursor?: string | null | undefined;
}

/** What {@link HookBridge.getEvent} takes by name. */
export interface GetEventOptions {
  /** How many of its messages are shown: 1 to 1,000, 100 where absent. */
  limit?: number | null | undefined;
  /** The `nextCursor` of the answer before, for further messages. */
  cursor?: string | null | undefined;
}

/** What {@link HookBridge.replayEvents} takes by name. */
export interface ReplayEventsOptions {
  /** Only events accepted before this moment. */
  before?: Moment | null | undefined;
  /** Only events of this type. */
  type?: string | null | undefined;
  /** Messages a second, 1 to 1,000: they are spread over the time that this takes. Absent is at once. */
  rate?: number | null | undefined;
  /** How many events one call replays: 1 to 1,000, 100 where absent. */
  limit?: number | null | undefined;
  /** The `nextCursor` of the call before. */
  cursor?: string | null | undefined;
  /** Only says what would be done. */
  dryRun?: boolean | null | undefined;
}

/** What {@link HookBridge.checkSubscription} takes by name. */
export interface CheckSubscriptionOptions {
  /** The endpoint whose patterns and filter are tried where none are given here. */
  endpointId?: string | null | undefined;
  /** Patterns of types, in place of the endpoint's. */
  eventTypes?: readonly string[] | null | undefined;
  /** Conditions on the payload, in place of the endpoint's. */
  filter?: unknown | null | undefined;
}

/** What {@link HookBridge.createEventType} takes by name. */
export interface CreateEventTypeOptions {
  /** For people; at most 500 characters. */
  description?: string | null | undefined;
  /**
   * The JSON schema (2020-12) of its payloads, at most 65,536 bytes. References to other documents are not followed.
   */
  schema?: unknown | null | undefined;
  /** A payload that fits the schema, for whoever writes a receiver. */
  example?: unknown | null | undefined;
  /** Whether receivers should not rely on it any more. */
  deprecated?: boolean | null | undefined;
}

/** What {@link HookBridge.listEventTypes} takes by name. */
export interface ListEventTypesOptions {
  /** 1 to 500, 100 where absent. */
  limit?: number | null | undefined;
  /** The `nextCursor` of the page before. */
  cursor?: string | null | undefined;
}

/** What {@link HookBridge.updateEventType} takes by name. */
export interface UpdateEventTypeOptions {
  /** At most 500 characters; `""` is none. */
  description?: string | null | undefined;
  /** As for a new type; null is none. */
  schema?: unknown | null | undefined;
  /** As for a new type; null is none. */
  example?: unknown | null | undefined;
  /** Whether receivers should not rely on it any more. */
  deprecated?: boolean | null | undefined;
}

/** What {@link HookBridge.createEndpoint} takes by name. */
export interface CreateEndpointOptions {
  /** At most 500 characters; `""` is none. */
  description?: string | null | undefined;
  /** Deliveries a second, 0 to 1,000; 0 is unlimited. */
  rateLimitRps?: number | null | undefined;
  /** Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as `rateLimitRps`. */
  burst?: number | null | undefined;
  /** Sent with every delivery. They are replaced whole; `{}` is none. */
  headers?: HeaderInput | null | undefined;
  /** Replaces the engine's schedule; an empty list is none. */
  retrySchedule?: RetrySchedule | null | undefined;
  /** Replaces the engine's number of attempts, 0 to 100; 0 is the engine's. */
  maxAttempts?: number | null | undefined;
  /** The customer it belongs to, whose events it gets; at most 128 characters, `""` is none. */
  tenant?: string | null | undefined;
  /** The events that it wants: at most 100 patterns of types, such as `order.*`. `[]` is every type. */
  eventTypes?: readonly string[] | null | undefined;
  /**
   * Conditions on an event's payload, all of which must hold: at most 20, each with a JSON `pointer` and one of
   * `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
   */
  filter?: unknown | null | undefined;
  /**
   * What follows for an ordering key when one of its messages is given up: `continue` with the next, or `halt` until a
   * person replays or deletes it.
   */
  onFailure?: OnFailure | null | undefined;
}

/** What {@link HookBridge.listEndpoints} takes by name. */
export interface ListEndpointsOptions {
  /** 1 to 100, 50 where absent. */
  limit?: number | null | undefined;
  /** The `nextCursor` of the page before. */
  cursor?: string | null | undefined;
  /** Only endpoints of this tenant. */
  tenant?: string | null | undefined;
}

/** What {@link HookBridge.updateEndpoint} takes by name. */
export interface UpdateEndpointOptions {
  /** As for a new endpoint. */
  url?: string | null | undefined;
  /** At most 500 characters; `""` is none. */
  description?: string | null | undefined;
  /** Deliveries a second, 0 to 1,000; 0 is unlimited. */
  rateLimitRps?: number | null | undefined;
  /** Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as `rateLimitRps`. */
  burst?: number | null | undefined;
  /** Sent with every delivery. They are replaced whole; `{}` is none. */
  headers?: HeaderInput | null | undefined;
  /** Replaces the engine's schedule; an empty list or null clears it. */
  retrySchedule?: RetrySchedule | null | undefined;
  /** Replaces the engine's number of attempts, 0 to 100; 0 is the engine's. */
  maxAttempts?: number | null | undefined;
  /** The customer it belongs to, whose events it gets; at most 128 characters, `""` is none. */
  tenant?: string | null | undefined;
  /** The events that it wants: at most 100 patterns of types, such as `order.*`. `[]` is every type. */
  eventTypes?: readonly string[] | null | undefined;
  /**
   * Conditions on an event's payload, all of which must hold: at most 20, each with a JSON `pointer` and one of
   * `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
   */
  filter?: unknown | null | undefined;
  /**
   * What follows for an ordering key when one of its messages is given up: `continue` with the next, or `halt` until a
   * person replays or deletes it.
   */
  onFailure?: OnFailure | null | undefined;
}

/** What {@link HookBridge.getEndpointHealth} takes by name. */
export interface GetEndpointHealthOptions {
  /** Only endpoints of this tenant. */
  tenant?: string | null | undefined;
  /** 1 to 100, 50 where absent. */
  limit?: number | null | undefined;
  /** The `nextCursor` of the page before. */
  cursor?: string | null | undefined;
}

/** What {@link HookBridge.testEndpoint} takes by name. */
export interface TestEndpointOptions {
  /**
   * A JSON document as a text, at most 1,048,576 bytes, which is sent byte for byte; where absent, a small one that
   * says that it is a test.
   */
  payload?: string | null | undefined;
}

/** What {@link HookBridge.verifyEndpointSignature} takes by name. */
export interface VerifyEndpointSignatureOptions {
  /** The headers of the delivery as they were received. Those of the signatures are looked at, whatever their case. */
  headers: HeaderInput;
  /** The body as it was received, at most 1,048,576 bytes. */
  body: string;
  /** What the receiver's own code made of it, to be told which mistake makes that. */
  computed?: string | null | undefined;
}

/** What {@link HookBridge.replayAllMessages} takes by name. */
export interface ReplayAllMessagesOptions {
  /** Only messages of this endpoint. */
  endpointId?: string | null | undefined;
  /** 1 to 1,000, 100 where absent. */
  limit?: number | null | undefined;
  /** Only messages accepted at this moment or later. */
  createdAfter?: Moment | null | undefined;
  /** Only messages accepted before this moment. */
  createdBefore?: Moment | null | undefined;
  /** Only messages whose last failure has this cause, in the words of `getDlqGroups`. */
  cause?: string | null | undefined;
  /** Changes nothing, and answers what would happen. */
  dryRun?: boolean | null | undefined;
  /** The `nextCursor` of the call before: goes on behind what that one has looked at. */
  cursor?: string | null | undefined;
}

/** What {@link HookBridge.cancelAllMessages} takes by name. */
export interface CancelAllMessagesOptions {
  /** Only messages of this endpoint. */
  endpointId?: string | null | undefined;
  /** Only messages accepted at this moment or later. */
  createdAfter?: Moment | null | undefined;
  /** Only messages accepted before this moment. */
  createdBefore?: Moment | null | undefined;
  /** 1 to 1,000, 1,000 where absent. */
  limit?: number | null | undefined;
  /** Only messages whose last failure has this cause, in the words of `getDlqGroups`. */
  cause?: string | null | undefined;
  /** Changes nothing, and answers what would happen. */
  dryRun?: boolean | null | undefined;
  /** The `nextCursor` of the call before: goes on behind what that one has looked at. */
  cursor?: string | null | undefined;
}

/** What {@link HookBridge.deleteMessagesAll} takes by name. */
export interface DeleteMessagesAllOptions {
  /** Only messages with one of these statuses; all where empty. */
  status?: MessageStatus | readonly MessageStatus[] | null | undefined;
  /** Only messages of this endpoint. */
  endpointId?: string | null | undefined;
  /** Only messages accepted at this moment or later. */
  createdAfter?: Moment | null | undefined;
  /** Only messages accepted before this moment. */
  createdBefore?: Moment | null | undefined;
  /** 1 to 1,000, 1,000 where absent. */
  limit?: number | null | undefined;
  /** Only messages whose last failure has this cause, in the words of `getDlqGroups`. */
  cause?: string | null | undefined;
  /** Changes nothing, and answers what would happen. */
  dryRun?: boolean | null | undefined;
  /** The `nextCursor` of the call before: goes on behind what that one has looked at. */
  cursor?: string | null | undefined;
}

/** What {@link HookBridge.getLogs} takes by name. */
export interface GetLogsOptions {
  /** Only messages with one of these statuses. */
  status?: MessageStatus | readonly MessageStatus[] | null | undefined;
  /** Only messages accepted at this moment or later. */
  startTime?: Moment | null | undefined;
  /** Only messages accepted before this moment. */
  endTime?: Moment | null | undefined;
  /** 1 to 500, 50 where absent. */
  limit?: number | null | undefined;
  /** The `nextCursor` of the page before. */
  cursor?: string | null | undefined;
  /** Only messages of this endpoint. */
  endpointId?: string | null | undefined;
  /** Only the message with this id, or messages with this text in their idempotency key. */
  q?: string | null | undefined;
  /** Only messages with this text in their last error. */
  error?: string | null | undefined;
  /** Only messages whose last failure has this cause, in the words of `getDlqGroups`. */
  cause?: string | null | undefined;
  /** Only messages of events of this type. */
  eventType?: string | null | undefined;
  /** Only messages of events of this tenant. */
  tenant?: string | null | undefined;
  /** Only messages with this ordering key. */
  orderingKey?: string | null | undefined;
}

/** What {@link HookBridge.getDlqMessages} takes by name. */
export interface GetDlqMessagesOptions {
  /** 1 to 1,000, 100 where absent. */
  limit?: number | null | undefined;
  /** The `nextCursor` of the page before. */
  cursor?: string | null | undefined;
  /** Only messages of this endpoint. */
  endpointId?: string | null | undefined;
  /** Only messages with this cause, in the words of `getDlqGroups`. */
  cause?: string | null | undefined;
  /** Only messages accepted at this moment or later. */
  startTime?: Moment | null | undefined;
  /** Only messages accepted before this moment. */
  endTime?: Moment | null | undefined;
}

/** What {@link HookBridge.getDlqGroups} takes by name. */
export interface GetDlqGroupsOptions {
  /** Only messages of this endpoint. */
  endpointId?: string | null | undefined;
  /** The `nextCursor` of the call before. */
  cursor?: string | null | undefined;
}

/** What {@link HookBridge.getMetrics} takes by name. */
export interface GetMetricsOptions {
  /** Only messages and attempts of this endpoint. */
  endpointId?: string | null | undefined;
}

/** What {@link HookBridge.getTimeseriesMetrics} takes by name. */
export interface GetTimeseriesMetricsOptions {
  /** Only messages and attempts of this endpoint. */
  endpointId?: string | null | undefined;
}

/** What {@link HookBridge.createApiKey} takes by name. */
export interface CreateApiKeyOptions {
  /** A label for people, at most 255 characters. */
  label?: string | null | undefined;
  /** What the key lets its owner do over HTTP, `full` where absent. */
  scope?: ApiKeyScope | null | undefined;
}

/** What {@link HookBridge.createExport} takes by name. */
export interface CreateExportOptions {
  /** Messages accepted at this moment or later. */
  startTime: Moment;
  /** Messages accepted before this moment. */
  endTime: Moment;
  /** Only messages with this status. */
  status?: MessageStatus | null | undefined;
  /** Only messages of this endpoint, which may have been deleted. */
  endpointId?: string | null | undefined;
}

/** What {@link HookBridge.listActivity} takes by name. */
export interface ListActivityOptions {
  /** 1 to 500, 50 where absent. */
  limit?: number | null | undefined;
  /** The `nextCursor` of the page before. */
  cursor?: string | null | undefined;
}

/** What {@link HookBridge.lookupActors} takes by name. */
export interface LookupActorsOptions {
  /** Ids of users. An outbox has none, so none is found. */
  userIds?: readonly string[] | null | undefined;
  /** Ids of API keys: `key_...`. */
  apiKeyIds?: readonly string[] | null | undefined;
}

/** A page of a list: its items, by number and in order, and the way to the next page. */
export interface Page<T> extends Iterable<T> {
  /** How many items this page has. */
  readonly length: number;
  readonly [index: number]: T;
  /** Whether a further page exists. */
  hasMore: boolean;
  /** Where the next page begins; null on the last. */
  nextCursor: string | null;
  /** An item by its number; negative numbers count from the end. */
  at(index: number): T | undefined;
  /** The page after this one; null where this is the last. */
  nextPage(): Promise<this | null>;
}

/** A message that was accepted: it is on disk. */
export interface SendWebhookResponse {
  /** The id under which the message is delivered. */
  messageId: string;
  /** Always `queued`. */
  status: QueuedStatus;
}

/** A message that an event made. */
export interface SentMessage {
  /** The id under which it is delivered. */
  messageId: string;
  /** The endpoint it goes to. */
  endpointId: string;
}

/** An event that was accepted: it is on disk with all its messages. */
export interface SendEventResponse {
  /** The event's id, `evt_...`. */
  eventId: string;
  /**
   * How many endpoints want it. 0 is no error: the event is kept, and can be replayed to an endpoint that comes later.
   * Absent in a relay, whose server knows the endpoints.
   */
  matched: number | null;
  /** Its messages, one for each endpoint. */
  messages: SentMessage[];
}

/** Why a message of a batch was refused. */
export interface SendFailure {
  /** The error's code, for programs. */
  code: string;
  /** The error's sentence, for people. */
  message: string;
}

/** The result for one event of a batch: a receipt, or why it was refused. */
export interface EventResult {
  /** Why it was refused, which does not affect the other events; null where it was accepted. */
  error: SendFailure | null;
  /** The event's id; null where it was refused. */
  eventId: string | null;
  /** How many endpoints want it; null where it was refused, and in a relay. */
  matched: number | null;
  /** Its messages; null where it was refused. */
  messages: SentMessage[] | null;
}

/** What `sendEventBatch` answers: a result for each event, in order. */
export interface SendEventsResponse {
  /** One result for each event of the request, in its order. */
  results: EventResult[];
}

/** An event, without its payload. */
export interface EventRecord {
  /** The event's id, `evt_...`. */
  eventId: string;
  /** The name of its type. */
  type: string;
  /** The customer whose endpoints it went to; null where the producer named none. */
  tenant: string | null;
  /** The producer's idempotency key; null where it gave none. */
  idempotencyKey: string | null;
  /** Its messages to one endpoint are delivered in order with others of this key; null where the producer gave none. */
  orderingKey: string | null;
  /** The size of the payload. */
  sizeBytes: number;
  /** Hex SHA-256 of the payload. */
  payloadSha256: string;
  /** When it was accepted. */
  createdAt: Date;
  /** Before when its messages are not delivered. */
  deliverAt: Date | null;
  /** After when its messages are not tried any more. */
  expiresAt: Date | null;
  /** How many endpoints wanted it when it was accepted. */
  matched: number;
  /** Whether its payload is still kept. */
  hasPayload: boolean;
}

/** A page of a list. */
export interface ListEventsResponse extends Page<EventRecord> {
  /** The items of this page. */
  events: EventRecord[];
}

/** A message of an event. */
export interface EventMessage {
  /** The message's id. */
  messageId: string;
  /** The endpoint it goes to. */
  endpointId: string;
  /** The message's state. */
  status: MessageStatus;
}

/** An event with its messages. */
export interface EventDetails {
  /** The event's id, `evt_...`. */
  eventId: string;
  /** The name of its type. */
  type: string;
  /** The customer whose endpoints it went to; null where the producer named none. */
  tenant: string | null;
  /** The producer's idempotency key; null where it gave none. */
  idempotencyKey: string | null;
  /** Its messages to one endpoint are delivered in order with others of this key; null where the producer gave none. */
  orderingKey: string | null;
  /** The size of the payload. */
  sizeBytes: number;
  /** Hex SHA-256 of the payload. */
  payloadSha256: string;
  /** When it was accepted. */
  createdAt: Date;
  /** Before when its messages are not delivered. */
  deliverAt: Date | null;
  /** After when its messages are not tried any more. */
  expiresAt: Date | null;
  /** How many endpoints wanted it when it was accepted. */
  matched: number;
  /** Whether its payload is still kept. */
  hasPayload: boolean;
  /** Its messages, those of the oldest endpoint first. */
  messages: EventMessage[];
  /** Whether it has further messages. */
  hasMore: boolean;
  /** What to pass as `cursor` for them; null where there are none. */
  nextCursor: string | null;
}

/** What `replayEvents` answers. */
export interface ReplayEventsResult {
  /** How many events got a message for the endpoint, or would get one. */
  replayed: number;
  /** Those events, oldest first. */
  eventIds: string[];
  /** The messages that were made; empty in a dry run. */
  messageIds: string[];
  /** How many events this call looked at. */
  examined: number;
  /** Over how many seconds the messages are spread by `rate`. The next call should come no sooner. */
  spreadOverSeconds: number;
  /** Whether this was a dry run. */
  dryRun: boolean;
  /** Whether there may be further events. */
  hasMore: boolean;
  /** What to pass as `cursor` to go on; null where nothing is left. */
  nextCursor: string | null;
}

/** A condition, and what it found. */
export interface CheckedCondition {
  /** The place. */
  pointer: string;
  /** Whether the condition holds. */
  holds: boolean;
  /** What the sample has there, as JSON; null where it has nothing. */
  found: string | null;
}

/** What `checkSubscription` answers. */
export interface CheckedSubscription {
  /** Whether an event like the sample would be delivered. */
  wanted: boolean;
  /** Whether the patterns take its type. */
  typeTaken: boolean;
  /** The conditions of the filter, in order. */
  conditions: CheckedCondition[];
}

/** A type of event in the catalogue. */
export interface EventTypeEntry {
  /** The name, such as `order.created`. */
  name: string;
  /** For people; at most 500 characters. */
  description: string | null;
  /** The JSON schema (2020-12) of its payloads. */
  schema: unknown | null;
  /** A payload, for whoever writes a receiver. */
  example: unknown | null;
  /** Whether receivers should not rely on it any more. It is sent all the same. */
  deprecated: boolean;
  /** When it was made. */
  createdAt: Date;
  /** When it last changed. */
  updatedAt: Date;
}

/** A page of a list. */
export interface ListEventTypesResponse extends Page<EventTypeEntry> {
  /** The items of this page. */
  eventTypes: EventTypeEntry[];
}

/** A new endpoint. Its signing secret is shown only here. */
export interface CreateEndpointResponse {
  /** The endpoint's id, `ep_...`. */
  id: string;
  /** The normalised URL. */
  url: string;
  /** The secret that deliveries are signed with, `whsec_...`. */
  signingSecret: string;
  /** When the endpoint was made. */
  createdAt: Date;
  /** The owner's words. */
  description: string | null;
  /** The signing key's id, `sk_...`. */
  signingKeyId: string;
  /** The last four characters of the secret. */
  keyHint: string;
}

/** An endpoint in a list. */
export interface EndpointSummary {
  /** The endpoint's id, `ep_...`. */
  id: string;
  /** Where deliveries are posted to. */
  url: string;
  /** When it was made. */
  createdAt: Date;
  /** Whether deliveries are held. */
  paused: boolean;
  /** The owner's words. */
  description: string | null;
  /** The customer it belongs to. */
  tenant: string | null;
}

/** A page of a list. */
export interface ListEndpointsResponse extends Page<EndpointSummary> {
  /** The items of this page. */
  endpoints: EndpointSummary[];
}

/** An endpoint, without its signing keys. */
export interface Endpoint {
  /** The endpoint's id, `ep_...`. */
  id: string;
  /** Where deliveries are posted to. */
  url: string;
  /** When it was made. */
  createdAt: Date;
  /** When it last changed. */
  updatedAt: Date;
  /** Whether deliveries are held. */
  paused: boolean;
  /** The owner's words, at most 500 characters. */
  description: string | null;
  /** Deliveries a second, 1 to 1,000; null is unlimited. */
  rateLimitRps: number | null;
  /** Deliveries at once within the rate limit, 1 to 10,000; null is `rateLimitRps`. */
  burst: number | null;
  /** Sent with every delivery. */
  headers: Record<string, string> | null;
  /** Replaces the engine's schedule. */
  retrySchedule: RetrySchedule | null;
  /** Replaces the engine's number of attempts, 1 to 100. */
  maxAttempts: number | null;
  /** The customer it belongs to, whose events it gets; null for the producer's own. */
  tenant: string | null;
  /** The events that it wants: patterns of types; null is every type. */
  eventTypes: string[] | null;
  /** Conditions on an event's payload, all of which must hold. */
  filter: unknown | null;
  /** What follows for an ordering key when one of its messages is given up; null is `continue`. */
  onFailure: OnFailure | null;
}

/** Whether an endpoint's deliveries are held. */
export interface PauseState {
  /** The endpoint's id, `ep_...`. */
  id: string;
  /** Whether deliveries are held now. */
  paused: boolean;
  /** After a resume: how many messages had come due meanwhile. */
  messagesRequeued: number | null;
}

/** What happened at an endpoint in a minute. */
export interface HealthMinute {
  /** When the minute begins. */
  at: Date;
  /** Successful deliveries. */
  succeeded: number;
  /** Messages given up after an attempt. */
  failed: number;
  /** Failed attempts that another was to follow. */
  retries: number;
}

/** How an endpoint is doing. */
export interface EndpointHealth {
  /** The endpoint's id. */
  endpointId: string;
  /** Its URL. */
  url: string;
  /** The customer it belongs to; null where it belongs to none. */
  tenant: string | null;
  /** Whether its deliveries are held. */
  paused: boolean;
  /** How it has answered. */
  standing: EndpointStanding;
  /** Whether its breaker is open. */
  breaker: BreakerState;
  /** When the next attempt probes it, while its breaker is open. */
  probesAt: Date | null;
  /** Attempts under way; null where another process delivers. */
  inFlight: number | null;
  /** How many attempts may be under way now; null where another process delivers, or nothing was to be delivered. */
  limit: number | null;
  /** How many attempts the rate limit lets begin at once; null without one. */
  tokens: number | null;
  /** Messages that were accepted or replayed and not attempted since. Those in flight are among them. */
  queued: number;
  /** Messages that failed and will be tried again. */
  waitingForRetry: number;
  /** Messages in the dead letter queue. */
  dead: number;
  /** When it last took a message, to the minute; to the hour or the day where that is long ago. */
  lastSuccessAt: Date | null;
  /** When an attempt last failed, alike. */
  lastFailureAt: Date | null;
  /** The last 60 minutes, the current one last. */
  minutes: HealthMinute[];
}

/** A page of a list. */
export interface EndpointHealthResponse extends Page<EndpointHealth> {
  /** The items of this page. */
  endpoints: EndpointHealth[];
}

/** One attempt at a delivery. Times are whole milliseconds. */
export interface AttemptRecord {
  /** A UUIDv7. */
  id: string;
  /** 1 for the first attempt of the message; goes on counting after a replay. */
  attemptNo: number;
  /** When the attempt began. */
  createdAt: Date;
  /** The receiver's status; null where no answer came. */
  responseStatus: number | null;
  /** From the beginning of the attempt to the end of the answer or of the failure. */
  responseLatencyMs: number | null;
  /** From the moment the message was due to the beginning of the attempt. */
  processingMs: number | null;
  /** What went wrong, for people. */
  errorText: string | null;
  /** The answer's headers. The values of a repeated name are joined by a comma. */
  responseHeaders: Record<string, string> | null;
  /** Which list of the schedule the next attempt follows. */
  retryType: RetryType | null;
  /** The delay until the next attempt. */
  retryAfterSeconds: number | null;
  /** The address that was connected to or refused. */
  resolvedIp: string | null;
  /** The headers sent. The value of `Authorization` is masked. */
  requestHeaders: Record<string, string> | null;
  /** Resolving the host; null on a reused connection. */
  dnsMs: number | null;
  /** Connecting; null on a reused connection. */
  tcpConnectMs: number | null;
  /** The TLS handshake; null on a reused connection and without TLS. */
  tlsHandshakeMs: number | null;
  /** From the request being ready to be written to the answer's headers. */
  ttfbMs: number | null;
  /** From the answer's headers to its last byte. */
  transferMs: number | null;
  /** Whether a kept connection served. */
  connReused: boolean | null;
  /** Whether the answer's body was longer than the kept part. */
  responseBodyTruncated: boolean | null;
  /** The beginning of the answer's body as text, at most 64 KiB of it. */
  responseBody: string | null;
  /**
   * Something unusual that neither the status nor the error says: a body that was cut off or ended badly, a dead kept
   * connection that a fresh one replaced.
   */
  note: string | null;
}

/** What a test delivery came to. */
export interface TestDelivery {
  /** The id that was sent. No message has it. */
  messageId: string;
  /** Whether the receiver answered 2xx. */
  delivered: boolean;
  /** What was sent. */
  payload: string;
  /** The attempt. */
  attempt: AttemptRecord;
}

/** What a check of a signature came to. */
export interface Verification {
  /**
   * Whether a key of the endpoint made the signature of this body at about this time, and the computed value, if one
   * was given, is right.
   */
  valid: boolean;
  /** What is right or wrong, for programs. */
  cause: VerificationCause;
  /** What it means and what to do, for people. */
  sentence: string;
  /** The signature that was looked at; null where there is none. */
  scheme: SignatureScheme | null;
  /** The endpoint's key that made it; null where none did. */
  keyId: string | null;
  /** The time that was signed. */
  signedAt: Date | null;
}

/** A signing key as `listEndpointSigningKeys` shows it, without its secret. */
export interface SigningKey {
  /** The signing key's id, `sk_...`. */
  id: string;
  /** The last four characters of the secret. */
  keyHint: string;
  /** When it was made. */
  createdAt: Date;
}

/** What `createEndpointSigningKey` answers: the one time that the secret is shown. */
export interface RotateSecretResponse {
  /** The signing key's id, `sk_...`. */
  id: string;
  /** `whsec_...`, shown only here. */
  signingSecret: string;
  /** The last four characters of the secret. */
  keyHint: string;
  /** When it was made. */
  createdAt: Date;
}

/** A message, without its payload. */
export interface Message {
  /** A UUIDv7. */
  id: string;
  /** Always `proj_default`. */
  projectId: string;
  /** The endpoint it goes to. */
  endpointId: string;
  /** The message's state. */
  status: MessageStatus;
  /** Attempts that ended. */
  attemptCount: number;
  /** Replays by `replay`, `replayAllMessages` and `replayBatchMessages`, at most 10. */
  replayCount: number;
  /** Always `application/json`. */
  contentType: string;
  /** The size of the payload. */
  sizeBytes: number;
  /** Hex SHA-256 of the payload. */
  payloadSha256: string;
  /** When it was accepted. */
  createdAt: Date;
  /** When it last changed. */
  updatedAt: Date;
  /** The producer's idempotency key; null where it gave none. */
  idempotencyKey: string | null;
  /** When the next attempt is due, while `pending_retry` or scheduled. */
  nextAttemptAt: Date | null;
  /** What the last failed attempt said. */
  lastError: string | null;
  /** The receiver's status in the last attempt; null where that attempt got no answer. */
  responseStatus: number | null;
  /** How long the last attempt took, in milliseconds. */
  responseLatencyMs: number | null;
  /** When it was deleted. */
  deletedAt: Date | null;
  /** The API key of the caller that deleted it; null where the door asks for none. */
  deletedByApiKeyId: string | null;
  /** When the first attempt began. */
  firstAttemptAt: Date | null;
  /** When it was delivered. */
  deliveredAt: Date | null;
  /** When it was given up. */
  failedAt: Date | null;
  /** From acceptance to the first attempt, in milliseconds. */
  queueWaitMs: number | null;
  /** From acceptance to success, in milliseconds. */
  totalDeliveryMs: number | null;
  /** When the payload is dropped at the latest; null once it is gone. */
  payloadExpiresAt: Date | null;
  /** The event that it belongs to; null for a message that was sent to one endpoint. */
  eventId: string | null;
  /** The type of that event. */
  eventType: string | null;
  /** Messages of the endpoint with this key are delivered one after another. */
  orderingKey: string | null;
  /** Before when it is not delivered. */
  deliverAt: Date | null;
  /** After when it is not tried any more. */
  expiresAt: Date | null;
}

/** A page of a list. */
export interface AttemptsResponse extends Page<AttemptRecord> {
  /** The items of this page. */
  attempts: AttemptRecord[];
}

/** A message's payload and what is sent beside it. */
export interface MessagePayload {
  /** The message's id. */
  messageId: string;
  /** The endpoint it goes to. */
  endpointId: string;
  /** Always `application/json`. */
  contentType: string;
  /** The JSON document as a text, byte for byte as it was accepted: what is read into numbers may lose digits. */
  payload: string;
  /** The size of the payload. */
  sizeBytes: number;
  /** Hex SHA-256 of the payload. */
  payloadSha256: string;
  /** The message's own headers; null where it has none. */
  headers: Record<string, string> | null;
  /** When the payload is dropped at the latest. */
  payloadExpiresAt: Date | null;
}

/** One reason, with what belongs to it. */
export interface ExplanationReason {
  /** The reason, for programs. */
  cause: ExplanationCause;
  /** The reason, for people. */
  sentence: string;
  /** When the reason ends, or at the latest; null where that is not known. */
  until: Date | null;
  /** How many: attempts made, attempts under way, or messages before it. */
  count: number | null;
  /** How many there may be: attempts in all, or under way. */
  limit: number | null;
  /** The process that is meant. */
  pid: number | null;
  /** The message that is meant. */
  messageId: string | null;
}

/** Why a message is where it is. */
export interface Explanation {
  /** The message's id. */
  messageId: string;
  /** The endpoint it goes to. */
  endpointId: string;
  /** Where it is. */
  progress: Progress;
  /** The first of the reasons, for people. */
  sentence: string;
  /** Every reason, what decides most first. */
  reasons: ExplanationReason[];
  /** When it goes on; null where that takes a person, or is not known. */
  changesAt: Date | null;
}

/** A message that is queued again. */
export interface ReplayMessageResponse {
  /** The message's id, which stays. */
  messageId: string;
  /** Always `queued`. */
  status: MessageStatus;
}

/** What a replay by a filter came to. */
export interface ReplayAllMessagesResponse {
  /** How many messages are queued again. */
  replayed: number;
  /** How many were refused because of their state or their payload's retention. */
  failed: number;
  /** Always 0: a replay is one transaction, so no message is left halfway. */
  stuck: number;
  /** The messages that are queued again. */
  replayedMessageIds: string[];
  /** Always empty. */
  stuckMessageIds: string[];
  /** How many were refused, by the code of their error; null where an older server answered. */
  refused: Record<string, number> | null;
  /** Whether nothing was changed, and this is what would happen; null where an older server answered. */
  dryRun: boolean | null;
  /** What to pass as `cursor` to go on; null where nothing is left. */
  nextCursor: string | null;
}

/** What a cancel by a filter came to. */
export interface CancelAllResult {
  /** How many messages were given up. */
  cancelled: number;
  /** Their ids. */
  cancelledMessageIds: string[];
  /** How many were refused, by the code of their error. */
  refused: Record<string, number>;
  /** Whether nothing was changed, and this is what would happen. */
  dryRun: boolean;
  /** What to pass as `cursor` to go on; null where nothing is left. */
  nextCursor: string | null;
}

/** What became of one message of a replay. */
export interface ReplayBatchResult {
  /** The id as the request gave it. */
  messageId: string;
  /** `replayed` or `failed`. */
  status: ReplayOutcome;
  /** Why the message was not replayed. */
  error: string | null;
}

/** What a replay of named messages came to. */
export interface ReplayBatchMessagesResponse {
  /** How many messages are queued again. */
  replayed: number;
  /** How many were refused. */
  failed: number;
  /** Always 0. */
  stuck: number;
  /** One result for each id of the request, in its order. */
  results: ReplayBatchResult[];
}

/** A message that was deleted, now or before. */
export interface DeleteMessageResult {
  /** The message's id. */
  messageId: string;
  /** When the message was first deleted. */
  deletedAt: Date;
  /** Whether it had been deleted before. */
  alreadyDeleted: boolean;
}

/** What became of one message of a delete. */
export interface DeleteBatchItemResult {
  /** The id as the request gave it. */
  messageId: string;
  /** `deleted`, `already_deleted` or `not_found`. */
  outcome: DeleteOutcome;
  /** When the message was first deleted. */
  deletedAt: Date | null;
}

/** What a delete of named messages came to. */
export interface DeleteBatchResult {
  /** One result for each id of the request, in its order. */
  results: DeleteBatchItemResult[];
  /** How many messages this request deleted. */
  deletedCount: number;
  /** How many had been deleted before. */
  alreadyDeletedCount: number;
  /** How many ids are unknown. */
  notFoundCount: number;
}

/** What a delete by a filter came to. Where `deleted` is the limit there may be more. */
export interface DeleteAllResult {
  /** How many messages were deleted. */
  deleted: number;
  /** Their ids. */
  deletedMessageIds: string[];
  /** Whether nothing was changed, and this is what would happen; null where an older server answered. */
  dryRun: boolean | null;
  /** What to pass as `cursor` to go on; null where nothing is left. */
  nextCursor: string | null;
}

/** One line of the logs or of the dead letter queue. */
export interface MessageSummary {
  /** A UUIDv7. */
  messageId: string;
  /** The endpoint's URL, not its id. */
  endpoint: string;
  /** The message's state. */
  status: MessageStatus;
  /** Attempts that ended. */
  attemptCount: number;
  /** When it was accepted. */
  createdAt: Date;
  /** When it was delivered. */
  deliveredAt: Date | null;
  /** When the next attempt is due, while `pending_retry` or scheduled. */
  nextAttemptAt: Date | null;
  /** The receiver's status in the last attempt; null where that attempt got no answer. */
  responseStatus: number | null;
  /** How long the last attempt took, in milliseconds. */
  responseLatencyMs: number | null;
  /** What the last failed attempt said. */
  lastError: string | null;
  /** When it was deleted. */
  deletedAt: Date | null;
  /** When it was given up. */
  failedAt: Date | null;
  /** The endpoint's id; null where an older server answered. */
  endpointId: string | null;
  /** The type of the event that it belongs to; null for a message that was sent to one endpoint. */
  eventType: string | null;
}

/** A page of a list. */
export interface LogsResponse extends Page<MessageSummary> {
  /** The items of this page. */
  messages: MessageSummary[];
  /**
   * How far back was looked, where a page is short and has more behind it: the moment at which the last message that
   * was looked at was accepted.
   */
  searchedTo: Date | null;
}

/** A page of a list. */
export interface DlqMessagesResponse extends Page<MessageSummary> {
  /** The items of this page. */
  messages: MessageSummary[];
}

/** Dead letters with one cause at one endpoint. */
export interface DeadLetterGroup {
  /** `HTTP 503` where the receiver answered, else the text of the error without numbers and addresses. */
  cause: string;
  /** The endpoint. */
  endpointId: string;
  /** The endpoint's URL. */
  endpoint: string;
  /** How many messages. */
  count: number;
  /** When the first of them was given up. */
  firstFailedAt: Date;
  /** When the last of them was given up. */
  lastFailedAt: Date;
  /** The newest of them. */
  messageId: string;
  /** What its last attempt said, whole. */
  lastError: string | null;
}

/**
 * What `getDlqGroups` answers. Where there is more, the further messages have groups of their own: those with the same
 * cause and endpoint belong together.
 */
export interface DeadLetterGroups {
  /** The largest first. */
  groups: DeadLetterGroup[];
  /** How many dead letters were read: at most 10,000. */
  read: number;
  /** Whether there are more. */
  hasMore: boolean;
  /** What to pass as `cursor` to go on; null where all were read. */
  nextCursor: string | null;
}

/** What happened in a window of time, in sum. */
export interface Metrics {
  /** The window asked for. */
  window: MetricsWindow;
  /** Messages accepted. A replay, and a send that an idempotency key answered, accept none. */
  totalMessages: number;
  /** Successful deliveries; a message that is replayed may have several. */
  succeeded: number;
  /** Messages given up after an attempt; not those that were cancelled, deleted or ran out of retention. */
  failed: number;
  /** Failed attempts that another was to follow. */
  retries: number;
  /**
   * `succeeded` divided by `totalMessages`, 0 to 1; 0 where no message was accepted. 1 where more messages succeeded
   * than were accepted, as after an outage whose messages were accepted before the window.
   */
  successRate: number;
  /** The mean time of the attempts that got an answer, of any status; 0 where none got one. */
  avgLatencyMs: number;
}

/** What happened in one bucket of a window. */
export interface TimeSeriesBucket {
  /** When the bucket begins. */
  timestamp: Date;
  /** Messages accepted. */
  total: number;
  /** Successful deliveries. */
  succeeded: number;
  /** Messages given up after an attempt. */
  failed: number;
  /** Failed attempts that another was to follow. */
  retrying: number;
  /** The mean time of the attempts that got an answer. */
  avgLatencyMs: number;
}

/** What happened in a window of time, bucket by bucket. */
export interface TimeSeriesMetrics {
  /** The window asked for. */
  window: MetricsWindow;
  /** Oldest first, without a gap. */
  buckets: TimeSeriesBucket[];
}

/** An API key as `listApiKeys` shows it. */
export interface ApiKeyInfo {
  /** The API key's id, `key_...`. */
  keyId: string;
  /** The label that it was given; empty without one. */
  label: string;
  /** The key's first 11 characters. */
  prefix: string;
  /** When it was made. */
  createdAt: Date;
  /** When the key was last used, to the minute; null where it never was. */
  lastUsedAt: Date | null;
  /** What the key lets its owner do; null where an older server answered. */
  scope: ApiKeyScope | null;
}

/** What `createApiKey` answers: the one time that the whole key is shown. */
export interface CreateApiKeyResponse {
  /** The API key's id, `key_...`. */
  keyId: string;
  /** The whole key, shown only here. */
  key: string;
  /** Its first 11 characters. */
  prefix: string;
  /** The label that it was given; empty without one. */
  label: string;
  /** When it was made. */
  createdAt: Date;
  /** What the key lets its owner do; null where an older server answered. */
  scope: ApiKeyScope | null;
}

/** A code that signs a browser in once. */
export interface CreateLoginCodeResponse {
  /** The code, shown only here. A console takes it behind its address: `/console#login=<code>`. */
  code: string;
  /** Until when it works: 60 seconds from now. */
  expiresAt: Date;
  /** Where consoles of this outbox were served last, the newest first. */
  consoles: string[];
}

/** An export: a CSV file of messages. */
export interface ExportRecord {
  /** A UUIDv7. */
  id: string;
  /** Always `proj_default`. */
  projectId: string;
  /** The export's state. */
  status: ExportStatus;
  /** Messages accepted at this moment or later. */
  filterStartTime: Date;
  /** Messages accepted before this moment. */
  filterEndTime: Date;
  /** When it was requested. */
  createdAt: Date;
  /** Only messages with this status. */
  filterStatus: MessageStatus | null;
  /** Only messages of this endpoint: the digits of its id as a UUID with dashes. */
  filterEndpointId: string | null;
  /** How many messages it has. */
  rowCount: number | null;
  /** How large the file is. */
  fileSizeBytes: number | null;
  /** Why it failed. */
  errorMessage: string | null;
  /** When writing last began. */
  startedAt: Date | null;
  /** When it was completed or failed. */
  completedAt: Date | null;
  /** Until when the file is kept. */
  expiresAt: Date | null;
  /** Always `outbound`. */
  direction: string;
}

/** The process that delivers from an outbox. */
export interface Deliverer {
  /** Its process id. */
  pid: number;
  /** Whether the asked engine itself delivers. */
  thisEngine: boolean;
  /** Since when it delivers. */
  since: Date;
  /**
   * Whether the process is stopped, by a signal or with its container, so that it delivers nothing. False where this
   * cannot be seen: the process is on another machine or hidden from this one.
   */
  stopped: boolean;
}

/** A shortage that keeps attempts waiting. */
export interface Shortage {
  /** What is missing. */
  kind: ShortageKind;
  /** What is missing, with the system's error, for people. */
  text: string;
  /** Since when it is missing. */
  since: Date;
}

/** How the outbox stands. */
export interface Stats {
  /** Messages that were accepted or replayed and not attempted since. Those in flight are among them. */
  queued: number;
  /** Attempts under way in this process. */
  inFlight: number;
  /** Messages that failed and will be tried again. */
  waitingForRetry: number;
  /** Messages in the dead letter queue. */
  dead: number;
  /** How long ago the oldest message that is due was accepted, in seconds; null where none is due. */
  oldestDueAgeSeconds: number | null;
  /** The size of the file and its write-ahead log. */
  bytesOnDisk: number;
  /** The process that delivers; null where none delivers. */
  deliverer: Deliverer | null;
  /** Why this process, which should deliver, cannot; null where it can, or should not. */
  notDelivering: string | null;
  /** What this process lacks for its attempts; null where it lacks nothing. */
  shortage: Shortage | null;
}

/** Who asks, and what answers. */
export interface WhoAmI {
  /** The API key that the caller showed; null in a process, where nobody is asked for one. */
  apiKey: ApiKeyInfo | null;
  /** What the caller may do. */
  scope: ApiKeyScope;
  /** The version of HookBridge. */
  version: string;
  /** The process that answers. */
  pid: number;
  /** The outbox's file. */
  database: string;
  /** Whether this engine is to deliver. */
  delivers: boolean;
  /** The process that delivers; null where none does. */
  deliverer: Deliverer | null;
  /** The largest payload, in bytes. */
  maxPayloadBytes: number;
  /** How long payloads are kept, in hours. */
  payloadRetentionHours: number;
  /** The most attempts at a message. */
  maxAttempts: number;
}

/** A change that a caller with an API key asked for. */
export interface Activity {
  /** Its number. A later one is higher. */
  activityId: number;
  /** When it was done. */
  occurredAt: Date;
  /** The operation, such as `pauseEndpoint`. */
  operation: string;
  /** The key that the caller showed. */
  apiKeyId: string;
  /** The label of that key at the time; empty where it had none. */
  apiKeyLabel: string;
  /** The first characters of that key. */
  apiKeyPrefix: string;
  /** The endpoint that it was about; null where it was about none, or several. */
  endpointId: string | null;
  /** The message that it was about; null where it was about none, or several. */
  messageId: string | null;
  /** How many messages, endpoints or keys it changed. */
  affected: number;
  /**
   * What else was asked for, as a JSON object: a filter, a label, the fields that were changed. No secret and no
   * payload.
   */
  detail: string | null;
}

/** A page of a list. */
export interface ActivityResponse extends Page<Activity> {
  /** The items of this page. */
  activities: Activity[];
}

/** An API key. */
export interface ApiKeyActor {
  /** The key's label; empty where it has none. */
  label: string;
}

/** A user. */
export interface UserActor {
  /** The user's mail address. */
  email: string;
}

/** The actors that are known. A map is present only where ids of its kind were asked for. */
export interface ActorLookupResult {
  /** API keys by id. */
  apiKeys: Record<string, ApiKeyActor> | null;
  /** Users by id. */
  users: Record<string, UserActor> | null;
}

/**
 * Something that happened in the process that delivers, or should deliver. An event about a message is sent after its
 * outcome was recorded.
 */
export interface Event {
  /** The kind of event. */
  kind: EventKind;
  /** The message; null where the event is about none, as are the next three fields. */
  messageId: string | null;
  /** Its endpoint. */
  endpointId: string | null;
  /** The type of the event that the message belongs to; null for a message that was sent to one endpoint. */
  eventType: string | null;
  /** Which attempt it was, from 1. */
  attemptNo: number | null;
  /** The receiver's status; null where no answer came. */
  responseStatus: number | null;
  /** What went wrong; null where nothing did. */
  errorText: string | null;
  /** When the next attempt is due; null where none follows. */
  nextAttemptAt: Date | null;
  /** When it happened. */
  occurredAt: Date;
}

/** What became of one message of a batch: `'code' in result` tells a failure. */
export type BatchResult = SendWebhookResponse | SendFailure;

/**
 * An outbox in this process, and its delivery in the background.
 *
 * With `baseUrl` (and `apiKey`) the same methods work with a server that speaks HookBridge's HTTP API; with `database`
 * beside it, messages are committed to the file first and forwarded in the background (a relay).
 *
 * Every method's promise is rejected with a {@link HookBridgeError} where something is refused, and with a `TypeError`
 * where an argument is of the wrong kind. While a promise waits the process stays; an open client alone holds no
 * process. One that ends without a close waits up to `exitTimeout` for what it has accepted; what is undelivered then is
 * delivered by the next run.
 */
export class HookBridge {
  /**
   * Opens or creates the outbox, which blocks for as long as that takes.
   *
   * @throws ValidationError (`INVALID_CONFIGURATION`) naming the wrong option; HookBridgeError
   * (`STORAGE_UNAVAILABLE`) where the file cannot be used.
   */
  constructor(options?: HookBridgeOptions);

  /**
   * Accepts a message for delivery.
   *
   * Returns once the message is on disk; delivery follows in the background. Sending again with the same idempotency
   * key and payload answers the first message.
   */
  send(message: SendRequest, options?: SendOptions): Promise<SendWebhookResponse>;

  /**
   * Sends in a transaction of SQLite whose function must not be asynchronous, as better-sqlite3's. What the table refuses is
   * thrown.
   */
  sendSync(message: SendRequest, options: SendSyncOptions): SendWebhookResponse;

  /**
   * Accepts up to 1,000 messages.
   *
   * All that are good are committed in one transaction. Each message has its result or its failure, in order; one that
   * is refused touches no other.
   */
  sendBatch(messages: Iterable<SendRequest>): Promise<BatchResult[]>;

  /**
   * Accepts an event for every endpoint that wants it.
   *
   * Returns once the event and all its messages are on disk. An event that no endpoint wants is no error: it is kept,
   * and `matched` is 0. Sending again with the same idempotency key, type and payload answers the first event.
   *
   * @param type The name of its type, such as `order.created`.
   * @param payload Any JSON value of at most 1,048,576 bytes.
   */
  sendEvent(type: string, payload: unknown, options?: SendEventOptions): Promise<SendEventResponse>;

  /**
   * Accepts up to 1,000 events.
   *
   * All that are good are committed in one transaction with their messages. Each event has its result or its failure,
   * in order; one that is refused touches no other.
   *
   * @param events At most 1,000, each as in `sendEvent`.
   */
  sendEventBatch(events: Iterable<BatchEvent>): Promise<SendEventsResponse>;

  /**
   * Lists events, newest first.
   *
   * A page of a filter may be short, even empty, and have more behind it: follow `nextCursor`.
   */
  listEvents(options?: ListEventsOptions): Promise<ListEventsResponse>;

  /** The same as {@link listEvents}, over all pages: each is asked for when it is reached. */
  iterEvents(options?: Omit<ListEventsOptions, 'cursor'>): AsyncGenerator<EventRecord, void, void>;

  /**
   * Shows an event with its messages.
   *
   * @param eventId The event's id, `evt_...`.
   */
  getEvent(eventId: string, options?: GetEventOptions): Promise<EventDetails>;

  /**
   * Makes the messages of events that an endpoint has missed.
   *
   * Those since a moment that it wants, has no message for, and whose payload is kept; the oldest first. Each call does
   * a bounded part: follow `nextCursor`.
   *
   * @param endpointId The endpoint's id, `ep_...`.
   * @param since Only events accepted at this moment or later.
   */
  replayEvents(endpointId: string, since: Moment, options?: ReplayEventsOptions): Promise<ReplayEventsResult>;

  /**
   * Says whether an endpoint would want an event like a sample.
   *
   * With the endpoint's own patterns and filter, or with others before they are written.
   *
   * @param type The type of the sample.
   * @param payload The payload of the sample.
   */
  checkSubscription(type: string, payload: unknown, options?: CheckSubscriptionOptions): Promise<CheckedSubscription>;

  /**
   * Adds an event type to the catalogue.
   *
   * @param name The name, such as `order.created`.
   */
  createEventType(name: string, options?: CreateEventTypeOptions): Promise<EventTypeEntry>;

  /** Lists the catalogue, in the order of names. */
  listEventTypes(options?: ListEventTypesOptions): Promise<ListEventTypesResponse>;

  /** The same as {@link listEventTypes}, over all pages: each is asked for when it is reached. */
  iterEventTypes(options?: Omit<ListEventTypesOptions, 'cursor'>): AsyncGenerator<EventTypeEntry, void, void>;

  /**
   * Shows an event type.
   *
   * @param name The name, such as `order.created`.
   */
  getEventType(name: string): Promise<EventTypeEntry>;

  /**
   * Changes some fields of an event type.
   *
   * What is not given stays. An empty description, and null for the schema or the example, clear them.
   *
   * @param name The name, such as `order.created`.
   */
  updateEventType(name: string, options?: UpdateEventTypeOptions): Promise<EventTypeEntry>;

  /**
   * Removes an event type from the catalogue.
   *
   * Events of the type that were accepted before stay, and are delivered.
   *
   * @param name The name, such as `order.created`.
   */
  deleteEventType(name: string): Promise<void>;

  /**
   * Makes an endpoint and its first signing key.
   *
   * The signing secret is shown only in the answer.
   *
   * @param url 12 to 2,048 characters, `https`; its host resolves, to public addresses only unless
   * `allowLocalEndpoints` is set.
   */
  createEndpoint(url: string, options?: CreateEndpointOptions): Promise<CreateEndpointResponse>;

  /** Lists endpoints, newest first. */
  listEndpoints(options?: ListEndpointsOptions): Promise<ListEndpointsResponse>;

  /** The same as {@link listEndpoints}, over all pages: each is asked for when it is reached. */
  iterEndpoints(options?: Omit<ListEndpointsOptions, 'cursor'>): AsyncGenerator<EndpointSummary, void, void>;

  /**
   * Shows an endpoint.
   *
   * @param endpointId The endpoint's id, `ep_...`.
   */
  getEndpoint(endpointId: string): Promise<Endpoint>;

  /**
   * Changes some fields of an endpoint.
   *
   * What is not given stays. 0 clears a number, an empty text the description, and empty headers the headers, which are
   * replaced whole.
   *
   * @param endpointId The endpoint's id, `ep_...`.
   */
  updateEndpoint(endpointId: string, options?: UpdateEndpointOptions): Promise<Endpoint>;

  /**
   * Deletes an endpoint: it takes no more messages.
   *
   * What it accepted before is still delivered, also where it was paused.
   *
   * @param endpointId The endpoint's id, `ep_...`.
   */
  deleteEndpoint(endpointId: string): Promise<void>;

  /**
   * Holds an endpoint's deliveries.
   *
   * It goes on accepting messages; attempts under way end.
   *
   * @param endpointId The endpoint's id, `ep_...`.
   */
  pauseEndpoint(endpointId: string): Promise<PauseState>;

  /**
   * Delivers what a pause has held.
   *
   * @param endpointId The endpoint's id, `ep_...`.
   */
  resumeEndpoint(endpointId: string): Promise<PauseState>;

  /**
   * Says how endpoints are doing, newest first.
   *
   * Breaker, limits and attempts under way are known to the process that delivers alone. The backlog and the last hour
   * are known to every process.
   *
   * @param endpointId Only this endpoint.
   */
  getEndpointHealth(endpointId?: string | null, options?: GetEndpointHealthOptions): Promise<EndpointHealthResponse>;

  /** The same as {@link getEndpointHealth}, over all pages: each is asked for when it is reached. */
  iterEndpointHealth(options?: Omit<GetEndpointHealthOptions, 'cursor'>): AsyncGenerator<EndpointHealth, void, void>;

  /**
   * Makes a signed test delivery at once.
   *
   * It is not queued, counted or tried again: the answer is the whole attempt. The request has the header
   * `X-Webhook-Test: true`. A pause does not hold it.
   *
   * @param endpointId The endpoint's id, `ep_...`.
   */
  testEndpoint(endpointId: string, options?: TestEndpointOptions): Promise<TestDelivery>;

  /**
   * Checks the signature of a delivery as it was received.
   *
   * Says which key made it, or what is wrong: a body that was parsed and written again, a secret that was cut, another
   * endpoint's key, a clock. With the value that a receiver's code computed it says which mistake makes that.
   *
   * @param endpointId The endpoint's id, `ep_...`.
   */
  verifyEndpointSignature(endpointId: string, options: VerifyEndpointSignatureOptions): Promise<Verification>;

  /**
   * Lists an endpoint's signing keys, oldest first.
   *
   * @param endpointId The endpoint's id, `ep_...`.
   */
  listEndpointSigningKeys(endpointId: string): Promise<SigningKey[]>;

  /**
   * Adds a second signing key.
   *
   * Both keys sign until one is deleted. The signing secret is shown only in the answer.
   *
   * @param endpointId The endpoint's id, `ep_...`.
   */
  createEndpointSigningKey(endpointId: string): Promise<RotateSecretResponse>;

  /**
   * Adds a second signing key, under an older name.
   *
   * Both keys sign until one is deleted. The signing secret is shown only in the answer.
   *
   * @param endpointId The endpoint's id, `ep_...`.
   */
  rotateEndpointSecret(endpointId: string): Promise<RotateSecretResponse>;

  /**
   * Removes one of two signing keys.
   *
   * @param endpointId The endpoint's id, `ep_...`.
   * @param keyId The signing key's id, `sk_...`.
   */
  deleteEndpointSigningKey(endpointId: string, keyId: string): Promise<void>;

  /**
   * Shows a message, without its payload.
   *
   * @param messageId The message's id, a UUIDv7 with dashes.
   */
  getMessage(messageId: string): Promise<Message>;

  /**
   * Lists a message's attempts, oldest first.
   *
   * At most the last 200. A message that is unknown has none.
   *
   * @param messageId The message's id, a UUIDv7 with dashes.
   */
  getMessageAttempts(messageId: string): Promise<AttemptsResponse>;

  /**
   * Shows a message's payload, byte for byte.
   *
   * With the message's own headers. It is there for as long as the payload is kept.
   *
   * @param messageId The message's id, a UUIDv7 with dashes.
   */
  getMessagePayload(messageId: string): Promise<MessagePayload>;

  /**
   * Says why a message is where it is, and when that changes.
   *
   * The first reason is the one that decides. What holds an endpoint's messages in the process that delivers (its
   * breaker, its limits) is known to that process alone: another one says which process that is.
   *
   * @param messageId The message's id, a UUIDv7 with dashes.
   */
  explainMessage(messageId: string): Promise<Explanation>;

  /**
   * Delivers a message once more.
   *
   * A message can be replayed 10 times.
   *
   * @param messageId The message's id, a UUIDv7 with dashes.
   */
  replay(messageId: string): Promise<ReplayMessageResponse>;

  /**
   * Gives up a message that waits for a retry or its time.
   *
   * @param messageId The message's id, a UUIDv7 with dashes.
   */
  cancelRetry(messageId: string): Promise<Message>;

  /**
   * Makes a message that waits for a retry or its time due at once.
   *
   * @param messageId The message's id, a UUIDv7 with dashes.
   */
  retryNow(messageId: string): Promise<Message>;

  /**
   * Moves a scheduled message to another moment.
   *
   * A moment that is past is at once.
   *
   * @param messageId The message's id, a UUIDv7 with dashes.
   * @param deliverAt Before when it is not delivered; at most a year ahead. A moment that is past is at once.
   */
  rescheduleMessage(messageId: string, deliverAt: Moment): Promise<Message>;

  /**
   * Replays the messages that a filter finds.
   *
   * The oldest first.
   *
   * @param status `failed_permanent` or `pending_retry`.
   */
  replayAllMessages(
    status: ReplayableMessageStatus,
    options?: ReplayAllMessagesOptions,
  ): Promise<ReplayAllMessagesResponse>;

  /**
   * Gives up the messages that wait for a retry and that a filter finds.
   *
   * The oldest first. They are in the dead letter queue then.
   */
  cancelAllMessages(options?: CancelAllMessagesOptions): Promise<CancelAllResult>;

  /**
   * Replays the messages that are named.
   *
   * Each has its result, in order.
   *
   * @param messageIds 1 to 100.
   */
  replayBatchMessages(messageIds: readonly string[]): Promise<ReplayBatchMessagesResponse>;

  /**
   * Deletes a message.
   *
   * Its payload is gone at once, and its retries with it.
   *
   * @param messageId The message's id, a UUIDv7 with dashes.
   */
  deleteMessage(messageId: string): Promise<DeleteMessageResult>;

  /**
   * Deletes the messages that are named.
   *
   * Each has its result, in order.
   *
   * @param messageIds 1 to 100.
   */
  deleteMessagesBatch(messageIds: readonly string[]): Promise<DeleteBatchResult>;

  /**
   * Deletes the messages that a filter finds.
   *
   * The oldest first. Where as many were deleted as the limit says, there may be more.
   */
  deleteMessagesAll(options?: DeleteMessagesAllOptions): Promise<DeleteAllResult>;

  /**
   * Lists messages, newest first.
   *
   * A page of a filter may be short, even empty, and have more behind it: follow `nextCursor`.
   */
  getLogs(options?: GetLogsOptions): Promise<LogsResponse>;

  /** The same as {@link getLogs}, over all pages: each is asked for when it is reached. */
  iterLogs(options?: Omit<GetLogsOptions, 'cursor'>): AsyncGenerator<MessageSummary, void, void>;

  /** Lists the messages that were given up, newest first. */
  getDlqMessages(options?: GetDlqMessagesOptions): Promise<DlqMessagesResponse>;

  /** The same as {@link getDlqMessages}, over all pages: each is asked for when it is reached. */
  iterDlqMessages(options?: Omit<GetDlqMessagesOptions, 'cursor'>): AsyncGenerator<MessageSummary, void, void>;

  /**
   * Counts the dead letter queue by cause and endpoint.
   *
   * A call reads at most 10,000 messages, newest first; where there are more, follow `nextCursor` and add up what has
   * the same cause and endpoint. Any filter by cause takes the words of `cause`.
   */
  getDlqGroups(options?: GetDlqGroupsOptions): Promise<DeadLetterGroups>;

  /**
   * Delivers a message of the dead letter queue once more.
   *
   * @param messageId The message's id, a UUIDv7 with dashes.
   */
  replayFromDlq(messageId: string): Promise<ReplayMessageResponse>;

  /**
   * Counts what happened in a window of time.
   *
   * @param window `1h`, `24h`, `7d` or `30d`; `24h` where absent.
   */
  getMetrics(window?: MetricsWindow | null, options?: GetMetricsOptions): Promise<Metrics>;

  /**
   * Counts what happened in each bucket of a window.
   *
   * @param window `1h`, `24h`, `7d` or `30d`; `24h` where absent.
   */
  getTimeseriesMetrics(
    window?: MetricsWindow | null,
    options?: GetTimeseriesMetricsOptions,
  ): Promise<TimeSeriesMetrics>;

  /** Lists API keys, oldest first. */
  listApiKeys(): Promise<ApiKeyInfo[]>;

  /**
   * Makes an API key.
   *
   * It lets its owner use a sidecar on this outbox. The key is shown only in the answer.
   *
   * @param mode `live` where absent.
   */
  createApiKey(mode?: ApiKeyMode | null, options?: CreateApiKeyOptions): Promise<CreateApiKeyResponse>;

  /**
   * Deletes an API key: it lets nobody in any more.
   *
   * @param keyId The API key's id, `key_...`.
   */
  deleteApiKey(keyId: string): Promise<void>;

  /**
   * Makes a code that signs a browser in to the console once.
   *
   * It works for 60 seconds, at every console of the outbox. The session is that of the caller's API key; in a process
   * it is that of a key which is made for this, with the label `hookbridge console`.
   */
  createLoginCode(): Promise<CreateLoginCodeResponse>;

  /**
   * Has a CSV file of messages written.
   *
   * The file is written in the background; it is kept for seven days.
   */
  createExport(options: CreateExportOptions): Promise<ExportRecord>;

  /** Lists exports, newest first. */
  listExports(): Promise<ExportRecord[]>;

  /**
   * Shows an export.
   *
   * @param exportId The export's id, a UUIDv7 with dashes.
   */
  getExport(exportId: string): Promise<ExportRecord>;

  /**
   * Says where an export's file is.
   *
   * @param exportId The export's id, a UUIDv7 with dashes.
   */
  downloadExport(exportId: string): Promise<string>;

  /**
   * Removes an export and its file.
   *
   * @param exportId The export's id, a UUIDv7 with dashes.
   */
  deleteExport(exportId: string): Promise<void>;

  /** Says how the outbox stands. */
  stats(): Promise<Stats>;

  /**
   * Says who asks, and what answers.
   *
   * The caller's API key with its scope, the version, the file, and the limits in force.
   */
  whoami(): Promise<WhoAmI>;

  /**
   * Lists what callers with an API key changed, newest first.
   *
   * Endpoints and keys that were made, changed, paused or deleted, messages that were replayed, cancelled or deleted:
   * by which key, and how many. The newest 100,000 are kept.
   */
  listActivity(options?: ListActivityOptions): Promise<ActivityResponse>;

  /** The same as {@link listActivity}, over all pages: each is asked for when it is reached. */
  iterActivity(options?: Omit<ListActivityOptions, 'cursor'>): AsyncGenerator<Activity, void, void>;

  /**
   * Names API keys by their ids.
   *
   * 1 to 100 ids in all. Ids that are unknown are missing in the answer.
   */
  lookupActors(options?: LookupActorsOptions): Promise<ActorLookupResult>;

  /**
   * A queue of what happens to messages from now on, while this process delivers.
   *
   * @throws HookBridgeError (`CLOSED`) after a close.
   */
  events(): Events;

  /**
   * A queue of what happens to messages from now on, whichever process accepts and delivers them: the kinds of `events`, and
   * `message_accepted`, `attempt_started` and `endpoint_changed`.
   *
   * @throws HookBridgeError (`CLOSED`) after a close.
   */
  watch(): Events;

  /** Waits until nothing is due, whichever process delivers. False where `timeout` seconds (30) passed before. */
  flush(timeout?: number): Promise<boolean>;

  /** Takes no more work, lets attempts under way end, stops the threads. False where `timeout` seconds (5) passed before. */
  close(timeout?: number): Promise<boolean>;

  /** Closes: `await using client = new HookBridge()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A queue of events, at most 10,000; past that the oldest are dropped and counted. `for await` gives each as it happens,
 * until the client is closed.
 */
export class Events implements AsyncIterable<Event> {
  private constructor();
  /** The next event, or null where none came within `timeout` seconds (no limit) or the client was closed. */
  next(timeout?: number): Promise<Event | null>;
  /** How many were dropped because nobody took them. */
  readonly dropped: number;
  /** Lets a wait for an event hold the process, which is how it begins. */
  ref(): this;
  /** Lets the process end while a wait for an event is all that is left. */
  unref(): this;
  /** Ends what waits with null; nothing comes any more. */
  close(): void;
  [Symbol.asyncIterator](): AsyncGenerator<Event, void, void>;
}

/** Any failure of HookBridge. */
export class HookBridgeError extends Error {
  /** For programs. A newer server may say one that is not among {@link ErrorCode}. */
  readonly code: ErrorCode | (string & {});
  /** The HTTP status that goes with the code. */
  readonly statusCode: number | null;
  /** Set where a server answered. */
  readonly requestId: string | null;
  /** Whether the same call may succeed later. */
  readonly isRetryable: boolean;
  /** Seconds to wait, where that is known. */
  readonly retryAfter: number | null;
}
/** The API key is missing or unknown (401). */
export class AuthenticationError extends HookBridgeError {}
/** No such endpoint, message, key or export (404). */
export class NotFoundError extends HookBridgeError {}
/** The request or a setting is wrong (400, 413). */
export class ValidationError extends HookBridgeError {}
/** Too much at once (429). */
export class RateLimitError extends HookBridgeError {}
/** The idempotency key was used with another payload (409). */
export class IdempotencyError extends HookBridgeError {}
/** The message was replayed as often as is allowed (429). */
export class ReplayLimitError extends HookBridgeError {}
/** A server could not be reached, or broke off (502). */
export class NetworkError extends HookBridgeError {}
/** A server did not answer in time (504). */
export class TimeoutError extends HookBridgeError {}

/** The package's version. */
export const version: string;
