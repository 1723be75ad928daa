package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go"
)

// The names that are not those of operations.json in Go's casing.
var named = map[string]string{
	"replay_all_messages":    "ReplayAll",
	"replay_batch_messages":  "ReplayBatch",
	"get_timeseries_metrics": "GetTimeSeriesMetrics",
}

var upper = map[string]bool{"api": true, "dlq": true}

// The arguments of each method, by its name, in order.
var arguments = read()

func read() map[string][]string {
	_, source, _, _ := runtime.Caller(0)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(source), "../../operations.json"))
	if err != nil {
		panic(err)
	}
	var rows []struct {
		Method string
		Args   []string
	}
	if err := json.Unmarshal(text, &rows); err != nil {
		panic(err)
	}
	found := map[string][]string{}
	for _, row := range rows {
		found[row.Method] = row.Args
	}
	return found
}

func goName(method string) string {
	if name, there := named[method]; there {
		return name
	}
	var whole strings.Builder
	for _, word := range strings.Split(method, "_") {
		if word != "" && upper[word] {
			whole.WriteString(strings.ToUpper(word))
		} else if word != "" {
			whole.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return whole.String()
}

// call calls a client's method by its name, as a user would write it: strings in their order, the rest as a request.
func call(client *hookbridge.Client, method string, args json.RawMessage) (any, error) {
	if len(args) == 0 {
		args = json.RawMessage("{}")
	}
	switch method {
	case "send":
		request, err := sendRequest(args)
		if err != nil {
			return nil, err
		}
		return client.Send(context.Background(), request)
	case "send_batch":
		var batch struct{ Messages []json.RawMessage }
		if err := decode(args, &batch); err != nil {
			return nil, wrongType{err}
		}
		requests := make([]hookbridge.SendRequest, len(batch.Messages))
		for i, message := range batch.Messages {
			request, err := sendRequest(message)
			if err != nil {
				return nil, err
			}
			requests[i] = request
		}
		results, err := client.SendBatch(context.Background(), requests)
		return map[string]any{"results": results}, err
	}
	function := reflect.ValueOf(client).MethodByName(goName(method))
	if !function.IsValid() {
		return nil, wrongType{fmt.Errorf("there is no method %s", method)}
	}
	var fields map[string]json.RawMessage
	if err := decode(args, &fields); err != nil {
		return nil, wrongType{err}
	}
	given := []reflect.Value{reflect.ValueOf(context.Background())}
	for i := 1; i < function.Type().NumIn(); i++ {
		value := reflect.New(function.Type().In(i))
		text := args
		if kind := value.Elem().Kind(); kind != reflect.Struct {
			text = fields[arguments[method][i-1]]
			if list, ok := value.Interface().(*[]string); ok && len(text) > 0 && text[0] == '"' {
				var joined string
				if err := decode(text, &joined); err != nil {
					return nil, wrongType{err}
				}
				*list = strings.Split(joined, ",")
				text = nil
			}
		}
		if len(text) > 0 {
			if err := decode(text, value.Interface()); err != nil {
				return nil, wrongType{err}
			}
		}
		given = append(given, value.Elem())
	}
	results := function.Call(given)
	if err, failed := results[len(results)-1].Interface().(error); failed {
		return nil, err
	}
	if len(results) == 1 {
		return none{}, nil
	}
	if method == "download_export" {
		return map[string]any{"download_url": results[0].Interface()}, nil
	}
	return results[0].Interface(), nil
}

func sendRequest(args json.RawMessage) (hookbridge.SendRequest, error) {
	var given struct {
		hookbridge.SendRequest
		Value  json.RawMessage `json:"payload"`
		Text   *string         `json:"payload_text"`
		Base64 *string         `json:"payload_base64"`
	}
	if err := decode(args, &given); err != nil {
		return hookbridge.SendRequest{}, wrongType{err}
	}
	request := given.SendRequest
	switch {
	case given.Text != nil:
		request.Payload = []byte(*given.Text)
	case given.Base64 != nil:
		document, err := base64.StdEncoding.DecodeString(*given.Base64)
		if err != nil {
			return request, wrongType{err}
		}
		request.Payload = document
	case given.Value != nil:
		if err := decode(given.Value, &request.Payload); err != nil {
			return request, wrongType{err}
		}
	default:
		return request, wrongType{errors.New("there is no payload")}
	}
	return request, nil
}
