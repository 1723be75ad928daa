package hookbridge

/*
#include <hookbridge.h>

// A struct that holds Go pointers may not be handed to C, so that the slices are put together on this side.
static hookbridge_slice go_slice(const void *data, size_t len) {
	hookbridge_slice slice = {data, len};
	return slice;
}

static hookbridge_code go_open(const void *configuration, size_t len, hookbridge_engine **engine, hookbridge_error **error) {
	return hookbridge_open(go_slice(configuration, len), engine, error);
}

static hookbridge_code go_call(const hookbridge_engine *engine, const void *operation, size_t operation_len,
		const void *request, size_t request_len, hookbridge_buffer **answer, hookbridge_error **error) {
	return hookbridge_call(engine, go_slice(operation, operation_len), go_slice(request, request_len), answer, error);
}

static hookbridge_code go_send(const hookbridge_engine *engine, const void *endpoint, size_t endpoint_len,
		const void *payload, size_t payload_len, const void *headers, size_t headers_len, const void *key, size_t key_len,
		uint32_t retention, bool has_retention, void *message_id, hookbridge_error **error) {
	hookbridge_message message = {
		go_slice(endpoint, endpoint_len), go_slice(payload, payload_len), go_slice(headers, headers_len),
		go_slice(key, key_len), retention, has_retention,
	};
	return hookbridge_send(engine, &message, message_id, error);
}
*/
import "C"

import (
	"context"
	"sync"
	"time"
	"unsafe"
)

// A call of the library holds a thread of the system while it waits, and Go ends a program that has 10,000 of them:
// whoever comes beyond this many waits as a goroutine.
const callsAtOnce = 256

// engine is the library's engine, which is freed once nobody is inside.
type engine struct {
	places chan struct{}
	ending sync.Mutex
	// Held for reading by whoever is inside.
	inside sync.RWMutex
	handle *C.hookbridge_engine
	// What every call answers once the handle is gone.
	closed error
}

func open(configuration []byte) (*engine, error) {
	var handle *C.hookbridge_engine
	var failure *C.hookbridge_error
	data := first(configuration)
	if C.go_open(data, C.size_t(len(configuration)), &handle, &failure) != C.HOOKBRIDGE_OK {
		return nil, taken(failure, optionNames)
	}
	return &engine{places: make(chan struct{}, callsAtOnce), handle: handle}, nil
}

// first is where bytes begin; nil where there are none.
func first(bytes []byte) unsafe.Pointer {
	if len(bytes) == 0 {
		return nil
	}
	return unsafe.Pointer(&bytes[0])
}

// use runs a call of the library while the handle is kept.
func use[T any](e *engine, call func(*C.hookbridge_engine) (T, error)) (T, error) {
	e.inside.RLock()
	defer e.inside.RUnlock()
	if e.handle == nil {
		var none T
		return none, e.closed
	}
	return call(e.handle)
}

// outcome is what a call came to.
type outcome[T any] struct {
	value T
	err   error
}

