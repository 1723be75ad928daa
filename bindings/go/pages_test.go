package hookbridge_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"testing"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

func TestAPageIsAListThatKnowsTheNext(t *testing.T) {
	ctx, client := within(t), open(t, fresh(t), hookbridge.WithDelivery("off"))
	url, _ := receiver(t, 200)
	made := []string{endpointTo(t, client, url+"/1").ID, endpointTo(t, client, url+"/2").ID, endpointTo(t, client, url+"/3").ID}
	slices.Reverse(made)
	page := must[*hookbridge.ListEndpointsResponse](t)(client.ListEndpoints(ctx, hookbridge.ListEndpointsRequest{Limit: 2}))
	if page.Len() != 2 || page.At(1).ID != made[1] || !page.HasMore || page.NextCursor == "" || len(slices.Collect(page.All())) != 2 {
		t.Errorf("%+v", page)
	}
	last := must[*hookbridge.ListEndpointsResponse](t)(page.NextPage(ctx))
	if last.Len() != 1 || last.Endpoints[0].ID != made[2] || last.HasMore {
		t.Errorf("%+v", last)
	}
	if none := must[*hookbridge.ListEndpointsResponse](t)(last.NextPage(ctx)); none != nil {
		t.Errorf("%+v", none)
	}
	// Read from JSON it is the same page, but of no client.
	var read hookbridge.ListEndpointsResponse
	if err := json.Unmarshal(must[[]byte](t)(json.Marshal(page)), &read); err != nil || !reflect.DeepEqual(read.Endpoints, page.Endpoints) {
		t.Errorf("%+v %v", read, err)
	}
	if _, err := read.NextPage(ctx); !errors.Is(err, hookbridge.ErrInvalidRequest) {
		t.Error(err)
	}
}

func TestIteratorsWalkAllPages(t *testing.T) {
	ctx, client := within(t), open(t, fresh(t), hookbridge.WithRetrySchedule(hookbridge.RetryAfterGaps(0)), hookbridge.WithMaxAttempts(1))
	url, _ := receiver(t, 500)
	endpoint := endpointTo(t, client, url)
	var sent []string
	for number := range 7 {
		result := must[*hookbridge.SendWebhookResponse](t)(client.Send(ctx, hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: number}))
		sent = append(sent, result.MessageID)
		endpointTo(t, client, url+strconv.Itoa(number))
	}
	if err := client.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	collected := func(messages iter.Seq2[hookbridge.MessageSummary, error]) []string {
		t.Helper()
		var ids []string
		for message, err := range messages {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, message.MessageID)
		}
		slices.Sort(ids)
		return ids
	}
	slices.Sort(sent)
	logs := client.IterLogs(ctx, hookbridge.GetLogsRequest{EndpointID: endpoint.ID, Limit: 3})
	// Each range begins anew.
	for range 2 {
		if ids := collected(logs); !slices.Equal(ids, sent) {
			t.Error(ids)
		}
	}
	if ids := collected(client.IterDLQMessages(ctx, hookbridge.GetDLQMessagesRequest{Limit: 2})); !slices.Equal(ids, sent) {
		t.Error(ids)
	}
	urls := map[string]bool{}
	for endpoint, err := range client.IterEndpoints(ctx, hookbridge.ListEndpointsRequest{Limit: 3}) {
		if err != nil {
			t.Fatal(err)
		}
		urls[endpoint.URL] = true
	}
	if len(urls) != 8 {
		t.Error(urls)
	}
}

func TestAnIteratorIsLazyAndEndsWithItsError(t *testing.T) {
	client := open(t, fresh(t), hookbridge.WithDelivery("off"))
	endpoint := endpointTo(t, client, "http://127.0.0.1:9/")
	ctx, cancel := context.WithCancel(within(t))
	defer cancel()
	for range 3 {
		must[*hookbridge.SendWebhookResponse](t)(client.Send(ctx, hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1}))
	}
	for _, err := range client.IterLogs(ctx, hookbridge.GetLogsRequest{Limit: 2}) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	seen, failed := 0, 0
	for message, err := range client.IterLogs(ctx, hookbridge.GetLogsRequest{Limit: 2}) {
		// The second page is asked for after this.
		cancel()
		if err == nil {
			seen++
		} else if failed++; !errors.Is(err, context.Canceled) || message.MessageID != "" {
			t.Error(message, err)
		}
	}
	if seen != 2 || failed != 1 {
		t.Error(seen, failed)
	}
}
