package hookbridge_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go"
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
	result := must[*hookbridge.SendResult](t)(client.Send(within(t), request))
	again := must[*hookbridge.SendResult](t)(client.Send(within(t), request))
	if again.MessageID != result.MessageID || result.Status != "queued" {
		t.Error(result, again)
	}
	one := next(t, got)
	if string(one.body) != `{"event":"order.created","text":"<é&☃>"}` || one.header.Get("X-Source") != "billing-service" {
		t.Errorf("%s %v", one.body, one.header)
	}
	timestamp := one.header.Get("X-Webhook-Timestamp")
	if one.header.Get("X-Webhook-Signature") != webhook(endpoint.SigningSecret, timestamp, one.body) {
		t.Error("the plain signature is wrong")
	}
	if one.header.Get("Webhook-Signature") != standard(t, endpoint.SigningSecret, result.MessageID, timestamp, one.body) {
		t.Error("the signature of Standard Webhooks is wrong")
	}
	if err := client.Flush(within(t)); err != nil {
		t.Fatal(err)
	}
	message := must[*hookbridge.Message](t)(client.GetMessage(within(t), result.MessageID))
	if message.Status != "succeeded" || message.DeliveredAt == nil || time.Since(message.CreatedAt) > time.Hour {
		t.Errorf("%+v", message)
	}
	attempts := must[*hookbridge.Page[hookbridge.Attempt]](t)(client.GetMessageAttempts(within(t), result.MessageID))
	if len(attempts.Data) != 1 || *attempts.Data[0].ResponseStatus != 200 {
		t.Errorf("%+v", attempts)
	}
}

func TestDocumentsGoThroughUnchanged(t *testing.T) {
	url, got := receiver(t, 200)
	client := open(t, fresh(t))
	endpoint := endpointTo(t, client, url)
	text := ` { "n" : 9007199254740993, "x":1e400, "y": 1.10, "<": "&" } `
	for _, payload := range []any{json.RawMessage(text), []byte(text)} {
		must[*hookbridge.SendResult](t)(client.Send(within(t), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: payload}))
		if body := string(next(t, got).body); body != text {
			t.Errorf("%q", body)
		}
	}
	batch := must[[]hookbridge.BatchResult](t)(client.SendBatch(within(t), []hookbridge.SendRequest{
		{EndpointID: endpoint.ID, Payload: []byte(text)},
		{EndpointID: "ep_unknown", Payload: 1},
	}))
	if batch[0].MessageID == "" || batch[1].Error == nil || batch[1].Error.Code != "ENDPOINT_NOT_FOUND" {
		t.Errorf("%+v", batch)
	}
	if body := string(next(t, got).body); body != strings.TrimSpace(text) {
		t.Errorf("%q", body)
	}
	must[*hookbridge.SendResult](t)(client.Send(within(t), hookbridge.SendRequest{
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
	fails := func(err error, code string, status int, class any) {
		t.Helper()
		var failure *hookbridge.APIError
		if !errors.As(err, &failure) || failure.Code != code || failure.StatusCode != status || failure.Message == "" {
			t.Errorf("%v, wanted %s", err, code)
		}
		if !errors.As(err, class) {
			t.Errorf("%T is not %T", err, class)
		}
	}
	var missing *hookbridge.NotFoundError
	var invalid *hookbridge.ValidationError
	var mismatch *hookbridge.IdempotencyError
	fails(send(hookbridge.SendRequest{EndpointID: "ep_nonexistent_12345", Payload: 1}), "ENDPOINT_NOT_FOUND", 404, &missing)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: []byte("{")}), "INVALID_REQUEST", 400, &invalid)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: make(chan int)}), "INVALID_REQUEST", 400, &invalid)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: []byte{}}), "INVALID_REQUEST", 400, &invalid)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: strings.Repeat("x", 1<<20)}), "PAYLOAD_TOO_LARGE", 413, &invalid)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1, Headers: map[string]string{"Host": "x"}}), "INVALID_HEADERS", 400, &invalid)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1, Headers: map[string]string{"X": "\xff"}}), "INVALID_HEADERS", 400, &invalid)
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1, RetentionHours: hookbridge.Ptr(-1)}), "INVALID_REQUEST", 400, &invalid)
	if err := send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1, IdempotencyKey: "k", RetentionHours: hookbridge.Ptr(0)}); err != nil {
		t.Error(err)
	}
	fails(send(hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 2, IdempotencyKey: "k"}), "IDEMPOTENCY_MISMATCH", 409, &mismatch)
	_, err := hookbridge.NewClient("", hookbridge.WithDatabase(fresh(t)), hookbridge.WithMaxAttempts(0))
	fails(err, "INVALID_CONFIGURATION", 400, &invalid)
	remote := must[*hookbridge.Client](t)(hookbridge.NewClient("hb_test_x", hookbridge.WithBaseURL("http://127.0.0.1:1"), hookbridge.WithRetries(0)))
	defer remote.Close()
	var network *hookbridge.NetworkError
	_, err = remote.ListEndpoints(within(t), hookbridge.PageRequest{})
	var failure *hookbridge.APIError
	if !errors.As(err, &network) || !errors.As(err, &failure) || !failure.Retryable {
		t.Error(err)
	}
}

