//! The engine.

use std::time::Duration;

use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{Config, Engine, Error, ErrorCode};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::buffer::hookbridge_buffer;
use crate::error::{hookbridge_code, hookbridge_error};
use crate::guard::guard;
use crate::pointer::{borrow, clear, free, null_argument};
use crate::slice::hookbridge_slice;

/// An open outbox and its delivery. Threads start at its first use.
pub struct hookbridge_engine {
    engine: Engine,
}

impl hookbridge_engine {
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }
}

/// How long hookbridge_free waits for attempts under way.
const FREE_PATIENCE: Duration = Duration::from_millis(500);

/// A message id: 36 characters and a NUL.
pub const HOOKBRIDGE_MESSAGE_ID_SIZE: usize = 37;

/// What hookbridge_send takes. Zero it, then set what is wanted.
#[repr(C)]
pub struct hookbridge_message {
    /// "ep_...".
    pub endpoint_id: hookbridge_slice,
    /// JSON, stored and sent byte for byte; at most 1,048,576 bytes.
    pub payload: hookbridge_slice,
    /// A JSON object of strings; empty for none.
    pub headers: hookbridge_slice,
    /// 1 to 255 of letters, digits, '_' and '-'; empty for none.
    pub idempotency_key: hookbridge_slice,
    /// How long the payload is kept, in hours, where has_retention_hours is true; 0 drops it after delivery.
    pub retention_hours: u32,
    /// Whether retention_hours counts.
    pub has_retention_hours: bool,
}

fn timeout(timeout_ms: u64) -> Duration {
    Duration::from_millis(timeout_ms)
}

/// Opens or creates an outbox, or prepares to work with a server (base_url), or both (a relay).
///
/// configuration is a JSON object of settings, empty for the defaults and HOOKBRIDGE_ variables. *engine
/// is to be freed with hookbridge_free. May block for a few seconds while another process writes.
/// Errors: HOOKBRIDGE_INVALID_CONFIGURATION, HOOKBRIDGE_STORAGE_UNAVAILABLE, HOOKBRIDGE_SCHEMA_TOO_NEW.
///
/// # Safety
/// `configuration` is readable for the call; `engine` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_open(
    configuration: hookbridge_slice,
    engine: *mut *mut hookbridge_engine,
    error: *mut *mut hookbridge_error,
) -> hookbridge_code {
    // SAFETY: as the caller vouches; the same for the blocks inside.
    unsafe {
        guard(error, || {
            clear(engine, "engine")?;
            let opened = Engine::open(Config::from_json(configuration.text("configuration")?)?)?;
            engine.write(Box::into_raw(Box::new(hookbridge_engine { engine: opened })));
            Ok(())
        })
    }
}

unsafe fn send_request(message: &hookbridge_message) -> Result<SendRequest, Error> {
    // SAFETY: the caller of `hookbridge_send` vouches for every slice of the message.
    unsafe {
        let payload = message.payload.bytes("payload")?.to_vec();
        let mut request = SendRequest::new(message.endpoint_id.text("endpoint_id")?, payload)?;
        let headers = message.headers.text("headers")?;
        if !headers.is_empty() {
            request.headers = serde_json::from_str(headers).map_err(|cause| {
                Error::new(ErrorCode::InvalidHeaders, format!("`headers` cannot be read: {cause}"))
            })?;
        }
        let key = message.idempotency_key.text("idempotency_key")?;
        request.idempotency_key = (!key.is_empty()).then(|| key.to_owned());
        request.retention_hours = message.has_retention_hours.then_some(message.retention_hours);
        Ok(request)
    }
}

