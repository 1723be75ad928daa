package hookbridge_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

func TestSecretsAreNotPrinted(t *testing.T) {
	ctx, client := within(t), open(t, fresh(t), hookbridge.WithDelivery("off"))
	endpoint := endpointTo(t, client, "http://127.0.0.1:9/")
	signing := must[*hookbridge.RotateSecretResponse](t)(client.RotateEndpointSecret(ctx, endpoint.ID))
	key := must[*hookbridge.CreateAPIKeyResponse](t)(client.CreateAPIKey(ctx, hookbridge.CreateAPIKeyRequest{Label: "ci"}))
	for _, one := range []struct {
		result, value any
		id, secret    string
	}{
		{endpoint, *endpoint, endpoint.ID, endpoint.SigningSecret.Reveal()},
		{signing, *signing, signing.ID, signing.SigningSecret.Reveal()},
		{key, *key, key.KeyID, key.Key.Reveal()},
	} {
		var printed []string
		for _, result := range []any{one.result, one.value, []any{one.result, one.value}, map[string]any{"it": one.value}} {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%20v"} {
				printed = append(printed, fmt.Sprintf(verb, result))
			}
			printed = append(printed, fmt.Sprint(result))
		}
		printed = append(printed, one.value.(fmt.Stringer).String(), one.value.(fmt.GoStringer).GoString())
		printed = append(printed, fmt.Errorf("of %v", one.result).Error())
		var logged bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewJSONHandler(&logged, nil), slog.NewTextHandler(&logged, nil)} {
			slog.New(handler).Info("made", "pointer", one.result, "value", one.value)
		}
		for _, text := range append(printed, logged.String()) {
			if strings.Contains(text, one.secret) || strings.Contains(text, fmt.Sprintf("%x", one.secret)) {
				t.Errorf("%T: a secret in %s", one.value, text)
			}
		}
		if !strings.Contains(printed[0], one.id) || !strings.Contains(logged.String(), one.id) {
			t.Errorf("%s %s", printed[0], logged.String())
		}
		if document := must[[]byte](t)(json.Marshal(one.result)); !strings.Contains(string(document), one.secret) {
			t.Errorf("no secret in %s", document)
		}
	}
	if text := fmt.Sprintf("%+v %#v", client, client); strings.Contains(text, key.Key.Reveal()) {
		t.Error(text)
	}
}

// In an unexported field fmt calls no method of a result: what a program of its own keeps shows no secret either.
func TestSecretsAreNotPrintedWithWhatHoldsThem(t *testing.T) {
	ctx, client := within(t), open(t, fresh(t), hookbridge.WithDelivery("off"))
	key := must[*hookbridge.CreateAPIKeyResponse](t)(client.CreateAPIKey(ctx, hookbridge.CreateAPIKeyRequest{Label: "ci"}))
	endpoint := endpointTo(t, client, "http://127.0.0.1:9/")
	type held struct {
		endpoint hookbridge.CreateEndpointResponse
		keys     []hookbridge.CreateAPIKeyResponse
		secret   hookbridge.Secret
		byName   map[string]hookbridge.Secret
	}
	own := held{*endpoint, []hookbridge.CreateAPIKeyResponse{*key}, key.Key, map[string]hookbridge.Secret{"it": key.Key}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%20v"} {
		for _, value := range []any{own, &own, key.Key, &key.Key} {
			text := fmt.Sprintf(verb, value)
			for _, secret := range []string{key.Key.Reveal(), endpoint.SigningSecret.Reveal()} {
				if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
					t.Errorf("%s: a secret in %s", verb, text)
				}
			}
		}
	}
	var again hookbridge.CreateAPIKeyResponse
	if err := json.Unmarshal(must[[]byte](t)(json.Marshal(key)), &again); err != nil || again.Key.Reveal() != key.Key.Reveal() {
		t.Error(err, again)
	}
	if text := (hookbridge.Secret{}).Reveal(); text != "" {
		t.Error(text)
	}
}

// What is there is printed, what pointers point to too, and what is absent is not.
func TestResultsPrintWell(t *testing.T) {
	attempt := hookbridge.AttemptRecord{ID: "a", AttemptNo: 1, ConnReused: new(false), DNSMS: new(0)}
	if text := fmt.Sprint(&attempt); text != "AttemptRecord{ID:a AttemptNo:1 CreatedAt:0001-01-01T00:00:00Z DNSMS:0 ConnReused:false}" {
		t.Error(text)
	}
	page := hookbridge.AttemptsResponse{Attempts: []hookbridge.AttemptRecord{attempt}}
	if text := fmt.Sprintf("%+v", page); !strings.HasPrefix(text, "AttemptsResponse{Attempts:[AttemptRecord{ID:a ") {
		t.Error(text)
	}
}
