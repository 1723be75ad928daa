package hookbridge_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

func TestSendIsDeliveredSigned(t *testing.T) {
	url, got := receiver(t, 200)
	client := open(t, fresh(t))
	endpoint := endpointTo(t, client, url)
	request := hookbridge.SendRequest{
		EndpointID:     endpoint.ID,
		Payload:        map[string]any{"event": "order.created", "text": "<é&☃>"},
		Headers:        map[string]string{"X-Source": "billing-service"},
		IdempotencyKey: "order-123-created-v1",
	}
	result := must[*hookbridge.SendWebhookResponse](t)(client.Send(within(t), request))
	again := must[*hookbridge.SendWebhookResponse](t)(client.Send(within(t), request))
	if again.MessageID != result.MessageID || result.Status != "queued" {
		t.Error(result, again)
	}
	one := next(t, got)
	if string(one.body) != `{"event":"order.created","text":"<é&☃>"}` || one.header.Get("X-Source") != "billing-service" {
		t.Errorf("%s %v", one.body, one.header)
	}
	timestamp := one.header.Get("X-Webhook-Timestamp")
	if one.header.Get("X-Webhook-Signature") != webhook(endpoint.SigningSecret.Reveal(), timestamp, one.body) {
		t.Error("the plain signature is wrong")
	}
	if one.header.Get("Webhook-Signature") != standard(t, endpoint.SigningSecret.Reveal(), result.MessageID, timestamp, one.body) {
		t.Error("the signature of Standard Webhooks is wrong")
	}
	if err := client.Flush(within(t)); err != nil {
		t.Fatal(err)
	}
	message := must[*hookbridge.Message](t)(client.GetMessage(within(t), result.MessageID))
	if message.Status != "succeeded" || message.DeliveredAt.IsZero() || time.Since(message.CreatedAt) > time.Hour {
		t.Errorf("%+v", message)
	}
	attempts := must[*hookbridge.AttemptsResponse](t)(client.GetMessageAttempts(within(t), result.MessageID))
	if attempts.Len() != 1 || attempts.At(0).ResponseStatus != 200 || attempts.At(0).ResponseLatencyMS == nil {
		t.Errorf("%+v", attempts)
	}
}

func TestDocumentsGoThroughUnchanged(t *testing.T) {
	url, got := receiver(t, 200)
	client := open(t, fresh(t))
	endpoint := endpointTo(t, client, url)
	text := ` { "n" : 9007199254740993, "x":1e400, "y": 1.10, "<": "&" } `
	for _, payload := range []any{json.RawMessage(text), []byte(text)} {
		must[*hookbridge.SendWebhookResponse](t)(client.Send(within(t), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: payload}))
		if body := string(next(t, got).body); body != text {
			t.Errorf("%q", body)
		}
	}
	batch := must[[]hookbridge.BatchResult](t)(client.SendBatch(within(t), []hookbridge.SendRequest{
		{EndpointID: endpoint.ID, Payload: []byte(text)},
		{EndpointID: "ep_unknown", Payload: 1},
	}))
	if batch[0].MessageID == "" || batch[1].Error == nil || batch[1].Error.Code != hookbridge.ErrEndpointNotFound {
		t.Errorf("%+v", batch)
	}
	if body := string(next(t, got).body); body != strings.TrimSpace(text) {
		t.Errorf("%q", body)
	}
	// A text is a text, also where it looks like a document.
	must[*hookbridge.SendWebhookResponse](t)(client.Send(within(t), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: `{"a":1}`}))
	if body := string(next(t, got).body); body != `"{\"a\":1}"` {
		t.Errorf("%q", body)
	}
	must[*hookbridge.SendWebhookResponse](t)(client.Send(within(t), hookbridge.SendRequest{
		EndpointID: endpoint.ID, Payload: map[string]any{"n": int64(9007199254740993), "x": json.Number("1e400")},
	}))
	if body := string(next(t, got).body); body != `{"n":9007199254740993,"x":1e400}` {
		t.Errorf("%q", body)
	}
}