func TestOperations(t *testing.T) {
	ctx, client := within(t), open(t, fresh(t), hookbridge.WithRetrySchedule([]int{3600}))
	url, _ := receiver(t, 400)
	endpoint := endpointTo(t, client, url)
	changed := must[*hookbridge.Endpoint](t)(client.UpdateEndpoint(ctx, endpoint.ID, hookbridge.UpdateEndpointRequest{
		Description: hookbridge.Ptr("orders"), RateLimitRPS: hookbridge.Ptr(100), RetrySchedule: []int{60},
	}))
	if changed.Description != "orders" || *changed.RateLimitRPS != 100 || !changed.Updated {
		t.Errorf("%+v", changed)
	}
	key := must[*hookbridge.NewSigningKey](t)(client.RotateEndpointSecret(ctx, endpoint.ID))
	keys := must[*hookbridge.Page[hookbridge.SigningKey]](t)(client.ListEndpointSigningKeys(ctx, endpoint.ID))
	if len(keys.Data) != 2 || keys.Data[1].ID != key.ID {
		t.Errorf("%+v", keys)
	}
	if err := client.DeleteEndpointSigningKey(ctx, endpoint.ID, key.ID); err != nil {
		t.Error(err)
	}
	if paused := must[*hookbridge.PausedEndpoint](t)(client.PauseEndpoint(ctx, endpoint.ID)); !paused.Paused {
		t.Errorf("%+v", paused)
	}
	if resumed := must[*hookbridge.PausedEndpoint](t)(client.ResumeEndpoint(ctx, endpoint.ID)); resumed.MessagesRequeued == nil {
		t.Errorf("%+v", resumed)
	}
	sent := must[*hookbridge.SendResult](t)(client.Send(ctx, hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1}))
	if err := client.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	dead := must[*hookbridge.Page[hookbridge.MessageSummary]](t)(client.GetDLQMessages(ctx, hookbridge.PageRequest{}))
	if len(dead.Data) != 1 || dead.Data[0].MessageID != sent.MessageID || dead.Data[0].FailedAt == nil {
		t.Errorf("%+v", dead)
	}
	if replayed := must[*hookbridge.ReplayBatchResult](t)(client.ReplayBatch(ctx, []string{sent.MessageID})); replayed.Replayed != 1 {
		t.Errorf("%+v", replayed)
	}
	if err := client.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	log := must[*hookbridge.Page[hookbridge.MessageSummary]](t)(client.GetLogs(ctx, hookbridge.LogsRequest{
		Status: "failed_permanent", StartTime: hookbridge.Ptr(time.Now().Add(-time.Hour)),
	}))
	if len(log.Data) != 1 || log.Data[0].AttemptCount != 2 {
		t.Errorf("%+v", log)
	}
	if series := must[*hookbridge.TimeSeries](t)(client.GetTimeSeriesMetrics(ctx, hookbridge.MetricsRequest{Window: "1h"})); len(series.Buckets) < 60 {
		t.Errorf("%+v", series)
	}
	made := must[*hookbridge.NewAPIKey](t)(client.CreateAPIKey(ctx, hookbridge.CreateAPIKeyRequest{Mode: "test", Label: "ci"}))
	actors := must[*hookbridge.Actors](t)(client.LookupActors(ctx, []string{made.KeyID}, nil))
	if actors.APIKeys[made.KeyID].Label != "ci" || !strings.HasPrefix(made.Key, "hb_test_") {
		t.Errorf("%+v", actors)
	}
	export := must[*hookbridge.Export](t)(client.CreateExport(ctx, hookbridge.CreateExportRequest{
		StartTime: time.Now().Add(-time.Hour), EndTime: time.Now().Add(time.Hour),
	}))
	for export.Status != "completed" {
		if ctx.Err() != nil || export.Status == "failed" {
			t.Fatalf("%+v", export)
		}
		time.Sleep(5 * time.Millisecond)
		export = must[*hookbridge.Export](t)(client.GetExport(ctx, export.ID))
	}
	where := must[string](t)(client.DownloadExport(ctx, export.ID))
	if text := must[[]byte](t)(os.ReadFile(strings.TrimPrefix(where, "file://"))); !strings.Contains(string(text), sent.MessageID) {
		t.Errorf("%s", text)
	}
	deleted := must[*hookbridge.DeleteBatchResult](t)(client.DeleteMessagesBatch(ctx, []string{sent.MessageID}))
	if deleted.DeletedCount != 1 || deleted.Results[0].DeletedAt == nil {
		t.Errorf("%+v", deleted)
	}
	if stats := must[*hookbridge.Stats](t)(client.Stats(ctx)); stats.Deliverer == nil || stats.Deliverer.PID != os.Getpid() {
		t.Errorf("%+v", stats)
	}
	if err := client.DeleteEndpoint(ctx, endpoint.ID); err != nil {
		t.Error(err)
	}
}

