// Written by `hookbridge-generate`: change the definition, not this file.

package hookbridge

// AuthenticationError: the API key is missing or unknown (401).
type AuthenticationError struct{ *APIError }

// Unwrap is the APIError.
func (e *AuthenticationError) Unwrap() error { return e.APIError }

// NotFoundError: no such endpoint, message, key or export (404).
type NotFoundError struct{ *APIError }

// Unwrap is the APIError.
func (e *NotFoundError) Unwrap() error { return e.APIError }

// ValidationError: the request or a setting is wrong (400, 413).
type ValidationError struct{ *APIError }

// Unwrap is the APIError.
func (e *ValidationError) Unwrap() error { return e.APIError }

// RateLimitError: too much at once (429).
type RateLimitError struct{ *APIError }

// Unwrap is the APIError.
func (e *RateLimitError) Unwrap() error { return e.APIError }

// IdempotencyError: the idempotency key was used with another payload (409).
type IdempotencyError struct{ *APIError }

// Unwrap is the APIError.
func (e *IdempotencyError) Unwrap() error { return e.APIError }

// ReplayLimitError: the message was replayed as often as is allowed (429).
type ReplayLimitError struct{ *APIError }

// Unwrap is the APIError.
func (e *ReplayLimitError) Unwrap() error { return e.APIError }

// NetworkError: a server could not be reached, or broke off (502).
type NetworkError struct{ *APIError }

// Unwrap is the APIError.
func (e *NetworkError) Unwrap() error { return e.APIError }

// TimeoutError: a server did not answer in time (504).
type TimeoutError struct{ *APIError }

// Unwrap is the APIError.
func (e *TimeoutError) Unwrap() error { return e.APIError }

// classified gives an error the type of its code's class.
func classified(e *APIError) error {
	switch e.Code {
	case ErrUnauthorized:
		return &AuthenticationError{e}
	case ErrNotFound,
		ErrEndpointNotFound:
		return &NotFoundError{e}
	case ErrInvalidRequest,
		ErrInvalidHeaders,
		ErrInvalidEndpoint,
		ErrEndpointUnreachable,
		ErrEndpointBlocked,
		ErrInvalidStatus,
		ErrPayloadTooLarge,
		ErrInvalidConfiguration,
		ErrExportNotReady,
		ErrNotSupported,
		ErrUnknownEventType,
		ErrInvalidPayload:
		return &ValidationError{e}
	case ErrRateLimitExceeded:
		return &RateLimitError{e}
	case ErrIdempotencyMismatch:
		return &IdempotencyError{e}
	case ErrReplayLimitExceeded:
		return &ReplayLimitError{e}
	case ErrNetwork:
		return &NetworkError{e}
	case ErrTimeout:
		return &TimeoutError{e}
	}
	return e
}

// statusOf is the HTTP status that goes with a code; 0 where there is no such code.
func statusOf(code ErrorCode) int {
	switch code {
	case "INVALID_REQUEST", "INVALID_HEADERS", "INVALID_ENDPOINT", "ENDPOINT_UNREACHABLE", "ENDPOINT_BLOCKED", "INVALID_STATUS", "INVALID_CONFIGURATION", "CLOSED", "EXPORT_NOT_READY", "NOT_SUPPORTED", "UNKNOWN_EVENT_TYPE", "INVALID_PAYLOAD":
		return 400
	case "UNAUTHORIZED":
		return 401
	case "FORBIDDEN":
		return 403
	case "NOT_FOUND", "ENDPOINT_NOT_FOUND":
		return 404
	case "IDEMPOTENCY_MISMATCH", "DELIVERY_IN_PROGRESS", "RETRY_IN_PROGRESS", "MAX_SIGNING_KEYS_REACHED", "CANNOT_DELETE_LAST_SIGNING_KEY", "ALREADY_EXISTS":
		return 409
	case "RETENTION_EXPIRED", "PAYLOAD_UNAVAILABLE", "EXPORT_EXPIRED":
		return 410
	case "PAYLOAD_TOO_LARGE":
		return 413
	case "REPLAY_LIMIT_EXCEEDED", "RATE_LIMIT_EXCEEDED":
		return 429
	case "INTERNAL_ERROR", "FORKED", "SCHEMA_TOO_NEW":
		return 500
	case "NETWORK_ERROR":
		return 502
	case "STORAGE_UNAVAILABLE":
		return 503
	case "TIMEOUT":
		return 504
	}
	return 0
}
