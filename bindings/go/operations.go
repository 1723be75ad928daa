// Written by `hookbridge-generate`: change the definition, not this file.

package hookbridge

import (
	"context"
	"iter"
	"time"
)

// SendEvent accepts an event for every endpoint that wants it. Returns once the event and all its messages are on disk.
// An event that no endpoint wants is no error: it is kept, and Matched is 0. Sending again with the same idempotency
// key, type and payload answers the first event.
//
//   - eventType: the name of its type, such as "order.created".
//   - payload: any JSON value of at most 1,048,576 bytes. It is written as encoding/json does, so that a string is a
//     JSON string; a json.RawMessage or []byte is a JSON document that is sent byte for byte. nil is refused:
//     json.RawMessage("null") is the null of JSON.
//
// Errors of its own: [ErrInvalidHeaders], [ErrIdempotencyMismatch], [ErrPayloadTooLarge], [ErrUnknownEventType],
// [ErrInvalidPayload].
func (c *Client) SendEvent(ctx context.Context, eventType string, payload any, request SendEventRequest) (*SendEventResponse, error) {
	return result[SendEventResponse](ctx, c, "events.send", struct {
		Type    string `json:"type"`
		Payload any    `json:"payload"`
		SendEventRequest
	}{eventType, payload, request})
}

// SendEventBatch accepts up to 1,000 events. All that are good are committed in one transaction with their messages.
// Each event has its result or its failure, in order; one that is refused touches no other.
//
//   - events: at most 1,000, each as in [Client.SendEvent].
//
// Errors of its own: [ErrPayloadTooLarge].
func (c *Client) SendEventBatch(ctx context.Context, events []BatchEvent) (*SendEventsResponse, error) {
	return result[SendEventsResponse](ctx, c, "events.send_batch", several(events))
}

// ListEvents lists events, newest first. A page of a filter may be short, even empty, and have more behind it: follow
// NextCursor.
func (c *Client) ListEvents(ctx context.Context, request ListEventsRequest) (*ListEventsResponse, error) {
	answer, err := result[page[EventRecord]](ctx, c, "events.list", request)
	if err != nil {
		return nil, err
	}
	return &ListEventsResponse{
		Events: answer.Data, HasMore: answer.HasMore, NextCursor: answer.NextCursor,
		client: c, request: request,
	}, nil
}

// IterEvents ranges over what [Client.ListEvents] lists, over all pages: each is asked for when it is reached. An error
// ends it.
func (c *Client) IterEvents(ctx context.Context, request ListEventsRequest) iter.Seq2[EventRecord, error] {
	return pages(ctx, func() (*ListEventsResponse, error) { return c.ListEvents(ctx, request) })
}

// GetEvent shows an event with its messages.
//
// Errors of its own: [ErrNotFound].
func (c *Client) GetEvent(ctx context.Context, eventID string, request GetEventRequest) (*EventDetails, error) {
	return result[EventDetails](ctx, c, "events.get", struct {
		EventID string `json:"event_id"`
		GetEventRequest
	}{eventID, request})
}

// ReplayEvents makes the messages of events that an endpoint has missed. Those since a moment that it wants, has no
// message for, and whose payload is kept; the oldest first. Each call does a bounded part: follow NextCursor.
//
//   - since: only events accepted at this moment or later.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) ReplayEvents(ctx context.Context, endpointID string, since time.Time, request ReplayEventsRequest) (*ReplayEventsResult, error) {
	return result[ReplayEventsResult](ctx, c, "events.replay", struct {
		EndpointID string    `json:"endpoint_id"`
		Since      time.Time `json:"since"`
		ReplayEventsRequest
	}{endpointID, since, request})
}

