//! Operations of an engine, with requests and answers that are JSON.

use hookbridge_core::{Engine, Error, ErrorCode, Result};
use serde_json::Value;

/// An operation with its JSON read.
pub fn call(engine: &Engine, operation: &str, request: Value) -> Result<Value> {
    let answer = engine.call(operation, &without_nulls(request).to_string())?;
    serde_json::from_str(&answer).map_err(unreadable)
}

/// What was not said is not asked.
pub fn without_nulls(mut request: Value) -> Value {
    if let Value::Object(fields) = &mut request {
        fields.retain(|_, value| !value.is_null());
    }
    request
}

/// An answer that is not what the operation answers.
pub fn unreadable(cause: serde_json::Error) -> Error {
    Error::new(ErrorCode::Internal, format!("the answer cannot be read: {cause}"))
}
