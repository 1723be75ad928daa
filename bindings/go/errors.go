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

// Timeout is true, as it is for the timeouts of package net.
func (e *TimeoutError) Timeout() bool { return true }

// refused is what this package itself finds wrong with a request.
func refused(code ErrorCode, message string) error {
	return classified(&APIError{Code: code, Message: message, StatusCode: 400})
}

// ofBatch says in an error of this package which of a batch it is about.
func ofBatch(name string, index int, err error) error {
	if failure, is := errors.AsType[*APIError](err); is {
		failure.Message = fmt.Sprintf("%s[%d]: %s", name, index, failure.Message)
	}
	return err
}

// unreadable is an answer that is not what it should be.
func unreadable(what string, cause error) error {
	return &APIError{Code: ErrInternal, Message: fmt.Sprintf("%s: %v", what, cause), StatusCode: 500}
}