// CheckSubscription says whether an endpoint would want an event like a sample. With the endpoint's own patterns and
// filter, or with others before they are written.
//
//   - eventType: the type of the sample.
//   - payload: the payload of the sample. It is written as encoding/json does, so that a string is a JSON string; a
//     json.RawMessage or []byte is a JSON document that is sent byte for byte. nil is refused: json.RawMessage("null")
//     is the null of JSON.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) CheckSubscription(ctx context.Context, eventType string, payload any, request CheckSubscriptionRequest) (*CheckedSubscription, error) {
	return result[CheckedSubscription](ctx, c, "subscriptions.check", struct {
		Type    string `json:"type"`
		Payload any    `json:"payload"`
		CheckSubscriptionRequest
	}{eventType, payload, request})
}

// CreateEventType adds an event type to the catalogue.
//
//   - name: the name, such as "order.created".
//
// Errors of its own: [ErrAlreadyExists].
func (c *Client) CreateEventType(ctx context.Context, name string, request CreateEventTypeRequest) (*EventTypeEntry, error) {
	return result[EventTypeEntry](ctx, c, "event_types.create", struct {
		Name string `json:"name"`
		CreateEventTypeRequest
	}{name, request})
}

// ListEventTypes lists the catalogue, in the order of names.
func (c *Client) ListEventTypes(ctx context.Context, request ListEventTypesRequest) (*ListEventTypesResponse, error) {
	answer, err := result[page[EventTypeEntry]](ctx, c, "event_types.list", request)
	if err != nil {
		return nil, err
	}
	return &ListEventTypesResponse{
		EventTypes: answer.Data, HasMore: answer.HasMore, NextCursor: answer.NextCursor,
		client: c, request: request,
	}, nil
}

// IterEventTypes ranges over what [Client.ListEventTypes] lists, over all pages: each is asked for when it is reached.
// An error ends it.
func (c *Client) IterEventTypes(ctx context.Context, request ListEventTypesRequest) iter.Seq2[EventTypeEntry, error] {
	return pages(ctx, func() (*ListEventTypesResponse, error) { return c.ListEventTypes(ctx, request) })
}

// GetEventType shows an event type.
//
//   - name: the name, such as "order.created".
//
// Errors of its own: [ErrNotFound].
func (c *Client) GetEventType(ctx context.Context, name string) (*EventTypeEntry, error) {
	return result[EventTypeEntry](ctx, c, "event_types.get", arguments{"name": name})
}

// UpdateEventType changes some fields of an event type. What is not given stays. An empty description, and null for the
// schema or the example, clear them.
//
//   - name: the name, such as "order.created".
//
// Errors of its own: [ErrNotFound].
func (c *Client) UpdateEventType(ctx context.Context, name string, request UpdateEventTypeRequest) (*EventTypeEntry, error) {
	return result[EventTypeEntry](ctx, c, "event_types.update", struct {
		Name string `json:"name"`
		UpdateEventTypeRequest
	}{name, request})
}

// DeleteEventType removes an event type from the catalogue. Events of the type that were accepted before stay, and are
// delivered.
//
//   - name: the name, such as "order.created".
//
// Errors of its own: [ErrNotFound].
func (c *Client) DeleteEventType(ctx context.Context, name string) error {
	return done(ctx, c, "event_types.delete", arguments{"name": name})
}

// CreateEndpoint makes an endpoint and its first signing key. The signing secret is shown only in the answer.
//
//   - url: 12 to 2,048 characters, "https"; its host resolves, to public addresses only unless
//     [WithAllowLocalEndpoints] is set.
//
// Errors of its own: [ErrInvalidHeaders], [ErrInvalidEndpoint], [ErrEndpointUnreachable], [ErrEndpointBlocked].
func (c *Client) CreateEndpoint(ctx context.Context, url string, request CreateEndpointRequest) (*CreateEndpointResponse, error) {
	return result[CreateEndpointResponse](ctx, c, "endpoints.create", struct {
		URL string `json:"url"`
		CreateEndpointRequest
	}{url, request})
}

