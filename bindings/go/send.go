package hookbridge

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"unicode/utf8"
)

// BatchResult is what became of a message of a batch: Error is nil where it was accepted.
type BatchResult struct {
	// The id under which the message is delivered.
	MessageID string `json:"message_id,omitzero"`
	// Always "queued".
	Status MessageStatus `json:"status,omitzero"`
	// Why the message was refused.
	Error *SendFailure `json:"error,omitzero"`
}

// String is for people: it shows what is there.
func (r BatchResult) String() string { return shown(r) }

// Send accepts a message for delivery: it returns once the message is on disk. Where ctx ends first, the message may
// still be accepted; an idempotency key makes it safe to send it again.
//
// Errors of its own: [ErrEndpointNotFound], [ErrInvalidHeaders], [ErrIdempotencyMismatch], [ErrPayloadTooLarge].
func (c *Client) Send(ctx context.Context, request SendRequest) (*SendWebhookResponse, error) {
	retention, typed := request.retention()
	if !typed || request.hasOrderOrTime() {
		document, err := request.document()
		if err != nil {
			return nil, err
		}
		return answered[SendWebhookResponse](ctx, c, "messages.send", document)
	}
	payload, err := payloadBytes(request.Payload)
	if err != nil {
		return nil, err
	}
	headers, err := headerBytes(request.Headers)
	if err != nil {
		return nil, err
	}
	id, err := c.engine.send(ctx, request.EndpointID, payload, headers, request.IdempotencyKey, retention)
	if err != nil {
		return nil, err
	}
	return &SendWebhookResponse{MessageID: id, Status: MessageStatusQueued}, nil
}

// SendBatch accepts up to 1,000 messages: all that are good are committed in one transaction. Each message has its
// result or its failure, in order; one that is refused touches no other.
func (c *Client) SendBatch(ctx context.Context, messages []SendRequest) ([]BatchResult, error) {
	documents := make([][]byte, len(messages))
	for i := range messages {
		document, err := messages[i].document()
		if err != nil {
			return nil, ofBatch("messages", i, err)
		}
		documents[i] = document
	}
	request := append([]byte(`{"messages":[`), bytes.Join(documents, []byte(","))...)
	answer, err := answered[struct {
		Results []BatchResult `json:"results"`
	}](ctx, c, "messages.send_batch", append(request, "]}"...))
	if err != nil {
		return nil, err
	}
	return answer.Results, nil
}

// payloadBytes is what is stored and sent.
func payloadBytes(payload any) ([]byte, error) {
	switch document := payload.(type) {
	case nil:
		return nil, refused(ErrInvalidRequest, `Payload is missing; json.RawMessage("null") is the null of JSON`)
	case json.RawMessage:
		return document, nil
	case []byte:
		return document, nil
	}
	encoded, err := encoded(payload)
	if err != nil {
		return nil, refused(ErrInvalidRequest, "Payload is not JSON: "+err.Error())
	}
	return encoded, nil
}

// headerBytes is the headers' JSON, which cannot carry what is not UTF-8.
func headerBytes(headers map[string]string) ([]byte, error) {
	if len(headers) == 0 {
		return nil, nil
	}
	for name, value := range headers {
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return nil, refused(ErrInvalidHeaders, "names and values of Headers must be UTF-8")
		}
	}
	return encoded(headers)
}

// payloadDocument is a payload as part of a larger document.
func payloadDocument(payload any) ([]byte, error) {
	document, err := payloadBytes(payload)
	if err != nil {
		return nil, err
	}
	if !json.Valid(document) || !utf8.Valid(document) {
		return nil, refused(ErrInvalidRequest, "Payload is not JSON")
	}
	return document, nil
}

// document is a message as a JSON object, its payload as it stands.
func (r *SendRequest) document() ([]byte, error) {
	payload, err := payloadDocument(r.Payload)
	if err != nil {
		return nil, err
	}
	if _, err := headerBytes(r.Headers); err != nil {
		return nil, err
	}
	rest, err := encoded(r)
	if err != nil {
		return nil, refused(ErrInvalidRequest, err.Error())
	}
	rest = append(rest[:len(rest)-1], `,"payload":`...)
	return append(append(rest, payload...), '}'), nil
}

// hasOrderOrTime says whether the message has what only the library's JSON can say.
func (r *SendRequest) hasOrderOrTime() bool {
	return r.OrderingKey != "" || !r.DeliverAt.IsZero() || !r.ExpiresAt.IsZero()
}

// retention is the hours for the library's typed call; false where only its JSON can say them, to be refused there.
func (r *SendRequest) retention() (*uint32, bool) {
	if r.RetentionHours == nil {
		return nil, true
	}
	hours := *r.RetentionHours
	if hours < 0 || uint64(hours) > math.MaxUint32 {
		return nil, false
	}
	return new(uint32(hours)), true
}
