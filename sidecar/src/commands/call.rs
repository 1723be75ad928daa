//! Operations of an engine, with requests and answers that are JSON.

use hookbridge_core::{Engine, Error, ErrorCode, Result};
use serde_json::Value;

/// Runs an operation and parses its answer.
pub fn call(engine: &Engine, operation: &str, request: Value) -> Result<Value> {
    let answer = engine.call(operation, &without_nulls(request).to_string())?;
    serde_json::from_str(&answer).map_err(unreadable)
}

/// Removes the fields of flags that were not given.
pub fn without_nulls(mut request: Value) -> Value {
    if let Value::Object(fields) = &mut request {
        fields.retain(|_, value| !value.is_null());
    }
    request
}

/// The error for an answer that does not have the operation's form.
pub fn unreadable(cause: serde_json::Error) -> Error {
    Error::new(ErrorCode::Internal, format!("the answer cannot be read: {cause}"))
}