func TestErrors(t *testing.T) {
	url, _ := receiver(t, 200)
	client := open(t, fresh(t), hookbridge.WithDelivery("off"))
	endpoint := endpointTo(t, client, url)
	send := func(request hookbridge.SendRequest) error {
		_, err := client.Send(within(t), request)
		return err
	}
	fails := func(err error, code hookbridge.ErrorCode, status int, class any) {
		t.Helper()
		var failure *hookbridge.APIError
		if !errors.As(err, &failure) || !errors.Is(err, code) || failure.StatusCode != status || failure.Message == "" {
			t.Errorf("%v, wanted %s", err, code)
		}
		if !errors.As(err, class) {
			t.Errorf("%T is not %T", err, class)
		}
	}
	var missing *hookbridge.NotFoundError
	var invalid *hookbridge.ValidationError
	var mismatch *hookbridge.IdempotencyError
	fails(send(hookbridge.SendRequest{EndpointID: "ep_nonexistent_12345", Payload: 1}), hookbridge.ErrEndpointNotFound, 404, &missing)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: []byte("{")}), hookbridge.ErrInvalidRequest, 400, &invalid)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: make(chan int)}), hookbridge.ErrInvalidRequest, 400, &invalid)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID}), hookbridge.ErrInvalidRequest, 400, &invalid)
	_, err := client.SendBatch(within(t), []hookbridge.SendRequest{{EndpointID: endpoint.ID, Payload: 1}, {EndpointID: endpoint.ID}})
	if fails(err, hookbridge.ErrInvalidRequest, 400, &invalid); !strings.Contains(err.Error(), "messages[1]: Payload is missing") {
		t.Error(err)
	}
	if err := send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: json.RawMessage("null")}); err != nil {
		t.Error(err)
	}
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: []byte{}}), hookbridge.ErrInvalidRequest, 400, &invalid)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: strings.Repeat("x", 1<<20)}), hookbridge.ErrPayloadTooLarge, 413, &invalid)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1, Headers: map[string]string{"Host": "x"}}), hookbridge.ErrInvalidHeaders, 400, &invalid)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1, Headers: map[string]string{"X": "\xff"}}), hookbridge.ErrInvalidHeaders, 400, &invalid)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1, RetentionHours: new(-1)}), hookbridge.ErrInvalidRequest, 400, &invalid)
	if err := send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1, IdempotencyKey: "k", RetentionHours: new(0)}); err != nil {
		t.Error(err)
	}
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 2, IdempotencyKey: "k"}), hookbridge.ErrIdempotencyMismatch, 409, &mismatch)
	_, err = hookbridge.NewClient("", hookbridge.WithDatabase(fresh(t)), hookbridge.WithMaxAttempts(0))
	fails(err, hookbridge.ErrInvalidConfiguration, 400, &invalid)
	_, err = hookbridge.NewClient("", hookbridge.WithSetting("databse", fresh(t)))
	fails(err, hookbridge.ErrInvalidConfiguration, 400, &invalid)
	if !strings.Contains(err.Error(), "databse") || errors.Is(err, hookbridge.ErrInvalidRequest) {
		t.Error(err)
	}
	_, err = client.GetLogs(within(t), hookbridge.GetLogsRequest{Status: []hookbridge.MessageStatus{"faild"}})
	if fails(err, hookbridge.ErrInvalidRequest, 400, &invalid); !strings.Contains(err.Error(), "`Status` must be one of") || invalid.RequestID == "" {
		t.Error(err)
	}
	_, err = client.CreateExport(within(t), hookbridge.CreateExportRequest{EndTime: time.Now()})
	fails(err, hookbridge.ErrInvalidRequest, 400, &invalid)
	if !strings.Contains(err.Error(), "StartTime") {
		t.Error(err)
	}
	remote := must[*hookbridge.Client](t)(hookbridge.NewClient("hb_test_x", hookbridge.WithBaseURL("http://127.0.0.1:1"), hookbridge.WithRetries(0)))
	defer remote.Close()
	var network *hookbridge.NetworkError
	_, err = remote.ListEndpoints(within(t), hookbridge.ListEndpointsRequest{})
	if !errors.As(err, &network) || !network.IsRetryable || !errors.Is(err, hookbridge.ErrNetwork) {
		t.Error(err)
	}
}

