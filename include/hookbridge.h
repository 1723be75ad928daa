/*
 * HookBridge: webhooks from inside your process, durable before send returns.
 *
 * Threads: every function may be called from any thread at any time, but an object must not be freed while
 * another call uses it. An engine may be used on both sides of a fork().
 * Ownership: input is borrowed for the call. What a function gives out through a pointer to a pointer belongs to
 * the caller, who frees it with the function named after its type. Freeing NULL does nothing.
 * Errors: a fallible function returns a hookbridge_code, HOOKBRIDGE_OK being 0, and fills *error unless error
 * is NULL. On an error every other output is NULL or 0.
 * The library never writes to stdout or stderr, installs no signal handler and blocks all signals in its threads.
 *
 * SPDX-License-Identifier: Apache-2.0 OR MIT
 */


#ifndef HOOKBRIDGE_H
#define HOOKBRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* The version of this interface. A library speaks it if hookbridge_abi_version() returns the same. */
#define HOOKBRIDGE_ABI_VERSION 0


// A message id: 36 characters and a NUL.
#define HOOKBRIDGE_MESSAGE_ID_SIZE 37

// The numbers of hookbridge_code.
typedef enum {
  HOOKBRIDGE_OK = 0,
  HOOKBRIDGE_INTERNAL_ERROR = 1,
  HOOKBRIDGE_INVALID_REQUEST = 2,
  HOOKBRIDGE_INVALID_HEADERS = 3,
  HOOKBRIDGE_INVALID_ENDPOINT = 4,
  HOOKBRIDGE_ENDPOINT_UNREACHABLE = 5,
  HOOKBRIDGE_ENDPOINT_BLOCKED = 6,
  HOOKBRIDGE_INVALID_STATUS = 7,
  HOOKBRIDGE_UNAUTHORIZED = 8,
  HOOKBRIDGE_NOT_FOUND = 9,
  HOOKBRIDGE_ENDPOINT_NOT_FOUND = 10,
  HOOKBRIDGE_IDEMPOTENCY_MISMATCH = 11,
  HOOKBRIDGE_DELIVERY_IN_PROGRESS = 12,
  HOOKBRIDGE_RETRY_IN_PROGRESS = 13,
  HOOKBRIDGE_MAX_SIGNING_KEYS_REACHED = 14,
  HOOKBRIDGE_CANNOT_DELETE_LAST_SIGNING_KEY = 15,
  HOOKBRIDGE_RETENTION_EXPIRED = 16,
  HOOKBRIDGE_PAYLOAD_UNAVAILABLE = 17,
  HOOKBRIDGE_PAYLOAD_TOO_LARGE = 18,
  HOOKBRIDGE_REPLAY_LIMIT_EXCEEDED = 19,
  HOOKBRIDGE_STORAGE_UNAVAILABLE = 20,
  HOOKBRIDGE_INVALID_CONFIGURATION = 21,
  HOOKBRIDGE_CLOSED = 22,
  HOOKBRIDGE_FORKED = 23,
  HOOKBRIDGE_SCHEMA_TOO_NEW = 24,
  HOOKBRIDGE_EXPORT_NOT_READY = 25,
  HOOKBRIDGE_EXPORT_EXPIRED = 26,
  HOOKBRIDGE_NETWORK_ERROR = 27,
  HOOKBRIDGE_TIMEOUT = 28,
  HOOKBRIDGE_RATE_LIMIT_EXCEEDED = 29,
  HOOKBRIDGE_NOT_SUPPORTED = 30,
  HOOKBRIDGE_FORBIDDEN = 31,
  HOOKBRIDGE_ALREADY_EXISTS = 32,
  HOOKBRIDGE_UNKNOWN_EVENT_TYPE = 33,
  HOOKBRIDGE_INVALID_PAYLOAD = 34,
} hookbridge_codes;

// Bytes given to the caller; free them with hookbridge_buffer_free.
typedef struct hookbridge_buffer hookbridge_buffer;

// An open outbox and its delivery. Threads start at its first use.
typedef struct hookbridge_engine hookbridge_engine;

// An error: a code for programs and a sentence for people. Immutable; free it with hookbridge_error_free.
typedef struct hookbridge_error hookbridge_error;

// What happens to messages while this process delivers. Free it with hookbridge_events_free.
typedef struct hookbridge_events hookbridge_events;

// A hookbridge_code: one of the HOOKBRIDGE_ constants below. New ones may be added; none changes its number.
typedef int32_t hookbridge_code;

