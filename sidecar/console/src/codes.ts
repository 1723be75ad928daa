// What to do about each error code.
import type { ApiError } from "./api.ts";

const advice: Record<string, string> = {
  INTERNAL_ERROR: "HookBridge failed where it should not have. Report it with the request's id.",
  INVALID_REQUEST: "Something in the request is malformed or outside its limits. Mend what the sentence names.",
  INVALID_HEADERS: "A header is forbidden, malformed, given twice or too large. Take it out or rename it.",
  INVALID_ENDPOINT:
    "The URL is not one that can be delivered to. It begins with https:// and has no user, password or fragment.",
  ENDPOINT_UNREACHABLE: "The URL's host does not resolve. Check its name, and the resolver of the sidecar's machine.",
  ENDPOINT_BLOCKED:
    "The host is not at a public address. For a private network start the sidecar with --allow-local-endpoints.",
  INVALID_STATUS: "The message's state does not allow this. It may have changed just now: read it again.",
  UNAUTHORIZED: "The session has ended or the key does not exist. Sign in with a key that exists.",
  NOT_FOUND: "There is no such thing any more, or there never was. Check the id.",
  ENDPOINT_NOT_FOUND: "There is no such endpoint, or it was deleted. Check the id, or create it anew.",
  IDEMPOTENCY_MISMATCH:
    "The idempotency key was used with another payload. Use a key for each distinct message; nothing was accepted.",
  DELIVERY_IN_PROGRESS: "The message is queued or being delivered. Wait until it has come to something.",
  RETRY_IN_PROGRESS: "The message waits for a fast retry after a 429. Wait, or use Retry now.",
  MAX_SIGNING_KEYS_REACHED: "The endpoint has two signing keys. Delete one of them first.",
  CANNOT_DELETE_LAST_SIGNING_KEY: "The signing key is the endpoint's only one. Create another first.",
  RETENTION_EXPIRED: "The payload is past its retention. Send a new message.",
  PAYLOAD_UNAVAILABLE: "The payload is gone. Send a new message.",
  PAYLOAD_TOO_LARGE: "The payload is too large. Send a link to the data in place of the data.",
  REPLAY_LIMIT_EXCEEDED: "The message was replayed ten times. Find out why it fails, then send a new message.",
  STORAGE_UNAVAILABLE: "The outbox cannot be read or written. hookbridge doctor says why; nothing was acknowledged.",
  INVALID_CONFIGURATION: "A setting is unknown or outside its range. Mend the setting that the sentence names.",
  CLOSED: "The engine was closed. Start the sidecar again.",
  FORKED: "The process was forked at a bad moment. Start the sidecar again.",
  SCHEMA_TOO_NEW: "The file was written by a newer version. Run that version or a later one.",
  EXPORT_NOT_READY: "The file is not written yet, or writing it failed. Wait until the export is completed.",
  EXPORT_EXPIRED: "The export is past its seven days. Make a new one.",
  NETWORK_ERROR: "The sidecar cannot be reached. This page tries again by itself.",
  TIMEOUT: "The server did not answer in time. Try again later.",
  RATE_LIMIT_EXCEEDED: "More is asked than is served at once. This page waits and tries again.",
  NOT_SUPPORTED: "This does not exist in this way of running. Use an engine with a file for it.",
  ALREADY_EXISTS: "There is something of this name already. Use another name, or change what is there.",
  UNKNOWN_EVENT_TYPE: "Only types of the catalogue may be sent. Add this one to the catalogue, or mend its name.",
  INVALID_PAYLOAD: "The payload does not fit the schema of its type. Mend the place that the sentence names.",
  FORBIDDEN: "The key of this session may not do this. Sign in with a key of scope full.",
};

/** What to do about an error, as a sentence. */
export const adviceFor = (error: Pick<ApiError, "code">): string =>
  advice[error.code] ?? "This code is not known to this page. The sentence of the server says what is wrong.";
