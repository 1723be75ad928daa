//! Operations of an engine, with requests and answers that are JSON.

use hookbridge_core::{Engine, Error, ErrorCode, Result};
use serde_json::Value;

use crate::output::Table;

/// What an operation takes on the command line.
pub trait Operation {
    /// The operation's name.
    const NAME: &'static str;
    /// The list within its answer, if there is one.
    const TABLE: Option<Table>;

    /// The fields of its request, each with its value where one was given.
    fn fields(&self) -> Vec<(&'static str, Option<Value>)>;

    /// The request. It has no field that was not given: null would be a value.
    fn request(&self) -> Value {
        self.fields().into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// An operation with its request, and the list within its answer.
pub struct Call {
    pub operation: &'static str,
    pub request: Value,
    pub table: Option<Table>,
}

impl Call {
    pub fn of<T: Operation>(flags: &T) -> Self {
        Self { operation: T::NAME, request: flags.request(), table: T::TABLE }
    }
}

/// Runs an operation and parses its answer.
pub fn call(engine: &Engine, operation: &str, request: Value) -> Result<Value> {
    let answer = engine.call(operation, &without_nulls(request).to_string())?;
    serde_json::from_str(&answer).map_err(unreadable)
}

/// Removes the fields of flags that were not given.
fn without_nulls(mut request: Value) -> Value {
    if let Value::Object(fields) = &mut request {
        fields.retain(|_, value| !value.is_null());
    }
    request
}

/// The error for an answer that does not have the operation's form.
pub fn unreadable(cause: serde_json::Error) -> Error {
    Error::new(ErrorCode::Internal, format!("the answer cannot be read: {cause}"))
}