// Bytes of the caller, read only during the call. With len 0, data may be NULL.
typedef struct {
  // The first byte.
  const uint8_t *data;
  // How many.
  size_t len;
} hookbridge_slice;

// What hookbridge_send takes. Zero it, then set what is wanted.
typedef struct {
  // "ep_...".
  hookbridge_slice endpoint_id;
  // JSON, stored and sent byte for byte; at most 1,048,576 bytes.
  hookbridge_slice payload;
  // A JSON object of strings; empty for none.
  hookbridge_slice headers;
  // 1 to 255 of letters, digits, '_' and '-'; empty for none.
  hookbridge_slice idempotency_key;
  // How long the payload is kept, in hours, where has_retention_hours is true; 0 drops it after delivery.
  uint32_t retention_hours;
  // Whether retention_hours counts.
  bool has_retention_hours;
} hookbridge_message;

// Receives a line of the log: level is 1 (error) to 5 (trace); target and message are UTF-8 and live for the
// call only. Called on any engine thread: it must not block, must not call the library, must not unwind.
typedef void (*hookbridge_log_sink)(void *context,
                                    uint32_t level,
                                    const char *target,
                                    const char *message);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The first byte; lives as long as the buffer. A NUL follows the last byte. NULL answers NULL.
const uint8_t *hookbridge_buffer_data(const hookbridge_buffer *buffer);

// How many bytes there are, without the NUL. NULL answers 0.
size_t hookbridge_buffer_len(const hookbridge_buffer *buffer);

// Frees a buffer. NULL does nothing.
void hookbridge_buffer_free(hookbridge_buffer *buffer);

// Opens or creates an outbox, or prepares to work with a server (base_url), or both (a relay).
//
// configuration is a JSON object of settings, empty for the defaults and HOOKBRIDGE_ variables. *engine
// is to be freed with hookbridge_free. May block for a few seconds while another process writes.
// Errors: HOOKBRIDGE_INVALID_CONFIGURATION, HOOKBRIDGE_STORAGE_UNAVAILABLE, HOOKBRIDGE_SCHEMA_TOO_NEW.
hookbridge_code hookbridge_open(hookbridge_slice configuration,
                                hookbridge_engine **engine,
                                hookbridge_error **error);

// Accepts a message: returns once it is committed to the outbox, and the engine delivers it from there.
//
// message_id has room for HOOKBRIDGE_MESSAGE_ID_SIZE bytes, or is NULL. Blocks for the commit, and
// while the queue to the writer is full.
// Errors: HOOKBRIDGE_ENDPOINT_NOT_FOUND, HOOKBRIDGE_INVALID_REQUEST, HOOKBRIDGE_INVALID_HEADERS,
// HOOKBRIDGE_PAYLOAD_TOO_LARGE, HOOKBRIDGE_IDEMPOTENCY_MISMATCH, HOOKBRIDGE_STORAGE_UNAVAILABLE, HOOKBRIDGE_CLOSED.
hookbridge_code hookbridge_send(const hookbridge_engine *engine,
                                const hookbridge_message *message,
                                char *message_id,
                                hookbridge_error **error);

// Accepts up to 1,000 messages in one transaction.
//
// messages is a JSON array of objects with endpoint_id, payload and, where wanted, headers, idempotency_key and
// retention_hours. *results is a JSON array in the same order: {"message_id", "status"} for what was
// accepted, {"error": {"code", "message"}} for what was not. Free it with hookbridge_buffer_free.
// Errors: those of the whole, as in hookbridge_send.
hookbridge_code hookbridge_send_batch(const hookbridge_engine *engine,
                                      hookbridge_slice messages,
                                      hookbridge_buffer **results,
                                      hookbridge_error **error);

// Runs an operation by its name, such as "endpoints.create", with a JSON object (empty for {}).
//
// *answer is the operation's JSON; free it with hookbridge_buffer_free. Blocks until a change is committed.
// Errors: the operation's own; HOOKBRIDGE_NOT_FOUND where there is no such operation.
hookbridge_code hookbridge_call(const hookbridge_engine *engine,
                                hookbridge_slice operation,
                                hookbridge_slice request,
                                hookbridge_buffer **answer,
                                hookbridge_error **error);

// Waits until nothing is due, whichever process delivers, for at most timeout_ms. *flushed, which may be NULL,
// says whether that came about.
hookbridge_code hookbridge_flush(const hookbridge_engine *engine,
                                 uint64_t timeout_ms,
                                 bool *flushed,
                                 hookbridge_error **error);

