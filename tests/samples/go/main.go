package main

import (
	"context"
	"fmt"
	"log"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

func main() {
	client, err := hookbridge.NewClient("YOUR_API_KEY")
	if err != nil {
		log.Fatal(err)
	}
	result, err := client.Send(context.Background(), hookbridge.SendRequest{
		EndpointID:     "YOUR_ENDPOINT_ID",
		Payload:        map[string]any{"event": "order.created", "order_id": "ord_123"},
		Headers:        map[string]string{"X-Source": "billing-service"},
		IdempotencyKey: "order-123-created-v1",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.MessageID)
}
