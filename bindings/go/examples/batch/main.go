// Command batch sends three messages in one transaction.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

// readme: begin
func sendTogether(ctx context.Context, client *hookbridge.Client) error {
	page, err := client.ListEndpoints(ctx, hookbridge.ListEndpointsRequest{})
	if err != nil {
		return err
	}
	endpoint := page.At(0)
	results, err := client.SendBatch(ctx, []hookbridge.SendRequest{
		{EndpointID: endpoint.ID, Payload: map[string]any{"event": "order.created", "order_id": "ord_124"}},
		{EndpointID: endpoint.ID, Payload: json.RawMessage(`{"event": "order.paid", "total": 19.90}`)},
		{EndpointID: "ep_unknown", Payload: map[string]any{"event": "order.created"}},
	})
	if err != nil {
		return err
	}
	for _, result := range results {
		if result.Error != nil {
			fmt.Println("refused", result.Error.Code)
		} else {
			fmt.Println("accepted", result.MessageID)
		}
	}
	return client.Flush(ctx)
}

// readme: end

func main() {
	client, err := hookbridge.NewClient("", hookbridge.WithDatabase("hookbridge.db"))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	if err := sendTogether(context.Background(), client); err != nil {
		log.Fatal(err)
	}
}
