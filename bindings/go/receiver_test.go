package hookbridge_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

// A generous bound: timing decides nothing.
const patience = time.Minute

type delivery struct {
	header http.Header
	body   []byte
}

// receiver answers 200 on a loopback port and hands over what came.
func receiver(t *testing.T, status int) (string, <-chan delivery) {
	t.Helper()
	got := make(chan delivery, 20_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- delivery{r.Header.Clone(), body}
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/hooks", got
}

func next(t *testing.T, got <-chan delivery) delivery {
	t.Helper()
	select {
	case one := <-got:
		return one
	case <-time.After(patience):
		t.Fatal("nothing was delivered")
		return delivery{}
	}
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func open(t *testing.T, database string, options ...hookbridge.Option) *hookbridge.Client {
	t.Helper()
	options = append([]hookbridge.Option{
		hookbridge.WithDatabase(database), hookbridge.WithAllowLocalEndpoints(true), hookbridge.WithDurability("normal"),
	}, options...)
	client, err := hookbridge.NewClient("", options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

func fresh(t *testing.T) string { return filepath.Join(t.TempDir(), "hookbridge.db") }

func endpointTo(t *testing.T, client *hookbridge.Client, url string) *hookbridge.CreateEndpointResponse {
	t.Helper()
	return must[*hookbridge.CreateEndpointResponse](t)(client.CreateEndpoint(within(t), url, hookbridge.CreateEndpointRequest{}))
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// webhook is the plain signature, keyed with the whole secret.
func webhook(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// standard is the signature of Standard Webhooks.
func standard(t *testing.T, secret, id, timestamp string, body []byte) string {
	t.Helper()
	key := must[[]byte](t)(base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_")))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// The receiver's arithmetic is that of every language.
func TestSignatureVectors(t *testing.T) {
	var vectors []struct {
		Secrets   []string
		MessageID string `json:"message_id"`
		Timestamp int64
		Body      string
		Webhook   string
		Standard  string
	}
	text := must[[]byte](t)(os.ReadFile("../../tests/conformance/signatures.json"))
	if err := json.Unmarshal(text, &vectors); err != nil || len(vectors) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, vector := range vectors {
		var plain, standards []string
		timestamp := strconv.FormatInt(vector.Timestamp, 10)
		for _, secret := range vector.Secrets {
			plain = append(plain, webhook(secret, timestamp, []byte(vector.Body)))
			standards = append(standards, standard(t, secret, vector.MessageID, timestamp, []byte(vector.Body)))
		}
		if strings.Join(plain, ",") != vector.Webhook || strings.Join(standards, " ") != vector.Standard {
			t.Errorf("%v: %v %v", vector.Body, plain, standards)
		}
	}
}
