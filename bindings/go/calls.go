package hookbridge

import (
	"bytes"
	"context"
	"encoding/json"
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
	document, err := encoded(request)
	if err != nil {
		return nil, refused(ErrInvalidRequest, "an argument is not JSON: "+err.Error())
	}
	return answered[T](ctx, c, operation, document)
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
