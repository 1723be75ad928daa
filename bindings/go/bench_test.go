package hookbridge_test

import (
	"context"
	"sort"
	"testing"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go"
)

// Beside the core's own line of `make bench`: durability normal, nothing delivered.
func BenchmarkSend(b *testing.B) {
	client, err := hookbridge.NewClient("", hookbridge.WithDatabase(b.TempDir()+"/hookbridge.db"),
		hookbridge.WithDurability("normal"), hookbridge.WithDelivery("off"), hookbridge.WithAllowLocalEndpoints(true))
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	endpoint, err := client.CreateEndpoint(ctx, hookbridge.CreateEndpointRequest{URL: "http://127.0.0.1:9/"})
	if err != nil {
		b.Fatal(err)
	}
	payload := []byte(`{"event":"order.created","order_id":"ord_123"}`)
	taken := make([]time.Duration, b.N)
	b.ResetTimer()
	for i := range taken {
		begun := time.Now()
		if _, err := client.Send(ctx, hookbridge.SendRequest{EndpointID: endpoint.ID, Payload: payload}); err != nil {
			b.Fatal(err)
		}
		taken[i] = time.Since(begun)
	}
	b.StopTimer()
	sort.Slice(taken, func(i, j int) bool { return taken[i] < taken[j] })
	b.ReportMetric(float64(taken[len(taken)/2].Nanoseconds())/1e3, "p50-us")
}