// waited runs a call of the library and waits for it, or for ctx. What ctx cuts off goes on by itself.
func waited[T any](ctx context.Context, e *engine, call func(*C.hookbridge_engine) (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	select {
	case e.places <- struct{}{}:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	if ctx.Done() == nil {
		defer func() { <-e.places }()
		return use(e, call)
	}
	ended := make(chan outcome[T], 1)
	go func() {
		value, err := use(e, call)
		<-e.places
		ended <- outcome[T]{value, err}
	}()
	select {
	case outcome := <-ended:
		return outcome.value, outcome.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

func (e *engine) send(ctx context.Context, endpoint string, payload, headers []byte, key string, retention *uint32) (string, error) {
	return waited(ctx, e, func(handle *C.hookbridge_engine) (string, error) {
		var id [C.HOOKBRIDGE_MESSAGE_ID_SIZE]byte
		var failure *C.hookbridge_error
		var hours C.uint32_t
		if retention != nil {
			hours = C.uint32_t(*retention)
		}
		code := C.go_send(handle, first([]byte(endpoint)), C.size_t(len(endpoint)),
			first(payload), C.size_t(len(payload)),
			first(headers), C.size_t(len(headers)),
			first([]byte(key)), C.size_t(len(key)),
			hours, C.bool(retention != nil), unsafe.Pointer(&id), &failure)
		if code != C.HOOKBRIDGE_OK {
			return "", taken(failure, fieldNames, optionNames)
		}
		return string(id[:len(id)-1]), nil
	})
}

func (e *engine) call(ctx context.Context, operation string, request []byte) ([]byte, error) {
	return waited(ctx, e, func(handle *C.hookbridge_engine) ([]byte, error) {
		return callNow(handle, operation, request)
	})
}

func callNow(handle *C.hookbridge_engine, operation string, request []byte) ([]byte, error) {
	var answer *C.hookbridge_buffer
	var failure *C.hookbridge_error
	code := C.go_call(handle, first([]byte(operation)), C.size_t(len(operation)),
		first(request), C.size_t(len(request)), &answer, &failure)
	if code != C.HOOKBRIDGE_OK {
		return nil, taken(failure, fieldNames, optionNames)
	}
	return contents(answer), nil
}

// nothingDue says whether nothing is due now.
func (e *engine) nothingDue(ctx context.Context) (bool, error) {
	return waited(ctx, e, func(handle *C.hookbridge_engine) (bool, error) {
		var flushed C.bool
		var failure *C.hookbridge_error
		if C.hookbridge_flush(handle, 0, &flushed, &failure) != C.HOOKBRIDGE_OK {
			return false, taken(failure, fieldNames, optionNames)
		}
		return bool(flushed), nil
	})
}

// close says whether the attempts under way came to their end.
func (e *engine) close(patience time.Duration) (bool, error) {
	return e.end(func(ended *C.bool, failure **C.hookbridge_error) C.hookbridge_code {
		return C.hookbridge_close(e.handle, milliseconds(patience), ended, failure)
	})
}

// finish says whether what this process has accepted was delivered.
func (e *engine) finish() (bool, error) {
	return e.end(func(ended *C.bool, failure **C.hookbridge_error) C.hookbridge_code {
		return C.hookbridge_finish(e.handle, ended, failure)
	})
}

// end runs one of the calls that close an engine, and frees it.
func (e *engine) end(call func(ended *C.bool, failure **C.hookbridge_error) C.hookbridge_code) (bool, error) {
	e.ending.Lock()
	defer e.ending.Unlock()
	if e.handle == nil {
		return true, nil
	}
	// Calls under way answer CLOSED from here on, and leave.
	var ended C.bool
	var failure *C.hookbridge_error
	if call(&ended, &failure) != C.HOOKBRIDGE_OK {
		return false, taken(failure, fieldNames, optionNames)
	}
	e.inside.Lock()
	defer e.inside.Unlock()
	// The library's own words for what comes later.
	_, e.closed = callNow(e.handle, "stats", nil)
	C.hookbridge_free(e.handle)
	e.handle = nil
	return bool(ended), nil
}

func milliseconds(duration time.Duration) C.uint64_t {
	if duration < 0 {
		return 0
	}
	return C.uint64_t(duration.Milliseconds())
}

// contents copies a buffer and frees it.
func contents(buffer *C.hookbridge_buffer) []byte {
	defer C.hookbridge_buffer_free(buffer)
	data := (*byte)(unsafe.Pointer(C.hookbridge_buffer_data(buffer)))
	return append([]byte(nil), unsafe.Slice(data, int(C.hookbridge_buffer_len(buffer)))...)
}

// taken turns a failure of the library into an error, in words of names, and frees it.
func taken(failure *C.hookbridge_error, names ...map[string]string) error {
	defer C.hookbridge_error_free(failure)
	return classified(&APIError{
		Code:        ErrorCode(C.GoString(C.hookbridge_error_name(failure))),
		Message:     inCallersWords(C.GoString(C.hookbridge_error_message(failure)), names...),
		StatusCode:  int(C.hookbridge_error_http_status(failure)),
		RequestID:   C.GoString(C.hookbridge_error_request_id(failure)),
		IsRetryable: bool(C.hookbridge_error_is_retryable(failure)),
		RetryAfter:  time.Duration(C.hookbridge_error_retry_after_ms(failure)) * time.Millisecond,
	})
}

// Version is the version of the library.
func Version() string { return C.GoString(C.hookbridge_version()) }
