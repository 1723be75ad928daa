// Written by `hookbridge-generate`: change the definition, not this file.

package hookbridge

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"time"
)

// MessageStatus is the state of a message.
type MessageStatus string

// The words of MessageStatus.
const (
	MessageStatusQueued          MessageStatus = "queued"
	MessageStatusDelivering      MessageStatus = "delivering"
	MessageStatusSucceeded       MessageStatus = "succeeded"
	MessageStatusPendingRetry    MessageStatus = "pending_retry"
	MessageStatusFailedPermanent MessageStatus = "failed_permanent"
)

// OnFailure is what follows for an ordering key when one of its messages is given up.
type OnFailure string

// The words of OnFailure.
const (
	OnFailureContinue OnFailure = "continue"
	OnFailureHalt     OnFailure = "halt"
)

// EndpointStanding says how an endpoint has answered since the process that delivers began, or since its breaker
// opened.
type EndpointStanding string

// The words of EndpointStanding.
const (
	EndpointStandingUntried   EndpointStanding = "untried"
	EndpointStandingFailing   EndpointStanding = "failing"
	EndpointStandingAnswering EndpointStanding = "answering"
	EndpointStandingUnknown   EndpointStanding = "unknown"
)

// BreakerState says whether an endpoint's breaker lets its messages through.
type BreakerState string

// The words of BreakerState.
const (
	BreakerStateClosed  BreakerState = "closed"
	BreakerStateOpen    BreakerState = "open"
	BreakerStateUnknown BreakerState = "unknown"
)

// RetryType says which list of the retry schedule a failure was put on.
type RetryType string

// The words of RetryType.
const (
	RetryTypeFast RetryType = "fast"
	RetryTypeSlow RetryType = "slow"
)

// VerificationCause is what a check of a signature came to.
type VerificationCause string

// The words of VerificationCause.
const (
	VerificationCauseValid               VerificationCause = "valid"
	VerificationCauseClockOff            VerificationCause = "clock_off"
	VerificationCauseHeaderMissing       VerificationCause = "header_missing"
	VerificationCauseHeaderMalformed     VerificationCause = "header_malformed"
	VerificationCausePayloadWrittenAgain VerificationCause = "payload_written_again"
	VerificationCausePayloadSpace        VerificationCause = "payload_space"
	VerificationCausePayloadChanged      VerificationCause = "payload_changed"
	VerificationCauseOtherEndpoint       VerificationCause = "other_endpoint"
	VerificationCauseUnknownKey          VerificationCause = "unknown_key"
	VerificationCauseValuesNotSplit      VerificationCause = "values_not_split"
	VerificationCauseSecretCut           VerificationCause = "secret_cut"
	VerificationCauseSecretDecoded       VerificationCause = "secret_decoded"
	VerificationCauseSecretNotDecoded    VerificationCause = "secret_not_decoded"
	VerificationCauseEncodingWrong       VerificationCause = "encoding_wrong"
	VerificationCauseSignedWrong         VerificationCause = "signed_wrong"
)

// SignatureScheme is one of the two signatures of a delivery.
type SignatureScheme string

// The words of SignatureScheme.
const (
	SignatureSchemeWebhook  SignatureScheme = "webhook"
	SignatureSchemeStandard SignatureScheme = "standard"
)

// Progress is where a message is on its way.
type Progress string

// The words of Progress.
const (
	ProgressWaiting        Progress = "waiting"
	ProgressBeingAttempted Progress = "being_attempted"
	ProgressDelivered      Progress = "delivered"
	ProgressGivenUp        Progress = "given_up"
	ProgressDeleted        Progress = "deleted"
)

// ExplanationCause is a reason for where a message is.
type ExplanationCause string

// The words of ExplanationCause.
const (
	ExplanationCauseDelivered          ExplanationCause = "delivered"
	ExplanationCauseDeleted            ExplanationCause = "deleted"
	ExplanationCauseGivenUp            ExplanationCause = "given_up"
	ExplanationCauseCancelled          ExplanationCause = "cancelled"
	ExplanationCausePayloadGone        ExplanationCause = "payload_gone"
	ExplanationCauseBeingAttempted     ExplanationCause = "being_attempted"
	ExplanationCauseNobodyDelivers     ExplanationCause = "nobody_delivers"
	ExplanationCauseCannotDeliver      ExplanationCause = "cannot_deliver"
	ExplanationCauseDelivererStopped   ExplanationCause = "deliverer_stopped"
	ExplanationCausePaused             ExplanationCause = "paused"
	ExplanationCauseEndpointDeleted    ExplanationCause = "endpoint_deleted"
	ExplanationCauseScheduled          ExplanationCause = "scheduled"
	ExplanationCauseBehindInOrder      ExplanationCause = "behind_in_order"
	ExplanationCauseOrderHalted        ExplanationCause = "order_halted"
	ExplanationCauseWaitsForRetry      ExplanationCause = "waits_for_retry"
	ExplanationCauseShortage           ExplanationCause = "shortage"
	ExplanationCauseBreakerOpen        ExplanationCause = "breaker_open"
	ExplanationCauseRateLimited        ExplanationCause = "rate_limited"
	ExplanationCauseEndpointBusy       ExplanationCause = "endpoint_busy"
	ExplanationCauseSlotsTaken         ExplanationCause = "slots_taken"
	ExplanationCauseBehind             ExplanationCause = "behind"
	ExplanationCauseDeliveredElsewhere ExplanationCause = "delivered_elsewhere"
	ExplanationCauseDue                ExplanationCause = "due"
)

// ReplayableMessageStatus is "failed_permanent" or "pending_retry".
type ReplayableMessageStatus string

// The words of ReplayableMessageStatus.
const (
	ReplayableMessageStatusFailedPermanent ReplayableMessageStatus = "failed_permanent"
	ReplayableMessageStatusPendingRetry    ReplayableMessageStatus = "pending_retry"
)

// ReplayOutcome is "replayed", "failed" or "stuck".
type ReplayOutcome string

// The words of ReplayOutcome.
const (
	ReplayOutcomeReplayed ReplayOutcome = "replayed"
	ReplayOutcomeFailed   ReplayOutcome = "failed"
	ReplayOutcomeStuck    ReplayOutcome = "stuck"
)

// DeleteOutcome is "deleted", "already_deleted" or "not_found".
type DeleteOutcome string

// The words of DeleteOutcome.
const (
	DeleteOutcomeDeleted        DeleteOutcome = "deleted"
	DeleteOutcomeAlreadyDeleted DeleteOutcome = "already_deleted"
	DeleteOutcomeNotFound       DeleteOutcome = "not_found"
)

// MetricsWindow is the length of time that metrics cover, which ends now.
type MetricsWindow string

// The words of MetricsWindow.
const (
	MetricsWindow1h  MetricsWindow = "1h"
	MetricsWindow24h MetricsWindow = "24h"
	MetricsWindow7d  MetricsWindow = "7d"
	MetricsWindow30d MetricsWindow = "30d"
)

// APIKeyScope is what a key lets its owner do at an HTTP door.
type APIKeyScope string

// The words of APIKeyScope.
const (
	APIKeyScopeFull APIKeyScope = "full"
	APIKeyScopeRead APIKeyScope = "read"
	APIKeyScopeSend APIKeyScope = "send"
)

// APIKeyMode is the mode that a key's prefix names. Both modes behave alike.
type APIKeyMode string

// The words of APIKeyMode.
const (
	APIKeyModeLive APIKeyMode = "live"
	APIKeyModeTest APIKeyMode = "test"
)

// ExportStatus is the state of an export.
type ExportStatus string

// The words of ExportStatus.
const (
	ExportStatusPending    ExportStatus = "pending"
	ExportStatusProcessing ExportStatus = "processing"
	ExportStatusCompleted  ExportStatus = "completed"
	ExportStatusFailed     ExportStatus = "failed"
	ExportStatusExpired    ExportStatus = "expired"
)

// ShortageKind is a resource of this process or machine without which no attempt can be made.
type ShortageKind string