// Go's name of a method of operations.json: three are called as in the hosted service's SDK.
func method(name string) string {
	switch name {
	case "replay_all_messages":
		return "ReplayAll"
	case "replay_batch_messages":
		return "ReplayBatch"
	case "get_timeseries_metrics":
		return "GetTimeSeriesMetrics"
	}
	var whole strings.Builder
	for _, word := range strings.Split(name, "_") {
		switch word {
		case "api", "dlq":
			whole.WriteString(strings.ToUpper(word))
		default:
			whole.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return strings.ReplaceAll(whole.String(), "ApiKey", "APIKey")
}

func TestEveryOperationHasAMethod(t *testing.T) {
	var rows []struct{ Method string }
	text := must[[]byte](t)(os.ReadFile("../../tests/conformance/operations.json"))
	if err := json.Unmarshal(text, &rows); err != nil || len(rows) == 0 {
		t.Fatal("no operations", err)
	}
	for _, row := range rows {
		if _, there := reflect.TypeOf(&hookbridge.Client{}).MethodByName(method(row.Method)); !there {
			t.Errorf("there is no %s for %s", method(row.Method), row.Method)
		}
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
	must[*hookbridge.SendResult](t)(client.Send(within(t), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1}))
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
		result := must[*hookbridge.SendResult](t)(client.Send(within(t), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: i}))
		event := must[*hookbridge.Event](t)(events.Next(within(t)))
		if event.Kind != "message_delivered" || event.MessageID != result.MessageID || *event.ResponseStatus != 200 {
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
	result := must[*hookbridge.SendResult](t)(first.Send(within(t), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1}))
	for i := 0; i < 2; i++ {
		if err := first.Shutdown(within(t)); err != nil {
			t.Fatal(err)
		}
	}
	var failure *hookbridge.APIError
	_, err := first.Send(within(t), hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1})
	if !errors.As(err, &failure) || failure.Code != "CLOSED" {
		t.Error(err)
	}
	if _, err := first.Events(); !errors.As(err, &failure) || failure.Code != "CLOSED" {
		t.Error(err)
	}
	open(t, database)
	if id := next(t, got).header.Get("X-Webhook-Id"); id != result.MessageID {
		t.Error(id)
	}
}

const producerOf = "HOOKBRIDGE_TEST_PRODUCER"

// The producer that is killed: this test's own program, told so by its environment.
func TestMain(m *testing.M) {
	if endpoint := os.Getenv(producerOf); endpoint != "" {
		client, err := hookbridge.NewClient("", hookbridge.WithDelivery("off"))
		for err == nil {
			var result *hookbridge.SendResult
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

func TestExample(t *testing.T) {
	url, got := receiver(t, 200)
	output, err := exec.Command("go", "run", "./examples/send", fresh(t), url).CombinedOutput()
	if err != nil || !strings.HasSuffix(string(output), " succeeded\n") {
		t.Fatalf("%v: %s", err, output)
	}
	if id := next(t, got).header.Get("X-Webhook-Id"); !strings.HasPrefix(string(output), id) {
		t.Error(id)
	}
}
