// Package hookbridge sends webhooks from inside the process: Send commits a message to a SQLite file, and background
// threads deliver, sign, retry and record it. See the README for the ways to run.
package hookbridge

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"
)

// How long Close lets attempts under way end.
const closePatience = 5 * time.Second

// How long Flush waits between two looks, at first and at most.
const flushPause, longestFlushPause = time.Millisecond, 50 * time.Millisecond

// Client is an outbox in this process and its delivery, or a client of a server, or both (a relay): the options decide.
//
// Use it from any goroutine, and close it. Every method takes a context, which ends the waiting, not the work: a call
// that returns the context's error may still be carried out.
type Client struct {
	engine *engine
	mutex  sync.Mutex
	queues map[*Events]struct{}
	closed bool
}

// NewClient opens an outbox file, or prepares to work with a server where WithBaseURL is given. apiKey is shown to
// that server; in-process it may be empty. A wrong setting is a *ValidationError that names it.
func NewClient(apiKey string, options ...Option) (*Client, error) {
	settings := map[string]any{}
	if apiKey != "" {
		settings["api_key"] = apiKey
	}
	for _, option := range options {
		option(settings)
	}
	configuration, err := encoded(settings)
	if err != nil {
		return nil, refused("INVALID_CONFIGURATION", "a setting is not JSON: "+err.Error())
	}
	engine, err := open(configuration)
	if err != nil {
		return nil, err
	}
	return &Client{engine: engine, queues: map[*Events]struct{}{}}, nil
}

// result runs an operation and reads its answer.
func result[T any](ctx context.Context, c *Client, operation string, request any) (*T, error) {
	document, err := encoded(request)
	if err != nil {
		return nil, refused("INVALID_REQUEST", "an argument is not JSON: "+err.Error())
	}
	return answered[T](ctx, c, operation, document)
}

func answered[T any](ctx context.Context, c *Client, operation string, document []byte) (*T, error) {
	answer, err := c.engine.call(ctx, operation, document)
	if err != nil {
		return nil, err
	}
	value := new(T)
	if err := json.Unmarshal(answer, value); err != nil {
		return nil, &APIError{Code: "INTERNAL_ERROR", Message: operation + ": " + err.Error(), StatusCode: 500}
	}
	return value, nil
}

func (c *Client) done(ctx context.Context, operation string, request any) error {
	_, err := result[struct{}](ctx, c, operation, request)
	return err
}

type endpointRef struct {
	EndpointID string `json:"endpoint_id"`
}

type messageRef struct {
	MessageID string `json:"message_id"`
}

type messageRefs struct {
	MessageIDs []string `json:"message_ids"`
}

type exportRef struct {
	ExportID string `json:"export_id"`
}

