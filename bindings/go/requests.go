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
	// Messages of the endpoint with this key are delivered one after another; at most 255 characters.
	OrderingKey string `json:"ordering_key,omitzero"`
	// Before when it is not delivered; at most a year ahead.
	DeliverAt time.Time `json:"deliver_at,omitzero"`
	// After when it is not tried any more.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// SendEventRequest is what [Client.SendEvent] takes beside type and payload; what is zero or nil is not given.
type SendEventRequest struct {
	// The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without a tenant.
	Tenant string `json:"tenant,omitzero"`
	// Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50 headers and 8,192
	// bytes.
	Headers map[string]string `json:"headers,omitzero"`
	// 1 to 255 of letters, digits, "_", "-". Within a tenant it names one event.
	IdempotencyKey string `json:"idempotency_key,omitzero"`
	// Messages of one endpoint with this key are delivered one after another; at most 255 characters.
	OrderingKey string `json:"ordering_key,omitzero"`
	// Before when it is not delivered; at most a year ahead.
	DeliverAt time.Time `json:"deliver_at,omitzero"`
	// After when it is not tried any more.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// How long the payload is kept, in hours; 0 drops it once all its messages are delivered.
	RetentionHours *int `json:"retention_hours,omitzero"`
}

// ListEventsRequest is what [Client.ListEvents] takes; a zero value is one that is not given.
type ListEventsRequest struct {
	// Only events of this type.
	Type string `json:"type,omitzero"`
	// Only events of this tenant.
	Tenant string `json:"tenant,omitzero"`
	// Only events accepted at this moment or later.
	StartTime time.Time `json:"start_time,omitzero"`
	// Only events accepted before this moment.
	EndTime time.Time `json:"end_time,omitzero"`
	// 1 to 500, 50 where absent.
	Limit int `json:"limit,omitzero"`
	// The NextCursor of the page before. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
}

// GetEventRequest is what [Client.GetEvent] takes; a zero value is one that is not given.
type GetEventRequest struct {
	// How many of its messages are shown: 1 to 1,000, 100 where absent.
	Limit int `json:"limit,omitzero"`
	// The NextCursor of the answer before, for further messages. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
}

// ReplayEventsRequest is what [Client.ReplayEvents] takes; a zero value is one that is not given.
type ReplayEventsRequest struct {
	// Only events accepted before this moment.
	Before time.Time `json:"before,omitzero"`
	// Only events of this type.
	Type string `json:"type,omitzero"`
	// Messages a second, 1 to 1,000: they are spread over the time that this takes. Absent is at once.
	Rate int `json:"rate,omitzero"`
	// How many events one call replays: 1 to 1,000, 100 where absent.
	Limit int `json:"limit,omitzero"`
	// The NextCursor of the call before. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
	// Only says what would be done.
	DryRun bool `json:"dry_run,omitzero"`
}

// CheckSubscriptionRequest is what [Client.CheckSubscription] takes; a zero value is one that is not given.
type CheckSubscriptionRequest struct {
	// The endpoint whose patterns and filter are tried where none are given here.
	EndpointID string `json:"endpoint_id,omitzero"`
	// Patterns of types, in place of the endpoint's.
	EventTypes []string `json:"event_types,omitzero"`
	// Conditions on the payload, in place of the endpoint's.
	Filter any `json:"filter,omitzero"`
}

// CreateEventTypeRequest is what [Client.CreateEventType] takes; a zero value is one that is not given.
type CreateEventTypeRequest struct {
	// For people; at most 500 characters.
	Description string `json:"description,omitzero"`
	// The JSON schema (2020-12) of its payloads, at most 65,536 bytes. References to other documents are not followed.
	Schema any `json:"schema,omitzero"`
	// A payload that fits the schema, for whoever writes a receiver.
	Example any `json:"example,omitzero"`
	// Whether receivers should not rely on it any more.
	Deprecated bool `json:"deprecated,omitzero"`
}

// ListEventTypesRequest is what [Client.ListEventTypes] takes; a zero value is one that is not given.
type ListEventTypesRequest struct {
	// 1 to 500, 100 where absent.
	Limit int `json:"limit,omitzero"`
	// The NextCursor of the page before. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
}

// UpdateEventTypeRequest is what [Client.UpdateEventType] takes; a zero value is one that is not given.
type UpdateEventTypeRequest struct {
	// At most 500 characters; "" is none.
	Description string `json:"description,omitzero"`
	// As for a new type; null is none.
	Schema any `json:"schema,omitzero"`
	// As for a new type; null is none.
	Example any `json:"example,omitzero"`
	// Whether receivers should not rely on it any more.
	Deprecated bool `json:"deprecated,omitzero"`
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
	// The customer it belongs to, whose events it gets; at most 128 characters, "" is none.
	Tenant string `json:"tenant,omitzero"`
	// The events that it wants: at most 100 patterns of types, such as "order.*". "[]" is every type.
	EventTypes []string `json:"event_types,omitzero"`
	// Conditions on an event's payload, all of which must hold: at most 20, each with a JSON "pointer" and one of
	// "equals", "in", "exists", "starts_with", "greater", "less". "[]" is none.
	Filter any `json:"filter,omitzero"`
	// What follows for an ordering key when one of its messages is given up: "continue" with the next, or "halt" until
	// a person replays or deletes it.
	OnFailure OnFailure `json:"on_failure,omitzero"`
}

// ListEndpointsRequest is what [Client.ListEndpoints] takes; a zero value is one that is not given.
type ListEndpointsRequest struct {
	// 1 to 100, 50 where absent.
	Limit int `json:"limit,omitzero"`
	// The NextCursor of the page before. An iterator begins there.
	Cursor string `json:"cursor,omitzero"`
	// Only endpoints of this tenant.
	Tenant string `json:"tenant,omitzero"`
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
	// The customer it belongs to, whose events it gets; at most 128 characters, "" is none.
	Tenant string `json:"tenant,omitzero"`
	// The events that it wants: at most 100 patterns of types, such as "order.*". "[]" is every type.
	EventTypes []string `json:"event_types,omitzero"`
	// Conditions on an event's payload, all of which must hold: at most 20, each with a JSON "pointer" and one of
	// "equals", "in", "exists", "starts_with", "greater", "less". "[]" is none.
	Filter any `json:"filter,omitzero"`
	// What follows for an ordering key when one of its messages is given up: "continue" with the next, or "halt" until
	// a person replays or deletes it.
	OnFailure OnFailure `json:"on_failure,omitzero"`
}

// GetEndpointHealthRequest is what [Client.GetEndpointHealth] takes; a zero value is one that is not given.
type GetEndpointHealthRequest struct {
	// Only this endpoint.
	EndpointID string `json:"endpoint_id,omitzero"`
	// Only endpoints of this tenant.
	Tenant string `json:"tenant,omitzero"`
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
	// Only messages of events of this type.
	EventType string `json:"event_type,omitzero"`
	// Only messages of events of this tenant.
	Tenant string `json:"tenant,omitzero"`
	// Only messages with this ordering key.
	OrderingKey string `json:"ordering_key,omitzero"`
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
