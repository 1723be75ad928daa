package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

func serve(ctx context.Context) error {
	client, err := hookbridge.NewClient("", hookbridge.WithDatabase("hookbridge.db"))
	if err != nil {
		return err
	}
	defer client.Close()
	page, err := client.ListEndpoints(ctx, hookbridge.ListEndpointsRequest{})
	if err != nil {
		return err
	}
	endpoint := page.At(0)

	http.HandleFunc("POST /orders/{order}", func(w http.ResponseWriter, r *http.Request) {
		order := r.PathValue("order")
		result, err := client.Send(r.Context(), hookbridge.SendRequest{
			EndpointID:     endpoint.ID,
			Payload:        map[string]any{"event": "order.created", "order_id": order},
			IdempotencyKey: order + "-created",
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusAccepted)
		json.NewEncoder(w).Encode(map[string]string{"message_id": result.MessageID})
	})
	server := &http.Server{Addr: "127.0.0.1:8000"}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		patience, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		return server.Shutdown(patience)
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := serve(ctx); err != nil {
		log.Fatal(err)
	}
}