// The words of ShortageKind.
const (
	ShortageKindDescriptors  ShortageKind = "descriptors"
	ShortageKindMemory       ShortageKind = "memory"
	ShortageKindLocalPorts   ShortageKind = "local_ports"
	ShortageKindThreads      ShortageKind = "threads"
	ShortageKindLookupPlaces ShortageKind = "lookup_places"
	ShortageKindResolver     ShortageKind = "resolver"
	ShortageKindTrustStore   ShortageKind = "trust_store"
)

// EventKind is the kind of an event.
type EventKind string

// The words of EventKind.
const (
	EventKindMessageDelivered EventKind = "message_delivered"
	EventKindAttemptFailed    EventKind = "attempt_failed"
	EventKindMessageDead      EventKind = "message_dead"
	EventKindNotDelivering    EventKind = "not_delivering"
	EventKindMessageAccepted  EventKind = "message_accepted"
	EventKindAttemptStarted   EventKind = "attempt_started"
	EventKindEndpointChanged  EventKind = "endpoint_changed"
)

// SendWebhookResponse is a message that was accepted: it is on disk.
type SendWebhookResponse struct {
	// The id under which the message is delivered.
	MessageID string `json:"message_id"`
	// Always "queued".
	Status MessageStatus `json:"status"`
}

// String is for people: it shows what is there.
func (r SendWebhookResponse) String() string { return shown(r) }

// SentMessage is a message that an event made.
type SentMessage struct {
	// The id under which it is delivered.
	MessageID string `json:"message_id"`
	// The endpoint it goes to.
	EndpointID string `json:"endpoint_id"`
}

// String is for people: it shows what is there.
func (r SentMessage) String() string { return shown(r) }

// SendEventResponse is an event that was accepted: it is on disk with all its messages.
type SendEventResponse struct {
	// The event's id, "evt_...".
	EventID string `json:"event_id"`
	// How many endpoints want it. 0 is no error: the event is kept, and can be replayed to an endpoint that comes
	// later. Absent in a relay, whose server knows the endpoints.
	Matched *int `json:"matched,omitzero"`
	// Its messages, one for each endpoint.
	Messages []SentMessage `json:"messages"`
}

// String is for people: it shows what is there.
func (r SendEventResponse) String() string { return shown(r) }

// SendFailure says why a message of a batch was refused.
type SendFailure struct {
	// The error's code, for programs.
	Code ErrorCode `json:"code"`
	// The error's sentence, for people.
	Message string `json:"message"`
}

// String is for people: it shows what is there.
func (r SendFailure) String() string { return shown(r) }

// EventResult is the result for one event of a batch: a receipt, or why it was refused.
type EventResult struct {
	// Why it was refused, which does not affect the other events; absent where it was accepted.
	Error *SendFailure `json:"error,omitzero"`
	// The event's id; absent where it was refused.
	EventID string `json:"event_id,omitzero"`
	// How many endpoints want it; absent where it was refused, and in a relay.
	Matched *int `json:"matched,omitzero"`
	// Its messages; absent where it was refused.
	Messages []SentMessage `json:"messages,omitzero"`
}

// String is for people: it shows what is there.
func (r EventResult) String() string { return shown(r) }

// SendEventsResponse is what [Client.SendEventBatch] answers: a result for each event, in order.
type SendEventsResponse struct {
	// One result for each event of the request, in its order.
	Results []EventResult `json:"results"`
}

// String is for people: it shows what is there.
func (r SendEventsResponse) String() string { return shown(r) }

// EventRecord is an event, without its payload.
type EventRecord struct {
	// The event's id, "evt_...".
	EventID string `json:"event_id"`
	// The name of its type.
	Type string `json:"type"`
	// The customer whose endpoints it went to; absent where the producer named none.
	Tenant string `json:"tenant,omitzero"`
	// The producer's idempotency key; absent where it gave none.
	IdempotencyKey string `json:"idempotency_key,omitzero"`
	// Its messages to one endpoint are delivered in order with others of this key; absent where the producer gave none.
	OrderingKey string `json:"ordering_key,omitzero"`
	// The size of the payload.
	SizeBytes int64 `json:"size_bytes"`
	// Hex SHA-256 of the payload.
	PayloadSHA256 string `json:"payload_sha256"`
	// When it was accepted.
	CreatedAt time.Time `json:"created_at"`
	// Before when its messages are not delivered.
	DeliverAt time.Time `json:"deliver_at,omitzero"`
	// After when its messages are not tried any more.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// How many endpoints wanted it when it was accepted.
	Matched int `json:"matched"`
	// Whether its payload is still kept.
	HasPayload bool `json:"has_payload"`
}

// String is for people: it shows what is there.
func (r EventRecord) String() string { return shown(r) }

// ListEventsResponse is a page of a list.
type ListEventsResponse struct {
	// The items of this page.
	Events []EventRecord `json:"events"`
	// Whether a further page exists.
	HasMore bool `json:"has_more"`
	// Where the next page begins; absent on the last.
	NextCursor string `json:"next_cursor,omitzero"`

	client  *Client
	request ListEventsRequest
}

// String is for people: it shows what is there.
func (r ListEventsResponse) String() string { return shown(r) }

// Len is how many items this page has.
func (r *ListEventsResponse) Len() int { return len(r.Events) }

// At is an item of this page, from 0.
func (r *ListEventsResponse) At(index int) EventRecord { return r.Events[index] }

// All ranges over the items of this page.
func (r *ListEventsResponse) All() iter.Seq[EventRecord] { return slices.Values(r.Events) }

// NextPage asks for the page after this one; nil where this is the last.
func (r *ListEventsResponse) NextPage(ctx context.Context) (*ListEventsResponse, error) {
	if !r.HasMore || r.NextCursor == "" {
		return nil, nil
	}
	if r.client == nil {
		return nil, ofNoClient("ListEvents")
	}
	request := r.request
	request.Cursor = r.NextCursor
	return r.client.ListEvents(ctx, request)
}

// EventMessage is a message of an event.
type EventMessage struct {
	// The message's id.
	MessageID string `json:"message_id"`
	// The endpoint it goes to.
	EndpointID string `json:"endpoint_id"`
	// The message's state.
	Status MessageStatus `json:"status"`
}

// String is for people: it shows what is there.
func (r EventMessage) String() string { return shown(r) }

// EventDetails is an event with its messages.
type EventDetails struct {
	// The event's id, "evt_...".
	EventID string `json:"event_id"`
	// The name of its type.
	Type string `json:"type"`
	// The customer whose endpoints it went to; absent where the producer named none.
	Tenant string `json:"tenant,omitzero"`
	// The producer's idempotency key; absent where it gave none.
	IdempotencyKey string `json:"idempotency_key,omitzero"`
	// Its messages to one endpoint are delivered in order with others of this key; absent where the producer gave none.
	OrderingKey string `json:"ordering_key,omitzero"`
	// The size of the payload.
	SizeBytes int64 `json:"size_bytes"`
	// Hex SHA-256 of the payload.
	PayloadSHA256 string `json:"payload_sha256"`
	// When it was accepted.
	CreatedAt time.Time `json:"created_at"`
	// Before when its messages are not delivered.
	DeliverAt time.Time `json:"deliver_at,omitzero"`
	// After when its messages are not tried any more.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// How many endpoints wanted it when it was accepted.
	Matched int `json:"matched"`
	// Whether its payload is still kept.
	HasPayload bool `json:"has_payload"`
	// Its messages, those of the oldest endpoint first.
	Messages []EventMessage `json:"messages"`
	// Whether it has further messages.
	HasMore bool `json:"has_more"`
	// What to pass as "cursor" for them; null where there are none.
	NextCursor string `json:"next_cursor,omitzero"`
}

// String is for people: it shows what is there.
func (r EventDetails) String() string { return shown(r) }

// ReplayEventsResult is what [Client.ReplayEvents] answers.
type ReplayEventsResult struct {
	// How many events got a message for the endpoint, or would get one.
	Replayed int `json:"replayed"`
	// Those events, oldest first.
	EventIDs []string `json:"event_ids"`
	// The messages that were made; empty in a dry run.
	MessageIDs []string `json:"message_ids"`
	// How many events this call looked at.
	Examined int `json:"examined"`
	// Over how many seconds the messages are spread by "rate". The next call should come no sooner.
	SpreadOverSeconds int `json:"spread_over_seconds"`
	// Whether this was a dry run.
	DryRun bool `json:"dry_run"`
	// Whether there may be further events.
	HasMore bool `json:"has_more"`
	// What to pass as "cursor" to go on; null where nothing is left.
	NextCursor string `json:"next_cursor,omitzero"`
}

