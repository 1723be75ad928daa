package hookbridge_test

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

func TestEndpoints(t *testing.T) {
	ctx, client := within(t), open(t, fresh(t), hookbridge.WithDelivery("off"))
	url, _ := receiver(t, 200)
	schedule := hookbridge.RetrySchedule{Slow: []time.Duration{time.Minute}, Fast: []time.Duration{500 * time.Millisecond}}
	made := must[*hookbridge.CreateEndpointResponse](t)(client.CreateEndpoint(ctx, url, hookbridge.CreateEndpointRequest{
		Description: "orders", RateLimitRPS: 100, Headers: map[string]string{"X-Own": "1"}, MaxAttempts: 3, RetrySchedule: schedule,
	}))
	if made.URL != url || made.Description != "orders" || !strings.HasPrefix(made.SigningSecret.Reveal(), "whsec_") {
		t.Errorf("%+v", made)
	}
	endpoint := must[*hookbridge.Endpoint](t)(client.GetEndpoint(ctx, made.ID))
	if endpoint.RateLimitRPS != 100 || endpoint.Burst != 0 || endpoint.MaxAttempts != 3 || endpoint.Headers["X-Own"] != "1" ||
		!reflect.DeepEqual(endpoint.RetrySchedule, schedule) {
		t.Errorf("%+v", endpoint)
	}
	// What is not given stays.
	changed := must[*hookbridge.Endpoint](t)(client.UpdateEndpoint(ctx, made.ID, hookbridge.UpdateEndpointRequest{Burst: new(200)}))
	if changed.Burst != 200 || changed.RateLimitRPS != 100 || changed.Description != "orders" || changed.Headers == nil {
		t.Errorf("%+v", changed)
	}
	cleared := must[*hookbridge.Endpoint](t)(client.UpdateEndpoint(ctx, made.ID, hookbridge.UpdateEndpointRequest{
		Description: new(""), RateLimitRPS: new(0), Burst: new(0), MaxAttempts: new(0), Headers: map[string]string{},
		RetrySchedule: &hookbridge.RetrySchedule{},
	}))
	if cleared.Description != "" || cleared.RateLimitRPS != 0 || cleared.Burst != 0 || cleared.MaxAttempts != 0 ||
		len(cleared.Headers) != 0 || !reflect.DeepEqual(cleared.RetrySchedule, hookbridge.RetrySchedule{}) {
		t.Errorf("%+v", cleared)
	}
	if paused := must[*hookbridge.PauseState](t)(client.PauseEndpoint(ctx, made.ID)); !paused.Paused || paused.MessagesRequeued != nil {
		t.Errorf("%+v", paused)
	}
	if resumed := must[*hookbridge.PauseState](t)(client.ResumeEndpoint(ctx, made.ID)); resumed.Paused || resumed.MessagesRequeued == nil {
		t.Errorf("%+v", resumed)
	}
	key := must[*hookbridge.RotateSecretResponse](t)(client.CreateEndpointSigningKey(ctx, made.ID))
	if _, err := client.RotateEndpointSecret(ctx, made.ID); !errors.Is(err, hookbridge.ErrMaxSigningKeysReached) {
		t.Error(err)
	}
	keys := must[[]hookbridge.SigningKey](t)(client.ListEndpointSigningKeys(ctx, made.ID))
	if len(keys) != 2 || keys[1].ID != key.ID || !strings.HasSuffix(key.SigningSecret.Reveal(), keys[1].KeyHint) {
		t.Errorf("%+v", keys)
	}
	if err := client.DeleteEndpointSigningKey(ctx, made.ID, key.ID); err != nil {
		t.Error(err)
	}
	if err := client.DeleteEndpoint(ctx, made.ID); err != nil {
		t.Error(err)
	}
	_, err := client.GetEndpoint(ctx, made.ID)
	if missing, is := errors.AsType[*hookbridge.NotFoundError](err); !is || missing.Code != hookbridge.ErrEndpointNotFound {
		t.Error(err)
	}
}

