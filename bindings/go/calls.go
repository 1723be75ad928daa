package hookbridge

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
)

// arguments are the fields of a request by their names.
type arguments map[string]any

// encoded is JSON without the escapes that only a web page needs.
func encoded(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// listed is a list for JSON, which has no nil slice.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// result runs an operation and reads its answer.
func result[T any](ctx context.Context, c *Client, operation string, request any) (*T, error) {
	document, err := written(request)
	if err != nil {
		return nil, err
	}
	return answered[T](ctx, c, operation, document)
}

// written is a request as JSON. A Payload of any type is written as that of [Client.Send]: a document stays as it stands.
func written(request any) ([]byte, error) {
	if batch, is := request.(several); is {
		return batch.document()
	}
	const none = `"payload":null`
	var payload []byte
	if whole := reflect.ValueOf(request); whole.Kind() == reflect.Struct {
		if field := whole.FieldByName("Payload"); field.IsValid() && field.Kind() == reflect.Interface {
			document, err := payloadDocument(field.Interface())
			if err != nil {
				return nil, err
			}
			rest := reflect.New(whole.Type()).Elem()
			rest.Set(whole)
			rest.FieldByName("Payload").SetZero()
			request, payload = rest.Interface(), document
		}
	}
	text, err := encoded(request)
	if err != nil {
		return nil, refused(ErrInvalidRequest, "an argument is not JSON: "+err.Error())
	}
	if payload == nil {
		return text, nil
	}
	// Before it stand texts alone, whose quotes are escaped: the first is the field.
	before, after, _ := bytes.Cut(text, []byte(none))
	return slices.Concat(before, []byte(`"payload":`), payload, after), nil
}

func answered[T any](ctx context.Context, c *Client, operation string, document []byte) (*T, error) {
	answer, err := c.engine.call(ctx, operation, document)
	if err != nil {
		return nil, err
	}
	value := new(T)
	if err := json.Unmarshal(answer, value); err != nil {
		return nil, unreadable(operation, err)
	}
	return value, nil
}

// items runs an operation that answers a list without pages.
func items[T any](ctx context.Context, c *Client, operation string, request any) ([]T, error) {
	answer, err := result[page[T]](ctx, c, operation, request)
	if err != nil {
		return nil, err
	}
	return answer.Data, nil
}

// text runs an operation that answers one text, in the field of that name.
func text(ctx context.Context, c *Client, operation string, request any, name string) (string, error) {
	answer, err := result[map[string]string](ctx, c, operation, request)
	if err != nil {
		return "", err
	}
	return (*answer)[name], nil
}

// done runs an operation that answers nothing.
func done(ctx context.Context, c *Client, operation string, request any) error {
	_, err := result[struct{}](ctx, c, operation, request)
	return err
}