// String is for people: it shows what is there.
func (r ReplayEventsResult) String() string { return shown(r) }

// CheckedCondition is a condition, and what it found.
type CheckedCondition struct {
	// The place.
	Pointer string `json:"pointer"`
	// Whether the condition holds.
	Holds bool `json:"holds"`
	// What the sample has there, as JSON; absent where it has nothing.
	Found string `json:"found,omitzero"`
}

// String is for people: it shows what is there.
func (r CheckedCondition) String() string { return shown(r) }

// CheckedSubscription is what [Client.CheckSubscription] answers.
type CheckedSubscription struct {
	// Whether an event like the sample would be delivered.
	Wanted bool `json:"wanted"`
	// Whether the patterns take its type.
	TypeTaken bool `json:"type_taken"`
	// The conditions of the filter, in order.
	Conditions []CheckedCondition `json:"conditions"`
}

// String is for people: it shows what is there.
func (r CheckedSubscription) String() string { return shown(r) }

// EventTypeEntry is a type of event in the catalogue.
type EventTypeEntry struct {
	// The name, such as "order.created".
	Name string `json:"name"`
	// For people; at most 500 characters.
	Description string `json:"description,omitzero"`
	// The JSON schema (2020-12) of its payloads.
	Schema any `json:"schema,omitzero"`
	// A payload, for whoever writes a receiver.
	Example any `json:"example,omitzero"`
	// Whether receivers should not rely on it any more. It is sent all the same.
	Deprecated bool `json:"deprecated"`
	// When it was made.
	CreatedAt time.Time `json:"created_at"`
	// When it last changed.
	UpdatedAt time.Time `json:"updated_at"`
}

// String is for people: it shows what is there.
func (r EventTypeEntry) String() string { return shown(r) }

// ListEventTypesResponse is a page of a list.
type ListEventTypesResponse struct {
	// The items of this page.
	EventTypes []EventTypeEntry `json:"event_types"`
	// Whether a further page exists.
	HasMore bool `json:"has_more"`
	// Where the next page begins; absent on the last.
	NextCursor string `json:"next_cursor,omitzero"`

	client  *Client
	request ListEventTypesRequest
}

// String is for people: it shows what is there.
func (r ListEventTypesResponse) String() string { return shown(r) }

// Len is how many items this page has.
func (r *ListEventTypesResponse) Len() int { return len(r.EventTypes) }

// At is an item of this page, from 0.
func (r *ListEventTypesResponse) At(index int) EventTypeEntry { return r.EventTypes[index] }

// All ranges over the items of this page.
func (r *ListEventTypesResponse) All() iter.Seq[EventTypeEntry] { return slices.Values(r.EventTypes) }

// NextPage asks for the page after this one; nil where this is the last.
func (r *ListEventTypesResponse) NextPage(ctx context.Context) (*ListEventTypesResponse, error) {
	if !r.HasMore || r.NextCursor == "" {
		return nil, nil
	}
	if r.client == nil {
		return nil, ofNoClient("ListEventTypes")
	}
	request := r.request
	request.Cursor = r.NextCursor
	return r.client.ListEventTypes(ctx, request)
}

// CreateEndpointResponse is a new endpoint. Its signing secret is shown only here.
type CreateEndpointResponse struct {
	// The endpoint's id, "ep_...".
	ID string `json:"id"`
	// The normalised URL.
	URL string `json:"url"`
	// The secret that deliveries are signed with, "whsec_...".
	SigningSecret Secret `json:"signing_secret" print:"hidden"`
	// When the endpoint was made.
	CreatedAt time.Time `json:"created_at"`
	// The owner's words.
	Description string `json:"description,omitzero"`
	// The signing key's id, "sk_...".
	SigningKeyID string `json:"signing_key_id"`
	// The last four characters of the secret.
	KeyHint string `json:"key_hint"`
}

// String is for people: it shows what is there, but no secret.
func (r CreateEndpointResponse) String() string { return shown(r) }

// GoString is String: it shows no secret.
func (r CreateEndpointResponse) GoString() string { return shown(r) }

// Format writes String, whatever the verb is: no verb shows a secret.
func (r CreateEndpointResponse) Format(state fmt.State, _ rune) { _, _ = fmt.Fprint(state, shown(r)) }

// LogValue is for log/slog: it has every field but the secret.
func (r CreateEndpointResponse) LogValue() slog.Value { return logged(r) }

// EndpointSummary is an endpoint in a list.
type EndpointSummary struct {
	// The endpoint's id, "ep_...".
	ID string `json:"id"`
	// Where deliveries are posted to.
	URL string `json:"url"`
	// When it was made.
	CreatedAt time.Time `json:"created_at"`
	// Whether deliveries are held.
	Paused bool `json:"paused"`
	// The owner's words.
	Description string `json:"description,omitzero"`
	// The customer it belongs to.
	Tenant string `json:"tenant,omitzero"`
}

// String is for people: it shows what is there.
func (r EndpointSummary) String() string { return shown(r) }

// ListEndpointsResponse is a page of a list.
type ListEndpointsResponse struct {
	// The items of this page.
	Endpoints []EndpointSummary `json:"endpoints"`
	// Whether a further page exists.
	HasMore bool `json:"has_more"`
	// Where the next page begins; absent on the last.
	NextCursor string `json:"next_cursor,omitzero"`

	client  *Client
	request ListEndpointsRequest
}

// String is for people: it shows what is there.
func (r ListEndpointsResponse) String() string { return shown(r) }

// Len is how many items this page has.
func (r *ListEndpointsResponse) Len() int { return len(r.Endpoints) }

// At is an item of this page, from 0.
func (r *ListEndpointsResponse) At(index int) EndpointSummary { return r.Endpoints[index] }

// All ranges over the items of this page.
func (r *ListEndpointsResponse) All() iter.Seq[EndpointSummary] { return slices.Values(r.Endpoints) }

// NextPage asks for the page after this one; nil where this is the last.
func (r *ListEndpointsResponse) NextPage(ctx context.Context) (*ListEndpointsResponse, error) {
	if !r.HasMore || r.NextCursor == "" {
		return nil, nil
	}
	if r.client == nil {
		return nil, ofNoClient("ListEndpoints")
	}
	request := r.request
	request.Cursor = r.NextCursor
	return r.client.ListEndpoints(ctx, request)
}

// Endpoint is an endpoint, without its signing keys.
type Endpoint struct {
	// The endpoint's id, "ep_...".
	ID string `json:"id"`
	// Where deliveries are posted to.
	URL string `json:"url"`
	// When it was made.
	CreatedAt time.Time `json:"created_at"`
	// When it last changed.
	UpdatedAt time.Time `json:"updated_at"`
	// Whether deliveries are held.
	Paused bool `json:"paused"`
	// The owner's words, at most 500 characters.
	Description string `json:"description,omitzero"`
	// Deliveries a second, 1 to 1,000; absent is unlimited.
	RateLimitRPS int `json:"rate_limit_rps,omitzero"`
	// Deliveries at once within the rate limit, 1 to 10,000; absent is RateLimitRPS.
	Burst int `json:"burst,omitzero"`
	// Sent with every delivery.
	Headers map[string]string `json:"headers,omitzero"`
	// Replaces the engine's schedule.
	RetrySchedule RetrySchedule `json:"retry_schedule,omitzero"`
	// Replaces the engine's number of attempts, 1 to 100.
	MaxAttempts int `json:"max_attempts,omitzero"`
	// The customer it belongs to, whose events it gets; absent for the producer's own.
	Tenant string `json:"tenant,omitzero"`
	// The events that it wants: patterns of types; absent is every type.
	EventTypes []string `json:"event_types,omitzero"`
	// Conditions on an event's payload, all of which must hold.
	Filter any `json:"filter,omitzero"`
	// What follows for an ordering key when one of its messages is given up; absent is "continue".
	OnFailure OnFailure `json:"on_failure,omitzero"`
}

