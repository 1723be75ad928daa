package hookbridge

import "time"

// SendResult is a message that was accepted: it is on disk.
type SendResult struct {
	MessageID string `json:"message_id"`
	Status    string `json:"status"`
}

// SendFailure says why a message of a batch was refused; the others are not touched by it.
type SendFailure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// BatchResult is what became of a message of a batch: Error is nil where it was accepted.
type BatchResult struct {
	MessageID string       `json:"message_id,omitempty"`
	Status    string       `json:"status,omitempty"`
	Error     *SendFailure `json:"error,omitempty"`
}

// CreatedEndpoint is a new endpoint. SigningSecret is shown only here.
type CreatedEndpoint struct {
	ID            string    `json:"id"`
	URL           string    `json:"url"`
	Description   string    `json:"description,omitempty"`
	SigningKeyID  string    `json:"signing_key_id"`
	SigningSecret string    `json:"signing_secret"`
	KeyHint       string    `json:"key_hint"`
	CreatedAt     time.Time `json:"created_at"`
}

// Endpoint is an endpoint. Updated is true in the answer to an update.
type Endpoint struct {
	ID            string            `json:"id"`
	URL           string            `json:"url"`
	Description   string            `json:"description,omitempty"`
	RateLimitRPS  *int              `json:"rate_limit_rps,omitempty"`
	Burst         *int              `json:"burst,omitempty"`
	Headers       map[string]string `json:"headers,omitempty"`
	RetrySchedule any               `json:"retry_schedule,omitempty"`
	MaxAttempts   *int              `json:"max_attempts,omitempty"`
	Paused        bool              `json:"paused"`
	CreatedAt     time.Time         `json:"created_at"`
	UpdatedAt     time.Time         `json:"updated_at"`
	Updated       bool              `json:"updated,omitempty"`
}

// EndpointSummary is an endpoint in a list.
type EndpointSummary struct {
	ID          string    `json:"id"`
	URL         string    `json:"url"`
	Description string    `json:"description,omitempty"`
	Paused      bool      `json:"paused"`
	CreatedAt   time.Time `json:"created_at"`
}

// PausedEndpoint says whether deliveries are held, and after a resume how many had come due.
type PausedEndpoint struct {
	ID               string `json:"id"`
	Paused           bool   `json:"paused"`
	MessagesRequeued *int   `json:"messages_requeued,omitempty"`
}

// SigningKey is a signing key without its secret.
type SigningKey struct {
	ID        string    `json:"id"`
	KeyHint   string    `json:"key_hint"`
	CreatedAt time.Time `json:"created_at"`
}

// NewSigningKey is a new signing key. SigningSecret is shown only here.
type NewSigningKey struct {
	ID            string    `json:"id"`
	SigningSecret string    `json:"signing_secret"`
	KeyHint       string    `json:"key_hint"`
	CreatedAt     time.Time `json:"created_at"`
}

// Message is a message without its payload.
type Message struct {
	ID                string     `json:"id"`
	ProjectID         string     `json:"project_id"`
	EndpointID        string     `json:"endpoint_id"`
	Status            string     `json:"status"`
	AttemptCount      int        `json:"attempt_count"`
	ReplayCount       int        `json:"replay_count"`
	ContentType       string     `json:"content_type"`
	SizeBytes         int64      `json:"size_bytes"`
	PayloadSHA256     string     `json:"payload_sha256"`
	CreatedAt         time.Time  `json:"created_at"`
	UpdatedAt         time.Time  `json:"updated_at"`
	IdempotencyKey    string     `json:"idempotency_key,omitempty"`
	NextAttemptAt     *time.Time `json:"next_attempt_at,omitempty"`
	LastError         string     `json:"last_error,omitempty"`
	ResponseStatus    *int       `json:"response_status,omitempty"`
	ResponseLatencyMS *int64     `json:"response_latency_ms,omitempty"`
	FirstAttemptAt    *time.Time `json:"first_attempt_at,omitempty"`
	DeliveredAt       *time.Time `json:"delivered_at,omitempty"`
	FailedAt          *time.Time `json:"failed_at,omitempty"`
	QueueWaitMS       *int64     `json:"queue_wait_ms,omitempty"`
	TotalDeliveryMS   *int64     `json:"total_delivery_ms,omitempty"`
	PayloadExpiresAt  *time.Time `json:"payload_expires_at,omitempty"`
	DeletedAt         *time.Time `json:"deleted_at,omitempty"`
	DeletedByAPIKeyID string     `json:"deleted_by_api_key_id,omitempty"`
}