// ListEndpoints lists endpoints, newest first.
func (c *Client) ListEndpoints(ctx context.Context, request ListEndpointsRequest) (*ListEndpointsResponse, error) {
	answer, err := result[page[EndpointSummary]](ctx, c, "endpoints.list", request)
	if err != nil {
		return nil, err
	}
	return &ListEndpointsResponse{
		Endpoints: answer.Data, HasMore: answer.HasMore, NextCursor: answer.NextCursor,
		client: c, request: request,
	}, nil
}

// IterEndpoints ranges over what [Client.ListEndpoints] lists, over all pages: each is asked for when it is reached. An
// error ends it.
func (c *Client) IterEndpoints(ctx context.Context, request ListEndpointsRequest) iter.Seq2[EndpointSummary, error] {
	return pages(ctx, func() (*ListEndpointsResponse, error) { return c.ListEndpoints(ctx, request) })
}

// GetEndpoint shows an endpoint.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) GetEndpoint(ctx context.Context, endpointID string) (*Endpoint, error) {
	return result[Endpoint](ctx, c, "endpoints.get", arguments{"endpoint_id": endpointID})
}

// UpdateEndpoint changes some fields of an endpoint. What is not given stays. 0 clears a number, an empty text the
// description, and empty headers the headers, which are replaced whole.
//
// Errors of its own: [ErrInvalidHeaders], [ErrInvalidEndpoint], [ErrEndpointUnreachable], [ErrEndpointBlocked],
// [ErrEndpointNotFound].
func (c *Client) UpdateEndpoint(ctx context.Context, endpointID string, request UpdateEndpointRequest) (*Endpoint, error) {
	return result[Endpoint](ctx, c, "endpoints.update", struct {
		EndpointID string `json:"endpoint_id"`
		UpdateEndpointRequest
	}{endpointID, request})
}

// DeleteEndpoint deletes an endpoint: it takes no more messages. What it accepted before is still delivered, also where
// it was paused.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) DeleteEndpoint(ctx context.Context, endpointID string) error {
	return done(ctx, c, "endpoints.delete", arguments{"endpoint_id": endpointID})
}

// PauseEndpoint holds an endpoint's deliveries. It goes on accepting messages; attempts under way end.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) PauseEndpoint(ctx context.Context, endpointID string) (*PauseState, error) {
	return result[PauseState](ctx, c, "endpoints.pause", arguments{"endpoint_id": endpointID})
}

// ResumeEndpoint delivers what a pause has held.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) ResumeEndpoint(ctx context.Context, endpointID string) (*PauseState, error) {
	return result[PauseState](ctx, c, "endpoints.resume", arguments{"endpoint_id": endpointID})
}

// GetEndpointHealth says how endpoints are doing, newest first. Breaker, limits and attempts under way are known to the
// process that delivers alone. The backlog and the last hour are known to every process.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) GetEndpointHealth(ctx context.Context, request GetEndpointHealthRequest) (*EndpointHealthResponse, error) {
	answer, err := result[page[EndpointHealth]](ctx, c, "endpoints.health", request)
	if err != nil {
		return nil, err
	}
	return &EndpointHealthResponse{
		Endpoints: answer.Data, HasMore: answer.HasMore, NextCursor: answer.NextCursor,
		client: c, request: request,
	}, nil
}

// IterEndpointHealth ranges over what [Client.GetEndpointHealth] lists, over all pages: each is asked for when it is
// reached. An error ends it.
func (c *Client) IterEndpointHealth(ctx context.Context, request GetEndpointHealthRequest) iter.Seq2[EndpointHealth, error] {
	return pages(ctx, func() (*EndpointHealthResponse, error) { return c.GetEndpointHealth(ctx, request) })
}

// TestEndpoint makes a signed test delivery at once. It is not queued, counted or tried again: the answer is the whole
// attempt. The request has the header "X-Webhook-Test: true". A pause does not hold it.
//
// Errors of its own: [ErrEndpointNotFound], [ErrPayloadTooLarge].
func (c *Client) TestEndpoint(ctx context.Context, endpointID string, request TestEndpointRequest) (*TestDelivery, error) {
	return result[TestDelivery](ctx, c, "endpoints.test", struct {
		EndpointID string `json:"endpoint_id"`
		TestEndpointRequest
	}{endpointID, request})
}

