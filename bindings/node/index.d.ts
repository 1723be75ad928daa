/** Durable outbound webhooks inside your process. */

/** A name, gaps in seconds, or gaps for both kinds of failure. */
export type RetrySchedule = 'hookbridge' | 'standard-webhooks' | number[] | { slow: number[]; fast: number[] };

/** Headers of a message or of an endpoint. */
export type HeaderInput = Record<string, string> | Iterable<[string, string]>;

/** A moment: a date, or RFC 3339 text. */
export type Moment = Date | string;

/** Every setting of a client; what is not given comes from its `HOOKBRIDGE_` variable or its default. Timeouts are seconds. */
export interface HookBridgeOptions {
  /** Optional in-process: whoever can open the file may send. Needed beside `baseUrl`. */
  apiKey?: string | undefined;
  /** The outbox file, `hookbridge.db`. Its folder must exist. */
  database?: string | URL | undefined;
  /** `"full"` (the default): an accepted message survives a power cut. `"normal"`: it survives the process. */
  durability?: 'full' | 'normal' | undefined;
  /** `"auto"` (the default) delivers where no other process on the file does, `"off"` only enqueues. */
  delivery?: 'auto' | 'off' | undefined;
  /** Permits `http://` and loopback, private and link-local targets. */
  allowLocalEndpoints?: boolean | undefined;
  /** Whether an endpoint's host must resolve when it is created or changed; true. */
  verifyDns?: boolean | undefined;
  /** Attempts under way at once, 1 to 10,000 (256). */
  maxInFlight?: number | undefined;
  /** Attempts under way at once to one endpoint, 1 to 10,000 (32). */
  maxInFlightPerEndpoint?: number | undefined;
  /** The time for one attempt, 0.01 to 600 s (30). */
  requestTimeout?: number | undefined;
  /** The time for DNS, TCP and TLS together, 0.01 to 600 s (10). */
  connectTimeout?: number | undefined;
  /** When a failed message is tried again, `"hookbridge"`. */
  retrySchedule?: RetrySchedule | undefined;
  /** Attempts before a message is dead, 1 to 100 (8). */
  maxAttempts?: number | undefined;
  /** How long a payload is kept, 1 hour to 10 years (720 hours). */
  payloadRetentionHours?: number | undefined;
  /** How long a message's row is kept after it ended, 1 day to 10 years (90 days). */
  rowRetentionDays?: number | undefined;
  /** The largest payload taken, 1 to 1,048,576 bytes (1,048,576). */
  maxPayloadBytes?: number | undefined;
  /** The memory for messages that wait, 1 MiB to 16 GiB (64 MiB). */
  memoryBudgetBytes?: number | undefined;
  /** Exports kept at once, 1 to 10,000 (100); more are refused. */
  maxExports?: number | undefined;
  /** The bytes of all files of exports together, 1 MiB to 16 TiB (10 GiB). */
  maxExportBytes?: number | undefined;
  /** A PEM file of authorities trusted beside the system's. */
  caFile?: string | URL | undefined;
  /** A server that speaks HookBridge's API; with `database` beside it messages are committed first and forwarded. */
  baseUrl?: string | undefined;
  /** Where messages are sent to, if elsewhere. */
  sendUrl?: string | undefined;
  /** The time for one request to the server, 0.01 to 600 s (30). */
  timeout?: number | undefined;
  /** How often a request is made again, 0 to 100 (3). */
  retries?: number | undefined;
  /** Permits `http://` to other machines, over which the key travels in the clear. */
  insecureBaseUrl?: boolean | undefined;
}

/** A message to be sent. */
export interface SendRequest {
  endpointId: string;
  /**
   * Any value that `JSON.stringify` takes (a `BigInt` keeps its digits), or the bytes of a JSON document, which are
   * sent as they are.
   */
  payload: unknown;
  headers?: HeaderInput | null | undefined;
  /** Sending again with the same key and payload answers the first message. */
  idempotencyKey?: string | null | undefined;
  /** How long the payload is kept. */
  retentionHours?: number | null | undefined;
}

/** A message that was accepted: it is on disk. */
export interface SendResult {
  messageId: string;
  status: string;
}

/** A message of a batch that was refused; the others are not touched by it. */
export interface SendFailure {
  error: { code: string; message: string };
}