// Attempt is one attempt at a delivery; times are milliseconds.
type Attempt struct {
	ID                    string            `json:"id"`
	AttemptNo             int               `json:"attempt_no"`
	CreatedAt             time.Time         `json:"created_at"`
	ResponseStatus        *int              `json:"response_status,omitempty"`
	ResponseLatencyMS     *int64            `json:"response_latency_ms,omitempty"`
	ProcessingMS          *int64            `json:"processing_ms,omitempty"`
	ErrorText             string            `json:"error_text,omitempty"`
	ResponseHeaders       map[string]string `json:"response_headers,omitempty"`
	RetryType             string            `json:"retry_type,omitempty"`
	RetryAfterSeconds     *int64            `json:"retry_after_seconds,omitempty"`
	ResolvedIP            string            `json:"resolved_ip,omitempty"`
	RequestHeaders        map[string]string `json:"request_headers,omitempty"`
	DNSMS                 *int64            `json:"dns_ms,omitempty"`
	TCPConnectMS          *int64            `json:"tcp_connect_ms,omitempty"`
	TLSHandshakeMS        *int64            `json:"tls_handshake_ms,omitempty"`
	TTFBMS                *int64            `json:"ttfb_ms,omitempty"`
	TransferMS            *int64            `json:"transfer_ms,omitempty"`
	ConnReused            *bool             `json:"conn_reused,omitempty"`
	ResponseBody          *string           `json:"response_body,omitempty"`
	ResponseBodyTruncated *bool             `json:"response_body_truncated,omitempty"`
	// Note is what was unusual that neither the status nor the error says.
	Note string `json:"note,omitempty"`
}

// DeletedMessage is a message that was deleted, now or before.
type DeletedMessage struct {
	MessageID      string    `json:"message_id"`
	DeletedAt      time.Time `json:"deleted_at"`
	AlreadyDeleted bool      `json:"already_deleted"`
}

// MessageSummary is a message in the log or in the dead letter queue. Endpoint is its URL.
type MessageSummary struct {
	MessageID         string     `json:"message_id"`
	Endpoint          string     `json:"endpoint"`
	Status            string     `json:"status"`
	AttemptCount      int        `json:"attempt_count"`
	CreatedAt         time.Time  `json:"created_at"`
	DeliveredAt       *time.Time `json:"delivered_at,omitempty"`
	FailedAt          *time.Time `json:"failed_at,omitempty"`
	NextAttemptAt     *time.Time `json:"next_attempt_at,omitempty"`
	ResponseStatus    *int       `json:"response_status,omitempty"`
	ResponseLatencyMS *int64     `json:"response_latency_ms,omitempty"`
	LastError         string     `json:"last_error,omitempty"`
	DeletedAt         *time.Time `json:"deleted_at,omitempty"`
}

// ReplayAllResult is what a replay by filter came to.
type ReplayAllResult struct {
	Replayed           int      `json:"replayed"`
	Failed             int      `json:"failed"`
	Stuck              int      `json:"stuck"`
	ReplayedMessageIDs []string `json:"replayed_message_ids"`
	StuckMessageIDs    []string `json:"stuck_message_ids"`
}

// ReplayItem is one message of a replay: "replayed", or "failed" with the reason.
type ReplayItem struct {
	MessageID string `json:"message_id"`
	Status    string `json:"status"`
	Error     string `json:"error,omitempty"`
}

// ReplayBatchResult is what a replay by name came to.
type ReplayBatchResult struct {
	Replayed int          `json:"replayed"`
	Failed   int          `json:"failed"`
	Stuck    int          `json:"stuck"`
	Results  []ReplayItem `json:"results"`
}

// DeleteItem is one message of a delete: "deleted", "already_deleted" or "not_found".
type DeleteItem struct {
	MessageID string     `json:"message_id"`
	Outcome   string     `json:"outcome"`
	DeletedAt *time.Time `json:"deleted_at,omitempty"`
}

// DeleteBatchResult is what a delete by name came to.
type DeleteBatchResult struct {
	Results             []DeleteItem `json:"results"`
	DeletedCount        int          `json:"deleted_count"`
	AlreadyDeletedCount int          `json:"already_deleted_count"`
	NotFoundCount       int          `json:"not_found_count"`
}

// DeleteAllResult is what a delete by filter came to; as many as the limit means that there may be more.
type DeleteAllResult struct {
	Deleted           int      `json:"deleted"`
	DeletedMessageIDs []string `json:"deleted_message_ids"`
}

// Metrics is what happened in a window; SuccessRate is 0 to 1, AvgLatencyMS that of attempts that were answered.
type Metrics struct {
	Window        string  `json:"window"`
	TotalMessages int64   `json:"total_messages"`
	Succeeded     int64   `json:"succeeded"`
	Failed        int64   `json:"failed"`
	Retries       int64   `json:"retries"`
	SuccessRate   float64 `json:"success_rate"`
	AvgLatencyMS  int64   `json:"avg_latency_ms"`
}