// VerifyEndpointSignature checks the signature of a delivery as it was received. Says which key made it, or what is
// wrong: a body that was parsed and written again, a secret that was cut, another endpoint's key, a clock. With the
// value that a receiver's code computed it says which mistake makes that.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) VerifyEndpointSignature(ctx context.Context, endpointID string, request VerifyEndpointSignatureRequest) (*Verification, error) {
	return result[Verification](ctx, c, "endpoints.verify", struct {
		EndpointID string `json:"endpoint_id"`
		VerifyEndpointSignatureRequest
	}{endpointID, request})
}

// ListEndpointSigningKeys lists an endpoint's signing keys, oldest first.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) ListEndpointSigningKeys(ctx context.Context, endpointID string) ([]SigningKey, error) {
	return items[SigningKey](ctx, c, "signing_keys.list", arguments{"endpoint_id": endpointID})
}

// CreateEndpointSigningKey adds a second signing key. Both keys sign until one is deleted. The signing secret is shown
// only in the answer.
//
// Errors of its own: [ErrEndpointNotFound], [ErrMaxSigningKeysReached].
func (c *Client) CreateEndpointSigningKey(ctx context.Context, endpointID string) (*RotateSecretResponse, error) {
	return result[RotateSecretResponse](ctx, c, "signing_keys.create", arguments{"endpoint_id": endpointID})
}

// RotateEndpointSecret adds a second signing key, under an older name. Both keys sign until one is deleted. The signing
// secret is shown only in the answer.
//
// Errors of its own: [ErrEndpointNotFound], [ErrMaxSigningKeysReached].
func (c *Client) RotateEndpointSecret(ctx context.Context, endpointID string) (*RotateSecretResponse, error) {
	return result[RotateSecretResponse](ctx, c, "signing_keys.create", arguments{"endpoint_id": endpointID})
}

// DeleteEndpointSigningKey removes one of two signing keys.
//
// Errors of its own: [ErrNotFound], [ErrEndpointNotFound], [ErrCannotDeleteLastSigningKey].
func (c *Client) DeleteEndpointSigningKey(ctx context.Context, endpointID, keyID string) error {
	return done(ctx, c, "signing_keys.delete", arguments{"endpoint_id": endpointID, "key_id": keyID})
}

// GetMessage shows a message, without its payload.
//
// Errors of its own: [ErrNotFound].
func (c *Client) GetMessage(ctx context.Context, messageID string) (*Message, error) {
	return result[Message](ctx, c, "messages.get", arguments{"message_id": messageID})
}

// GetMessageAttempts lists a message's attempts, oldest first. At most the last 200. A message that is unknown has
// none.
func (c *Client) GetMessageAttempts(ctx context.Context, messageID string) (*AttemptsResponse, error) {
	answer, err := result[page[AttemptRecord]](ctx, c, "messages.attempts", arguments{"message_id": messageID})
	if err != nil {
		return nil, err
	}
	return &AttemptsResponse{
		Attempts: answer.Data, HasMore: answer.HasMore, NextCursor: answer.NextCursor,
	}, nil
}

// GetMessagePayload shows a message's payload, byte for byte. With the message's own headers. It is there for as long
// as the payload is kept.
//
// Errors of its own: [ErrNotFound], [ErrRetentionExpired], [ErrPayloadUnavailable].
func (c *Client) GetMessagePayload(ctx context.Context, messageID string) (*MessagePayload, error) {
	return result[MessagePayload](ctx, c, "messages.payload", arguments{"message_id": messageID})
}

// ExplainMessage says why a message is where it is, and when that changes. The first reason is the one that decides.
// What holds an endpoint's messages in the process that delivers (its breaker, its limits) is known to that process
// alone: another one says which process that is.
//
// Errors of its own: [ErrNotFound].
func (c *Client) ExplainMessage(ctx context.Context, messageID string) (*Explanation, error) {
	return result[Explanation](ctx, c, "messages.explain", arguments{"message_id": messageID})
}