// Takes no more work, lets attempts under way end for at most timeout_ms, and stops the threads. What is
// undelivered stays in the file. *ended, which may be NULL, says whether they came to their end. Later calls fail with
// HOOKBRIDGE_CLOSED; a second close succeeds. The engine is still to be freed.
hookbridge_code hookbridge_close(const hookbridge_engine *engine,
                                 uint64_t timeout_ms,
                                 bool *ended,
                                 hookbridge_error **error);

// Ends an engine at a normal exit of the program: what this process has accepted, and the attempts under way, get the setting
// exit_timeout to be delivered and recorded. Then it is closed, as by hookbridge_close. Meant for atexit and its like; an
// engine that was closed, and one of a process that was forked since, does nothing. The engine is still to be freed.
hookbridge_code hookbridge_finish(const hookbridge_engine *engine,
                                  bool *ended,
                                  hookbridge_error **error);

// Frees an engine, closing it with half a second's patience where that was not done. NULL does nothing.
void hookbridge_free(hookbridge_engine *engine);

// The error's code. NULL answers HOOKBRIDGE_OK.
hookbridge_code hookbridge_error_code(const hookbridge_error *error);

// The code's name, such as "ENDPOINT_NOT_FOUND"; lives as long as the error. NULL answers "".
const char *hookbridge_error_name(const hookbridge_error *error);

// A sentence for people, in UTF-8; lives as long as the error. NULL answers "".
const char *hookbridge_error_message(const hookbridge_error *error);

// The HTTP status that goes with the code. NULL answers 0.
uint16_t hookbridge_error_http_status(const hookbridge_error *error);

// Whether the same call may succeed later without being changed. NULL answers false.
bool hookbridge_error_is_retryable(const hookbridge_error *error);

// The id that a server gave the request; lives as long as the error. "" where no server answered, and for NULL.
const char *hookbridge_error_request_id(const hookbridge_error *error);

// How long a server asks to wait before the same is tried again, in milliseconds; 0 where it said nothing, and for NULL.
uint64_t hookbridge_error_retry_after_ms(const hookbridge_error *error);

// Frees an error. NULL does nothing.
void hookbridge_error_free(hookbridge_error *error);

// Begins to gather events: message_delivered, attempt_failed, message_dead; and not_delivering, of no message (its ids
// are null), where this process should deliver and cannot. At most 10,000 wait; past that the
// oldest are dropped. A queue belongs to the process that opened it: after a fork() the child opens its own.
hookbridge_code hookbridge_events_open(const hookbridge_engine *engine,
                                       hookbridge_events **events,
                                       hookbridge_error **error);

// Begins to gather what happens to the outbox's messages, whichever process accepts and delivers them: the events of
// hookbridge_events_open, and message_accepted, attempt_started and endpoint_changed. The newest 500 messages are looked
// at four times a second while the queue is there; hookbridge_events_dropped rises where more happens than is seen.
hookbridge_code hookbridge_events_watch(const hookbridge_engine *engine,
                                        hookbridge_events **events,
                                        hookbridge_error **error);

// Takes the next event as JSON, waiting for at most timeout_ms. *event is NULL where none came, or where the engine
// was closed; else free it with hookbridge_buffer_free.
hookbridge_code hookbridge_events_next(const hookbridge_events *events,
                                       uint64_t timeout_ms,
                                       hookbridge_buffer **event,
                                       hookbridge_error **error);

// A descriptor that is readable while events wait, for poll() and its like. Never read from it and never close
// it. NULL answers -1.
int hookbridge_events_fd(const hookbridge_events *events);

// How many events were dropped because nobody took them. NULL answers 0.
uint64_t hookbridge_events_dropped(const hookbridge_events *events);

// Stops gathering and frees the queue. NULL does nothing.
void hookbridge_events_free(hookbridge_events *events);

// Sets the process's one log sink, for lines up to max_level (1 errors to 5 everything); NULL ends it, and once
// that call has returned the old sink is not called any more. Must not be called from the sink.
void hookbridge_set_log(hookbridge_log_sink sink,
                        void *context,
                        uint32_t max_level);

// The version of the library, such as "3.0.0"; lives for ever.
const char *hookbridge_version(void);

// The version of the interface that the library speaks; compare it with HOOKBRIDGE_ABI_VERSION.
uint32_t hookbridge_abi_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* HOOKBRIDGE_H */
