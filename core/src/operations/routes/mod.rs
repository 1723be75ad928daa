//! Every route (docs/contract.md#operations) as one row of a table: the operation that it runs, how a request is read, how the
//! answer is written and which errors may come back. The HTTP server and the HTTP client read the same rows.

mod table;

use crate::error::ErrorCode;
#[cfg(feature = "schema")]
use crate::model::schema::{JsonSchema, Schema, SchemaGenerator};

/// The method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Creates, or acts.
    Post,
    /// Changes.
    Patch,
    /// Deletes.
    Delete,
}

impl Verb {
    /// The method as OpenAPI writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Get => "get",
            Verb::Post => "post",
            Verb::Patch => "patch",
            Verb::Delete => "delete",
        }
    }
}

/// The kind of a query parameter. A limit becomes a JSON number and words become a list; every other kind is a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// Any text.
    Text,
    /// An endpoint's id.
    Endpoint,
    /// The `next_cursor` of the page before.
    Cursor,
    /// A point in time.
    Time,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words; the parameter is required.
    RequiredWord(&'static [&'static str]),
    /// Some of these words, separated by commas.
    Words(&'static [&'static str]),
    /// A whole number from 1 to this.
    Limit(usize),
}

/// How the HTTP answer wraps the operation's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// In `data`, with this status.
    Data(u16),
    /// In `data`, beside this sentence for people in `message`.
    DataWithMessage(&'static str),
    /// The items in `data`, and the page in `meta`.
    List,
    /// 204, without a body.
    Nothing,
    /// 302 to the answer's `download_url`.
    Redirect,
}

impl Answer {
    /// The status of a success.
    pub const fn status(self) -> u16 {
        match self {
            Answer::Data(status) => status,
            Answer::DataWithMessage(_) | Answer::List => 200,
            Answer::Nothing => 204,
            Answer::Redirect => 302,
        }
    }
}

/// A type that a row may name. With the feature `schema` the type must know its JSON schema.
#[cfg(feature = "schema")]
pub trait Described: JsonSchema {}
#[cfg(feature = "schema")]
impl<T: JsonSchema> Described for T {}

/// A type that a row may name. With the feature `schema` the type must know its JSON schema.
#[cfg(not(feature = "schema"))]
pub trait Described {}
#[cfg(not(feature = "schema"))]
impl<T> Described for T {}

/// The type of a body or of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The type's schema, or a reference to the definition that this call adds to the generator.
    #[cfg(feature = "schema")]
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

impl Shape {
    #[cfg(feature = "schema")]
    const fn of<T: Described>() -> Self {
        Self { schema: |generator| generator.subschema_for::<T>() }
    }

    #[cfg(not(feature = "schema"))]
    #[allow(clippy::extra_unused_type_parameters)]
    const fn of<T: Described>() -> Self {
        Self {}
    }
}

/// The errors that every operation may answer.
pub const ERRORS_OF_EVERY_OPERATION: &[ErrorCode] =
    &[ErrorCode::InvalidRequest, ErrorCode::StorageUnavailable, ErrorCode::Internal];
/// The errors that every operation may answer over HTTP, beside [`ERRORS_OF_EVERY_OPERATION`].
pub const ERRORS_OF_EVERY_ROUTE: &[ErrorCode] = &[ErrorCode::Unauthorized, ErrorCode::RateLimitExceeded];
/// The error of a route that reads a body, where the body is larger than the server takes.
pub const ERROR_OF_EVERY_BODY: ErrorCode = ErrorCode::PayloadTooLarge;

/// One row. The parameters of the path and of the query are named as the fields of the operation's request.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The method.
    pub verb: Verb,
    /// The path, with `{name}` for a parameter.
    pub path: &'static str,
    /// The operation's name.
    pub operation: &'static str,
    /// What the operation does, in one line for people.
    pub summary: &'static str,
    /// The parameters of the query.
    pub query: &'static [(&'static str, Parameter)],
    /// The type of the body, where the route reads one.
    pub body: Option<Shape>,
    /// How the operation's answer is wrapped.
    pub answer: Answer,
    /// The type of `data`, or of its items, where the answer has any.
    pub data: Option<Shape>,
    /// The errors of this operation, beside [`ERRORS_OF_EVERY_OPERATION`].
    pub errors: &'static [ErrorCode],
    /// The field of the operation's request that receives the id of the caller's API key.
    pub api_key_field: Option<&'static str>,
    /// Whether a client that got no answer may send the request again.
    pub repeatable: bool,
}

