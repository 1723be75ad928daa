// Command errors tells errors by their class.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

// readme: begin
func fail(ctx context.Context, client *hookbridge.Client) error {
	_, err := client.Send(ctx, hookbridge.SendRequest{EndpointID: "ep_unknown", Payload: map[string]any{"event": "order.created"}})
	if missing, ok := errors.AsType[*hookbridge.NotFoundError](err); ok {
		fmt.Println(missing.Code, missing.StatusCode)
		return nil
	}
	if failure, ok := errors.AsType[*hookbridge.APIError](err); ok && failure.IsRetryable {
		fmt.Println(failure.Code, "again later")
	}
	return err
}

// readme: end

func main() {
	client, err := hookbridge.NewClient("", hookbridge.WithDatabase("hookbridge.db"))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	if err := fail(context.Background(), client); err != nil {
		log.Fatal(err)
	}
}