func TestManyGoroutines(t *testing.T) {
	url, got := receiver(t, 200)
	client := open(t, fresh(t))
	endpoint := endpointTo(t, client, url)
	const goroutines, each = 400, 5
	ids := make(chan string, goroutines*each)
	var group sync.WaitGroup
	for i := 0; i < goroutines; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			for j := 0; j < each; j++ {
				result, err := client.Send(context.Background(), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: []int{i, j}})
				if err != nil {
					t.Error(err)
					return
				}
				ids <- result.MessageID
			}
		}(i)
	}
	group.Wait()
	close(ids)
	sent := map[string]bool{}
	for id := range ids {
		sent[id] = true
	}
	if len(sent) != goroutines*each {
		t.Fatal(len(sent))
	}
	for len(sent) > 0 {
		delete(sent, next(t, got).header.Get("X-Webhook-Id"))
	}
}

func TestContextEndsTheWaiting(t *testing.T) {
	client := open(t, fresh(t), hookbridge.WithDelivery("off"))
	url, _ := receiver(t, 200)
	endpoint := endpointTo(t, client, url)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := client.Send(ended, hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	must[*hookbridge.SendWebhookResponse](t)(client.Send(within(t), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1}))
	short, stop := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer stop()
	if err := client.Flush(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	// A server that takes the request and never answers.
	hung, release := make(chan struct{}), make(chan struct{})
	silent := silentServer(t, hung, release)
	remote := must[*hookbridge.Client](t)(hookbridge.NewClient("hb_test_x", hookbridge.WithBaseURL(silent), hookbridge.WithRetries(0)))
	waiting, give := context.WithCancel(context.Background())
	go func() {
		<-hung
		give()
	}()
	if _, err := remote.GetMessage(waiting, "x"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := remote.Close(); err != nil {
		t.Error(err)
	}
	close(release)
}

func TestEvents(t *testing.T) {
	url, _ := receiver(t, 200)
	client := open(t, fresh(t))
	endpoint := endpointTo(t, client, url)
	events := must[*hookbridge.Events](t)(client.Events())
	defer events.Close()
	for i := 0; i < 200; i++ {
		result := must[*hookbridge.SendWebhookResponse](t)(client.Send(within(t), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: i}))
		event := must[*hookbridge.Event](t)(events.Next(within(t)))
		if event.Kind != "message_delivered" || event.MessageID != result.MessageID || event.ResponseStatus != 200 {
			t.Fatalf("%+v", event)
		}
	}
	short, stop := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer stop()
	if _, err := events.Next(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	ended := make(chan error)
	go func() {
		_, err := events.Next(context.Background())
		ended <- err
	}()
	if events.Dropped() != 0 {
		t.Error("events were dropped")
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != io.EOF {
		t.Error(err)
	}
}

func TestCloseAndReopen(t *testing.T) {
	url, got := receiver(t, 200)
	database := fresh(t)
	first := open(t, database, hookbridge.WithDelivery("off"))
	endpoint := endpointTo(t, first, url)
	result := must[*hookbridge.SendWebhookResponse](t)(first.Send(within(t), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1}))
	for i := 0; i < 2; i++ {
		if err := first.Shutdown(within(t)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := first.Send(within(t), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1})
	if !errors.Is(err, hookbridge.ErrClosed) {
		t.Error(err)
	}
	if _, err := first.Events(); !errors.Is(err, hookbridge.ErrClosed) {
		t.Error(err)
	}
	open(t, database)
	if id := next(t, got).header.Get("X-Webhook-Id"); id != result.MessageID {
		t.Error(id)
	}
}

func TestErrorsNameWhatTheCallerWrote(t *testing.T) {
	_, err := hookbridge.NewClient("", hookbridge.WithDatabase(filepath.Join(t.TempDir(), "a.db")), hookbridge.WithMaxInFlight(0))
	if err == nil || !strings.Contains(err.Error(), "`WithMaxInFlight`") {
		t.Errorf("a setting: %v", err)
	}
	client := open(t, filepath.Join(t.TempDir(), "c.db"))
	_, err = client.GetLogs(t.Context(), hookbridge.GetLogsRequest{Limit: 501})
	if err == nil || !strings.Contains(err.Error(), "`Limit`") {
		t.Errorf("a field: %v", err)
	}
	_, err = client.CreateEndpoint(t.Context(), "https://example.com/", hookbridge.CreateEndpointRequest{RateLimitRPS: 1001})
	if err == nil || !strings.Contains(err.Error(), "`RateLimitRPS`") {
		t.Errorf("an initialism: %v", err)
	}
	strict, err := hookbridge.NewClient("", hookbridge.WithDatabase(filepath.Join(t.TempDir(), "b.db")))
	if err != nil {
		t.Fatal(err)
	}
	defer strict.Close()
	_, err = strict.CreateEndpoint(t.Context(), "http://127.0.0.1:9/", hookbridge.CreateEndpointRequest{})
	if err == nil || !strings.Contains(err.Error(), "`WithAllowLocalEndpoints`") {
		t.Errorf("a way out: %v", err)
	}
}

func TestFinishDeliversWhatWasAccepted(t *testing.T) {
	url, got := receiver(t, 200)
	database := fresh(t)
	client := open(t, database, hookbridge.WithExitTimeout(patience))
	endpoint := endpointTo(t, client, url)
	var last *hookbridge.SendWebhookResponse
	for number := range 50 {
		last = must[*hookbridge.SendWebhookResponse](t)(client.Send(within(t), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: number}))
	}
	if err := client.Finish(); err != nil {
		t.Fatal(err)
	}
	again := open(t, database, hookbridge.WithDelivery("off"))
	if message := must[*hookbridge.Message](t)(again.GetMessage(within(t), last.MessageID)); len(got) != 50 || message.Status != hookbridge.MessageStatusSucceeded {
		t.Error(len(got), message)
	}
	// Nobody is there who could take it, and the client is closed all the same.
	busy, _ := receiver(t, 503)
	hasty := open(t, fresh(t), hookbridge.WithExitTimeout(0), hookbridge.WithDelivery("off"))
	must[*hookbridge.SendWebhookResponse](t)(hasty.Send(within(t), hookbridge.SendRequest{EndpointID: endpointTo(t, hasty, busy).ID, Payload: 1}))
	_ = hasty.Finish()
	if _, err := hasty.Stats(within(t)); !errors.Is(err, hookbridge.ErrClosed) {
		t.Error(err)
	}
}

func TestCloseWhileOthersSend(t *testing.T) {
	client := open(t, fresh(t), hookbridge.WithDelivery("off"))
	endpoint := endpointTo(t, client, "http://127.0.0.1:9/")
	ctx, begun := within(t), make(chan struct{}, 50)
	var group sync.WaitGroup
	for i := 0; i < 50; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for first := true; ; first = false {
				_, err := client.Send(ctx, hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1})
				if first {
					begun <- struct{}{}
				}
				if errors.Is(err, hookbridge.ErrClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	for i := 0; i < 50; i++ {
		<-begun
	}
	for i := 0; i < 3; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			if err := client.Close(); err != nil {
				t.Error(err)
			}
		}()
	}
	group.Wait()
}

const producerOf = "HOOKBRIDGE_TEST_PRODUCER"

// The producer that is killed: this test's own program, told so by its environment.
func TestMain(m *testing.M) {
	if endpoint := os.Getenv(producerOf); endpoint != "" {
		client, err := hookbridge.NewClient("", hookbridge.WithDelivery("off"))
		for err == nil {
			var result *hookbridge.SendWebhookResponse
			if result, err = client.Send(context.Background(), hookbridge.SendRequest{EndpointID: endpoint, Payload: 1}); err == nil {
				fmt.Println(result.MessageID)
			}
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestNothingIsLostToAKill(t *testing.T) {
	url, got := receiver(t, 200)
	database := fresh(t)
	client := open(t, database, hookbridge.WithDelivery("off"))
	endpoint := endpointTo(t, client, url)
	producer := exec.Command(os.Args[0])
	producer.Env = append(os.Environ(), producerOf+"="+endpoint.ID, "HOOKBRIDGE_DATABASE="+database)
	output := must[io.ReadCloser](t)(producer.StdoutPipe())
	if err := producer.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(patience, func() { producer.Process.Kill() })
	defer kill.Stop()
	var read []byte
	for piece := make([]byte, 4096); len(read) < 50*37; {
		n, err := output.Read(piece)
		read = append(read, piece[:n]...)
		if err != nil {
			break
		}
	}
	producer.Process.Kill()
	rest, _ := io.ReadAll(output)
	_ = producer.Wait()
	ids := map[string]bool{}
	for _, id := range strings.Split(string(append(read, rest...)), "\n") {
		if len(id) == 36 {
			ids[id] = true
		}
	}
	if len(ids) < 50 {
		t.Fatal(len(ids), "messages before the kill")
	}
	open(t, database)
	for len(ids) > 0 {
		delete(ids, next(t, got).header.Get("X-Webhook-Id"))
	}
}