func TestReplaysAndDeletes(t *testing.T) {
	ctx, client := within(t), open(t, fresh(t), hookbridge.WithRetrySchedule(hookbridge.RetryAfterGaps(time.Hour)))
	bad, _ := receiver(t, 400)
	busy, _ := receiver(t, 503)
	refusing, waiting := endpointTo(t, client, bad), endpointTo(t, client, busy)
	send := func(endpoint *hookbridge.CreateEndpointResponse) string {
		return must[*hookbridge.SendWebhookResponse](t)(client.Send(ctx, hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1})).MessageID
	}
	flush := func() {
		t.Helper()
		if err := client.Flush(ctx); err != nil {
			t.Fatal(err)
		}
	}
	dead, retried := send(refusing), send(waiting)
	flush()
	if again := must[*hookbridge.ReplayMessageResponse](t)(client.Replay(ctx, dead)); again.MessageID != dead || again.Status != hookbridge.MessageStatusQueued {
		t.Errorf("%+v", again)
	}
	flush()
	if again := must[*hookbridge.ReplayMessageResponse](t)(client.ReplayFromDLQ(ctx, dead)); again.MessageID != dead {
		t.Errorf("%+v", again)
	}
	flush()
	all := must[*hookbridge.ReplayAllMessagesResponse](t)(client.ReplayAllMessages(ctx,
		hookbridge.ReplayableMessageStatusFailedPermanent, hookbridge.ReplayAllMessagesRequest{EndpointID: refusing.ID, Limit: 10}))
	if all.Replayed != 1 || !reflect.DeepEqual(all.ReplayedMessageIDs, []string{dead}) {
		t.Errorf("%+v", all)
	}
	flush()
	some := must[*hookbridge.ReplayBatchMessagesResponse](t)(client.ReplayBatchMessages(ctx, []string{dead, "unknown"}))
	if some.Replayed != 1 || some.Failed != 1 || some.Results[0].Status != hookbridge.ReplayOutcomeReplayed || some.Results[1].Error == "" {
		t.Errorf("%+v", some)
	}
	flush()
	log := must[*hookbridge.LogsResponse](t)(client.GetLogs(ctx, hookbridge.GetLogsRequest{
		Status: []hookbridge.MessageStatus{hookbridge.MessageStatusFailedPermanent}, StartTime: time.Now().Add(-time.Hour), EndpointID: refusing.ID,
	}))
	if log.Len() != 1 || log.At(0).AttemptCount != 5 || log.At(0).ResponseStatus != 400 || log.At(0).FailedAt.IsZero() {
		t.Errorf("%+v", log)
	}
	if message := must[*hookbridge.Message](t)(client.RetryNow(ctx, retried)); message.Status != hookbridge.MessageStatusPendingRetry {
		t.Errorf("%+v", message)
	}
	flush()
	if message := must[*hookbridge.Message](t)(client.CancelRetry(ctx, retried)); message.Status != hookbridge.MessageStatusFailedPermanent {
		t.Errorf("%+v", message)
	}
	letters := must[*hookbridge.DLQMessagesResponse](t)(client.GetDLQMessages(ctx, hookbridge.GetDLQMessagesRequest{}))
	if letters.Len() != 2 || letters.HasMore {
		t.Errorf("%+v", letters)
	}
	if gone := must[*hookbridge.DeleteMessageResult](t)(client.DeleteMessage(ctx, retried)); gone.AlreadyDeleted || gone.DeletedAt.IsZero() {
		t.Errorf("%+v", gone)
	}
	batch := must[*hookbridge.DeleteBatchResult](t)(client.DeleteMessagesBatch(ctx, []string{dead, retried, "unknown"}))
	if batch.DeletedCount != 1 || batch.AlreadyDeletedCount != 1 || batch.NotFoundCount != 1 ||
		batch.Results[2].Outcome != hookbridge.DeleteOutcomeNotFound || !batch.Results[2].DeletedAt.IsZero() {
		t.Errorf("%+v", batch)
	}
	last := send(refusing)
	flush()
	rest := must[*hookbridge.DeleteAllResult](t)(client.DeleteMessagesAll(ctx, hookbridge.DeleteMessagesAllRequest{
		Status:       []hookbridge.MessageStatus{hookbridge.MessageStatusFailedPermanent},
		CreatedAfter: time.Now().Add(-time.Hour), CreatedBefore: time.Now().Add(time.Hour), Limit: 10,
	}))
	if rest.Deleted != 1 || !reflect.DeepEqual(rest.DeletedMessageIDs, []string{last}) {
		t.Errorf("%+v", rest)
	}
	// No ids at all are refused as that, and not as null.
	_, err := client.ReplayBatchMessages(ctx, nil)
	if _, is := errors.AsType[*hookbridge.ValidationError](err); !is || strings.Contains(err.Error(), "null") {
		t.Error(err)
	}
}