// Replay delivers a message once more. A message can be replayed 10 times.
//
// Errors of its own: [ErrInvalidStatus], [ErrNotFound], [ErrDeliveryInProgress], [ErrRetryInProgress],
// [ErrRetentionExpired], [ErrPayloadUnavailable], [ErrReplayLimitExceeded].
func (c *Client) Replay(ctx context.Context, messageID string) (*ReplayMessageResponse, error) {
	return result[ReplayMessageResponse](ctx, c, "messages.replay", arguments{"message_id": messageID})
}

// CancelRetry gives up a message that waits for a retry or its time.
//
// Errors of its own: [ErrInvalidStatus], [ErrNotFound].
func (c *Client) CancelRetry(ctx context.Context, messageID string) (*Message, error) {
	return result[Message](ctx, c, "messages.cancel", arguments{"message_id": messageID})
}

// RetryNow makes a message that waits for a retry or its time due at once.
//
// Errors of its own: [ErrInvalidStatus], [ErrNotFound].
func (c *Client) RetryNow(ctx context.Context, messageID string) (*Message, error) {
	return result[Message](ctx, c, "messages.retry_now", arguments{"message_id": messageID})
}

// RescheduleMessage moves a scheduled message to another moment. A moment that is past is at once.
//
//   - deliverAt: before when it is not delivered; at most a year ahead. A moment that is past is at once.
//
// Errors of its own: [ErrInvalidStatus], [ErrNotFound].
func (c *Client) RescheduleMessage(ctx context.Context, messageID string, deliverAt time.Time) (*Message, error) {
	return result[Message](ctx, c, "messages.reschedule", arguments{"message_id": messageID, "deliver_at": deliverAt})
}

// ReplayAllMessages replays the messages that a filter finds. The oldest first.
//
//   - status: "failed_permanent" or "pending_retry".
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) ReplayAllMessages(ctx context.Context, status ReplayableMessageStatus, request ReplayAllMessagesRequest) (*ReplayAllMessagesResponse, error) {
	return result[ReplayAllMessagesResponse](ctx, c, "messages.replay_all", struct {
		Status ReplayableMessageStatus `json:"status"`
		ReplayAllMessagesRequest
	}{status, request})
}

// CancelAllMessages gives up the messages that wait for a retry and that a filter finds. The oldest first. They are in
// the dead letter queue then.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) CancelAllMessages(ctx context.Context, request CancelAllMessagesRequest) (*CancelAllResult, error) {
	return result[CancelAllResult](ctx, c, "messages.cancel_all", request)
}

// ReplayBatchMessages replays the messages that are named. Each has its result, in order.
//
//   - messageIDs: 1 to 100.
func (c *Client) ReplayBatchMessages(ctx context.Context, messageIDs []string) (*ReplayBatchMessagesResponse, error) {
	return result[ReplayBatchMessagesResponse](ctx, c, "messages.replay_batch", arguments{"message_ids": listed(messageIDs)})
}

// DeleteMessage deletes a message. Its payload is gone at once, and its retries with it.
//
// Errors of its own: [ErrNotFound].
func (c *Client) DeleteMessage(ctx context.Context, messageID string) (*DeleteMessageResult, error) {
	return result[DeleteMessageResult](ctx, c, "messages.delete", arguments{"message_id": messageID})
}

// DeleteMessagesBatch deletes the messages that are named. Each has its result, in order.
//
//   - messageIDs: 1 to 100.
func (c *Client) DeleteMessagesBatch(ctx context.Context, messageIDs []string) (*DeleteBatchResult, error) {
	return result[DeleteBatchResult](ctx, c, "messages.delete_batch", arguments{"message_ids": listed(messageIDs)})
}

// DeleteMessagesAll deletes the messages that a filter finds. The oldest first. Where as many were deleted as the limit
// says, there may be more.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) DeleteMessagesAll(ctx context.Context, request DeleteMessagesAllRequest) (*DeleteAllResult, error) {
	return result[DeleteAllResult](ctx, c, "messages.delete_all", request)
}