/** What became of a message of a batch. */
export type BatchResult = (SendResult & { error?: undefined }) | SendFailure;

/** What an endpoint may have beside its URL. 0 clears a number, an empty string the description, `{}` the headers. */
export interface EndpointSettings {
  description?: string | null | undefined;
  rateLimitRps?: number | null | undefined;
  burst?: number | null | undefined;
  headers?: Record<string, string> | null | undefined;
  retrySchedule?: RetrySchedule | null | undefined;
  maxAttempts?: number | null | undefined;
}

/** A new endpoint. `signingSecret` is shown only here. */
export interface CreatedEndpoint {
  id: string;
  url: string;
  description: string | null;
  signingKeyId: string;
  signingSecret: string;
  keyHint: string;
  createdAt: Date;
}

/** An endpoint. */
export interface Endpoint {
  id: string;
  url: string;
  description: string | null;
  rateLimitRps: number | null;
  burst: number | null;
  headers: Record<string, string> | null;
  retrySchedule: RetrySchedule | null;
  maxAttempts: number | null;
  paused: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** An endpoint in a list. */
export interface EndpointSummary {
  id: string;
  url: string;
  description: string | null;
  paused: boolean;
  createdAt: Date;
}

/** Whether an endpoint's deliveries are held, and after a resume how many had come due. */
export interface PausedEndpoint {
  id: string;
  paused: boolean;
  messagesRequeued?: number | null;
}

/** A signing key, without its secret. */
export interface SigningKey {
  id: string;
  keyHint: string;
  createdAt: Date;
}

/** A new signing key. `signingSecret` is shown only here. */
export interface NewSigningKey extends SigningKey {
  signingSecret: string;
}

/** `queued`, `delivering`, `pending_retry`, `succeeded` or `failed_permanent`; a later version may have more. */
export type MessageStatus =
  'queued' | 'delivering' | 'pending_retry' | 'succeeded' | 'failed_permanent' | (string & {});

/** A message, without its payload. */
export interface Message {
  id: string;
  projectId: string;
  endpointId: string;
  status: MessageStatus;
  attemptCount: number;
  replayCount: number;
  contentType: string;
  sizeBytes: number;
  payloadSha256: string;
  createdAt: Date;
  updatedAt: Date;
  idempotencyKey: string | null;
  nextAttemptAt: Date | null;
  lastError: string | null;
  responseStatus: number | null;
  responseLatencyMs: number | null;
  firstAttemptAt: Date | null;
  deliveredAt: Date | null;
  failedAt: Date | null;
  queueWaitMs: number | null;
  totalDeliveryMs: number | null;
  payloadExpiresAt: Date | null;
  deletedAt: Date | null;
}

/** One attempt at a delivery; times are milliseconds. */
export interface Attempt {
  id: string;
  attemptNo: number;
  createdAt: Date;
  responseStatus: number | null;
  responseLatencyMs: number | null;
  processingMs: number | null;
  errorText: string | null;
  responseHeaders: Record<string, string> | null;
  retryType: string | null;
  retryAfterSeconds: number | null;
  resolvedIp: string | null;
  requestHeaders: Record<string, string> | null;
  dnsMs: number | null;
  tcpConnectMs: number | null;
  tlsHandshakeMs: number | null;
  ttfbMs: number | null;
  transferMs: number | null;
  connReused: boolean | null;
  responseBody: string | null;
  responseBodyTruncated: boolean | null;
  /** What was unusual that neither the status nor the error says: a body that was cut off, a dead connection that was replaced. */
  note: string | null;
}

/** A message that was deleted, now or before. */
export interface DeletedMessage {
  messageId: string;
  deletedAt: Date;
  alreadyDeleted: boolean;
}

/** A message in the logs or in the dead letter queue. `endpoint` is its URL. */
export interface MessageSummary {
  messageId: string;
  endpoint: string;
  status: MessageStatus;
  attemptCount: number;
  createdAt: Date;
  deliveredAt: Date | null;
  failedAt: Date | null;
  nextAttemptAt: Date | null;
  responseStatus: number | null;
  responseLatencyMs: number | null;
  lastError: string | null;
  deletedAt: Date | null;
}

/** What a replay by filter came to. */
export interface ReplayAllResult {
  replayed: number;
  failed: number;
  stuck: number;
  replayedMessageIds: string[];
  stuckMessageIds: string[];
}

/** One message of a replay: `replayed`, or `failed` with the reason. */
export interface ReplayItem {
  messageId: string;
  status: string;
  error: string | null;
}

/** What a replay by name came to. */
export interface ReplayBatchResult {
  replayed: number;
  failed: number;
  stuck: number;
  results: ReplayItem[];
}

/** One message of a delete: `deleted`, `already_deleted` or `not_found`. */
export interface DeleteItem {
  messageId: string;
  outcome: string;
  deletedAt: Date | null;
}

/** What a delete by name came to. */
export interface DeleteBatchResult {
  results: DeleteItem[];
  deletedCount: number;
  alreadyDeletedCount: number;
  notFoundCount: number;
}

/** What a delete by filter came to; as many as the limit means that there may be more. */
export interface DeleteAllResult {
  deleted: number;
  deletedMessageIds: string[];
}

/** The last hour, day (the default), week or 30 days. */
export type Window = '1h' | '24h' | '7d' | '30d';

/** What happened in a window; `successRate` is 0 to 1, `avgLatencyMs` that of attempts that were answered. */
export interface Metrics {
  window: Window;
  totalMessages: number;
  succeeded: number;
  failed: number;
  retries: number;
  successRate: number;
  avgLatencyMs: number;
}

/** What happened from `timestamp` on, for the width of the series. */
export interface Bucket {
  timestamp: Date;
  succeeded: number;
  failed: number;
  retrying: number;
  total: number;
  avgLatencyMs: number;
}

/** What happened over time, oldest first, without gaps. */
export interface Timeseries {
  window: Window;
  buckets: Bucket[];
}

/** An API key without the key itself. */
export interface ApiKey {
  keyId: string;
  label: string;
  prefix: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** A new API key; `key` is shown only here. */
export interface NewApiKey {
  keyId: string;
  key: string;
  prefix: string;
  label: string;
  createdAt: Date;
}

/** A file of messages: `pending`, `processing`, `completed`, `failed` or `expired`. */
export interface Export {
  id: string;
  projectId: string;
  status: string;
  filterStartTime: Date;
  filterEndTime: Date;
  filterStatus: string | null;
  filterEndpointId: string | null;
  rowCount: number | null;
  fileSizeBytes: number | null;
  errorMessage: string | null;
  createdAt: Date;
  startedAt: Date | null;
  completedAt: Date | null;
  expiresAt: Date | null;
}

/** What those are called that did something, by their ids; unknown ids are missing. */
export interface Actors {
  apiKeys: Record<string, { label: string }>;
  users: Record<string, { email: string }>;
}

/** What a process lacks, so that attempts wait. */
export interface Shortage {
  kind: 'descriptors' | 'memory' | 'local_ports' | 'threads' | 'lookup_places' | 'resolver' | 'trust_store';
  text: string;
  since: Date;
}

/** How the outbox stands. */
export interface Stats {
  queued: number;
  inFlight: number;
  waitingForRetry: number;
  dead: number;
  oldestDueAgeSeconds: number | null;
  bytesOnDisk: number;
  /** The process that delivers; `stopped` by a signal or with its container it delivers nothing. */
  deliverer: { pid: number; thisEngine: boolean; since: Date; stopped: boolean } | null;
  /** Why the process that was asked, which should deliver, cannot. */
  notDelivering: string | null;
  shortage: Shortage | null;
}

/** What happened: to a message, or to the delivery. */
export type Event = MessageEvent | NotDeliveringEvent;

/** What happened to a message. */
export interface MessageEvent {
  kind: 'message_delivered' | 'attempt_failed' | 'message_dead';
  messageId: string;
  endpointId: string;
  attemptNo: number;
  responseStatus: number | null;
  errorText: string | null;
  nextAttemptAt: Date | null;
  occurredAt: Date;
}

/** This process should deliver and cannot; it goes on trying. */
export interface NotDeliveringEvent {
  kind: 'not_delivering';
  messageId: null;
  endpointId: null;
  attemptNo: null;
  responseStatus: null;
  /** Why. */
  errorText: string;
  nextAttemptAt: null;
  occurredAt: Date;
}

/** A page of a list; `nextCursor` is null on the last. */
export interface Page<T> {
  data: T[];
  hasMore: boolean;
  nextCursor: string | null;
}

/** Where a page begins and how long it is. */
export interface Range {
  limit?: number | null | undefined;
  cursor?: string | null | undefined;
}

/**
 * An outbox in this process, and its delivery in the background.
 *
 * With `baseUrl` (and `apiKey`) the same methods work with a server that speaks HookBridge's HTTP API; with `database`
 * beside it, messages are committed to the file first and forwarded in the background (a relay).
 *
 * Every method's promise is rejected with a {@link HookBridgeError} where the engine refuses, and with a `TypeError`
 * where an argument is of the wrong kind. While a promise waits the process stays; an open client alone holds no
 * process, and what is undelivered then is delivered by the next run.
 */
export class HookBridge {
  /**
   * Opens or creates the outbox, which blocks for as long as that takes.
   *
   * @throws ValidationError (`INVALID_CONFIGURATION`) naming the wrong setting; HookBridgeError
   * (`STORAGE_UNAVAILABLE`) where the file cannot be used.
   */
  constructor(options?: HookBridgeOptions);

