// Written by `hookbridge-generate`: change the definition, not this file.

package hookbridge

// ErrorCode says for programs what went wrong. It is an error itself, so that errors.Is finds it in what a method
// returned.
type ErrorCode string

// The codes.
const (
	// ErrInternal: the engine failed in a way that it should not have. Report it with the sentence, which says where.
	ErrInternal ErrorCode = "INTERNAL_ERROR"
	// ErrInvalidRequest: malformed JSON, a field that is missing, has the wrong type or breaks a limit, a cursor that
	// is not ours; over HTTP also 405 and 408. Mend the request as the sentence says.
	ErrInvalidRequest ErrorCode = "INVALID_REQUEST"
	// ErrInvalidHeaders: a custom header that is forbidden, malformed, given twice or too large. Take the named header
	// out, or rename it.
	ErrInvalidHeaders ErrorCode = "INVALID_HEADERS"
	// ErrInvalidEndpoint: a URL that is malformed, of the wrong length or not "https". Mend the URL; for "http://" in
	// development set [WithAllowLocalEndpoints].
	ErrInvalidEndpoint ErrorCode = "INVALID_ENDPOINT"
	// ErrEndpointUnreachable: the URL's host does not resolve. Check the name and the resolver; to work offline set
	// [WithVerifyDNS] to false.
	ErrEndpointUnreachable ErrorCode = "ENDPOINT_UNREACHABLE"
	// ErrEndpointBlocked: the host is, or resolves to, an address that is not public. Use a public address; in a
	// private network set [WithAllowLocalEndpoints].
	ErrEndpointBlocked ErrorCode = "ENDPOINT_BLOCKED"
	// ErrInvalidStatus: the message's state does not allow the operation. Read the message: the sentence names its
	// state.
	ErrInvalidStatus ErrorCode = "INVALID_STATUS"
	// ErrUnauthorized: no API key, an unknown one, or a link that is too old. Give a key that exists; ask for a new
	// link.
	ErrUnauthorized ErrorCode = "UNAUTHORIZED"
	// ErrNotFound: no such message, signing key, API key, export, operation or route. Check the id; a message's row
	// goes after its retention.
	ErrNotFound ErrorCode = "NOT_FOUND"
	// ErrEndpointNotFound: no such endpoint, or it was deleted. Check the id, or create the endpoint anew.
	ErrEndpointNotFound ErrorCode = "ENDPOINT_NOT_FOUND"
	// ErrIdempotencyMismatch: the idempotency key was used for this endpoint with another payload. Use a key for each
	// distinct message; nothing was accepted.
	ErrIdempotencyMismatch ErrorCode = "IDEMPOTENCY_MISMATCH"
	// ErrDeliveryInProgress: the message is queued or being delivered. Wait until the message has come to something.
	ErrDeliveryInProgress ErrorCode = "DELIVERY_IN_PROGRESS"
	// ErrRetryInProgress: the message waits for a fast retry after a 429. Wait, or use [Client.RetryNow].
	ErrRetryInProgress ErrorCode = "RETRY_IN_PROGRESS"
	// ErrMaxSigningKeysReached: the endpoint has two signing keys. Delete one of them first.
	ErrMaxSigningKeysReached ErrorCode = "MAX_SIGNING_KEYS_REACHED"
	// ErrCannotDeleteLastSigningKey: the signing key is the endpoint's only one. Create another first.
	ErrCannotDeleteLastSigningKey ErrorCode = "CANNOT_DELETE_LAST_SIGNING_KEY"
	// ErrRetentionExpired: the payload is past its retention. Send a new message.
	ErrRetentionExpired ErrorCode = "RETENTION_EXPIRED"
	// ErrPayloadUnavailable: the payload is gone: swept, dropped after delivery, or deleted with its message. Send a
	// new message.
	ErrPayloadUnavailable ErrorCode = "PAYLOAD_UNAVAILABLE"
	// ErrPayloadTooLarge: the payload, the body or the whole batch is too large. Send less: a link to the data in place
	// of the data, or smaller batches.
	ErrPayloadTooLarge ErrorCode = "PAYLOAD_TOO_LARGE"
	// ErrReplayLimitExceeded: the message was replayed ten times. Find out why it fails; then send a new message.
	ErrReplayLimitExceeded ErrorCode = "REPLAY_LIMIT_EXCEEDED"
	// ErrStorageUnavailable: the outbox cannot be read or written: disk full, locked, corrupt, replaced, no database.
	// Mend what the sentence names ("hookbridge doctor" says more) and try again; nothing was acknowledged.
	ErrStorageUnavailable ErrorCode = "STORAGE_UNAVAILABLE"
	// ErrInvalidConfiguration: a setting is unknown or outside its range. Mend the setting that the sentence names.
	ErrInvalidConfiguration ErrorCode = "INVALID_CONFIGURATION"
	// ErrClosed: the engine was closed. Open a new one.
	ErrClosed ErrorCode = "CLOSED"
	// ErrForked: the process was forked while the engine could not be brought to rest. Open a new engine in a process
	// that was not forked so.
	ErrForked ErrorCode = "FORKED"
	// ErrSchemaTooNew: the file was written by a newer version. Use that version or a later one.
	ErrSchemaTooNew ErrorCode = "SCHEMA_TOO_NEW"
	// ErrExportNotReady: the export is not written yet, or failed. Ask [Client.GetExport] until it is "completed"; if
	// it is "failed", make a new one.
	ErrExportNotReady ErrorCode = "EXPORT_NOT_READY"
	// ErrExportExpired: the export is past its seven days. Make a new one.
	ErrExportExpired ErrorCode = "EXPORT_EXPIRED"
	// ErrNetwork: the server at [WithBaseURL] could not be reached, broke off, or answered something else than
	// HookBridge does. Try again later; check [WithBaseURL].
	ErrNetwork ErrorCode = "NETWORK_ERROR"
	// ErrTimeout: the server at [WithBaseURL] did not answer in time. Try again later; docs/contract.md#operations says
	// what may be repeated.
	ErrTimeout ErrorCode = "TIMEOUT"
	// ErrRateLimitExceeded: more requests than are served at once, or no room for another export. Wait for
	// "Retry-After", else back off; delete an export.
	ErrRateLimitExceeded ErrorCode = "RATE_LIMIT_EXCEEDED"
	// ErrNotSupported: what is asked does not exist in this way of running, such as events of a server. Use an engine
	// with a file for it.
	ErrNotSupported ErrorCode = "NOT_SUPPORTED"
	// ErrForbidden: the API key's scope does not have the operation. Use a key of another scope.
	ErrForbidden ErrorCode = "FORBIDDEN"
	// ErrAlreadyExists: there is something of this name already. Use another name, or change what is there.
	ErrAlreadyExists ErrorCode = "ALREADY_EXISTS"
	// ErrUnknownEventType: the event's type is not in the catalogue, and only types that are may be sent
	// ([WithStrictEventTypes]). Add the type to the catalogue ([Client.CreateEventType]), or mend its name.
	ErrUnknownEventType ErrorCode = "UNKNOWN_EVENT_TYPE"
	// ErrInvalidPayload: the payload does not fit the schema of the event's type ([WithValidatePayloads]). Mend the
	// payload at the place that the sentence names, or the schema.
	ErrInvalidPayload ErrorCode = "INVALID_PAYLOAD"
)
