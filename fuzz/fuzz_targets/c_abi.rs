//! The C ABI with slices whose bytes nobody vouches for. The first byte chooses the function; the rest is
//! cut at each 0xFF, which UTF-8 never has, into the slices that it takes.
#![no_main]

use std::ffi::{CStr, c_char};
use std::ptr::{null, null_mut};
use std::sync::LazyLock;

use hookbridge::buffer::{
    hookbridge_buffer, hookbridge_buffer_data, hookbridge_buffer_free, hookbridge_buffer_len,
};
use hookbridge::engine::{
    HOOKBRIDGE_MESSAGE_ID_SIZE, hookbridge_call, hookbridge_engine, hookbridge_free, hookbridge_message,
    hookbridge_open, hookbridge_send, hookbridge_send_batch,
};
use hookbridge::error::{
    hookbridge_code, hookbridge_codes, hookbridge_error, hookbridge_error_code, hookbridge_error_free,
    hookbridge_error_http_status, hookbridge_error_message, hookbridge_error_name,
};
use hookbridge::slice::hookbridge_slice;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use tempfile::TempDir;

const OK: hookbridge_code = hookbridge_codes::HOOKBRIDGE_OK as hookbridge_code;
/// Set in the flags: the slice is NULL, of whatever length.
const NULL_SLICE: u8 = 1;

struct Outbox {
    engine: *mut hookbridge_engine,
    endpoint: String,
    folder: TempDir,
}

// SAFETY: an engine may be used from any thread.
unsafe impl Send for Outbox {}
// SAFETY: as above.
unsafe impl Sync for Outbox {}

static OUTBOX: LazyLock<Outbox> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = json!({
        "database": folder.path().join("outbox.db"), "durability": "normal", "delivery": "off", "verify_dns": false,
    });
    let mut engine = null_mut();
    // SAFETY: the slices live for the calls and the outputs are writable.
    unsafe {
        assert_eq!(hookbridge_open(slice(settings.to_string().as_bytes()), &mut engine, null_mut()), OK);
        let mut answer = null_mut();
        let request = br#"{"url": "https://example.com/hooks"}"#;
        let code =
            hookbridge_call(engine, slice(b"endpoints.create"), slice(request), &mut answer, null_mut());
        assert_eq!(code, OK);
        let endpoint: Value = serde_json::from_slice(&take(answer)).expect("JSON");
        Outbox { engine, endpoint: endpoint["id"].as_str().expect("an id").to_owned(), folder }
    }
});

fn slice(bytes: &[u8]) -> hookbridge_slice {
    hookbridge_slice { data: bytes.as_ptr(), len: bytes.len() }
}

/// The bytes of an answer, which is freed.
unsafe fn take(buffer: *mut hookbridge_buffer) -> Vec<u8> {
    // SAFETY: the library gave the buffer and its length; a NUL follows the last byte.
    unsafe {
        let (data, len) = (hookbridge_buffer_data(buffer), hookbridge_buffer_len(buffer));
        assert!(!data.is_null());
        assert_eq!(*data.add(len), 0);
        let bytes = std::slice::from_raw_parts(data, len).to_vec();
        hookbridge_buffer_free(buffer);
        bytes
    }
}

/// The code and the error object say the same, and neither tells of a panic.
unsafe fn settle(code: hookbridge_code, error: *mut hookbridge_error) {
    // SAFETY: the error is NULL or fresh from the library.
    unsafe {
        assert_eq!(hookbridge_error_code(error), code);
        assert_eq!(error.is_null(), code == OK);
        let message = CStr::from_ptr(hookbridge_error_message(error)).to_str().expect("UTF-8");
        assert_ne!(code, hookbridge_codes::HOOKBRIDGE_INTERNAL_ERROR as hookbridge_code, "{message}");
        assert!(CStr::from_ptr(hookbridge_error_name(error)).to_str().is_ok());
        assert_eq!(hookbridge_error_http_status(error) == 0, code == OK);
        hookbridge_error_free(error);
    }
}

/// Arbitrary settings, but no file outside the target's folder is opened.
fn confined(settings: &[u8]) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(settings) else { return settings.to_vec() };
    if let Some(entries) = value.as_object_mut() {
        entries.remove("ca_file");
        if entries.get("database").is_none_or(Value::is_string) {
            entries.insert("database".to_owned(), json!(OUTBOX.folder.path().join("opened.db")));
        }
    }
    serde_json::to_vec(&value).expect("JSON")
}

fuzz_target!(|input: &[u8]| {
    let [choice, flags, rest @ ..] = input else { return };
    let outbox = &*OUTBOX;
    // Each slice in an allocation of its own size: a byte too far is seen.
    let endpoint = outbox.endpoint.as_bytes();
    let mut parts = rest.split(|byte| *byte == 0xFF).map(|part| {
        if part == b"$E" { endpoint.to_vec() } else { part.to_vec().into_boxed_slice().into_vec() }
    });
    let mut part = || parts.next().unwrap_or_default();
    let mut error = null_mut();
    // SAFETY: the slices live for the calls, the outputs are writable, and what was given out is freed once.
    unsafe {
        match choice % 4 {
            0 => {
                let settings = part();
                let settings = if settings.is_empty() { b"{}".to_vec() } else { confined(&settings) };
                let mut engine = null_mut();
                let code = hookbridge_open(slice(&settings), &mut engine, &mut error);
                assert_eq!(engine.is_null(), code != OK);
                settle(code, error);
                hookbridge_free(engine);
            }
            1 => {
                let (id, payload, headers, key) = (part(), part(), part(), part());
                let mut payload_slice = slice(&payload);
                if flags & NULL_SLICE != 0 {
                    payload_slice.data = null();
                }
                let message = hookbridge_message {
                    endpoint_id: slice(&id),
                    payload: payload_slice,
                    headers: slice(&headers),
                    idempotency_key: slice(&key),
                    retention_hours: u32::from(*flags),
                    has_retention_hours: flags & 2 != 0,
                };
                let mut message_id: [c_char; HOOKBRIDGE_MESSAGE_ID_SIZE] = [1; HOOKBRIDGE_MESSAGE_ID_SIZE];
                let code = hookbridge_send(outbox.engine, &message, message_id.as_mut_ptr(), &mut error);
                let written = CStr::from_ptr(message_id.as_ptr()).count_bytes();
                assert_eq!(written, if code == OK { HOOKBRIDGE_MESSAGE_ID_SIZE - 1 } else { 0 });
                settle(code, error);
            }
            2 => {
                let (operation, request) = (part(), part());
                let mut answer = null_mut();
                let code = hookbridge_call(
                    outbox.engine,
                    slice(&operation),
                    slice(&request),
                    &mut answer,
                    &mut error,
                );
                finish(code, answer, error);
            }
            _ => {
                let messages = part();
                let mut answer = null_mut();
                let code = hookbridge_send_batch(outbox.engine, slice(&messages), &mut answer, &mut error);
                finish(code, answer, error);
            }
        }
    }
});

unsafe fn finish(code: hookbridge_code, answer: *mut hookbridge_buffer, error: *mut hookbridge_error) {
    // SAFETY: both are fresh from the library.
    unsafe {
        assert_eq!(answer.is_null(), code != OK);
        if code == OK {
            serde_json::from_slice::<Value>(&take(answer)).expect("an answer is JSON");
        }
        settle(code, error);
    }
}
