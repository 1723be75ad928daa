package hookbridge_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

func TestAnOrderingKeyKeepsTheOrder(t *testing.T) {
	url, got := receiver(t, 200)
	client := open(t, fresh(t))
	endpoint := endpointTo(t, client, url)
	message := func(n int) hookbridge.SendRequest {
		return hookbridge.SendRequest{
			EndpointID: endpoint.ID, Payload: fmt.Appendf(nil, `{ "n": %d }`, n), OrderingKey: "order-1",
			Headers: map[string]string{"X-A": "b"},
		}
	}
	for n := range 10 {
		if sent := must[*hookbridge.SendWebhookResponse](t)(client.Send(within(t), message(n))); sent.Status != "queued" || sent.MessageID == "" {
			t.Error(sent)
		}
	}
	must[[]hookbridge.BatchResult](t)(client.SendBatch(within(t), []hookbridge.SendRequest{message(10), message(11)}))
	for n := range 12 {
		one := next(t, got)
		if string(one.body) != fmt.Sprintf(`{ "n": %d }`, n) || one.header.Get("X-A") != "b" {
			t.Errorf("%d: %s %v", n, one.body, one.header)
		}
	}
	broken := message(0)
	broken.Payload = []byte(`1,"endpoint_id":"x"`)
	if _, err := client.Send(within(t), broken); !errors.Is(err, hookbridge.ErrInvalidRequest) {
		t.Error(err)
	}
}

func TestAMessageWaitsForItsTime(t *testing.T) {
	url, _ := receiver(t, 200)
	client := open(t, fresh(t))
	endpoint := endpointTo(t, client, url)
	at := time.Now().Add(time.Hour).Truncate(time.Second)
	request := hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: 1, DeliverAt: at, ExpiresAt: at.Add(time.Hour)}
	sent := must[*hookbridge.SendWebhookResponse](t)(client.Send(within(t), request))
	batch := must[[]hookbridge.BatchResult](t)(client.SendBatch(within(t), []hookbridge.SendRequest{request}))
	for _, id := range []string{sent.MessageID, batch[0].MessageID} {
		message := must[*hookbridge.Message](t)(client.GetMessage(within(t), id))
		if message.Status != "queued" || !message.NextAttemptAt.Equal(at) || !message.ExpiresAt.Equal(at.Add(time.Hour)) {
			t.Errorf("%+v", message)
		}
	}
}

func TestAnEventGoesToAllThatWantIt(t *testing.T) {
	url, got := receiver(t, 200)
	client := open(t, fresh(t))
	wanting := func(filter any) *hookbridge.CreateEndpointResponse {
		return must[*hookbridge.CreateEndpointResponse](t)(client.CreateEndpoint(within(t), url, hookbridge.CreateEndpointRequest{
			EventTypes: []string{"order.*"}, Filter: filter,
		}))
	}
	wanting(nil)
	wanting(nil)
	above := wanting([]map[string]any{{"pointer": "/total", "greater": 100}})
	matched := func(payload any, count int) {
		t.Helper()
		sent := must[*hookbridge.SendEventResponse](t)(client.SendEvent(within(t), "order.created", payload, hookbridge.SendEventRequest{}))
		if len(sent.Messages) != count {
			t.Errorf("%v: %+v", payload, sent)
		}
		for range count {
			if one := next(t, got); one.header.Get("X-Webhook-Event") != "order.created" {
				t.Error(one.header)
			} else if text, raw := payload.(json.RawMessage); raw && string(one.body) != string(text) {
				t.Errorf("%s", one.body)
			}
		}
	}
	matched(map[string]any{"total": 5}, 2)
	matched(json.RawMessage(`{ "total": 101.0, "x": {"payload":null} }`), 3)
	matched([]byte(`{"total": 101}`), 3)
	matched(`{"total": 101}`, 2)
	if _, err := client.SendEvent(within(t), "order.created", nil, hookbridge.SendEventRequest{}); !errors.Is(err, hookbridge.ErrInvalidRequest) {
		t.Error(err)
	}
	soon := time.Now().Add(time.Minute).Truncate(time.Second).UTC()
	batch := must[*hookbridge.SendEventsResponse](t)(client.SendEventBatch(within(t), []hookbridge.BatchEvent{
		{Type: "order.paid", Payload: []byte(`{ "total": 7 }`), SendEventRequest: hookbridge.SendEventRequest{ExpiresAt: soon, RetentionHours: new(0)}},
		{Payload: 1},
	}))
	if len(batch.Results) != 2 || *batch.Results[0].Matched != 2 || batch.Results[1].Error == nil {
		t.Errorf("%+v", batch)
	}
	for range 2 {
		if one := next(t, got); string(one.body) != `{ "total": 7 }` {
			t.Errorf("%s", one.body)
		}
	}
	kept := must[*hookbridge.EventDetails](t)(client.GetEvent(within(t), batch.Results[0].EventID, hookbridge.GetEventRequest{}))
	if !kept.ExpiresAt.Equal(soon) {
		t.Errorf("%+v", kept)
	}
	_, err := client.SendEventBatch(within(t), []hookbridge.BatchEvent{{Type: "a", Payload: 1}, {Type: "a"}})
	if !errors.Is(err, hookbridge.ErrInvalidRequest) || !strings.Contains(err.Error(), "events[1]: Payload is missing") {
		t.Error(err)
	}
	checked := must[*hookbridge.CheckedSubscription](t)(client.CheckSubscription(within(t), "order.created", map[string]any{"total": 101},
		hookbridge.CheckSubscriptionRequest{EndpointID: above.ID}))
	if !checked.Wanted {
		t.Errorf("%+v", checked)
	}
}