// String is for people: it shows what is there.
func (r Endpoint) String() string { return shown(r) }

// PauseState says whether an endpoint's deliveries are held.
type PauseState struct {
	// The endpoint's id, "ep_...".
	ID string `json:"id"`
	// Whether deliveries are held now.
	Paused bool `json:"paused"`
	// After a resume: how many messages had come due meanwhile.
	MessagesRequeued *int `json:"messages_requeued,omitzero"`
}

// String is for people: it shows what is there.
func (r PauseState) String() string { return shown(r) }

// HealthMinute is what happened at an endpoint in a minute.
type HealthMinute struct {
	// When the minute begins.
	At time.Time `json:"at"`
	// Successful deliveries.
	Succeeded int `json:"succeeded"`
	// Messages given up after an attempt.
	Failed int `json:"failed"`
	// Failed attempts that another was to follow.
	Retries int `json:"retries"`
}

// String is for people: it shows what is there.
func (r HealthMinute) String() string { return shown(r) }

// EndpointHealth says how an endpoint is doing.
type EndpointHealth struct {
	// The endpoint's id.
	EndpointID string `json:"endpoint_id"`
	// Its URL.
	URL string `json:"url"`
	// The customer it belongs to; absent where it belongs to none.
	Tenant string `json:"tenant,omitzero"`
	// Whether its deliveries are held.
	Paused bool `json:"paused"`
	// How it has answered.
	Standing EndpointStanding `json:"standing"`
	// Whether its breaker is open.
	Breaker BreakerState `json:"breaker"`
	// When the next attempt probes it, while its breaker is open.
	ProbesAt time.Time `json:"probes_at,omitzero"`
	// Attempts under way; absent where another process delivers.
	InFlight *int `json:"in_flight,omitzero"`
	// How many attempts may be under way now; absent where another process delivers, or nothing was to be delivered.
	Limit *int `json:"limit,omitzero"`
	// How many attempts the rate limit lets begin at once; absent without one.
	Tokens *float64 `json:"tokens,omitzero"`
	// Messages that were accepted or replayed and not attempted since. Those in flight are among them.
	Queued int `json:"queued"`
	// Messages that failed and will be tried again.
	WaitingForRetry int `json:"waiting_for_retry"`
	// Messages in the dead letter queue.
	Dead int `json:"dead"`
	// When it last took a message, to the minute; to the hour or the day where that is long ago.
	LastSuccessAt time.Time `json:"last_success_at,omitzero"`
	// When an attempt last failed, alike.
	LastFailureAt time.Time `json:"last_failure_at,omitzero"`
	// The last 60 minutes, the current one last.
	Minutes []HealthMinute `json:"minutes"`
}

// String is for people: it shows what is there.
func (r EndpointHealth) String() string { return shown(r) }

// EndpointHealthResponse is a page of a list.
type EndpointHealthResponse struct {
	// The items of this page.
	Endpoints []EndpointHealth `json:"endpoints"`
	// Whether a further page exists.
	HasMore bool `json:"has_more"`
	// Where the next page begins; absent on the last.
	NextCursor string `json:"next_cursor,omitzero"`

	client  *Client
	request GetEndpointHealthRequest
}

// String is for people: it shows what is there.
func (r EndpointHealthResponse) String() string { return shown(r) }

// Len is how many items this page has.
func (r *EndpointHealthResponse) Len() int { return len(r.Endpoints) }

// At is an item of this page, from 0.
func (r *EndpointHealthResponse) At(index int) EndpointHealth { return r.Endpoints[index] }

// All ranges over the items of this page.
func (r *EndpointHealthResponse) All() iter.Seq[EndpointHealth] { return slices.Values(r.Endpoints) }

// NextPage asks for the page after this one; nil where this is the last.
func (r *EndpointHealthResponse) NextPage(ctx context.Context) (*EndpointHealthResponse, error) {
	if !r.HasMore || r.NextCursor == "" {
		return nil, nil
	}
	if r.client == nil {
		return nil, ofNoClient("GetEndpointHealth")
	}
	request := r.request
	request.Cursor = r.NextCursor
	return r.client.GetEndpointHealth(ctx, request)
}

// AttemptRecord is one attempt at a delivery. Times are whole milliseconds.
type AttemptRecord struct {
	// A UUIDv7.
	ID string `json:"id"`
	// 1 for the first attempt of the message; goes on counting after a replay.
	AttemptNo int `json:"attempt_no"`
	// When the attempt began.
	CreatedAt time.Time `json:"created_at"`
	// The receiver's status; absent where no answer came.
	ResponseStatus int `json:"response_status,omitzero"`
	// From the beginning of the attempt to the end of the answer or of the failure.
	ResponseLatencyMS *int `json:"response_latency_ms,omitzero"`
	// From the moment the message was due to the beginning of the attempt.
	ProcessingMS *int `json:"processing_ms,omitzero"`
	// What went wrong, for people.
	ErrorText string `json:"error_text,omitzero"`
	// The answer's headers. The values of a repeated name are joined by a comma.
	ResponseHeaders map[string]string `json:"response_headers,omitzero"`
	// Which list of the schedule the next attempt follows.
	RetryType RetryType `json:"retry_type,omitzero"`
	// The delay until the next attempt.
	RetryAfterSeconds *int `json:"retry_after_seconds,omitzero"`
	// The address that was connected to or refused.
	ResolvedIP string `json:"resolved_ip,omitzero"`
	// The headers sent. The value of "Authorization" is masked.
	RequestHeaders map[string]string `json:"request_headers,omitzero"`
	// Resolving the host; absent on a reused connection.
	DNSMS *int `json:"dns_ms,omitzero"`
	// Connecting; absent on a reused connection.
	TCPConnectMS *int `json:"tcp_connect_ms,omitzero"`
	// The TLS handshake; absent on a reused connection and without TLS.
	TLSHandshakeMS *int `json:"tls_handshake_ms,omitzero"`
	// From the request being ready to be written to the answer's headers.
	TTFBMS *int `json:"ttfb_ms,omitzero"`
	// From the answer's headers to its last byte.
	TransferMS *int `json:"transfer_ms,omitzero"`
	// Whether a kept connection served.
	ConnReused *bool `json:"conn_reused,omitzero"`
	// Whether the answer's body was longer than the kept part.
	ResponseBodyTruncated *bool `json:"response_body_truncated,omitzero"`
	// The beginning of the answer's body as text, at most 64 KiB of it.
	ResponseBody *string `json:"response_body,omitzero"`
	// Something unusual that neither the status nor the error says: a body that was cut off or ended badly, a dead kept
	// connection that a fresh one replaced.
	Note string `json:"note,omitzero"`
}

// String is for people: it shows what is there.
func (r AttemptRecord) String() string { return shown(r) }

// TestDelivery is what a test delivery came to.
type TestDelivery struct {
	// The id that was sent. No message has it.
	MessageID string `json:"message_id"`
	// Whether the receiver answered 2xx.
	Delivered bool `json:"delivered"`
	// What was sent.
	Payload string `json:"payload"`
	// The attempt.
	Attempt AttemptRecord `json:"attempt"`
}

// String is for people: it shows what is there.
func (r TestDelivery) String() string { return shown(r) }

// Verification is what a check of a signature came to.
type Verification struct {
	// Whether a key of the endpoint made the signature of this body at about this time, and the computed value, if one
	// was given, is right.
	Valid bool `json:"valid"`
	// What is right or wrong, for programs.
	Cause VerificationCause `json:"cause"`
	// What it means and what to do, for people.
	Sentence string `json:"sentence"`
	// The signature that was looked at; absent where there is none.
	Scheme SignatureScheme `json:"scheme,omitzero"`
	// The endpoint's key that made it; absent where none did.
	KeyID string `json:"key_id,omitzero"`
	// The time that was signed.
	SignedAt time.Time `json:"signed_at,omitzero"`
}

// String is for people: it shows what is there.
func (r Verification) String() string { return shown(r) }

