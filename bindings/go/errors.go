package hookbridge

import (
	"errors"
	"fmt"
	"time"
)

// Error is the code itself.
func (c ErrorCode) Error() string { return string(c) }

// APIError is any failure of HookBridge. errors.As finds it in every error of this package but those of a context, and
// errors.Is tells it by its code: errors.Is(err, hookbridge.ErrEndpointNotFound).
type APIError struct {
	// Code is for programs.
	Code ErrorCode
	// Message is for people.
	Message string
	// RequestID is what the server, or the log of this process, calls the request; empty where no server answered.
	RequestID string
	// StatusCode is the HTTP status that goes with the code.
	StatusCode int
	// IsRetryable says whether the same call may succeed later.
	IsRetryable bool
	// RetryAfter is how long a server asks to wait; 0 where it said nothing.
	RetryAfter time.Duration
}

// Error is the code and the message.
func (e *APIError) Error() string { return string(e.Code) + ": " + e.Message }

// Is tells an error by its code.
func (e *APIError) Is(target error) bool {
	code, is := target.(ErrorCode)
	return is && code == e.Code
}

// AuthenticationError: the API key is missing or unknown (401).
type AuthenticationError struct{ *APIError }

// NotFoundError: there is no such endpoint, message or key (404).
type NotFoundError struct{ *APIError }

// ValidationError: the request or a setting is wrong (400, 413).
type ValidationError struct{ *APIError }

// RateLimitError: too much at once (429); RetryAfter says for how long, where it is known.
type RateLimitError struct{ *APIError }

// IdempotencyError: the idempotency key was used with another payload (409).
type IdempotencyError struct{ *APIError }

// ReplayLimitError: the message was replayed as often as is allowed (429).
type ReplayLimitError struct{ *APIError }

// NetworkError: a server could not be reached.
type NetworkError struct{ *APIError }

// TimeoutError: a server did not answer in time.
type TimeoutError struct{ *APIError }

// Unwrap is the APIError.
func (e *AuthenticationError) Unwrap() error { return e.APIError }

// Unwrap is the APIError.
func (e *NotFoundError) Unwrap() error { return e.APIError }

// Unwrap is the APIError.
func (e *ValidationError) Unwrap() error { return e.APIError }

// Unwrap is the APIError.
func (e *RateLimitError) Unwrap() error { return e.APIError }

// Unwrap is the APIError.
func (e *IdempotencyError) Unwrap() error { return e.APIError }

// Unwrap is the APIError.
func (e *ReplayLimitError) Unwrap() error { return e.APIError }

// Unwrap is the APIError.
func (e *NetworkError) Unwrap() error { return e.APIError }

// Unwrap is the APIError.
func (e *TimeoutError) Unwrap() error { return e.APIError }

// Timeout is true, as it is for the timeouts of package net.
func (e *TimeoutError) Timeout() bool { return true }

// classified gives an error its type: by its code, else by its status.
func classified(e *APIError) error {
	switch e.Code {
	case ErrClosed:
		return e
	case ErrIdempotencyMismatch:
		return &IdempotencyError{e}
	case ErrReplayLimitExceeded:
		return &ReplayLimitError{e}
	case ErrNetwork:
		return &NetworkError{e}
	case ErrTimeout:
		return &TimeoutError{e}
	}
	switch e.StatusCode {
	case 400, 413:
		return &ValidationError{e}
	case 401:
		return &AuthenticationError{e}
	case 404:
		return &NotFoundError{e}
	case 429:
		return &RateLimitError{e}
	}
	return e
}

// refused is what this package itself finds wrong with a request.
func refused(code ErrorCode, message string) error {
	return classified(&APIError{Code: code, Message: message, StatusCode: 400})
}

// ofBatch says in an error of this package which message of a batch it is about.
func ofBatch(index int, err error) error {
	if failure, is := errors.AsType[*APIError](err); is {
		failure.Message = fmt.Sprintf("messages[%d]: %s", index, failure.Message)
	}
	return err
}

// unreadable is an answer that is not what it should be.
func unreadable(what string, cause error) error {
	return &APIError{Code: ErrInternal, Message: fmt.Sprintf("%s: %v", what, cause), StatusCode: 500}
}
