// Written by `hookbridge-generate`: change the definition, not this file.

package hookbridge

import "time"

// SendRequest is a message.
type SendRequest struct {
	// The endpoint's id, "ep_...".
	EndpointID string `json:"endpoint_id"`
	// Any JSON value of at most 1,048,576 bytes. It is written as encoding/json does, so that a string is a JSON
	// string; a json.RawMessage or []byte is a JSON document that is sent byte for byte. nil is refused:
	// json.RawMessage("null") is the null of JSON.
	Payload any `json:"-"`
	// Sent with this message's deliveries, in place of the endpoint's headers of the same names. At most 50 headers and
	// 8,192 bytes.
	Headers map[string]string `json:"headers,omitzero"`
	// 1 to 255 of letters, digits, "_", "-".
	IdempotencyKey string `json:"idempotency_key,omitzero"`
	// How long the payload is kept, in hours; 0 drops it right after delivery.
	RetentionHours *int `json:"retention_hours,omitzero"`
}

// CreateEndpointRequest is what [Client.CreateEndpoint] takes; a zero value is one that is not given.
type CreateEndpointRequest struct {
	// At most 500 characters; "" is none.
	Description string `json:"description,omitzero"`
	// Deliveries a second, 0 to 1,000; 0 is unlimited.
	RateLimitRPS int `json:"rate_limit_rps,omitzero"`
	// Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as RateLimitRPS.
	Burst int `json:"burst,omitzero"`
	// Sent with every delivery. They are replaced whole; an empty map is none.
	Headers map[string]string `json:"headers,omitzero"`
	// Replaces the engine's schedule; an empty list is none.
	RetrySchedule RetrySchedule `json:"retry_schedule,omitzero"`
	// Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
	MaxAttempts int `json:"max_attempts,omitzero"`
}

// ListEndpointsRequest is what [Client.ListEndpoints] takes; a zero value is one that is not given.
type ListEndpointsRequest struct {
	// 1 to 100, 50 where absent.
	Limit int `json:"limit,omitzero"`
	// The NextCursor of the page before. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
}

// UpdateEndpointRequest is what [Client.UpdateEndpoint] changes: what is not zero or nil.
type UpdateEndpointRequest struct {
	// As for a new endpoint.
	URL string `json:"url,omitzero"`
	// At most 500 characters; "" is none.
	Description *string `json:"description,omitzero"`
	// Deliveries a second, 0 to 1,000; 0 is unlimited.
	RateLimitRPS *int `json:"rate_limit_rps,omitzero"`
	// Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as RateLimitRPS.
	Burst *int `json:"burst,omitzero"`
	// Sent with every delivery. They are replaced whole; an empty map is none.
	Headers map[string]string `json:"headers,omitzero"`
	// Replaces the engine's schedule; a zero one clears it.
	RetrySchedule *RetrySchedule `json:"retry_schedule,omitzero"`
	// Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
	MaxAttempts *int `json:"max_attempts,omitzero"`
}

// GetEndpointHealthRequest is what [Client.GetEndpointHealth] takes; a zero value is one that is not given.
type GetEndpointHealthRequest struct {
	// Only this endpoint.
	EndpointID string `json:"endpoint_id,omitzero"`
	// 1 to 100, 50 where absent.
	Limit int `json:"limit,omitzero"`
	// The NextCursor of the page before. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
}

// TestEndpointRequest is what [Client.TestEndpoint] takes; a zero value is one that is not given.
type TestEndpointRequest struct {
	// A JSON document as a text, at most 1,048,576 bytes, which is sent byte for byte; where absent, a small one that
	// says that it is a test. It is written as encoding/json does, so that a string is a JSON string; a json.RawMessage
	// or []byte is a JSON document that is sent byte for byte. nil is refused: json.RawMessage("null") is the null of
	// JSON.
	Payload string `json:"payload,omitzero"`
}

// VerifyEndpointSignatureRequest is what [Client.VerifyEndpointSignature] takes; a zero value is one that is not given.
type VerifyEndpointSignatureRequest struct {
	// The headers of the delivery as they were received. Those of the signatures are looked at, whatever their case. It
	// is needed.
	Headers map[string]string `json:"headers"`
	// The body as it was received, at most 1,048,576 bytes. It is needed.
	Body string `json:"body"`
	// What the receiver's own code made of it, to be told which mistake makes that.
	Computed string `json:"computed,omitzero"`
}

// ReplayAllMessagesRequest is what [Client.ReplayAllMessages] takes; a zero value is one that is not given.
type ReplayAllMessagesRequest struct {
	// Only messages of this endpoint.
	EndpointID string `json:"endpoint_id,omitzero"`
	// 1 to 1,000, 100 where absent.
	Limit int `json:"limit,omitzero"`
	// Only messages accepted at this moment or later.
	CreatedAfter time.Time `json:"created_after,omitzero"`
	// Only messages accepted before this moment.
	CreatedBefore time.Time `json:"created_before,omitzero"`
	// Only messages whose last failure has this cause, in the words of [Client.GetDLQGroups].
	Cause string `json:"cause,omitzero"`
	// Changes nothing, and answers what would happen.
	DryRun bool `json:"dry_run,omitzero"`
	// The NextCursor of the call before: goes on behind what that one has looked at. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
}

// CancelAllMessagesRequest is what [Client.CancelAllMessages] takes; a zero value is one that is not given.
type CancelAllMessagesRequest struct {
	// Only messages of this endpoint.
	EndpointID string `json:"endpoint_id,omitzero"`
	// Only messages accepted at this moment or later.
	CreatedAfter time.Time `json:"created_after,omitzero"`
	// Only messages accepted before this moment.
	CreatedBefore time.Time `json:"created_before,omitzero"`
	// 1 to 1,000, 1,000 where absent.
	Limit int `json:"limit,omitzero"`
	// Only messages whose last failure has this cause, in the words of [Client.GetDLQGroups].
	Cause string `json:"cause,omitzero"`
	// Changes nothing, and answers what would happen.
	DryRun bool `json:"dry_run,omitzero"`
	// The NextCursor of the call before: goes on behind what that one has looked at. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
}

