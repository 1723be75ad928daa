// Command local_loop sends to the receiver of hookbridge listen.
package main

import (
	"context"
	"fmt"
	"log"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

// readme: begin
func tryLocally(ctx context.Context) error {
	client, err := hookbridge.NewClient("", hookbridge.WithDatabase("local.db"), hookbridge.WithAllowLocalEndpoints(true))
	if err != nil {
		return err
	}
	defer client.Close()

	endpoint, err := client.CreateEndpoint(ctx, "http://127.0.0.1:9000/hooks", hookbridge.CreateEndpointRequest{})
	if err != nil {
		return err
	}
	result, err := client.Send(ctx, hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: map[string]any{"event": "order.created"}})
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
	fmt.Println(message.Status)
	return nil
}

// readme: end

func main() {
	if err := tryLocally(context.Background()); err != nil {
		log.Fatal(err)
	}
}
