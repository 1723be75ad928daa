<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge;

/**
 * The codes of errors, as `$exactCode` of an exception has them: why it was raised, and what to do about it.
 */
final class ErrorCode
{
    /** The engine failed in a way that it should not have. Report it with the sentence, which says where. */
    public const INTERNAL_ERROR = 'INTERNAL_ERROR';

    /**
     * Malformed JSON, a field that is missing, has the wrong type or breaks a limit, a cursor that is not ours; over
     * HTTP also 405 and 408. Mend the request as the sentence says.
     */
    public const INVALID_REQUEST = 'INVALID_REQUEST';

    /**
     * A custom header that is forbidden, malformed, given twice or too large. Take the named header out, or rename it.
     */
    public const INVALID_HEADERS = 'INVALID_HEADERS';

    /**
     * A URL that is malformed, of the wrong length or not `https`. Mend the URL; for `http://` in development set
     * `allowLocalEndpoints`.
     */
    public const INVALID_ENDPOINT = 'INVALID_ENDPOINT';

    /** The URL's host does not resolve. Check the name and the resolver; to work offline set `verifyDns` to false. */
    public const ENDPOINT_UNREACHABLE = 'ENDPOINT_UNREACHABLE';

    /**
     * The host is, or resolves to, an address that is not public. Use a public address; in a private network set
     * `allowLocalEndpoints`.
     */
    public const ENDPOINT_BLOCKED = 'ENDPOINT_BLOCKED';

    /** The message's state does not allow the operation. Read the message: the sentence names its state. */
    public const INVALID_STATUS = 'INVALID_STATUS';

    /** No API key, an unknown one, or a link that is too old. Give a key that exists; ask for a new link. */
    public const UNAUTHORIZED = 'UNAUTHORIZED';

    /**
     * No such message, signing key, API key, export, operation or route. Check the id; a message's row goes after its
     * retention.
     */
    public const NOT_FOUND = 'NOT_FOUND';

    /** No such endpoint, or it was deleted. Check the id, or create the endpoint anew. */
    public const ENDPOINT_NOT_FOUND = 'ENDPOINT_NOT_FOUND';

    /**
     * The idempotency key was used for this endpoint with another payload. Use a key for each distinct message; nothing
     * was accepted.
     */
    public const IDEMPOTENCY_MISMATCH = 'IDEMPOTENCY_MISMATCH';

    /** The message is queued or being delivered. Wait until the message has come to something. */
    public const DELIVERY_IN_PROGRESS = 'DELIVERY_IN_PROGRESS';

    /** The message waits for a fast retry after a 429. Wait, or use `retryNow`. */
    public const RETRY_IN_PROGRESS = 'RETRY_IN_PROGRESS';

    /** The endpoint has two signing keys. Delete one of them first. */
    public const MAX_SIGNING_KEYS_REACHED = 'MAX_SIGNING_KEYS_REACHED';

    /** The signing key is the endpoint's only one. Create another first. */
    public const CANNOT_DELETE_LAST_SIGNING_KEY = 'CANNOT_DELETE_LAST_SIGNING_KEY';

    /** The payload is past its retention. Send a new message. */
    public const RETENTION_EXPIRED = 'RETENTION_EXPIRED';

    /** The payload is gone: swept, dropped after delivery, or deleted with its message. Send a new message. */
    public const PAYLOAD_UNAVAILABLE = 'PAYLOAD_UNAVAILABLE';

    /**
     * The payload, the body or the whole batch is too large. Send less: a link to the data in place of the data, or
     * smaller batches.
     */
    public const PAYLOAD_TOO_LARGE = 'PAYLOAD_TOO_LARGE';

    /** The message was replayed ten times. Find out why it fails; then send a new message. */
    public const REPLAY_LIMIT_EXCEEDED = 'REPLAY_LIMIT_EXCEEDED';

    /**
     * The outbox cannot be read or written: disk full, locked, corrupt, replaced, no database. Mend what the sentence
     * names (`hookbridge doctor` says more) and try again; nothing was acknowledged.
     */
    public const STORAGE_UNAVAILABLE = 'STORAGE_UNAVAILABLE';

    /** A setting is unknown or outside its range. Mend the setting that the sentence names. */
    public const INVALID_CONFIGURATION = 'INVALID_CONFIGURATION';

    /** The engine was closed. Open a new one. */
    public const CLOSED = 'CLOSED';

    /**
     * The process was forked while the engine could not be brought to rest. Open a new engine in a process that was not
     * forked so.
     */
    public const FORKED = 'FORKED';

    /** The file was written by a newer version. Use that version or a later one. */
    public const SCHEMA_TOO_NEW = 'SCHEMA_TOO_NEW';

    /**
     * The export is not written yet, or failed. Ask `getExport` until it is `completed`; if it is `failed`, make a new
     * one.
     */
    public const EXPORT_NOT_READY = 'EXPORT_NOT_READY';

    /** The export is past its seven days. Make a new one. */
    public const EXPORT_EXPIRED = 'EXPORT_EXPIRED';

    /**
     * The server at `baseUrl` could not be reached, broke off, or answered something else than HookBridge does. Try
     * again later; check `baseUrl`.
     */
    public const NETWORK_ERROR = 'NETWORK_ERROR';

    /**
     * The server at `baseUrl` did not answer in time. Try again later; docs/contract.md#operations says what may be
     * repeated.
     */
    public const TIMEOUT = 'TIMEOUT';

    /**
     * More requests than are served at once, or no room for another export. Wait for `Retry-After`, else back off;
     * delete an export.
     */
    public const RATE_LIMIT_EXCEEDED = 'RATE_LIMIT_EXCEEDED';

    /**
     * What is asked does not exist in this way of running, such as events of a server. Use an engine with a file for
     * it.
     */
    public const NOT_SUPPORTED = 'NOT_SUPPORTED';

    /** The API key's scope does not have the operation. Use a key of another scope. */
    public const FORBIDDEN = 'FORBIDDEN';

    /** There is something of this name already. Use another name, or change what is there. */
    public const ALREADY_EXISTS = 'ALREADY_EXISTS';

    /**
     * The event's type is not in the catalogue, and only types that are may be sent (`strictEventTypes`). Add the type
     * to the catalogue (`createEventType`), or mend its name.
     */
    public const UNKNOWN_EVENT_TYPE = 'UNKNOWN_EVENT_TYPE';

    /**
     * The payload does not fit the schema of the event's type (`validatePayloads`). Mend the payload at the place that
     * the sentence names, or the schema.
     */
    public const INVALID_PAYLOAD = 'INVALID_PAYLOAD';
}