/// Accepts a message: returns once it is committed to the outbox, and the engine delivers it from there.
///
/// message_id has room for HOOKBRIDGE_MESSAGE_ID_SIZE bytes, or is NULL. Blocks for the commit, and
/// while the queue to the writer is full.
/// Errors: HOOKBRIDGE_ENDPOINT_NOT_FOUND, HOOKBRIDGE_INVALID_REQUEST, HOOKBRIDGE_INVALID_HEADERS,
/// HOOKBRIDGE_PAYLOAD_TOO_LARGE, HOOKBRIDGE_IDEMPOTENCY_MISMATCH, HOOKBRIDGE_STORAGE_UNAVAILABLE, HOOKBRIDGE_CLOSED.
///
/// # Safety
/// `engine` was not freed; `message` and what it points to are readable for the call; `message_id` is NULL
/// or writable for 37 bytes; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_send(
    engine: *const hookbridge_engine,
    message: *const hookbridge_message,
    message_id: *mut std::ffi::c_char,
    error: *mut *mut hookbridge_error,
) -> hookbridge_code {
    // SAFETY: as the caller vouches.
    unsafe {
        guard(error, || {
            if !message_id.is_null() {
                message_id.write(0);
            }
            let engine = borrow(engine, "engine")?;
            let receipt = engine.engine.send(send_request(borrow(message, "message")?)?)?;
            if !message_id.is_null() {
                let text = receipt.message_id.to_string();
                std::ptr::copy_nonoverlapping(text.as_ptr().cast(), message_id, text.len());
                message_id.add(text.len()).write(0);
            }
            Ok(())
        })
    }
}

/// The array of results in the answer of `messages.send_batch`, byte for byte.
fn batch_results(answer: &str) -> Result<&str, Error> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        results: &'a RawValue,
    }
    let answer: Answer<'_> = serde_json::from_str(answer).map_err(|cause| {
        Error::new(ErrorCode::Internal, format!("the answer to a batch cannot be read: {cause}"))
    })?;
    Ok(answer.results.get())
}

/// Accepts up to 1,000 messages in one transaction.
///
/// messages is a JSON array of objects with endpoint_id, payload and, where wanted, headers, idempotency_key and
/// retention_hours. *results is a JSON array in the same order: {"message_id", "status"} for what was
/// accepted, {"error": {"code", "message"}} for what was not. Free it with hookbridge_buffer_free.
/// Errors: those of the whole, as in hookbridge_send.
///
/// # Safety
/// `engine` was not freed; `messages` is readable for the call; `results` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_send_batch(
    engine: *const hookbridge_engine,
    messages: hookbridge_slice,
    results: *mut *mut hookbridge_buffer,
    error: *mut *mut hookbridge_error,
) -> hookbridge_code {
    // SAFETY: as the caller vouches.
    unsafe {
        guard(error, || {
            clear(results, "results")?;
            let engine = borrow(engine, "engine")?;
            let request = format!("{{\"messages\":{}}}", messages.text("messages")?);
            let answer = engine.engine.call("messages.send_batch", &request)?;
            results.write(hookbridge_buffer::into_raw(batch_results(&answer)?.to_owned()));
            Ok(())
        })
    }
}

/// Runs an operation by its name, such as "endpoints.create", with a JSON object (empty for {}).
///
/// *answer is the operation's JSON; free it with hookbridge_buffer_free. Blocks until a change is committed.
/// Errors: the operation's own; HOOKBRIDGE_NOT_FOUND where there is no such operation.
///
/// # Safety
/// `engine` was not freed; the slices are readable for the call; `answer` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_call(
    engine: *const hookbridge_engine,
    operation: hookbridge_slice,
    request: hookbridge_slice,
    answer: *mut *mut hookbridge_buffer,
    error: *mut *mut hookbridge_error,
) -> hookbridge_code {
    // SAFETY: as the caller vouches.
    unsafe {
        guard(error, || {
            clear(answer, "answer")?;
            let engine = borrow(engine, "engine")?;
            let text = engine.engine.call(operation.text("operation")?, request.text("request")?)?;
            answer.write(hookbridge_buffer::into_raw(text));
            Ok(())
        })
    }
}

