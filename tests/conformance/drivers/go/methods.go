package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

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

// method is a client's method by its name in operations.json: in Go's casing it has the same letters.
func method(client *hookbridge.Client, name string) (reflect.Value, bool) {
	for method := range reflect.TypeOf(client).Methods() {
		if strings.EqualFold(method.Name, strings.ReplaceAll(name, "_", "")) {
			return reflect.ValueOf(client).MethodByName(method.Name), true
		}
	}
	return reflect.Value{}, false
}

// call calls a client's method by its name, as a user would write it: what is needed in its order, the rest as a request.
func call(client *hookbridge.Client, name string, args json.RawMessage) (any, error) {
	if len(args) == 0 {
		args = json.RawMessage("{}")
	}
	switch name {
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
	case "lookup_actors":
		// The suite has the ids in one text.
		var ids map[string]string
		if err := decode(args, &ids); err != nil {
			return nil, wrongType{err}
		}
		lists := map[string][]string{}
		for kind, text := range ids {
			lists[kind] = strings.Split(text, ",")
		}
		args = written(lists)
	}
	results, err := called(client, name, args)
	if err != nil {
		return nil, err
	}
	if err, failed := results[len(results)-1].Interface().(error); failed {
		return nil, err
	}
	if len(results) == 1 {
		return none{}, nil
	}
	return plain(results[0].Interface()), nil
}

// called are the results of a method.
func called(client *hookbridge.Client, name string, args json.RawMessage) ([]reflect.Value, error) {
	if len(args) == 0 {
		args = json.RawMessage("{}")
	}
	function, there := method(client, name)
	if !there {
		return nil, wrongType{fmt.Errorf("there is no method %s", name)}
	}
	given, err := values(function.Type(), name, args)
	if err != nil {
		return nil, wrongType{err}
	}
	return function.Call(given), nil
}

// page is a page as Go goes through it: a slice of the items, with its length and its indices.
func page(client *hookbridge.Client, name string, args json.RawMessage) (any, error) {
	results, err := called(client, name, args)
	if err != nil {
		return nil, err
	}
	if err, failed := results[1].Interface().(error); failed {
		return nil, err
	}
	found := results[0].Elem()
	items := found.FieldByNameFunc(func(name string) bool {
		return name == "Endpoints" || name == "Messages" || name == "Attempts"
	})
	shown := map[string]any{"length": items.Len(), "has_more": found.FieldByName("HasMore").Bool()}
	list := []any{}
	for i := range items.Len() {
		list = append(list, items.Index(i).Interface())
	}
	shown["items"] = list
	if items.Len() > 0 {
		shown["last"] = items.Index(items.Len() - 1).Interface()
	}
	if cursor := found.FieldByName("NextCursor").String(); cursor != "" {
		shown["next_cursor"] = cursor
	}
	return shown, nil
}

// walk goes through the items of all pages by the client's own iterators.
func walk(client *hookbridge.Client, asked *command) (any, error) {
	ctx := context.Background()
	args := asked.Args
	if len(args) == 0 {
		args = json.RawMessage("{}")
	}
	switch asked.Method {
	case "iter_endpoints":
		var request hookbridge.ListEndpointsRequest
		if err := decode(args, &request); err != nil {
			return nil, wrongType{err}
		}
		return gathered(client.IterEndpoints(ctx, request), asked.Count)
	case "iter_dlq_messages":
		var request hookbridge.GetDLQMessagesRequest
		if err := decode(args, &request); err != nil {
			return nil, wrongType{err}
		}
		return gathered(client.IterDLQMessages(ctx, request), asked.Count)
	}
	var request hookbridge.GetLogsRequest
	if err := decode(args, &request); err != nil {
		return nil, wrongType{err}
	}
	return gathered(client.IterLogs(ctx, request), asked.Count)
}

// gathered are the first items, or all where count is 0.
func gathered[T any](items iter.Seq2[T, error], count int) (any, error) {
	found := []T{}
	for item, err := range items {
		if err != nil {
			return nil, err
		}
		found = append(found, item)
		if len(found) == count {
			break
		}
	}
	return found, nil
}

// values are the values of a method's parameters.
func values(function reflect.Type, name string, args json.RawMessage) ([]reflect.Value, error) {
	var fields map[string]json.RawMessage
	if err := decode(args, &fields); err != nil {
		return nil, err
	}
	given := []reflect.Value{reflect.ValueOf(context.Background())}
	for i := 1; i < function.NumIn(); i++ {
		value, text := reflect.New(function.In(i)), args
		// A time is a struct too, and stands for one argument.
		if value.Elem().Kind() != reflect.Struct || function.In(i) == reflect.TypeFor[time.Time]() {
			text = fields[arguments[name][i-1]]
		}
		if len(text) > 0 {
			if err := decode(text, value.Interface()); err != nil {
				return nil, err
			}
		}
		given = append(given, value.Elem())
	}
	return given, nil
}

// plain is a result as the suite has it.
func plain(result any) any {
	paged := func(items any, hasMore bool, cursor string) any {
		page := map[string]any{"data": items, "has_more": hasMore}
		if cursor != "" {
			page["next_cursor"] = cursor
		}
		return page
	}
	switch found := result.(type) {
	case string:
		return map[string]any{"download_url": found}
	case *hookbridge.ListEndpointsResponse:
		return paged(found.Endpoints, found.HasMore, found.NextCursor)
	case *hookbridge.EndpointHealthResponse:
		return paged(found.Endpoints, found.HasMore, found.NextCursor)
	case *hookbridge.ActivityResponse:
		return paged(found.Activities, found.HasMore, found.NextCursor)
	case *hookbridge.LogsResponse:
		return paged(found.Messages, found.HasMore, found.NextCursor)
	case *hookbridge.DLQMessagesResponse:
		return paged(found.Messages, found.HasMore, found.NextCursor)
	case *hookbridge.ListEventsResponse:
		return paged(found.Events, found.HasMore, found.NextCursor)
	case *hookbridge.ListEventTypesResponse:
		return paged(found.EventTypes, found.HasMore, found.NextCursor)
	case *hookbridge.AttemptsResponse:
		return paged(found.Attempts, found.HasMore, found.NextCursor)
	}
	if reflect.TypeOf(result).Kind() == reflect.Slice {
		return paged(result, false, "")
	}
	return result
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
	case string(given.Value) == "null":
		request.Payload = given.Value
	case given.Value != nil:
		if err := decode(given.Value, &request.Payload); err != nil {
			return request, wrongType{err}
		}
	default:
		return request, wrongType{errors.New("there is no payload")}
	}
	return request, nil
}