func TestMetricsKeysExportsAndActors(t *testing.T) {
	ctx, client := within(t), open(t, fresh(t))
	url, _ := receiver(t, 200)
	endpoint := endpointTo(t, client, url)
	sent := must[*hookbridge.SendWebhookResponse](t)(client.Send(ctx, hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1}))
	if err := client.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	metrics := must[*hookbridge.Metrics](t)(client.GetMetrics(ctx, hookbridge.GetMetricsRequest{EndpointID: endpoint.ID}))
	if metrics.Window != hookbridge.MetricsWindow24h || metrics.Succeeded != 1 || metrics.SuccessRate != 1 {
		t.Errorf("%+v", metrics)
	}
	series := must[*hookbridge.TimeSeriesMetrics](t)(client.GetTimeSeriesMetrics(ctx, hookbridge.GetTimeSeriesMetricsRequest{
		Window: hookbridge.MetricsWindow1h,
	}))
	if len(series.Buckets) < 60 || series.Buckets[0].Timestamp.IsZero() {
		t.Errorf("%+v", series)
	}
	made := must[*hookbridge.CreateAPIKeyResponse](t)(client.CreateAPIKey(ctx, hookbridge.CreateAPIKeyRequest{
		Mode: hookbridge.APIKeyModeTest, Label: "ci",
	}))
	keys := must[[]hookbridge.APIKeyInfo](t)(client.ListAPIKeys(ctx))
	if len(keys) != 1 || keys[0].KeyID != made.KeyID || !keys[0].LastUsedAt.IsZero() || !strings.HasPrefix(made.Key.Reveal(), "hb_test_") {
		t.Errorf("%+v", keys)
	}
	actors := must[*hookbridge.ActorLookupResult](t)(client.LookupActors(ctx, hookbridge.LookupActorsRequest{
		APIKeyIDs: []string{made.KeyID, "key_unknown"},
	}))
	if len(actors.APIKeys) != 1 || actors.APIKeys[made.KeyID].Label != "ci" || actors.Users != nil {
		t.Errorf("%+v", actors)
	}
	if err := client.DeleteAPIKey(ctx, made.KeyID); err != nil {
		t.Error(err)
	}
	export := must[*hookbridge.ExportRecord](t)(client.CreateExport(ctx, hookbridge.CreateExportRequest{
		StartTime: time.Now().Add(-time.Hour), EndTime: time.Now().Add(time.Hour),
	}))
	for export.Status != hookbridge.ExportStatusCompleted {
		if ctx.Err() != nil || export.Status == hookbridge.ExportStatusFailed {
			t.Fatalf("%+v", export)
		}
		time.Sleep(5 * time.Millisecond)
		export = must[*hookbridge.ExportRecord](t)(client.GetExport(ctx, export.ID))
	}
	where := must[string](t)(client.DownloadExport(ctx, export.ID))
	if text := must[[]byte](t)(os.ReadFile(strings.TrimPrefix(where, "file://"))); !strings.Contains(string(text), sent.MessageID) {
		t.Errorf("%s", text)
	}
	if exports := must[[]hookbridge.ExportRecord](t)(client.ListExports(ctx)); len(exports) != 1 || *exports[0].RowCount != 1 {
		t.Errorf("%+v", exports)
	}
	if err := client.DeleteExport(ctx, export.ID); err != nil {
		t.Error(err)
	}
	if stats := must[*hookbridge.Stats](t)(client.Stats(ctx)); stats.Deliverer == nil || stats.Deliverer.PID != os.Getpid() {
		t.Errorf("%+v", stats)
	}
}

func TestRetrySchedulesSurviveJSON(t *testing.T) {
	for text, schedule := range map[string]hookbridge.RetrySchedule{
		`"standard-webhooks"`:         {Name: "standard-webhooks"},
		`{"fast":[0.5,2],"slow":[1]}`: {Slow: []time.Duration{time.Second}, Fast: []time.Duration{500 * time.Millisecond, 2 * time.Second}},
		`{"fast":[60]}`:               {Fast: []time.Duration{time.Minute}},
		`null`:                        {},
	} {
		if written := must[[]byte](t)(json.Marshal(schedule)); string(written) != text {
			t.Errorf("%s is not %s", written, text)
		}
		var read hookbridge.RetrySchedule
		if err := json.Unmarshal([]byte(text), &read); err != nil || !reflect.DeepEqual(read, schedule) {
			t.Errorf("%s: %v %v", text, read, err)
		}
	}
	var same hookbridge.RetrySchedule
	if err := json.Unmarshal([]byte(" [1, 2]"), &same); err != nil || !reflect.DeepEqual(same, hookbridge.RetryAfterGaps(time.Second, 2*time.Second)) {
		t.Error(same, err)
	}
}

// Every operation's method takes every argument, as a parameter or as a field of its request.
func TestEveryOperationHasAMethod(t *testing.T) {
	var rows []struct {
		Method string
		Args   []string
	}
	text := must[[]byte](t)(os.ReadFile("../../tests/conformance/operations.json"))
	if err := json.Unmarshal(text, &rows); err != nil || len(rows) == 0 {
		t.Fatal("no operations", err)
	}
	methods := map[string]reflect.Type{}
	for method := range reflect.TypeFor[*hookbridge.Client]().Methods() {
		methods[strings.ToLower(method.Name)] = method.Type
	}
	for _, row := range rows {
		method, there := methods[strings.ReplaceAll(row.Method, "_", "")]
		if !there {
			t.Errorf("there is no method for %s", row.Method)
			continue
		}
		taken := 0
		// Behind the receiver and the context.
		for index := 2; index < method.NumIn(); index++ {
			if kind := method.In(index); kind.Kind() == reflect.Struct && kind != reflect.TypeFor[time.Time]() {
				taken += kind.NumField()
			} else {
				taken++
			}
		}
		if taken != len(row.Args) {
			t.Errorf("%s takes %d arguments, not %v", row.Method, taken, row.Args)
		}
	}
}
