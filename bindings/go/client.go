// Package hookbridge sends webhooks from inside the process: Send commits a message to a SQLite file, and background
// threads deliver, sign, retry and record it. See the README for the ways to run.
//
// What is absent, in a request or in a result, is the zero value of its type, or nil where zero says something itself.
package hookbridge

import (
	"context"
	"sync"
	"time"
)

// How long Close lets attempts under way end.
const closePatience = 5 * time.Second

// How long Flush waits between two looks, at first and at most.
const flushPause, longestFlushPause = time.Millisecond, 50 * time.Millisecond

// Client is an outbox in this process and its delivery, or a client of a server, or both (a relay): the options decide.
//
// Use it from any goroutine, and close it. Every method takes a context, which ends the waiting, not the work: a call
// that returns the context's error may still be carried out.
type Client struct {
	engine *engine
	mutex  sync.Mutex
	queues map[*Events]struct{}
	closed bool
}

// Option is a setting of a client. What is not given comes from its HOOKBRIDGE_ variable or its default.
type Option func(settings map[string]any)

// WithSetting sets a setting by its name in the README's table. A number for a duration is seconds.
func WithSetting(name string, value any) Option {
	if duration, is := value.(time.Duration); is {
		value = duration.Seconds()
	}
	return func(settings map[string]any) { settings[name] = value }
}

// NewClient opens an outbox file, or prepares to work with a server where WithBaseURL is given. apiKey is shown to
// that server; in-process it may be empty. A wrong setting is a *ValidationError that names it.
func NewClient(apiKey string, options ...Option) (*Client, error) {
	settings := map[string]any{}
	if apiKey != "" {
		settings["api_key"] = apiKey
	}
	for _, option := range options {
		option(settings)
	}
	configuration, err := encoded(settings)
	if err != nil {
		return nil, refused(ErrInvalidConfiguration, "a setting is not JSON: "+err.Error())
	}
	engine, err := open(configuration)
	if err != nil {
		return nil, err
	}
	return &Client{engine: engine, queues: map[*Events]struct{}{}}, nil
}

// Flush waits until nothing is due, whichever process delivers, or for ctx, whose error it returns then.
func (c *Client) Flush(ctx context.Context) error {
	for pause := flushPause; ; pause = min(2*pause, longestFlushPause) {
		if flushed, err := c.engine.nothingDue(ctx); err != nil || flushed {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// Close takes no more work, lets attempts under way end for at most five seconds, and stops the threads. What is
// undelivered stays in the file ([Client.Finish] delivers it first). A second close succeeds; other calls answer an error that is [ErrClosed].
func (c *Client) Close() error {
	_, err := c.end(func() (bool, error) { return c.engine.close(closePatience) })
	return err
}

// Finish is Close for the end of a program: what this process has accepted gets the time that [WithExitTimeout] says to
// be delivered, and then the client is closed. Go runs nothing at a program's end by itself: defer it in main. Where the
// time was too short, context.DeadlineExceeded; what is undelivered stays in the file.
func (c *Client) Finish() error {
	done, err := c.end(c.engine.finish)
	if err == nil && !done {
		err = context.DeadlineExceeded
	}
	return err
}

// Shutdown is Close with the patience of ctx: until its deadline, or five seconds where it has none. Where ctx ends
// first, its error is returned and the rest ends by itself; where attempts under way did not come to their end in that
// time, context.DeadlineExceeded.
func (c *Client) Shutdown(ctx context.Context) error {
	patience := closePatience
	if deadline, ok := ctx.Deadline(); ok {
		patience = time.Until(deadline)
	}
	ended := make(chan error, 1)
	go func() {
		done, err := c.end(func() (bool, error) { return c.engine.close(patience) })
		if err == nil && !done {
			err = context.DeadlineExceeded
		}
		ended <- err
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// end closes the engine by that call, and the queues of events with it.
func (c *Client) end(call func() (bool, error)) (bool, error) {
	ended, err := call()
	if err != nil {
		return false, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.closed = true
	for queue := range c.queues {
		queue.end()
	}
	c.queues = nil
	return ended, nil
}
