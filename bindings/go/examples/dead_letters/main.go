// Command dead_letters delivers once more what was given up.
package main

import (
	"context"
	"fmt"
	"log"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

// readme: begin
func replayDead(ctx context.Context, client *hookbridge.Client) error {
	for message, err := range client.IterDLQMessages(ctx, hookbridge.GetDLQMessagesRequest{}) {
		if err != nil {
			return err
		}
		fmt.Println(message.MessageID, message.LastError)
		if _, err := client.ReplayFromDLQ(ctx, message.MessageID); err != nil {
			return err
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
	if err := replayDead(context.Background(), client); err != nil {
		log.Fatal(err)
	}
}