// SigningKey is a signing key as [Client.ListEndpointSigningKeys] shows it, without its secret.
type SigningKey struct {
	// The signing key's id, "sk_...".
	ID string `json:"id"`
	// The last four characters of the secret.
	KeyHint string `json:"key_hint"`
	// When it was made.
	CreatedAt time.Time `json:"created_at"`
}

// String is for people: it shows what is there.
func (r SigningKey) String() string { return shown(r) }

// RotateSecretResponse is what [Client.CreateEndpointSigningKey] answers: the one time that the secret is shown.
type RotateSecretResponse struct {
	// The signing key's id, "sk_...".
	ID string `json:"id"`
	// "whsec_...", shown only here.
	SigningSecret Secret `json:"signing_secret" print:"hidden"`
	// The last four characters of the secret.
	KeyHint string `json:"key_hint"`
	// When it was made.
	CreatedAt time.Time `json:"created_at"`
}

// String is for people: it shows what is there, but no secret.
func (r RotateSecretResponse) String() string { return shown(r) }

// GoString is String: it shows no secret.
func (r RotateSecretResponse) GoString() string { return shown(r) }

// Format writes String, whatever the verb is: no verb shows a secret.
func (r RotateSecretResponse) Format(state fmt.State, _ rune) { _, _ = fmt.Fprint(state, shown(r)) }

// LogValue is for log/slog: it has every field but the secret.
func (r RotateSecretResponse) LogValue() slog.Value { return logged(r) }

