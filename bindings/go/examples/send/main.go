// Sends one webhook and waits for its delivery: go run ./examples/send DATABASE URL
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: send DATABASE URL")
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(database, url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := hookbridge.NewClient("", hookbridge.WithDatabase(database), hookbridge.WithAllowLocalEndpoints(true))
	if err != nil {
		return err
	}
	defer client.Close()
	endpoint, err := client.CreateEndpoint(ctx, url, hookbridge.CreateEndpointRequest{})
	if err != nil {
		return err
	}
	result, err := client.Send(ctx, hookbridge.SendRequest{
		EndpointID:     endpoint.ID,
		Payload:        map[string]any{"event": "order.created", "order_id": "ord_123"},
		Headers:        map[string]string{"X-Source": "billing-service"},
		IdempotencyKey: "order-123-created-v1",
	})
	if err != nil {
		return err
	}
	if err := client.Flush(ctx); err != nil {
		return err
	}
	message, err := client.GetMessage(ctx, result.MessageID)
	if err != nil {
		return err
	}
	fmt.Println(result.MessageID, message.Status)
	return nil
}