  /** Accepts a message: resolves once it is on disk. */
  send(message: SendRequest): Promise<SendResult>;
  /** Accepts up to 1,000 messages in one transaction; each has its result or its failure, in order. */
  sendBatch(messages: Iterable<SendRequest>): Promise<BatchResult[]>;

  /** Creates an endpoint; its signing secret is shown only in the answer. */
  createEndpoint(endpoint: { url: string } & EndpointSettings): Promise<CreatedEndpoint>;
  /** An endpoint. */
  getEndpoint(endpointId: string): Promise<Endpoint>;
  /** Endpoints, newest first, 1 to 100 (50) a page. */
  listEndpoints(range?: Range): Promise<Page<EndpointSummary>>;
  /** Changes what is given. */
  updateEndpoint(
    endpointId: string,
    changes?: { url?: string } & EndpointSettings,
  ): Promise<Endpoint & { updated: boolean }>;
  /** Deletes an endpoint; what it accepted is still delivered. */
  deleteEndpoint(endpointId: string): Promise<void>;
  /** Holds an endpoint's deliveries. */
  pauseEndpoint(endpointId: string): Promise<PausedEndpoint>;
  /** Delivers what was held, at once. */
  resumeEndpoint(endpointId: string): Promise<PausedEndpoint>;
  /** Adds a second signing key; both sign until one is deleted. */
  createEndpointSigningKey(endpointId: string): Promise<NewSigningKey>;
  /** The same as {@link createEndpointSigningKey}. */
  rotateEndpointSecret(endpointId: string): Promise<NewSigningKey>;
  /** The signing keys of an endpoint, oldest first. */
  listEndpointSigningKeys(endpointId: string): Promise<Page<SigningKey>>;
  /** Deletes a signing key, unless it is the only one. */
  deleteEndpointSigningKey(endpointId: string, keyId: string): Promise<void>;

