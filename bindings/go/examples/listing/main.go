// Command listing shows the endpoints and what was delivered.
package main

import (
	"context"
	"fmt"
	"log"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

// readme: begin
func list(ctx context.Context, client *hookbridge.Client) error {
	page, err := client.ListEndpoints(ctx, hookbridge.ListEndpointsRequest{Limit: 20})
	if err != nil {
		return err
	}
	fmt.Println(page.Len(), page.At(0).ID)
	next, err := page.NextPage(ctx)
	if err != nil {
		return err
	}
	if next == nil {
		fmt.Println("that is all")
	}

	for message, err := range client.IterLogs(ctx, hookbridge.GetLogsRequest{Status: []hookbridge.MessageStatus{hookbridge.MessageStatusSucceeded}}) {
		if err != nil {
			return err
		}
		fmt.Println(message.MessageID, message.Status)
	}
	return nil
}

// readme: end

func main() {
	client, err := hookbridge.NewClient("", hookbridge.WithDatabase("hookbridge.db"))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	if err := list(context.Background(), client); err != nil {
		log.Fatal(err)
	}
}
