package hookbridge_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

// What the memory may grow by once it is warm.
const growth = 24 << 20

// silentServer takes requests and answers none until it is released.
func silentServer(t *testing.T, hung chan<- struct{}, release <-chan struct{}) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hung <- struct{}{}
		<-release
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func resident(t *testing.T) int {
	t.Helper()
	runtime.GC()
	fields := strings.Fields(string(must[[]byte](t)(os.ReadFile("/proc/self/statm"))))
	return must[int](t)(strconv.Atoi(fields[1])) * os.Getpagesize()
}

func threads(t *testing.T) int {
	t.Helper()
	return len(must[[]os.DirEntry](t)(os.ReadDir("/proc/self/task")))
}

func descriptors(t *testing.T) int {
	t.Helper()
	return len(must[[]os.DirEntry](t)(os.ReadDir("/proc/self/fd")))
}

func settles(t *testing.T, what string, count func() int, most int) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for count() > most {
		if time.Now().After(deadline) {
			t.Errorf("%d %s, at most %d were expected", count(), what, most)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestHundredThousandSendsLeaveMemoryFlat(t *testing.T) {
	client := open(t, fresh(t), hookbridge.WithDelivery("off"))
	endpoint := endpointTo(t, client, "http://127.0.0.1:9/")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	send := func(count int) {
		for i := 0; i < count; i++ {
			must[*hookbridge.SendWebhookResponse](t)(client.Send(ctx, hookbridge.SendRequest{
				EndpointID: endpoint.ID, Payload: map[string]any{"number": i}, Headers: map[string]string{"X-A": "b"},
			}))
			if _, err := client.Send(ctx, hookbridge.SendRequest{EndpointID: "ep_unknown", Payload: i}); i%100 == 0 && err == nil {
				t.Fatal("an unknown endpoint was taken")
			}
		}
	}
	send(10_000)
	before := resident(t)
	send(90_000)
	if after := resident(t); after > before+growth {
		t.Errorf("from %d to %d bytes", before, after)
	}
}

func TestThousandClientsLeaveNothing(t *testing.T) {
	database := filepath.Join(t.TempDir(), "hookbridge.db")
	cycle := func(count int) {
		for i := 0; i < count; i++ {
			client := must[*hookbridge.Client](t)(hookbridge.NewClient("", hookbridge.WithDatabase(database), hookbridge.WithDurability("normal")))
			events := must[*hookbridge.Events](t)(client.Events())
			must[*hookbridge.Stats](t)(client.Stats(within(t)))
			if err := client.Close(); err != nil {
				t.Fatal(err)
			}
			if err := events.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	cycle(100)
	memory, tasks, files, goroutines := resident(t), threads(t), descriptors(t), runtime.NumGoroutine()
	cycle(900)
	if after := resident(t); after > memory+growth {
		t.Errorf("from %d to %d bytes", memory, after)
	}
	settles(t, "goroutines", runtime.NumGoroutine, goroutines)
	settles(t, "descriptors", func() int { return descriptors(t) }, files)
	// Go keeps threads of its own; the library's would be several for each client.
	settles(t, "threads", func() int { return threads(t) }, tasks+20)
}

// Callers that gave up leave neither goroutine nor thread once the client is closed.
func TestCancelledCallsLeaveNothing(t *testing.T) {
	hung, release := make(chan struct{}, 100), make(chan struct{})
	url := silentServer(t, hung, release)
	goroutines := runtime.NumGoroutine()
	client := must[*hookbridge.Client](t)(hookbridge.NewClient("hb_test_x", hookbridge.WithBaseURL(url), hookbridge.WithRetries(0)))
	for i := 0; i < 20; i++ {
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			<-hung
			cancel()
		}()
		if _, err := client.GetMessage(ctx, "x"); err != context.Canceled {
			t.Error(err)
		}
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	close(release)
	settles(t, "goroutines", runtime.NumGoroutine, goroutines+5)
}