  /** A message. */
  getMessage(messageId: string): Promise<Message>;
  /** The attempts of a message, at most 200; an unknown message has none. */
  getMessageAttempts(messageId: string): Promise<Page<Attempt>>;
  /** Queues a message again, at most 10 times. */
  replay(messageId: string): Promise<SendResult>;
  /** Gives up a message that waits for a retry. */
  cancelRetry(messageId: string): Promise<Message>;
  /** Makes a waiting retry due. */
  retryNow(messageId: string): Promise<Message>;
  /** Deletes a message: its payload at once, its retries with it. */
  deleteMessage(messageId: string): Promise<DeletedMessage>;
  /** Queues again what is `failed_permanent` or `pending_retry`, oldest first, 1 to 1,000 (100) of them. */
  replayAllMessages(filter: {
    status: 'failed_permanent' | 'pending_retry';
    endpointId?: string | null | undefined;
    limit?: number | null | undefined;
  }): Promise<ReplayAllResult>;
  /** Queues 1 to 100 messages again; each has its outcome, in order. */
  replayBatchMessages(messageIds: string[]): Promise<ReplayBatchResult>;
  /** Deletes 1 to 100 messages; each has its outcome, in order. */
  deleteMessagesBatch(messageIds: string[]): Promise<DeleteBatchResult>;
  /** Deletes what the filter finds, oldest first, at most 1,000. `createdAfter` is part of the range, `createdBefore` is not. */
  deleteMessagesAll(filter?: {
    status?: MessageStatus[] | null | undefined;
    endpointId?: string | null | undefined;
    createdAfter?: Moment | null | undefined;
    createdBefore?: Moment | null | undefined;
    limit?: number | null | undefined;
  }): Promise<DeleteAllResult>;