// Message is a message, without its payload.
type Message struct {
	// A UUIDv7.
	ID string `json:"id"`
	// Always "proj_default".
	ProjectID string `json:"project_id"`
	// The endpoint it goes to.
	EndpointID string `json:"endpoint_id"`
	// The message's state.
	Status MessageStatus `json:"status"`
	// Attempts that ended.
	AttemptCount int `json:"attempt_count"`
	// Replays by [Client.Replay], [Client.ReplayAllMessages] and [Client.ReplayBatchMessages], at most 10.
	ReplayCount int `json:"replay_count"`
	// Always "application/json".
	ContentType string `json:"content_type"`
	// The size of the payload.
	SizeBytes int64 `json:"size_bytes"`
	// Hex SHA-256 of the payload.
	PayloadSHA256 string `json:"payload_sha256"`
	// When it was accepted.
	CreatedAt time.Time `json:"created_at"`
	// When it last changed.
	UpdatedAt time.Time `json:"updated_at"`
	// The producer's idempotency key; absent where it gave none.
	IdempotencyKey string `json:"idempotency_key,omitzero"`
	// When the next attempt is due, while "pending_retry" or scheduled.
	NextAttemptAt time.Time `json:"next_attempt_at,omitzero"`
	// What the last failed attempt said.
	LastError string `json:"last_error,omitzero"`
	// The receiver's status in the last attempt; absent where that attempt got no answer.
	ResponseStatus int `json:"response_status,omitzero"`
	// How long the last attempt took, in milliseconds.
	ResponseLatencyMS *int `json:"response_latency_ms,omitzero"`
	// When it was deleted.
	DeletedAt time.Time `json:"deleted_at,omitzero"`
	// The API key of the caller that deleted it; absent where the door asks for none.
	DeletedByAPIKeyID string `json:"deleted_by_api_key_id,omitzero"`
	// When the first attempt began.
	FirstAttemptAt time.Time `json:"first_attempt_at,omitzero"`
	// When it was delivered.
	DeliveredAt time.Time `json:"delivered_at,omitzero"`
	// When it was given up.
	FailedAt time.Time `json:"failed_at,omitzero"`
	// From acceptance to the first attempt, in milliseconds.
	QueueWaitMS *int `json:"queue_wait_ms,omitzero"`
	// From acceptance to success, in milliseconds.
	TotalDeliveryMS *int `json:"total_delivery_ms,omitzero"`
	// When the payload is dropped at the latest; absent once it is gone.
	PayloadExpiresAt time.Time `json:"payload_expires_at,omitzero"`
	// The event that it belongs to; absent for a message that was sent to one endpoint.
	EventID string `json:"event_id,omitzero"`
	// The type of that event.
	EventType string `json:"event_type,omitzero"`
	// Messages of the endpoint with this key are delivered one after another.
	OrderingKey string `json:"ordering_key,omitzero"`
	// Before when it is not delivered.
	DeliverAt time.Time `json:"deliver_at,omitzero"`
	// After when it is not tried any more.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// String is for people: it shows what is there.
func (r Message) String() string { return shown(r) }

// AttemptsResponse is a page of a list.
type AttemptsResponse struct {
	// The items of this page.
	Attempts []AttemptRecord `json:"attempts"`
	// Whether a further page exists.
	HasMore bool `json:"has_more"`
	// Where the next page begins; absent on the last.
	NextCursor string `json:"next_cursor,omitzero"`
}

// String is for people: it shows what is there.
func (r AttemptsResponse) String() string { return shown(r) }

// Len is how many items this page has.
func (r *AttemptsResponse) Len() int { return len(r.Attempts) }

// At is an item of this page, from 0.
func (r *AttemptsResponse) At(index int) AttemptRecord { return r.Attempts[index] }

// All ranges over the items of this page.
func (r *AttemptsResponse) All() iter.Seq[AttemptRecord] { return slices.Values(r.Attempts) }

// NextPage is nil: there is one page.
func (r *AttemptsResponse) NextPage(context.Context) (*AttemptsResponse, error) { return nil, nil }

// MessagePayload is a message's payload and what is sent beside it.
type MessagePayload struct {
	// The message's id.
	MessageID string `json:"message_id"`
	// The endpoint it goes to.
	EndpointID string `json:"endpoint_id"`
	// Always "application/json".
	ContentType string `json:"content_type"`
	// The JSON document as a text, byte for byte as it was accepted: what is read into numbers may lose digits.
	Payload string `json:"payload"`
	// The size of the payload.
	SizeBytes int64 `json:"size_bytes"`
	// Hex SHA-256 of the payload.
	PayloadSHA256 string `json:"payload_sha256"`
	// The message's own headers; absent where it has none.
	Headers map[string]string `json:"headers,omitzero"`
	// When the payload is dropped at the latest.
	PayloadExpiresAt time.Time `json:"payload_expires_at,omitzero"`
}

// String is for people: it shows what is there.
func (r MessagePayload) String() string { return shown(r) }

// ExplanationReason is one reason, with what belongs to it.
type ExplanationReason struct {
	// The reason, for programs.
	Cause ExplanationCause `json:"cause"`
	// The reason, for people.
	Sentence string `json:"sentence"`
	// When the reason ends, or at the latest; absent where that is not known.
	Until time.Time `json:"until,omitzero"`
	// How many: attempts made, attempts under way, or messages before it.
	Count *int `json:"count,omitzero"`
	// How many there may be: attempts in all, or under way.
	Limit *int `json:"limit,omitzero"`
	// The process that is meant.
	PID *int `json:"pid,omitzero"`
	// The message that is meant.
	MessageID string `json:"message_id,omitzero"`
}

// String is for people: it shows what is there.
func (r ExplanationReason) String() string { return shown(r) }

// Explanation says why a message is where it is.
type Explanation struct {
	// The message's id.
	MessageID string `json:"message_id"`
	// The endpoint it goes to.
	EndpointID string `json:"endpoint_id"`
	// Where it is.
	Progress Progress `json:"progress"`
	// The first of the reasons, for people.
	Sentence string `json:"sentence"`
	// Every reason, what decides most first.
	Reasons []ExplanationReason `json:"reasons"`
	// When it goes on; absent where that takes a person, or is not known.
	ChangesAt time.Time `json:"changes_at,omitzero"`
}

// String is for people: it shows what is there.
func (r Explanation) String() string { return shown(r) }

// ReplayMessageResponse is a message that is queued again.
type ReplayMessageResponse struct {
	// The message's id, which stays.
	MessageID string `json:"message_id"`
	// Always "queued".
	Status MessageStatus `json:"status"`
}

// String is for people: it shows what is there.
func (r ReplayMessageResponse) String() string { return shown(r) }

// ReplayAllMessagesResponse is what a replay by a filter came to.
type ReplayAllMessagesResponse struct {
	// How many messages are queued again.
	Replayed int `json:"replayed"`
	// How many were refused because of their state or their payload's retention.
	Failed int `json:"failed"`
	// Always 0: a replay is one transaction, so no message is left halfway.
	Stuck int `json:"stuck"`
	// The messages that are queued again.
	ReplayedMessageIDs []string `json:"replayed_message_ids"`
	// Always empty.
	StuckMessageIDs []string `json:"stuck_message_ids"`
	// How many were refused, by the code of their error; absent where an older server answered.
	Refused map[string]int `json:"refused,omitzero"`
	// Whether nothing was changed, and this is what would happen; absent where an older server answered.
	DryRun *bool `json:"dry_run,omitzero"`
	// What to pass as "cursor" to go on; absent where nothing is left.
	NextCursor string `json:"next_cursor,omitzero"`
}

// String is for people: it shows what is there.
func (r ReplayAllMessagesResponse) String() string { return shown(r) }

// CancelAllResult is what a cancel by a filter came to.
type CancelAllResult struct {
	// How many messages were given up.
	Cancelled int `json:"cancelled"`
	// Their ids.
	CancelledMessageIDs []string `json:"cancelled_message_ids"`
	// How many were refused, by the code of their error.
	Refused map[string]int `json:"refused"`
	// Whether nothing was changed, and this is what would happen.
	DryRun bool `json:"dry_run"`
	// What to pass as "cursor" to go on; absent where nothing is left.
	NextCursor string `json:"next_cursor,omitzero"`
}

// String is for people: it shows what is there.
func (r CancelAllResult) String() string { return shown(r) }

// ReplayBatchResult is what became of one message of a replay.
type ReplayBatchResult struct {
	// The id as the request gave it.
	MessageID string `json:"message_id"`
	// "replayed" or "failed".
	Status ReplayOutcome `json:"status"`
	// Why the message was not replayed.
	Error string `json:"error,omitzero"`
}

// String is for people: it shows what is there.
func (r ReplayBatchResult) String() string { return shown(r) }

// ReplayBatchMessagesResponse is what a replay of named messages came to.
type ReplayBatchMessagesResponse struct {
	// How many messages are queued again.
	Replayed int `json:"replayed"`
	// How many were refused.
	Failed int `json:"failed"`
	// Always 0.
	Stuck int `json:"stuck"`
	// One result for each id of the request, in its order.
	Results []ReplayBatchResult `json:"results"`
}

// String is for people: it shows what is there.
func (r ReplayBatchMessagesResponse) String() string { return shown(r) }

// DeleteMessageResult is a message that was deleted, now or before.
type DeleteMessageResult struct {
	// The message's id.
	MessageID string `json:"message_id"`
	// When the message was first deleted.
	DeletedAt time.Time `json:"deleted_at"`
	// Whether it had been deleted before.
	AlreadyDeleted bool `json:"already_deleted"`
}

// String is for people: it shows what is there.
func (r DeleteMessageResult) String() string { return shown(r) }

// DeleteBatchItemResult is what became of one message of a delete.
type DeleteBatchItemResult struct {
	// The id as the request gave it.
	MessageID string `json:"message_id"`
	// "deleted", "already_deleted" or "not_found".
	Outcome DeleteOutcome `json:"outcome"`
	// When the message was first deleted.
	DeletedAt time.Time `json:"deleted_at,omitzero"`
}

// String is for people: it shows what is there.
func (r DeleteBatchItemResult) String() string { return shown(r) }

// DeleteBatchResult is what a delete of named messages came to.
type DeleteBatchResult struct {
	// One result for each id of the request, in its order.
	Results []DeleteBatchItemResult `json:"results"`
	// How many messages this request deleted.
	DeletedCount int `json:"deleted_count"`
	// How many had been deleted before.
	AlreadyDeletedCount int `json:"already_deleted_count"`
	// How many ids are unknown.
	NotFoundCount int `json:"not_found_count"`
}

// String is for people: it shows what is there.
func (r DeleteBatchResult) String() string { return shown(r) }

// DeleteAllResult is what a delete by a filter came to. Where Deleted is the limit there may be more.
type DeleteAllResult struct {
	// How many messages were deleted.
	Deleted int `json:"deleted"`
	// Their ids.
	DeletedMessageIDs []string `json:"deleted_message_ids"`
	// Whether nothing was changed, and this is what would happen; absent where an older server answered.
	DryRun *bool `json:"dry_run,omitzero"`
	// What to pass as "cursor" to go on; absent where nothing is left.
	NextCursor string `json:"next_cursor,omitzero"`
}

// String is for people: it shows what is there.
func (r DeleteAllResult) String() string { return shown(r) }

// MessageSummary is one line of the logs or of the dead letter queue.
type MessageSummary struct {
	// A UUIDv7.
	MessageID string `json:"message_id"`
	// The endpoint's URL, not its id.
	Endpoint string `json:"endpoint"`
	// The message's state.
	Status MessageStatus `json:"status"`
	// Attempts that ended.
	AttemptCount int `json:"attempt_count"`
	// When it was accepted.
	CreatedAt time.Time `json:"created_at"`
	// When it was delivered.
	DeliveredAt time.Time `json:"delivered_at,omitzero"`
	// When the next attempt is due, while "pending_retry" or scheduled.
	NextAttemptAt time.Time `json:"next_attempt_at,omitzero"`
	// The receiver's status in the last attempt; absent where that attempt got no answer.
	ResponseStatus int `json:"response_status,omitzero"`
	// How long the last attempt took, in milliseconds.
	ResponseLatencyMS *int `json:"response_latency_ms,omitzero"`
	// What the last failed attempt said.
	LastError string `json:"last_error,omitzero"`
	// When it was deleted.
	DeletedAt time.Time `json:"deleted_at,omitzero"`
	// When it was given up.
	FailedAt time.Time `json:"failed_at,omitzero"`
	// The endpoint's id; absent where an older server answered.
	EndpointID string `json:"endpoint_id,omitzero"`
	// The type of the event that it belongs to; absent for a message that was sent to one endpoint.
	EventType string `json:"event_type,omitzero"`
}

// String is for people: it shows what is there.
func (r MessageSummary) String() string { return shown(r) }

// LogsResponse is a page of a list.
type LogsResponse struct {
	// The items of this page.
	Messages []MessageSummary `json:"messages"`
	// Whether a further page exists.
	HasMore bool `json:"has_more"`
	// Where the next page begins; absent on the last.
	NextCursor string `json:"next_cursor,omitzero"`
	// How far back was looked, where a page is short and has more behind it: the moment at which the last message that
	// was looked at was accepted.
	SearchedTo time.Time `json:"searched_to,omitzero"`

	client  *Client
	request GetLogsRequest
}

// String is for people: it shows what is there.
func (r LogsResponse) String() string { return shown(r) }

// Len is how many items this page has.
func (r *LogsResponse) Len() int { return len(r.Messages) }

// At is an item of this page, from 0.
func (r *LogsResponse) At(index int) MessageSummary { return r.Messages[index] }

// All ranges over the items of this page.
func (r *LogsResponse) All() iter.Seq[MessageSummary] { return slices.Values(r.Messages) }

// NextPage asks for the page after this one; nil where this is the last.
func (r *LogsResponse) NextPage(ctx context.Context) (*LogsResponse, error) {
	if !r.HasMore || r.NextCursor == "" {
		return nil, nil
	}
	if r.client == nil {
		return nil, ofNoClient("GetLogs")
	}
	request := r.request
	request.Cursor = r.NextCursor
	return r.client.GetLogs(ctx, request)
}

// DLQMessagesResponse is a page of a list.
type DLQMessagesResponse struct {
	// The items of this page.
	Messages []MessageSummary `json:"messages"`
	// Whether a further page exists.
	HasMore bool `json:"has_more"`
	// Where the next page begins; absent on the last.
	NextCursor string `json:"next_cursor,omitzero"`

	client  *Client
	request GetDLQMessagesRequest
}

// String is for people: it shows what is there.
func (r DLQMessagesResponse) String() string { return shown(r) }

// Len is how many items this page has.
func (r *DLQMessagesResponse) Len() int { return len(r.Messages) }

// At is an item of this page, from 0.
func (r *DLQMessagesResponse) At(index int) MessageSummary { return r.Messages[index] }

// All ranges over the items of this page.
func (r *DLQMessagesResponse) All() iter.Seq[MessageSummary] { return slices.Values(r.Messages) }

// NextPage asks for the page after this one; nil where this is the last.
func (r *DLQMessagesResponse) NextPage(ctx context.Context) (*DLQMessagesResponse, error) {
	if !r.HasMore || r.NextCursor == "" {
		return nil, nil
	}
	if r.client == nil {
		return nil, ofNoClient("GetDLQMessages")
	}
	request := r.request
	request.Cursor = r.NextCursor
	return r.client.GetDLQMessages(ctx, request)
}

// DeadLetterGroup is dead letters with one cause at one endpoint.
type DeadLetterGroup struct {
	// "HTTP 503" where the receiver answered, else the text of the error without numbers and addresses.
	Cause string `json:"cause"`
	// The endpoint.
	EndpointID string `json:"endpoint_id"`
	// The endpoint's URL.
	Endpoint string `json:"endpoint"`
	// How many messages.
	Count int `json:"count"`
	// When the first of them was given up.
	FirstFailedAt time.Time `json:"first_failed_at"`
	// When the last of them was given up.
	LastFailedAt time.Time `json:"last_failed_at"`
	// The newest of them.
	MessageID string `json:"message_id"`
	// What its last attempt said, whole.
	LastError string `json:"last_error,omitzero"`
}

// String is for people: it shows what is there.
func (r DeadLetterGroup) String() string { return shown(r) }

// DeadLetterGroups is what [Client.GetDLQGroups] answers. Where there is more, the further messages have groups of
// their own: those with the same cause and endpoint belong together.
type DeadLetterGroups struct {
	// The largest first.
	Groups []DeadLetterGroup `json:"groups"`
	// How many dead letters were read: at most 10,000.
	Read int `json:"read"`
	// Whether there are more.
	HasMore bool `json:"has_more"`
	// What to pass as "cursor" to go on; null where all were read.
	NextCursor string `json:"next_cursor,omitzero"`
}

// String is for people: it shows what is there.
func (r DeadLetterGroups) String() string { return shown(r) }

// Metrics is what happened in a window of time, in sum.
type Metrics struct {
	// The window asked for.
	Window MetricsWindow `json:"window"`
	// Messages accepted. A replay, and a send that an idempotency key answered, accept none.
	TotalMessages int `json:"total_messages"`
	// Successful deliveries; a message that is replayed may have several.
	Succeeded int `json:"succeeded"`
	// Messages given up after an attempt; not those that were cancelled, deleted or ran out of retention.
	Failed int `json:"failed"`
	// Failed attempts that another was to follow.
	Retries int `json:"retries"`
	// Succeeded divided by TotalMessages, 0 to 1; 0 where no message was accepted. 1 where more messages succeeded than
	// were accepted, as after an outage whose messages were accepted before the window.
	SuccessRate float64 `json:"success_rate"`
	// The mean time of the attempts that got an answer, of any status; 0 where none got one.
	AvgLatencyMS int `json:"avg_latency_ms"`
}

// String is for people: it shows what is there.
func (r Metrics) String() string { return shown(r) }

// TimeSeriesBucket is what happened in one bucket of a window.
type TimeSeriesBucket struct {
	// When the bucket begins.
	Timestamp time.Time `json:"timestamp"`
	// Messages accepted.
	Total int `json:"total"`
	// Successful deliveries.
	Succeeded int `json:"succeeded"`
	// Messages given up after an attempt.
	Failed int `json:"failed"`
	// Failed attempts that another was to follow.
	Retrying int `json:"retrying"`
	// The mean time of the attempts that got an answer.
	AvgLatencyMS int `json:"avg_latency_ms"`
}

// String is for people: it shows what is there.
func (r TimeSeriesBucket) String() string { return shown(r) }

// TimeSeriesMetrics is what happened in a window of time, bucket by bucket.
type TimeSeriesMetrics struct {
	// The window asked for.
	Window MetricsWindow `json:"window"`
	// Oldest first, without a gap.
	Buckets []TimeSeriesBucket `json:"buckets"`
}

// String is for people: it shows what is there.
func (r TimeSeriesMetrics) String() string { return shown(r) }

// APIKeyInfo is an API key as [Client.ListAPIKeys] shows it.
type APIKeyInfo struct {
	// The API key's id, "key_...".
	KeyID string `json:"key_id"`
	// The label that it was given; empty without one.
	Label string `json:"label"`
	// The key's first 11 characters.
	Prefix string `json:"prefix"`
	// When it was made.
	CreatedAt time.Time `json:"created_at"`
	// When the key was last used, to the minute; null where it never was.
	LastUsedAt time.Time `json:"last_used_at,omitzero"`
	// What the key lets its owner do; absent where an older server answered.
	Scope APIKeyScope `json:"scope,omitzero"`
}

// String is for people: it shows what is there.
func (r APIKeyInfo) String() string { return shown(r) }

// CreateAPIKeyResponse is what [Client.CreateAPIKey] answers: the one time that the whole key is shown.
type CreateAPIKeyResponse struct {
	// The API key's id, "key_...".
	KeyID string `json:"key_id"`
	// The whole key, shown only here.
	Key Secret `json:"key" print:"hidden"`
	// Its first 11 characters.
	Prefix string `json:"prefix"`
	// The label that it was given; empty without one.
	Label string `json:"label"`
	// When it was made.
	CreatedAt time.Time `json:"created_at"`
	// What the key lets its owner do; absent where an older server answered.
	Scope APIKeyScope `json:"scope,omitzero"`
}

// String is for people: it shows what is there, but no secret.
func (r CreateAPIKeyResponse) String() string { return shown(r) }

// GoString is String: it shows no secret.
func (r CreateAPIKeyResponse) GoString() string { return shown(r) }

// Format writes String, whatever the verb is: no verb shows a secret.
func (r CreateAPIKeyResponse) Format(state fmt.State, _ rune) { _, _ = fmt.Fprint(state, shown(r)) }

// LogValue is for log/slog: it has every field but the secret.
func (r CreateAPIKeyResponse) LogValue() slog.Value { return logged(r) }

// CreateLoginCodeResponse is a code that signs a browser in once.
type CreateLoginCodeResponse struct {
	// The code, shown only here. A console takes it behind its address: "/console#login=<code>".
	Code Secret `json:"code" print:"hidden"`
	// Until when it works: 60 seconds from now.
	ExpiresAt time.Time `json:"expires_at"`
	// Where consoles of this outbox were served last, the newest first.
	Consoles []string `json:"consoles"`
}

// String is for people: it shows what is there, but no secret.
func (r CreateLoginCodeResponse) String() string { return shown(r) }

// GoString is String: it shows no secret.
func (r CreateLoginCodeResponse) GoString() string { return shown(r) }

// Format writes String, whatever the verb is: no verb shows a secret.
func (r CreateLoginCodeResponse) Format(state fmt.State, _ rune) { _, _ = fmt.Fprint(state, shown(r)) }

// LogValue is for log/slog: it has every field but the secret.
func (r CreateLoginCodeResponse) LogValue() slog.Value { return logged(r) }

// ExportRecord is an export: a CSV file of messages.
type ExportRecord struct {
	// A UUIDv7.
	ID string `json:"id"`
	// Always "proj_default".
	ProjectID string `json:"project_id"`
	// The export's state.
	Status ExportStatus `json:"status"`
	// Messages accepted at this moment or later.
	FilterStartTime time.Time `json:"filter_start_time"`
	// Messages accepted before this moment.
	FilterEndTime time.Time `json:"filter_end_time"`
	// When it was requested.
	CreatedAt time.Time `json:"created_at"`
	// Only messages with this status.
	FilterStatus MessageStatus `json:"filter_status,omitzero"`
	// Only messages of this endpoint: the digits of its id as a UUID with dashes.
	FilterEndpointID string `json:"filter_endpoint_id,omitzero"`
	// How many messages it has.
	RowCount *int `json:"row_count,omitzero"`
	// How large the file is.
	FileSizeBytes *int64 `json:"file_size_bytes,omitzero"`
	// Why it failed.
	ErrorMessage string `json:"error_message,omitzero"`
	// When writing last began.
	StartedAt time.Time `json:"started_at,omitzero"`
	// When it was completed or failed.
	CompletedAt time.Time `json:"completed_at,omitzero"`
	// Until when the file is kept.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// Always "outbound".
	Direction string `json:"direction"`
}

// String is for people: it shows what is there.
func (r ExportRecord) String() string { return shown(r) }

// Deliverer is the process that delivers from an outbox.
type Deliverer struct {
	// Its process id.
	PID int `json:"pid"`
	// Whether the asked engine itself delivers.
	ThisEngine bool `json:"this_engine"`
	// Since when it delivers.
	Since time.Time `json:"since"`
	// Whether the process is stopped, by a signal or with its container, so that it delivers nothing. False where this
	// cannot be seen: the process is on another machine or hidden from this one.
	Stopped bool `json:"stopped"`
}

// String is for people: it shows what is there.
func (r Deliverer) String() string { return shown(r) }

// Shortage is a shortage that keeps attempts waiting.
type Shortage struct {
	// What is missing.
	Kind ShortageKind `json:"kind"`
	// What is missing, with the system's error, for people.
	Text string `json:"text"`
	// Since when it is missing.
	Since time.Time `json:"since"`
}

// String is for people: it shows what is there.
func (r Shortage) String() string { return shown(r) }

// Stats says how the outbox stands.
type Stats struct {
	// Messages that were accepted or replayed and not attempted since. Those in flight are among them.
	Queued int `json:"queued"`
	// Attempts under way in this process.
	InFlight int `json:"in_flight"`
	// Messages that failed and will be tried again.
	WaitingForRetry int `json:"waiting_for_retry"`
	// Messages in the dead letter queue.
	Dead int `json:"dead"`
	// How long ago the oldest message that is due was accepted, in seconds; absent where none is due.
	OldestDueAgeSeconds *float64 `json:"oldest_due_age_seconds,omitzero"`
	// The size of the file and its write-ahead log.
	BytesOnDisk int64 `json:"bytes_on_disk"`
	// The process that delivers; absent where none delivers.
	Deliverer *Deliverer `json:"deliverer,omitzero"`
	// Why this process, which should deliver, cannot; absent where it can, or should not.
	NotDelivering string `json:"not_delivering,omitzero"`
	// What this process lacks for its attempts; absent where it lacks nothing.
	Shortage *Shortage `json:"shortage,omitzero"`
}

// String is for people: it shows what is there.
func (r Stats) String() string { return shown(r) }

// WhoAmI is who asks, and what answers.
type WhoAmI struct {
	// The API key that the caller showed; absent in a process, where nobody is asked for one.
	APIKey *APIKeyInfo `json:"api_key,omitzero"`
	// What the caller may do.
	Scope APIKeyScope `json:"scope"`
	// The version of HookBridge.
	Version string `json:"version"`
	// The process that answers.
	PID int `json:"pid"`
	// The outbox's file.
	Database string `json:"database"`
	// Whether this engine is to deliver.
	Delivers bool `json:"delivers"`
	// The process that delivers; absent where none does.
	Deliverer *Deliverer `json:"deliverer,omitzero"`
	// The largest payload, in bytes.
	MaxPayloadBytes int64 `json:"max_payload_bytes"`
	// How long payloads are kept, in hours.
	PayloadRetentionHours int `json:"payload_retention_hours"`
	// The most attempts at a message.
	MaxAttempts int `json:"max_attempts"`
}

// String is for people: it shows what is there.
func (r WhoAmI) String() string { return shown(r) }

// Activity is a change that a caller with an API key asked for.
type Activity struct {
	// Its number. A later one is higher.
	ActivityID int `json:"activity_id"`
	// When it was done.
	OccurredAt time.Time `json:"occurred_at"`
	// The operation, such as [Client.PauseEndpoint].
	Operation string `json:"operation"`
	// The key that the caller showed.
	APIKeyID string `json:"api_key_id"`
	// The label of that key at the time; empty where it had none.
	APIKeyLabel string `json:"api_key_label"`
	// The first characters of that key.
	APIKeyPrefix string `json:"api_key_prefix"`
	// The endpoint that it was about; absent where it was about none, or several.
	EndpointID string `json:"endpoint_id,omitzero"`
	// The message that it was about; absent where it was about none, or several.
	MessageID string `json:"message_id,omitzero"`
	// How many messages, endpoints or keys it changed.
	Affected int `json:"affected"`
	// What else was asked for, as a JSON object: a filter, a label, the fields that were changed. No secret and no
	// payload.
	Detail string `json:"detail,omitzero"`
}

// String is for people: it shows what is there.
func (r Activity) String() string { return shown(r) }

// ActivityResponse is a page of a list.
type ActivityResponse struct {
	// The items of this page.
	Activities []Activity `json:"activities"`
	// Whether a further page exists.
	HasMore bool `json:"has_more"`
	// Where the next page begins; absent on the last.
	NextCursor string `json:"next_cursor,omitzero"`

	client  *Client
	request ListActivityRequest
}

// String is for people: it shows what is there.
func (r ActivityResponse) String() string { return shown(r) }

// Len is how many items this page has.
func (r *ActivityResponse) Len() int { return len(r.Activities) }

// At is an item of this page, from 0.
func (r *ActivityResponse) At(index int) Activity { return r.Activities[index] }

// All ranges over the items of this page.
func (r *ActivityResponse) All() iter.Seq[Activity] { return slices.Values(r.Activities) }

// NextPage asks for the page after this one; nil where this is the last.
func (r *ActivityResponse) NextPage(ctx context.Context) (*ActivityResponse, error) {
	if !r.HasMore || r.NextCursor == "" {
		return nil, nil
	}
	if r.client == nil {
		return nil, ofNoClient("ListActivity")
	}
	request := r.request
	request.Cursor = r.NextCursor
	return r.client.ListActivity(ctx, request)
}

// APIKeyActor is an API key.
type APIKeyActor struct {
	// The key's label; empty where it has none.
	Label string `json:"label"`
}

// String is for people: it shows what is there.
func (r APIKeyActor) String() string { return shown(r) }

// UserActor is a user.
type UserActor struct {
	// The user's mail address.
	Email string `json:"email"`
}

// String is for people: it shows what is there.
func (r UserActor) String() string { return shown(r) }

// ActorLookupResult are the actors that are known. A map is present only where ids of its kind were asked for.
type ActorLookupResult struct {
	// API keys by id.
	APIKeys map[string]APIKeyActor `json:"api_keys,omitzero"`
	// Users by id.
	Users map[string]UserActor `json:"users,omitzero"`
}

// String is for people: it shows what is there.
func (r ActorLookupResult) String() string { return shown(r) }

// Event is something that happened in the process that delivers, or should deliver. An event about a message is sent
// after its outcome was recorded.
type Event struct {
	// The kind of event.
	Kind EventKind `json:"kind"`
	// The message; absent where the event is about none, as are the next three fields.
	MessageID string `json:"message_id,omitzero"`
	// Its endpoint.
	EndpointID string `json:"endpoint_id,omitzero"`
	// The type of the event that the message belongs to; absent for a message that was sent to one endpoint.
	EventType string `json:"event_type,omitzero"`
	// Which attempt it was, from 1.
	AttemptNo int `json:"attempt_no,omitzero"`
	// The receiver's status; absent where no answer came.
	ResponseStatus int `json:"response_status,omitzero"`
	// What went wrong; absent where nothing did.
	ErrorText string `json:"error_text,omitzero"`
	// When the next attempt is due; absent where none follows.
	NextAttemptAt time.Time `json:"next_attempt_at,omitzero"`
	// When it happened.
	OccurredAt time.Time `json:"occurred_at"`
}

// String is for people: it shows what is there.
func (r Event) String() string { return shown(r) }