// Send accepts a message: it returns once the message is on disk. Where ctx ends first, the message may still be
// accepted; an idempotency key makes it safe to send it again.
func (c *Client) Send(ctx context.Context, request SendRequest) (*SendResult, error) {
	retention, typed := request.retention()
	if !typed {
		document, err := request.document()
		if err != nil {
			return nil, err
		}
		return answered[SendResult](ctx, c, "messages.send", document)
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
	return &SendResult{MessageID: id, Status: "queued"}, nil
}

// SendBatch accepts up to 1,000 messages in one transaction; each has its result or its failure, in order.
func (c *Client) SendBatch(ctx context.Context, messages []SendRequest) ([]BatchResult, error) {
	documents := make([][]byte, len(messages))
	for i := range messages {
		document, err := messages[i].document()
		if err != nil {
			return nil, err
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

// CreateEndpoint creates an endpoint; its signing secret is shown only in the answer.
func (c *Client) CreateEndpoint(ctx context.Context, request CreateEndpointRequest) (*CreatedEndpoint, error) {
	return result[CreatedEndpoint](ctx, c, "endpoints.create", request)
}

// GetEndpoint is an endpoint.
func (c *Client) GetEndpoint(ctx context.Context, endpointID string) (*Endpoint, error) {
	return result[Endpoint](ctx, c, "endpoints.get", endpointRef{endpointID})
}

// ListEndpoints lists endpoints, newest first, 1 to 100 (50) a page.
func (c *Client) ListEndpoints(ctx context.Context, request PageRequest) (*Page[EndpointSummary], error) {
	return result[Page[EndpointSummary]](ctx, c, "endpoints.list", request)
}

// UpdateEndpoint changes what is given.
func (c *Client) UpdateEndpoint(ctx context.Context, endpointID string, request UpdateEndpointRequest) (*Endpoint, error) {
	return result[Endpoint](ctx, c, "endpoints.update", struct {
		endpointRef
		UpdateEndpointRequest
	}{endpointRef{endpointID}, request})
}

// DeleteEndpoint deletes an endpoint; what it accepted is still delivered.
func (c *Client) DeleteEndpoint(ctx context.Context, endpointID string) error {
	return c.done(ctx, "endpoints.delete", endpointRef{endpointID})
}

// PauseEndpoint holds an endpoint's deliveries.
func (c *Client) PauseEndpoint(ctx context.Context, endpointID string) (*PausedEndpoint, error) {
	return result[PausedEndpoint](ctx, c, "endpoints.pause", endpointRef{endpointID})
}

// ResumeEndpoint delivers what was held, at once.
func (c *Client) ResumeEndpoint(ctx context.Context, endpointID string) (*PausedEndpoint, error) {
	return result[PausedEndpoint](ctx, c, "endpoints.resume", endpointRef{endpointID})
}

// CreateEndpointSigningKey adds a second signing key; both sign until one is deleted.
func (c *Client) CreateEndpointSigningKey(ctx context.Context, endpointID string) (*NewSigningKey, error) {
	return result[NewSigningKey](ctx, c, "signing_keys.create", endpointRef{endpointID})
}

// RotateEndpointSecret is the same as CreateEndpointSigningKey.
func (c *Client) RotateEndpointSecret(ctx context.Context, endpointID string) (*NewSigningKey, error) {
	return c.CreateEndpointSigningKey(ctx, endpointID)
}

// ListEndpointSigningKeys lists the signing keys of an endpoint, oldest first.
func (c *Client) ListEndpointSigningKeys(ctx context.Context, endpointID string) (*Page[SigningKey], error) {
	return result[Page[SigningKey]](ctx, c, "signing_keys.list", endpointRef{endpointID})
}

// DeleteEndpointSigningKey deletes a signing key, unless it is the only one.
func (c *Client) DeleteEndpointSigningKey(ctx context.Context, endpointID, keyID string) error {
	return c.done(ctx, "signing_keys.delete", struct {
		endpointRef
		KeyID string `json:"key_id"`
	}{endpointRef{endpointID}, keyID})
}

// GetMessage is a message.
func (c *Client) GetMessage(ctx context.Context, messageID string) (*Message, error) {
	return result[Message](ctx, c, "messages.get", messageRef{messageID})
}

// GetMessageAttempts lists the attempts of a message, at most 200; an unknown message has none.
func (c *Client) GetMessageAttempts(ctx context.Context, messageID string) (*Page[Attempt], error) {
	return result[Page[Attempt]](ctx, c, "messages.attempts", messageRef{messageID})
}

// Replay queues a message again, at most 10 times.
func (c *Client) Replay(ctx context.Context, messageID string) (*SendResult, error) {
	return result[SendResult](ctx, c, "messages.replay", messageRef{messageID})
}

// CancelRetry gives up a message that waits for a retry.
func (c *Client) CancelRetry(ctx context.Context, messageID string) (*Message, error) {
	return result[Message](ctx, c, "messages.cancel", messageRef{messageID})
}

// RetryNow makes a waiting retry due.
func (c *Client) RetryNow(ctx context.Context, messageID string) (*Message, error) {
	return result[Message](ctx, c, "messages.retry_now", messageRef{messageID})
}

// DeleteMessage deletes a message: its payload at once, its retries with it.
func (c *Client) DeleteMessage(ctx context.Context, messageID string) (*DeletedMessage, error) {
	return result[DeletedMessage](ctx, c, "messages.delete", messageRef{messageID})
}

// ReplayAll queues again what the filter finds, oldest first.
func (c *Client) ReplayAll(ctx context.Context, request ReplayAllRequest) (*ReplayAllResult, error) {
	return result[ReplayAllResult](ctx, c, "messages.replay_all", request)
}

// ReplayBatch queues 1 to 100 messages again; each has its outcome, in order.
func (c *Client) ReplayBatch(ctx context.Context, messageIDs []string) (*ReplayBatchResult, error) {
	return result[ReplayBatchResult](ctx, c, "messages.replay_batch", messageRefs{messageIDs})
}

// DeleteMessagesBatch deletes 1 to 100 messages; each has its outcome, in order.
func (c *Client) DeleteMessagesBatch(ctx context.Context, messageIDs []string) (*DeleteBatchResult, error) {
	return result[DeleteBatchResult](ctx, c, "messages.delete_batch", messageRefs{messageIDs})
}

// DeleteMessagesAll deletes what the filter finds, oldest first, at most 1,000.
func (c *Client) DeleteMessagesAll(ctx context.Context, request DeleteAllRequest) (*DeleteAllResult, error) {
	return result[DeleteAllResult](ctx, c, "messages.delete_all", request)
}

// GetLogs lists messages, newest first, 1 to 500 (50) a page. A filtered page may be short and still have more.
func (c *Client) GetLogs(ctx context.Context, request LogsRequest) (*Page[MessageSummary], error) {
	return result[Page[MessageSummary]](ctx, c, "logs.list", request)
}

// GetDLQMessages lists the dead letter queue, newest first, 1 to 1,000 (100) a page.
func (c *Client) GetDLQMessages(ctx context.Context, request PageRequest) (*Page[MessageSummary], error) {
	answer, err := result[struct {
		Messages   []MessageSummary `json:"messages"`
		HasMore    bool             `json:"has_more"`
		NextCursor string           `json:"next_cursor"`
	}](ctx, c, "dead_letters.list", request)
	if err != nil {
		return nil, err
	}
	return &Page[MessageSummary]{answer.Messages, answer.HasMore, answer.NextCursor}, nil
}

// ReplayFromDLQ queues a message of the dead letter queue again, as often as is wanted.
func (c *Client) ReplayFromDLQ(ctx context.Context, messageID string) (*SendResult, error) {
	return result[SendResult](ctx, c, "dead_letters.replay", messageRef{messageID})
}

// GetMetrics is what happened in a window.
func (c *Client) GetMetrics(ctx context.Context, request MetricsRequest) (*Metrics, error) {
	return result[Metrics](ctx, c, "metrics.get", request)
}

// GetTimeSeriesMetrics is the same by the minute, the hour, 6 hours or the day.
func (c *Client) GetTimeSeriesMetrics(ctx context.Context, request MetricsRequest) (*TimeSeries, error) {
	return result[TimeSeries](ctx, c, "metrics.timeseries", request)
}

// CreateAPIKey creates an API key for a server on this outbox; it is shown only in the answer.
func (c *Client) CreateAPIKey(ctx context.Context, request CreateAPIKeyRequest) (*NewAPIKey, error) {
	return result[NewAPIKey](ctx, c, "api_keys.create", request)
}

// ListAPIKeys lists API keys, oldest first, without the keys themselves.
func (c *Client) ListAPIKeys(ctx context.Context) (*Page[APIKey], error) {
	return result[Page[APIKey]](ctx, c, "api_keys.list", struct{}{})
}

// DeleteAPIKey deletes an API key: nobody is let in with it from now on.
func (c *Client) DeleteAPIKey(ctx context.Context, keyID string) error {
	return c.done(ctx, "api_keys.delete", struct {
		KeyID string `json:"key_id"`
	}{keyID})
}

// CreateExport has a CSV file written of messages.
func (c *Client) CreateExport(ctx context.Context, request CreateExportRequest) (*Export, error) {
	return result[Export](ctx, c, "exports.create", request)
}

// ListExports lists exports, newest first.
func (c *Client) ListExports(ctx context.Context) (*Page[Export], error) {
	return result[Page[Export]](ctx, c, "exports.list", struct{}{})
}

// GetExport is an export; its file is there once Status is "completed".
func (c *Client) GetExport(ctx context.Context, exportID string) (*Export, error) {
	return result[Export](ctx, c, "exports.get", exportRef{exportID})
}

// DownloadExport is where the file is: a file:// URL in-process, a link that needs no key where a server was asked.
func (c *Client) DownloadExport(ctx context.Context, exportID string) (string, error) {
	answer, err := result[struct {
		DownloadURL string `json:"download_url"`
	}](ctx, c, "exports.download", exportRef{exportID})
	if err != nil {
		return "", err
	}
	return answer.DownloadURL, nil
}

// DeleteExport deletes an export and its file.
func (c *Client) DeleteExport(ctx context.Context, exportID string) error {
	return c.done(ctx, "exports.delete", exportRef{exportID})
}

// LookupActors is what those are called that deleted something, at most 100.
func (c *Client) LookupActors(ctx context.Context, apiKeyIDs, userIDs []string) (*Actors, error) {
	return result[Actors](ctx, c, "actors.lookup", struct {
		APIKeyID string `json:"api_key_id,omitempty"`
		UserID   string `json:"user_id,omitempty"`
	}{strings.Join(apiKeyIDs, ","), strings.Join(userIDs, ",")})
}

// Stats is how the outbox stands.
func (c *Client) Stats(ctx context.Context) (*Stats, error) {
	return result[Stats](ctx, c, "stats", struct{}{})
}

// Flush waits until nothing is due, whichever process delivers, or for ctx, whose error it returns then.
func (c *Client) Flush(ctx context.Context) error {
	for pause := flushPause; ; pause *= 2 {
		if pause > longestFlushPause {
			pause = longestFlushPause
		}
		if flushed, err := c.engine.nothingDue(ctx); err != nil || flushed {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// Close takes no more work, lets attempts under way end for at most five seconds, and stops the threads. What is
// undelivered stays in the file. A second close succeeds; other calls answer an *APIError with the code CLOSED.
func (c *Client) Close() error {
	_, err := c.close(closePatience)
	return err
}

// Shutdown is Close with the patience of ctx: until its deadline, or five seconds where it has none. Where ctx ends
// first, its error is returned and the rest ends by itself; where attempts under way did not come to their end in that
// time, context.DeadlineExceeded.
func (c *Client) Shutdown(ctx context.Context) error {
	patience := closePatience
	if deadline, ok := ctx.Deadline(); ok {
		patience = time.Until(deadline)
	}
	ended := make(chan error, 1)
	go func() {
		done, err := c.close(patience)
		if err == nil && !done {
			err = context.DeadlineExceeded
		}
		ended <- err
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Client) close(patience time.Duration) (bool, error) {
	ended, err := c.engine.close(patience)
	if err != nil {
		return false, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.closed = true
	for queue := range c.queues {
		queue.end()
	}
	c.queues = nil
	return ended, nil
}
