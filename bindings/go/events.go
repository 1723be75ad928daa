package hookbridge

/*
#include <hookbridge.h>
*/
import "C"

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Events is a queue of what happens to messages, at most 10,000; past that the oldest are dropped and counted.
// Waiting for the next holds no thread.
type Events struct {
	client *Client
	// Held by the one that takes.
	turn chan struct{}
	// Freed by the one that holds both the turn and this.
	mutex  sync.Mutex
	handle *C.hookbridge_events
	// A copy of the queue's descriptor, which Go's poller watches and nobody reads.
	bell  *os.File
	watch syscall.RawConn
	// The client was closed, or the queue.
	ended atomic.Bool
}

// Events opens a queue of what happens to messages from now on, while this process delivers. Close it.
func (c *Client) Events() (*Events, error) {
	return c.queue(func(engine *C.hookbridge_engine, handle **C.hookbridge_events, failure **C.hookbridge_error) C.hookbridge_code {
		return C.hookbridge_events_open(engine, handle, failure)
	})
}

// Watch opens a queue of what happens to messages from now on, whichever process accepts and delivers them: the kinds of
// [Client.Events], and [EventKindMessageAccepted], [EventKindAttemptStarted] and [EventKindEndpointChanged]. Close it.
func (c *Client) Watch() (*Events, error) {
	return c.queue(func(engine *C.hookbridge_engine, handle **C.hookbridge_events, failure **C.hookbridge_error) C.hookbridge_code {
		return C.hookbridge_events_watch(engine, handle, failure)
	})
}

func (c *Client) queue(open func(*C.hookbridge_engine, **C.hookbridge_events, **C.hookbridge_error) C.hookbridge_code) (*Events, error) {
	handle, err := use(c.engine, func(engine *C.hookbridge_engine) (*C.hookbridge_events, error) {
		var handle *C.hookbridge_events
		var failure *C.hookbridge_error
		if open(engine, &handle, &failure) != C.HOOKBRIDGE_OK {
			return nil, taken(failure, fieldNames, optionNames)
		}
		return handle, nil
	})
	if err != nil {
		return nil, err
	}
	syscall.ForkLock.RLock()
	descriptor, err := syscall.Dup(int(C.hookbridge_events_fd(handle)))
	if err == nil {
		syscall.CloseOnExec(descriptor)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		C.hookbridge_events_free(handle)
		return nil, os.NewSyscallError("dup", err)
	}
	bell := os.NewFile(uintptr(descriptor), "hookbridge events")
	watch, err := bell.SyscallConn()
	if err != nil {
		C.hookbridge_events_free(handle)
		bell.Close()
		return nil, err
	}
	queue := &Events{client: c, turn: make(chan struct{}, 1), handle: handle, bell: bell, watch: watch}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.closed {
		queue.end()
	} else {
		c.queues[queue] = struct{}{}
	}
	return queue, nil
}

// Next is the next event. It waits for one until ctx ends, and answers io.EOF once the client or the queue was closed
// and nothing waits any more.
func (q *Events) Next(ctx context.Context) (*Event, error) {
	select {
	case q.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-q.turn }()
	if q.handle == nil {
		return nil, io.EOF
	}
	_ = q.bell.SetReadDeadline(time.Time{})
	taken, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-ctx.Done():
			_ = q.bell.SetReadDeadline(time.Unix(1, 0))
		case <-taken:
		}
	}()
	defer func() {
		close(taken)
		<-watched
	}()
	for {
		ended := q.ended.Load()
		if event, err := q.take(); event != nil || err != nil {
			return event, err
		}
		if ended {
			return nil, io.EOF
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		// The poller forgets what rang before it was asked, so that the look comes after that.
		var event *Event
		var failure error
		err := q.watch.Read(func(uintptr) bool {
			event, failure = q.take()
			return event != nil || failure != nil || q.ended.Load()
		})
		if event != nil || failure != nil {
			return event, failure
		}
		if err != nil && !q.ended.Load() && ctx.Err() == nil {
			return nil, err
		}
	}
}

func (q *Events) take() (*Event, error) {
	var buffer *C.hookbridge_buffer
	var failure *C.hookbridge_error
	if C.hookbridge_events_next(q.handle, 0, &buffer, &failure) != C.HOOKBRIDGE_OK {
		return nil, taken(failure, fieldNames, optionNames)
	}
	if buffer == nil {
		return nil, nil
	}
	event := new(Event)
	if err := json.Unmarshal(contents(buffer), event); err != nil {
		return nil, unreadable("an event", err)
	}
	return event, nil
}

// Dropped is how many events were dropped because nobody took them; 0 once the queue was closed.
func (q *Events) Dropped() uint64 {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return uint64(C.hookbridge_events_dropped(q.handle))
}

// end wakes whoever waits: nothing more will come.
func (q *Events) end() {
	q.ended.Store(true)
	_ = q.bell.SetReadDeadline(time.Unix(1, 0))
}

// Close stops gathering and frees the queue; whoever waits for an event gets io.EOF.
func (q *Events) Close() error {
	q.client.mutex.Lock()
	delete(q.client.queues, q)
	q.client.mutex.Unlock()
	q.end()
	q.turn <- struct{}{}
	defer func() { <-q.turn }()
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.handle == nil {
		return nil
	}
	C.hookbridge_events_free(q.handle)
	q.handle = nil
	return q.bell.Close()
}