/// Waits until nothing is due, whichever process delivers, for at most timeout_ms. *flushed, which may be NULL,
/// says whether that came about.
///
/// # Safety
/// `engine` was not freed; `flushed` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_flush(
    engine: *const hookbridge_engine,
    timeout_ms: u64,
    flushed: *mut bool,
    error: *mut *mut hookbridge_error,
) -> hookbridge_code {
    // SAFETY: as the caller vouches.
    unsafe {
        guard(error, || {
            if !flushed.is_null() {
                flushed.write(false);
            }
            let done = borrow(engine, "engine")?.engine.flush(timeout(timeout_ms))?;
            if !flushed.is_null() {
                flushed.write(done);
            }
            Ok(())
        })
    }
}

/// Takes no more work, lets attempts under way end for at most timeout_ms, and stops the threads. What is
/// undelivered stays in the file. *ended, which may be NULL, says whether they came to their end. Later calls fail with
/// HOOKBRIDGE_CLOSED; a second close succeeds. The engine is still to be freed.
///
/// # Safety
/// `engine` was not freed; `ended` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_close(
    engine: *const hookbridge_engine,
    timeout_ms: u64,
    ended: *mut bool,
    error: *mut *mut hookbridge_error,
) -> hookbridge_code {
    // SAFETY: as the caller vouches.
    unsafe {
        guard(error, || {
            if !ended.is_null() {
                ended.write(false);
            }
            let engine = engine.as_ref().ok_or_else(|| null_argument("engine"))?;
            let done = engine.engine.close(timeout(timeout_ms))?;
            if !ended.is_null() {
                ended.write(done);
            }
            Ok(())
        })
    }
}

/// Ends an engine at a normal exit of the program: what this process has accepted, and the attempts under way, get the setting
/// exit_timeout to be delivered and recorded. Then it is closed, as by hookbridge_close. Meant for atexit and its like; an
/// engine that was closed, and one of a process that was forked since, does nothing. The engine is still to be freed.
///
/// # Safety
/// `engine` was not freed; `ended` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_finish(
    engine: *const hookbridge_engine,
    ended: *mut bool,
    error: *mut *mut hookbridge_error,
) -> hookbridge_code {
    // SAFETY: as the caller vouches.
    unsafe {
        guard(error, || {
            if !ended.is_null() {
                ended.write(false);
            }
            let engine = engine.as_ref().ok_or_else(|| null_argument("engine"))?;
            let done = engine.engine.finish()?;
            if !ended.is_null() {
                ended.write(done);
            }
            Ok(())
        })
    }
}

/// Frees an engine, closing it with half a second's patience where that was not done. NULL does nothing.
///
/// # Safety
/// `engine` is NULL or was not freed, and no other call uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_free(engine: *mut hookbridge_engine) {
    // SAFETY: as the caller vouches.
    unsafe {
        if let Some(open) = engine.as_ref() {
            guard(std::ptr::null_mut(), || open.engine.close(FREE_PATIENCE).map(drop));
        }
        free(engine);
    }
}

#[cfg(test)]
mod tests {
    use std::ptr::{dangling_mut, null, null_mut};

    use super::*;
    use crate::buffer::hookbridge_buffer_free;
    use crate::error::{hookbridge_error_code, hookbridge_error_free};

    const NOTHING: hookbridge_slice = hookbridge_slice { data: null(), len: 0 };

    fn slice(text: &[u8]) -> hookbridge_slice {
        hookbridge_slice { data: text.as_ptr(), len: text.len() }
    }

    /// The code of a call that fails. Checks that its error object has the same code.
    fn refused(call: impl FnOnce(*mut *mut hookbridge_error) -> hookbridge_code) -> hookbridge_code {
        let mut error = dangling_mut();
        let code = call(&mut error);
        // SAFETY: the call filled `error`.
        unsafe {
            assert_eq!(hookbridge_error_code(error), code);
            hookbridge_error_free(error);
        }
        code
    }