impl Route {
    const fn new(
        verb: Verb,
        path: &'static str,
        operation: &'static str,
        summary: &'static str,
        repeatable: bool,
    ) -> Self {
        Self {
            verb,
            path,
            operation,
            summary,
            query: &[],
            body: None,
            answer: Answer::Nothing,
            data: None,
            errors: &[],
            api_key_field: None,
            repeatable,
        }
    }

    const fn get(path: &'static str, operation: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Get, path, operation, summary, true)
    }

    const fn post(path: &'static str, operation: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Post, path, operation, summary, false)
    }

    const fn patch(path: &'static str, operation: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Patch, path, operation, summary, true)
    }

    const fn delete(path: &'static str, operation: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Delete, path, operation, summary, true)
    }

    const fn query(self, query: &'static [(&'static str, Parameter)]) -> Self {
        Self { query, ..self }
    }

    const fn body<T: Described>(self) -> Self {
        Self { body: Some(Shape::of::<T>()), ..self }
    }

    const fn data<T: Described>(self, status: u16) -> Self {
        Self { answer: Answer::Data(status), data: Some(Shape::of::<T>()), ..self }
    }

    const fn data_with_message<T: Described>(self, message: &'static str) -> Self {
        Self { answer: Answer::DataWithMessage(message), data: Some(Shape::of::<T>()), ..self }
    }

    const fn list<T: Described>(self) -> Self {
        Self { answer: Answer::List, data: Some(Shape::of::<T>()), ..self }
    }

    const fn redirect(self) -> Self {
        Self { answer: Answer::Redirect, ..self }
    }

    const fn errors(self, errors: &'static [ErrorCode]) -> Self {
        Self { errors, ..self }
    }

    const fn api_key_field(self, field: &'static str) -> Self {
        Self { api_key_field: Some(field), ..self }
    }

    const fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }

    /// The names of the path's parameters, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Every error that the route may answer, in the order of [`ErrorCode::ALL`].
    pub fn http_errors(&self) -> impl Iterator<Item = ErrorCode> {
        let of_body = self.body.map(|_| ERROR_OF_EVERY_BODY);
        let errors = self.errors;
        ErrorCode::ALL.iter().copied().filter(move |code| {
            errors.contains(code)
                || ERRORS_OF_EVERY_OPERATION.contains(code)
                || ERRORS_OF_EVERY_ROUTE.contains(code)
                || of_body == Some(*code)
        })
    }
}

/// The row that leads to `operation`.
pub fn of_operation(operation: &str) -> Option<&'static Route> {
    served().iter().find(|route| route.operation == operation)
}

/// Every row.
pub fn served() -> &'static [Route] {
    table::ROUTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Operations without a route (docs/contract.md#send).
    const WITHOUT_ROUTE: &[&str] = &["messages.send_batch"];

    #[test]
    fn every_row_leads_to_an_operation_and_every_operation_has_a_row() {
        let known: HashSet<&str> = crate::operations::names().collect();
        let reached: HashSet<&str> = served().iter().map(|route| route.operation).collect();
        assert_eq!(reached.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
        let missed = known.iter().filter(|name| !reached.contains(*name) && !WITHOUT_ROUTE.contains(*name));
        assert_eq!(missed.collect::<Vec<_>>(), Vec::<&&str>::new());
    }

    #[test]
    fn no_two_rows_have_the_same_method_and_path() {
        let mut seen = HashSet::new();
        for route in served() {
            assert!(seen.insert((route.verb.name(), route.path)), "{route:?}");
        }
    }

    #[test]
    fn a_row_names_no_error_that_needs_no_naming() {
        for route in served() {
            for code in route.errors {
                assert!(!ERRORS_OF_EVERY_OPERATION.contains(code), "{code}: {route:?}");
            }
        }
    }
}
