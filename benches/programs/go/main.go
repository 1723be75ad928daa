// Command go prints the median microseconds of a send, and sends a second. Without an endpoint, of an event.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"sort"
	"strconv"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

func main() {
	if len(os.Args) < 6 {
		log.Fatal("usage: bench-go DATABASE ENDPOINT PAYLOAD WARM_UP SENDS")
	}
	client, err := hookbridge.NewClient("", hookbridge.WithDatabase(os.Args[1]), hookbridge.WithDurability("normal"),
		hookbridge.WithDelivery("off"), hookbridge.WithAllowLocalEndpoints(true))
	if err != nil {
		log.Fatal(err)
	}
	// As a handler of a request has it: one that can be cancelled.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	request := hookbridge.SendRequest{EndpointID: os.Args[2], Payload: []byte(os.Args[3])}
	send := func() {
		if _, err := client.Send(ctx, request); err != nil {
			log.Fatal(err)
		}
	}
	if request.EndpointID == "" {
		send = func() {
			if _, err := client.SendEvent(ctx, "order.created", request.Payload, hookbridge.SendEventRequest{}); err != nil {
				log.Fatal(err)
			}
		}
	}
	for n := number(os.Args[4]); n > 0; n-- {
		send()
	}
	taken := make([]time.Duration, number(os.Args[5]))
	for n := range taken {
		begun := time.Now()
		send()
		taken[n] = time.Since(begun)
	}
	begun := time.Now()
	for range taken {
		send()
	}
	rate := float64(len(taken)) / time.Since(begun).Seconds()
	if err := client.Close(); err != nil {
		log.Fatal(err)
	}
	sort.Slice(taken, func(i, j int) bool { return taken[i] < taken[j] })
	fmt.Println(float64(taken[len(taken)/2].Nanoseconds())/1e3, rate)
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		log.Fatal(err)
	}
	return value
}