// Bucket is what happened from Timestamp on, for the width of the series.
type Bucket struct {
	Timestamp    time.Time `json:"timestamp"`
	Succeeded    int64     `json:"succeeded"`
	Failed       int64     `json:"failed"`
	Retrying     int64     `json:"retrying"`
	Total        int64     `json:"total"`
	AvgLatencyMS int64     `json:"avg_latency_ms"`
}

// TimeSeries is what happened over time, oldest first, without gaps.
type TimeSeries struct {
	Window  string   `json:"window"`
	Buckets []Bucket `json:"buckets"`
}

// APIKey is an API key without the key itself.
type APIKey struct {
	KeyID      string     `json:"key_id"`
	Label      string     `json:"label"`
	Prefix     string     `json:"prefix"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"`
}

// NewAPIKey is a new API key; Key is shown only here.
type NewAPIKey struct {
	KeyID     string    `json:"key_id"`
	Key       string    `json:"key"`
	Prefix    string    `json:"prefix"`
	Label     string    `json:"label"`
	CreatedAt time.Time `json:"created_at"`
}

// Export is a file of messages: "pending", "processing", "completed", "failed" or "expired".
type Export struct {
	ID               string     `json:"id"`
	ProjectID        string     `json:"project_id"`
	Status           string     `json:"status"`
	Direction        string     `json:"direction,omitempty"`
	FilterStartTime  time.Time  `json:"filter_start_time"`
	FilterEndTime    time.Time  `json:"filter_end_time"`
	FilterStatus     string     `json:"filter_status,omitempty"`
	FilterEndpointID string     `json:"filter_endpoint_id,omitempty"`
	RowCount         *int64     `json:"row_count,omitempty"`
	FileSizeBytes    *int64     `json:"file_size_bytes,omitempty"`
	ErrorMessage     string     `json:"error_message,omitempty"`
	CreatedAt        time.Time  `json:"created_at"`
	StartedAt        *time.Time `json:"started_at,omitempty"`
	CompletedAt      *time.Time `json:"completed_at,omitempty"`
	ExpiresAt        *time.Time `json:"expires_at,omitempty"`
}

// APIKeyActor is an API key that did something.
type APIKeyActor struct {
	Label string `json:"label"`
}

// UserActor is a user who did something.
type UserActor struct {
	Email string `json:"email"`
}

// Actors are those that did something, by their ids; unknown ids are missing.
type Actors struct {
	APIKeys map[string]APIKeyActor `json:"api_keys,omitempty"`
	Users   map[string]UserActor   `json:"users,omitempty"`
}

// Deliverer is the process that delivers. Stopped by a signal or with its container it delivers nothing.
type Deliverer struct {
	PID        int       `json:"pid"`
	ThisEngine bool      `json:"this_engine"`
	Since      time.Time `json:"since"`
	Stopped    bool      `json:"stopped"`
}

// Shortage is what a process lacks, so that attempts wait: "descriptors", "memory", "local_ports", "threads",
// "lookup_places", "resolver" or "trust_store".
type Shortage struct {
	Kind  string    `json:"kind"`
	Text  string    `json:"text"`
	Since time.Time `json:"since"`
}

// Stats is how the outbox stands. NotDelivering says why the process that was asked, which should deliver, cannot.
type Stats struct {
	Queued              int64      `json:"queued"`
	InFlight            int64      `json:"in_flight"`
	WaitingForRetry     int64      `json:"waiting_for_retry"`
	Dead                int64      `json:"dead"`
	OldestDueAgeSeconds *float64   `json:"oldest_due_age_seconds,omitempty"`
	BytesOnDisk         int64      `json:"bytes_on_disk"`
	Deliverer           *Deliverer `json:"deliverer,omitempty"`
	NotDelivering       string     `json:"not_delivering,omitempty"`
	Shortage            *Shortage  `json:"shortage,omitempty"`
}

// Event is what happened to a message: "message_delivered", "attempt_failed" or "message_dead"; or "not_delivering", of no
// message (the ids are empty, AttemptNo is 0), where this process should deliver and cannot: ErrorText says why.
type Event struct {
	Kind           string     `json:"kind"`
	MessageID      string     `json:"message_id"`
	EndpointID     string     `json:"endpoint_id"`
	AttemptNo      int        `json:"attempt_no"`
	ResponseStatus *int       `json:"response_status,omitempty"`
	ErrorText      string     `json:"error_text,omitempty"`
	NextAttemptAt  *time.Time `json:"next_attempt_at,omitempty"`
	OccurredAt     time.Time  `json:"occurred_at"`
}

// Page is a page of a list; NextCursor is empty on the last.
type Page[T any] struct {
	Data       []T    `json:"data"`
	HasMore    bool   `json:"has_more"`
	NextCursor string `json:"next_cursor,omitempty"`
}
