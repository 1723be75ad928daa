package hookbridge

import (
	"bytes"
	"encoding/json"
	"math"
	"time"
	"unicode/utf8"
)

// SendRequest is a message to be accepted.
type SendRequest struct {
	// EndpointID is "ep_...".
	EndpointID string `json:"endpoint_id"`
	// Payload is any value for encoding/json. A []byte or json.RawMessage is a JSON document that is sent byte for byte.
	Payload any `json:"-"`
	// Headers go with the delivery.
	Headers map[string]string `json:"headers,omitempty"`
	// IdempotencyKey is 1 to 255 of letters, digits, '_' and '-'; empty for none.
	IdempotencyKey string `json:"idempotency_key,omitempty"`
	// RetentionHours is how long the payload is kept; 0 drops it after delivery, nil keeps it as the client's setting says.
	RetentionHours *int `json:"retention_hours,omitempty"`
}

// CreateEndpointRequest describes a new endpoint; only the URL is needed.
type CreateEndpointRequest struct {
	URL          string            `json:"url"`
	Description  string            `json:"description,omitempty"`
	RateLimitRPS *int              `json:"rate_limit_rps,omitempty"`
	Burst        *int              `json:"burst,omitempty"`
	Headers      map[string]string `json:"headers,omitempty"`
	// RetrySchedule is a name, gaps in seconds, or gaps as "slow" and "fast".
	RetrySchedule any  `json:"retry_schedule,omitempty"`
	MaxAttempts   *int `json:"max_attempts,omitempty"`
}

// UpdateEndpointRequest changes what is not nil: 0 clears a number, "" a description, an empty map the headers,
// json.RawMessage("null") the schedule.
type UpdateEndpointRequest struct {
	URL           *string            `json:"url,omitempty"`
	Description   *string            `json:"description,omitempty"`
	RateLimitRPS  *int               `json:"rate_limit_rps,omitempty"`
	Burst         *int               `json:"burst,omitempty"`
	Headers       *map[string]string `json:"headers,omitempty"`
	RetrySchedule any                `json:"retry_schedule,omitempty"`
	MaxAttempts   *int               `json:"max_attempts,omitempty"`
}

// PageRequest asks for a page of a list; the zero value is the first page of the usual size.
type PageRequest struct {
	Limit  *int   `json:"limit,omitempty"`
	Cursor string `json:"cursor,omitempty"`
}

// ReplayAllRequest says what is queued again: Status is "failed_permanent" or "pending_retry", Limit 1 to 1,000 (100).
type ReplayAllRequest struct {
	Status     string `json:"status"`
	EndpointID string `json:"endpoint_id,omitempty"`
	Limit      *int   `json:"limit,omitempty"`
}

// DeleteAllRequest says what is deleted: CreatedAfter is part of the range, CreatedBefore is not; Limit is at most 1,000.
type DeleteAllRequest struct {
	Status        []string   `json:"status,omitempty"`
	EndpointID    string     `json:"endpoint_id,omitempty"`
	CreatedAfter  *time.Time `json:"created_after,omitempty"`
	CreatedBefore *time.Time `json:"created_before,omitempty"`
	Limit         *int       `json:"limit,omitempty"`
}

// LogsRequest filters the log; the zero value is its first page.
type LogsRequest struct {
	EndpointID string     `json:"endpoint_id,omitempty"`
	Status     string     `json:"status,omitempty"`
	StartTime  *time.Time `json:"start_time,omitempty"`
	EndTime    *time.Time `json:"end_time,omitempty"`
	Limit      *int       `json:"limit,omitempty"`
	Cursor     string     `json:"cursor,omitempty"`
}

// MetricsRequest says which metrics: Window is "1h", "24h" (the default), "7d" or "30d".
type MetricsRequest struct {
	Window     string `json:"window,omitempty"`
	EndpointID string `json:"endpoint_id,omitempty"`
}

// CreateAPIKeyRequest describes an API key: Mode is "live" (the default) or "test".
type CreateAPIKeyRequest struct {
	Mode  string `json:"mode,omitempty"`
	Label string `json:"label,omitempty"`
}

// CreateExportRequest says which messages are exported: those accepted from StartTime on and before EndTime.
type CreateExportRequest struct {
	StartTime  time.Time `json:"start_time"`
	EndTime    time.Time `json:"end_time"`
	Status     string    `json:"status,omitempty"`
	EndpointID string    `json:"endpoint_id,omitempty"`
}

// Ptr is a pointer to a value, for the fields that may be absent.
func Ptr[T any](value T) *T { return &value }

// payloadBytes is what is stored and sent.
func payloadBytes(payload any) ([]byte, error) {
	switch document := payload.(type) {
	case json.RawMessage:
		return document, nil
	case []byte:
		return document, nil
	}
	encoded, err := encoded(payload)
	if err != nil {
		return nil, refused("INVALID_REQUEST", "the payload is not JSON: "+err.Error())
	}
	return encoded, nil
}

// encoded is JSON without the escapes that only a web page needs.
func encoded(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// headerBytes is the headers' JSON, which cannot carry what is not UTF-8.
func headerBytes(headers map[string]string) ([]byte, error) {
	if len(headers) == 0 {
		return nil, nil
	}
	for name, value := range headers {
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return nil, refused("INVALID_HEADERS", "header names and values are UTF-8")
		}
	}
	return encoded(headers)
}

// document is a message as a JSON object, its payload as it stands.
func (r *SendRequest) document() ([]byte, error) {
	payload, err := payloadBytes(r.Payload)
	if err != nil {
		return nil, err
	}
	if !json.Valid(payload) || !utf8.Valid(payload) {
		return nil, refused("INVALID_REQUEST", "the payload is not JSON")
	}
	if _, err := headerBytes(r.Headers); err != nil {
		return nil, err
	}
	rest, err := encoded(r)
	if err != nil {
		return nil, refused("INVALID_REQUEST", err.Error())
	}
	rest = append(rest[:len(rest)-1], `,"payload":`...)
	return append(append(rest, payload...), '}'), nil
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
	return Ptr(uint32(hours)), true
}