// GetLogs lists messages, newest first. A page of a filter may be short, even empty, and have more behind it: follow
// NextCursor.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) GetLogs(ctx context.Context, request GetLogsRequest) (*LogsResponse, error) {
	answer, err := result[page[MessageSummary]](ctx, c, "logs.list", request)
	if err != nil {
		return nil, err
	}
	return &LogsResponse{
		Messages: answer.Data, HasMore: answer.HasMore, NextCursor: answer.NextCursor, SearchedTo: answer.SearchedTo,
		client: c, request: request,
	}, nil
}

// IterLogs ranges over what [Client.GetLogs] lists, over all pages: each is asked for when it is reached. An error ends
// it.
func (c *Client) IterLogs(ctx context.Context, request GetLogsRequest) iter.Seq2[MessageSummary, error] {
	return pages(ctx, func() (*LogsResponse, error) { return c.GetLogs(ctx, request) })
}

// GetDLQMessages lists the messages that were given up, newest first.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) GetDLQMessages(ctx context.Context, request GetDLQMessagesRequest) (*DLQMessagesResponse, error) {
	answer, err := result[page[MessageSummary]](ctx, c, "dead_letters.list", request)
	if err != nil {
		return nil, err
	}
	return &DLQMessagesResponse{
		Messages: answer.Messages, HasMore: answer.HasMore, NextCursor: answer.NextCursor,
		client: c, request: request,
	}, nil
}

// IterDLQMessages ranges over what [Client.GetDLQMessages] lists, over all pages: each is asked for when it is reached.
// An error ends it.
func (c *Client) IterDLQMessages(ctx context.Context, request GetDLQMessagesRequest) iter.Seq2[MessageSummary, error] {
	return pages(ctx, func() (*DLQMessagesResponse, error) { return c.GetDLQMessages(ctx, request) })
}

// GetDLQGroups counts the dead letter queue by cause and endpoint. A call reads at most 10,000 messages, newest first;
// where there are more, follow NextCursor and add up what has the same cause and endpoint. Any filter by cause takes
// the words of "cause".
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) GetDLQGroups(ctx context.Context, request GetDLQGroupsRequest) (*DeadLetterGroups, error) {
	return result[DeadLetterGroups](ctx, c, "dead_letters.groups", request)
}

// ReplayFromDLQ delivers a message of the dead letter queue once more.
//
// Errors of its own: [ErrInvalidStatus], [ErrNotFound], [ErrRetentionExpired], [ErrPayloadUnavailable].
func (c *Client) ReplayFromDLQ(ctx context.Context, messageID string) (*ReplayMessageResponse, error) {
	return result[ReplayMessageResponse](ctx, c, "dead_letters.replay", arguments{"message_id": messageID})
}

// GetMetrics counts what happened in a window of time.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) GetMetrics(ctx context.Context, request GetMetricsRequest) (*Metrics, error) {
	return result[Metrics](ctx, c, "metrics.get", request)
}

// GetTimeSeriesMetrics counts what happened in each bucket of a window.
//
// Errors of its own: [ErrEndpointNotFound].
func (c *Client) GetTimeSeriesMetrics(ctx context.Context, request GetTimeSeriesMetricsRequest) (*TimeSeriesMetrics, error) {
	return result[TimeSeriesMetrics](ctx, c, "metrics.timeseries", request)
}

// ListAPIKeys lists API keys, oldest first.
func (c *Client) ListAPIKeys(ctx context.Context) ([]APIKeyInfo, error) {
	return items[APIKeyInfo](ctx, c, "api_keys.list", arguments{})
}

// CreateAPIKey makes an API key. It lets its owner use a sidecar on this outbox. The key is shown only in the answer.
func (c *Client) CreateAPIKey(ctx context.Context, request CreateAPIKeyRequest) (*CreateAPIKeyResponse, error) {
	return result[CreateAPIKeyResponse](ctx, c, "api_keys.create", request)
}