  /** Messages, newest first, 1 to 500 (50) a page. A filtered page may be short and still have more. */
  getLogs(
    filter?: {
      endpointId?: string | null | undefined;
      status?: MessageStatus | null | undefined;
      startTime?: Moment | null | undefined;
      endTime?: Moment | null | undefined;
    } & Range,
  ): Promise<Page<MessageSummary>>;
  /** The dead letter queue, newest first, 1 to 1,000 (100) a page. */
  getDLQMessages(range?: Range): Promise<Page<MessageSummary>>;
  /** Queues a message of the dead letter queue again, as often as is wanted. */
  replayFromDLQ(messageId: string): Promise<SendResult>;

  /** What happened in a window. */
  getMetrics(window?: Window | null, filter?: { endpointId?: string | null | undefined }): Promise<Metrics>;
  /** The same by the minute, the hour, 6 hours or the day. */
  getTimeseriesMetrics(
    window?: Window | null,
    filter?: { endpointId?: string | null | undefined },
  ): Promise<Timeseries>;

  /** Creates an API key for a server on this outbox; it is shown only in the answer. */
  createApiKey(key?: {
    mode?: 'live' | 'test' | null | undefined;
    label?: string | null | undefined;
  }): Promise<NewApiKey>;
  /** API keys, oldest first, without the keys themselves. */
  listApiKeys(): Promise<Page<ApiKey>>;
  /** Deletes an API key: nobody is let in with it from now on. */
  deleteApiKey(keyId: string): Promise<void>;

  /** Has a CSV file written of the messages accepted from `startTime` on and before `endTime`. */
  createExport(range: {
    startTime: Moment;
    endTime: Moment;
    status?: MessageStatus | null | undefined;
    endpointId?: string | null | undefined;
  }): Promise<Export>;
  /** Exports, newest first. */
  listExports(): Promise<Page<Export>>;
  /** An export; its file is there once `status` is `"completed"`. */
  getExport(exportId: string): Promise<Export>;
  /** Where the file is: a `file://` URL in-process, a link that needs no key where a server was asked. */
  downloadExport(exportId: string): Promise<string>;
  /** Deletes an export and its file. */
  deleteExport(exportId: string): Promise<void>;

  /** What the API keys are called that deleted something, at most 100. */
  lookupActors(ids?: { apiKeyIds?: Iterable<string>; userIds?: Iterable<string> }): Promise<Actors>;
  /** How the outbox stands. */
  stats(): Promise<Stats>;

  /**
   * A queue of what happens to messages from now on, while this process delivers.
   *
   * @throws HookBridgeError (`CLOSED`) after a close.
   */
  events(): Events;
  /** Waits until nothing is due, whichever process delivers. False where `timeout` seconds (30) passed before. */
  flush(timeout?: number): Promise<boolean>;
  /** Takes no more work, lets attempts under way end, stops the threads. False where `timeout` seconds (5) passed before. */
  close(timeout?: number): Promise<boolean>;
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
  /** For programs, such as `ENDPOINT_NOT_FOUND`. */
  readonly code: string;
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
/** No such endpoint, message or key (404). */
export class NotFoundError extends HookBridgeError {}
/** The request or a setting is wrong (400, 413). */
export class ValidationError extends HookBridgeError {}
/** Too much at once (429). */
export class RateLimitError extends HookBridgeError {}
/** The idempotency key was used with another payload (409). */
export class IdempotencyError extends HookBridgeError {}
/** The message was replayed as often as is allowed (429). */
export class ReplayLimitError extends HookBridgeError {}
/** A server could not be reached. */
export class NetworkError extends HookBridgeError {}
/** A server did not answer in time. */
export class TimeoutError extends HookBridgeError {}

/** The package's version. */
export const version: string;
