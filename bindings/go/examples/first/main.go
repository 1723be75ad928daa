package main

import (
	"context"
	"fmt"
	"log"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

func run(ctx context.Context) error {
	client, err := hookbridge.NewClient("", hookbridge.WithDatabase("hookbridge.db"))
	if err != nil {
		return err
	}
	defer client.Close()

	endpoint, err := client.CreateEndpoint(ctx, "https://example.com/hooks", hookbridge.CreateEndpointRequest{})
	if err != nil {
		return err
	}
	fmt.Println(endpoint.ID, endpoint.SigningSecret.Reveal()) // the secret is shown only here

	result, err := client.Send(ctx, hookbridge.SendRequest{
		EndpointID:     endpoint.ID,
		Payload:        map[string]any{"event": "order.created", "order_id": "ord_123"},
		Headers:        map[string]string{"X-Source": "billing-service"},
		IdempotencyKey: "order-123-created-v1",
	})
	if err != nil {
		return err
	}
	fmt.Println(result.MessageID)
	return client.Flush(ctx) // waits until it is delivered
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