// DeleteAPIKey deletes an API key: it lets nobody in any more.
//
// Errors of its own: [ErrNotFound].
func (c *Client) DeleteAPIKey(ctx context.Context, keyID string) error {
	return done(ctx, c, "api_keys.delete", arguments{"key_id": keyID})
}

// CreateLoginCode makes a code that signs a browser in to the console once. It works for 60 seconds, at every console
// of the outbox. The session is that of the caller's API key; in a process it is that of a key which is made for this,
// with the label "hookbridge console".
func (c *Client) CreateLoginCode(ctx context.Context) (*CreateLoginCodeResponse, error) {
	return result[CreateLoginCodeResponse](ctx, c, "login_codes.create", arguments{})
}

// CreateExport has a CSV file of messages written. The file is written in the background; it is kept for seven days.
//
// Errors of its own: [ErrEndpointNotFound], [ErrRateLimitExceeded].
func (c *Client) CreateExport(ctx context.Context, request CreateExportRequest) (*ExportRecord, error) {
	return result[ExportRecord](ctx, c, "exports.create", request)
}

// ListExports lists exports, newest first.
func (c *Client) ListExports(ctx context.Context) ([]ExportRecord, error) {
	return items[ExportRecord](ctx, c, "exports.list", arguments{})
}

// GetExport shows an export.
//
// Errors of its own: [ErrNotFound].
func (c *Client) GetExport(ctx context.Context, exportID string) (*ExportRecord, error) {
	return result[ExportRecord](ctx, c, "exports.get", arguments{"export_id": exportID})
}

// DownloadExport says where an export's file is.
//
// Errors of its own: [ErrNotFound], [ErrExportNotReady], [ErrExportExpired].
func (c *Client) DownloadExport(ctx context.Context, exportID string) (string, error) {
	return text(ctx, c, "exports.download", arguments{"export_id": exportID}, "download_url")
}

// DeleteExport removes an export and its file.
//
// Errors of its own: [ErrNotFound].
func (c *Client) DeleteExport(ctx context.Context, exportID string) error {
	return done(ctx, c, "exports.delete", arguments{"export_id": exportID})
}

// Stats says how the outbox stands.
func (c *Client) Stats(ctx context.Context) (*Stats, error) {
	return result[Stats](ctx, c, "stats", arguments{})
}

// Whoami says who asks, and what answers. The caller's API key with its scope, the version, the file, and the limits in
// force.
func (c *Client) Whoami(ctx context.Context) (*WhoAmI, error) {
	return result[WhoAmI](ctx, c, "whoami", arguments{})
}

// ListActivity lists what callers with an API key changed, newest first. Endpoints and keys that were made, changed,
// paused or deleted, messages that were replayed, cancelled or deleted: by which key, and how many. The newest 100,000
// are kept.
func (c *Client) ListActivity(ctx context.Context, request ListActivityRequest) (*ActivityResponse, error) {
	answer, err := result[page[Activity]](ctx, c, "activity.list", request)
	if err != nil {
		return nil, err
	}
	return &ActivityResponse{
		Activities: answer.Data, HasMore: answer.HasMore, NextCursor: answer.NextCursor,
		client: c, request: request,
	}, nil
}

// IterActivity ranges over what [Client.ListActivity] lists, over all pages: each is asked for when it is reached. An
// error ends it.
func (c *Client) IterActivity(ctx context.Context, request ListActivityRequest) iter.Seq2[Activity, error] {
	return pages(ctx, func() (*ActivityResponse, error) { return c.ListActivity(ctx, request) })
}

// LookupActors names API keys by their ids. 1 to 100 ids in all. Ids that are unknown are missing in the answer.
func (c *Client) LookupActors(ctx context.Context, request LookupActorsRequest) (*ActorLookupResult, error) {
	return result[ActorLookupResult](ctx, c, "actors.lookup", request)
}
