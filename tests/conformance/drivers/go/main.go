// The driver of Go. See tests/conformance/README.md.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

type command struct {
	ID      uint64          `json:"id"`
	Do      string          `json:"do"`
	As      string          `json:"as"`
	On      string          `json:"on"`
	Method  string          `json:"method"`
	Args    json.RawMessage `json:"args"`
	Options map[string]any  `json:"options"`
	Times   int             `json:"times"`
	Threads int             `json:"threads"`
	Count   int             `json:"count"`
	Watch   bool            `json:"watch"`
	Timeout *float64        `json:"timeout"`
}

type reply struct {
	ID    uint64 `json:"id,omitempty"`
	OK    any    `json:"ok,omitempty"`
	Error any    `json:"error,omitempty"`
}

type failure struct {
	Class      string  `json:"class"`
	Code       string  `json:"code,omitempty"`
	Message    string  `json:"message"`
	Status     int     `json:"status,omitempty"`
	Retryable  bool    `json:"retryable"`
	RequestID  string  `json:"request_id,omitempty"`
	RetryAfter float64 `json:"retry_after,omitempty"`
}

// wrongType is what Go's compiler would refuse.
type wrongType struct{ cause error }

func (e wrongType) Error() string { return e.cause.Error() }

type opened struct {
	*hookbridge.Client
	events *hookbridge.Events
}

var clients = map[string]*opened{}

func main() {
	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadBytes('\n')
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		var asked command
		if err := decode(line, &asked); err != nil {
			log.Fatal(err)
		}
		answer := answered(carryOut(&asked))
		answer.ID = asked.ID
		fmt.Printf("%s\n", written(answer))
		if asked.Do == "exit" {
			return
		}
	}
}

func decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// Go writes no zeros at the end of a second's fraction; the suite wants three digits.
var moment = regexp.MustCompile(`"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,3})?Z"`)

func written(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		log.Fatal(err)
	}
	return moment.ReplaceAllFunc(text, func(found []byte) []byte {
		parts := moment.FindSubmatch(found)
		fraction := strings.TrimPrefix(string(parts[2]), ".")
		return []byte(`"` + string(parts[1]) + "." + (fraction + "000")[:3] + `Z"`)
	})
}

var (
	quoted = regexp.MustCompile("`[A-Za-z0-9_.\\[\\]]+`")
	name   = regexp.MustCompile(`[A-Z][A-Za-z0-9]*`)
	breaks = regexp.MustCompile(`([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])`)
)

// inSuitesWords is a message with the suite's names for Go's: `WithMaxInFlight` and `EndpointID` are max_in_flight and endpoint_id.
func inSuitesWords(message string) string {
	return quoted.ReplaceAllStringFunc(message, func(path string) string {
		return name.ReplaceAllStringFunc(path, func(name string) string {
			if strings.ToUpper(name) == name && strings.Contains(path, "_") {
				return name
			}
			name = strings.ReplaceAll(strings.TrimPrefix(name, "With"), "IDs", "Ids")
			return strings.ToLower(breaks.ReplaceAllString(name, "$1${3}_$2$4"))
		})
	})
}

func answered(value any, err error) reply {
	if err == nil {
		return reply{OK: value}
	}
	shown := failure{Class: class(err), Message: err.Error()}
	if api, is := errors.AsType[*hookbridge.APIError](err); is {
		message := inSuitesWords(api.Message)
		shown.Code, shown.Message, shown.Status, shown.Retryable = string(api.Code), message, api.StatusCode, api.IsRetryable
		shown.RequestID, shown.RetryAfter = api.RequestID, api.RetryAfter.Seconds()
	}
	return reply{Error: shown}
}

func class(err error) string {
	switch {
	case is[*hookbridge.AuthenticationError](err):
		return "AuthenticationError"
	case is[*hookbridge.NotFoundError](err):
		return "NotFoundError"
	case is[*hookbridge.ValidationError](err):
		return "ValidationError"
	case is[*hookbridge.RateLimitError](err):
		return "RateLimitError"
	case is[*hookbridge.IdempotencyError](err):
		return "IdempotencyError"
	case is[*hookbridge.ReplayLimitError](err):
		return "ReplayLimitError"
	case is[*hookbridge.NetworkError](err):
		return "NetworkError"
	case is[*hookbridge.TimeoutError](err):
		return "TimeoutError"
	case is[wrongType](err):
		return "TypeError"
	}
	return "HookBridgeError"
}

func is[E error](err error) bool {
	_, is := errors.AsType[E](err)
	return is
}

func within(asked *command, otherwise float64) (context.Context, context.CancelFunc) {
	seconds := otherwise
	if asked.Timeout != nil {
		seconds = *asked.Timeout
	}
	return context.WithTimeout(context.Background(), time.Duration(seconds*float64(time.Second)))
}

type none struct{}

func carryOut(asked *command) (any, error) {
	switch asked.Do {
	case "hello":
		return map[string]any{"language": "go", "can": []string{"pages", "request_id"}}, nil
	case "open":
		var options []hookbridge.Option
		for name, value := range asked.Options {
			options = append(options, hookbridge.WithSetting(name, value))
		}
		client, err := hookbridge.NewClient("", options...)
		if err != nil {
			return nil, err
		}
		clients[asked.As] = &opened{Client: client}
		return none{}, nil
	}
	if asked.Do == "exit" {
		// Go has nothing that runs at a program's end: its user defers this.
		for _, client := range clients {
			if err := client.Finish(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
				return nil, err
			}
		}
		return none{}, nil
	}
	client := clients[asked.On]
	if client == nil {
		return nil, wrongType{errors.New("there is no such client")}
	}
	switch asked.Do {
	case "call":
		return call(client.Client, asked.Method, asked.Args)
	case "page":
		return page(client.Client, asked.Method, asked.Args)
	case "walk":
		return walk(client.Client, asked)
	case "many":
		return many(client.Client, asked)
	case "events":
		return events(client, asked)
	case "flush":
		ctx, cancel := within(asked, 30)
		defer cancel()
		err := client.Flush(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			return false, nil
		}
		return true, err
	case "close":
		ctx, cancel := within(asked, 5)
		defer cancel()
		if err := client.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
		// Waits for what Shutdown left behind.
		return none{}, client.Close()
	}
	return nil, wrongType{fmt.Errorf("there is no command %q", asked.Do)}
}

func many(client *hookbridge.Client, asked *command) (any, error) {
	replies := make([]reply, asked.Times)
	var group sync.WaitGroup
	workers := max(asked.Threads, 1)
	for worker := 0; worker < workers; worker++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			for number := worker; number < asked.Times; number += workers {
				args := bytes.ReplaceAll(asked.Args, []byte("%i"), []byte(strconv.Itoa(number)))
				replies[number] = answered(call(client, asked.Method, args))
			}
		}(worker)
	}
	group.Wait()
	return map[string]any{"results": replies}, nil
}

func events(client *opened, asked *command) (any, error) {
	if client.events == nil {
		open := client.Events
		if asked.Watch {
			open = client.Watch
		}
		queue, err := open()
		if err != nil {
			return nil, err
		}
		client.events = queue
	}
	ctx, cancel := within(asked, 30)
	defer cancel()
	found := []*hookbridge.Event{}
	for len(found) < asked.Count {
		event, err := client.events.Next(ctx)
		if errors.Is(err, context.DeadlineExceeded) || err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		found = append(found, event)
	}
	return found, nil
}