// DeleteMessagesAllRequest is what [Client.DeleteMessagesAll] takes; a zero value is one that is not given.
type DeleteMessagesAllRequest struct {
	// Only messages with one of these statuses; all where empty.
	Status []MessageStatus `json:"status,omitzero"`
	// Only messages of this endpoint.
	EndpointID string `json:"endpoint_id,omitzero"`
	// Only messages accepted at this moment or later.
	CreatedAfter time.Time `json:"created_after,omitzero"`
	// Only messages accepted before this moment.
	CreatedBefore time.Time `json:"created_before,omitzero"`
	// 1 to 1,000, 1,000 where absent.
	Limit int `json:"limit,omitzero"`
	// Only messages whose last failure has this cause, in the words of [Client.GetDLQGroups].
	Cause string `json:"cause,omitzero"`
	// Changes nothing, and answers what would happen.
	DryRun bool `json:"dry_run,omitzero"`
	// The NextCursor of the call before: goes on behind what that one has looked at. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
}

// GetLogsRequest is what [Client.GetLogs] takes; a zero value is one that is not given.
type GetLogsRequest struct {
	// Only messages with one of these statuses.
	Status []MessageStatus `json:"status,omitzero"`
	// Only messages accepted at this moment or later.
	StartTime time.Time `json:"start_time,omitzero"`
	// Only messages accepted before this moment.
	EndTime time.Time `json:"end_time,omitzero"`
	// 1 to 500, 50 where absent.
	Limit int `json:"limit,omitzero"`
	// The NextCursor of the page before. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
	// Only messages of this endpoint.
	EndpointID string `json:"endpoint_id,omitzero"`
	// Only the message with this id, or messages with this text in their idempotency key.
	Q string `json:"q,omitzero"`
	// Only messages with this text in their last error.
	Error string `json:"error,omitzero"`
	// Only messages whose last failure has this cause, in the words of [Client.GetDLQGroups].
	Cause string `json:"cause,omitzero"`
}

// GetDLQMessagesRequest is what [Client.GetDLQMessages] takes; a zero value is one that is not given.
type GetDLQMessagesRequest struct {
	// 1 to 1,000, 100 where absent.
	Limit int `json:"limit,omitzero"`
	// The NextCursor of the page before. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
	// Only messages of this endpoint.
	EndpointID string `json:"endpoint_id,omitzero"`
	// Only messages with this cause, in the words of [Client.GetDLQGroups].
	Cause string `json:"cause,omitzero"`
	// Only messages accepted at this moment or later.
	StartTime time.Time `json:"start_time,omitzero"`
	// Only messages accepted before this moment.
	EndTime time.Time `json:"end_time,omitzero"`
}

// GetDLQGroupsRequest is what [Client.GetDLQGroups] takes; a zero value is one that is not given.
type GetDLQGroupsRequest struct {
	// Only messages of this endpoint.
	EndpointID string `json:"endpoint_id,omitzero"`
	// The NextCursor of the call before. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
}

// GetMetricsRequest is what [Client.GetMetrics] takes; a zero value is one that is not given.
type GetMetricsRequest struct {
	// "1h", "24h", "7d" or "30d"; "24h" where absent.
	Window MetricsWindow `json:"window,omitzero"`
	// Only messages and attempts of this endpoint.
	EndpointID string `json:"endpoint_id,omitzero"`
}

// GetTimeSeriesMetricsRequest is what [Client.GetTimeSeriesMetrics] takes; a zero value is one that is not given.
type GetTimeSeriesMetricsRequest struct {
	// "1h", "24h", "7d" or "30d"; "24h" where absent.
	Window MetricsWindow `json:"window,omitzero"`
	// Only messages and attempts of this endpoint.
	EndpointID string `json:"endpoint_id,omitzero"`
}

// CreateAPIKeyRequest is what [Client.CreateAPIKey] takes; a zero value is one that is not given.
type CreateAPIKeyRequest struct {
	// "live" where absent.
	Mode APIKeyMode `json:"mode,omitzero"`
	// A label for people, at most 255 characters.
	Label string `json:"label,omitzero"`
	// What the key lets its owner do over HTTP, "full" where absent.
	Scope APIKeyScope `json:"scope,omitzero"`
}

// CreateExportRequest is what [Client.CreateExport] takes; a zero value is one that is not given.
type CreateExportRequest struct {
	// Messages accepted at this moment or later. It is needed.
	StartTime time.Time `json:"start_time,omitzero"`
	// Messages accepted before this moment. It is needed.
	EndTime time.Time `json:"end_time,omitzero"`
	// Only messages with this status.
	Status MessageStatus `json:"status,omitzero"`
	// Only messages of this endpoint, which may have been deleted.
	EndpointID string `json:"endpoint_id,omitzero"`
}

// ListActivityRequest is what [Client.ListActivity] takes; a zero value is one that is not given.
type ListActivityRequest struct {
	// 1 to 500, 50 where absent.
	Limit int `json:"limit,omitzero"`
	// The NextCursor of the page before. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
}

// LookupActorsRequest is what [Client.LookupActors] takes; a zero value is one that is not given.
type LookupActorsRequest struct {
	// Ids of users. An outbox has none, so none is found.
	UserIDs []string `json:"user_id,omitzero"`
	// Ids of API keys: "key_...".
	APIKeyIDs []string `json:"api_key_id,omitzero"`
}