    #[test]
    fn settings_that_cannot_be_read_open_nothing() {
        let (setting, text) = (ErrorCode::InvalidConfiguration, ErrorCode::InvalidRequest);
        for (settings, expected) in
            [(&b"{"[..], setting), (b"[]", setting), (b"{\"max_in_flight\": 0}", setting), (b"\xff", text)]
        {
            let mut engine = dangling_mut();
            // SAFETY: the settings live for the call and the outputs are writable.
            let code = refused(|error| unsafe { hookbridge_open(slice(settings), &mut engine, error) });
            assert_eq!(code, expected as hookbridge_code);
            assert!(engine.is_null());
        }
        // SAFETY: NULL is refused.
        let code = refused(|error| unsafe { hookbridge_open(NOTHING, null_mut(), error) });
        assert_eq!(code, ErrorCode::InvalidRequest as hookbridge_code);
    }

    #[test]
    fn no_engine_is_an_error_and_clears_every_output() {
        let mut message_id: [std::ffi::c_char; HOOKBRIDGE_MESSAGE_ID_SIZE] = [1; HOOKBRIDGE_MESSAGE_ID_SIZE];
        let (mut answer, mut results) = (dangling_mut(), dangling_mut());
        let (mut flushed, mut ended) = (true, true);
        // SAFETY: the outputs are writable, and NULL is refused everywhere else.
        let codes = unsafe {
            [
                refused(|error| hookbridge_send(null(), null(), message_id.as_mut_ptr(), error)),
                refused(|error| hookbridge_send_batch(null(), NOTHING, &mut results, error)),
                refused(|error| hookbridge_call(null(), NOTHING, NOTHING, &mut answer, error)),
                refused(|error| hookbridge_call(null(), NOTHING, NOTHING, null_mut(), error)),
                refused(|error| hookbridge_flush(null(), 0, &mut flushed, error)),
                refused(|error| hookbridge_close(null(), 0, &mut ended, error)),
                refused(|error| hookbridge_finish(null(), &mut ended, error)),
            ]
        };
        assert_eq!(codes, [ErrorCode::InvalidRequest as hookbridge_code; 7]);
        assert_eq!(message_id[0], 0);
        assert!(answer.is_null() && results.is_null() && !flushed && !ended);
        // SAFETY: NULL does nothing.
        unsafe {
            hookbridge_buffer_free(answer);
            hookbridge_free(null_mut());
        }
    }

    #[test]
    fn the_results_of_a_batch_are_found_whatever_stands_beside_them() {
        let results = r#"[{"message_id": "a", "n": 1.10}, {"error": {"message": "}"}}]"#;
        for answer in [
            format!(r#"{{"results":{results}}}"#),
            format!(r#"{{"accepted": 1, "results": {results}, "refused": {{"results": []}}}}"#),
        ] {
            assert_eq!(batch_results(&answer).unwrap(), results);
        }
        for wrong in ["", "[]", "{}", r#"{"result": []}"#] {
            assert_eq!(batch_results(wrong).unwrap_err().code(), ErrorCode::Internal, "{wrong}");
        }
    }

    #[test]
    fn a_message_is_read_from_its_slices() {
        let message = hookbridge_message {
            endpoint_id: slice(b"ep_00000000000000000000000000000000"),
            payload: slice(b"{\"n\": 1}"),
            headers: slice(b"{\"X-A\": \"b\"}"),
            idempotency_key: NOTHING,
            retention_hours: 7,
            has_retention_hours: false,
        };
        // SAFETY: the slices are static.
        let read = unsafe { send_request(&message) }.unwrap();
        assert_eq!(read.payload.as_bytes(), b"{\"n\": 1}");
        assert_eq!(read.headers.unwrap().get("x-a"), Some("b"));
        assert_eq!((read.idempotency_key, read.retention_hours), (None, None));
        for wrong in [
            hookbridge_message { payload: slice(b"{"), ..message },
            hookbridge_message { payload: hookbridge_slice { data: null(), len: 3 }, ..message },
            hookbridge_message { endpoint_id: slice(b"\xff"), ..message },
            hookbridge_message { headers: slice(b"[1]"), ..message },
            hookbridge_message { idempotency_key: slice(b"\xc3"), ..message },
        ] {
            // SAFETY: as above.
            assert!(unsafe { send_request(&wrong) }.is_err());
        }
    }
}
