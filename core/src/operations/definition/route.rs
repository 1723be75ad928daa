//! The routes (docs/contract.md#operations): where an operation is reached over HTTP, and how the answer is written. The HTTP
//! server and the HTTP client read the same rows.

use super::{
    ERROR_OF_EVERY_BODY, ERRORS_OF_EVERY_OPERATION, ERRORS_OF_EVERY_ROUTE, Field, Kind, Operation, ROUTES,
};
use crate::error::ErrorCode;

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

/// Where an operation is reached.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    /// The method.
    pub verb: Verb,
    /// The path, with `{name}` for the field of the request that stands there.
    pub path: &'static str,
    /// How the operation's answer is wrapped.
    pub answer: Answer,
    /// Whether the fields that the path does not name are read from a body. Otherwise they are the query.
    pub has_body: bool,
    /// Whether a client that got no answer may send the request again.
    pub repeatable: bool,
    /// Whether nothing is changed, so that an API key which may only read has it.
    pub reads: bool,
}

impl Address {
    const fn new(verb: Verb, path: &'static str, repeatable: bool) -> Self {
        let reads = matches!(verb, Verb::Get);
        Self { verb, path, answer: Answer::Data(200), has_body: false, repeatable, reads }
    }

    pub(super) const fn get(path: &'static str) -> Self {
        Self::new(Verb::Get, path, true)
    }

    pub(super) const fn post(path: &'static str) -> Self {
        Self::new(Verb::Post, path, false)
    }

    pub(super) const fn patch(path: &'static str) -> Self {
        Self::new(Verb::Patch, path, true)
    }

    pub(super) const fn delete(path: &'static str) -> Self {
        Self::new(Verb::Delete, path, true)
    }

    pub(super) const fn body(self) -> Self {
        Self { has_body: true, ..self }
    }

    pub(super) const fn answers(self, answer: Answer) -> Self {
        Self { answer, ..self }
    }

    /// Of a route that reads although it is no `GET`.
    pub(super) const fn reads(self) -> Self {
        Self { reads: true, repeatable: true, ..self }
    }

    pub(super) const fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }
}

/// One route: an address and the operation that is reached there.
#[derive(Clone, Debug)]
pub struct Route {
    /// The operation.
    pub operation: &'static Operation,
    /// What is done, in one line for people.
    pub summary: &'static str,
    /// The method of the languages' clients that asks here.
    pub method: &'static str,
    /// The HTTP method.
    pub verb: Verb,
    /// The path, with `{name}` for a parameter.
    pub path: &'static str,
    /// The fields of the request that are the query.
    pub query: Vec<Field>,
    /// Whether a body is read.
    pub has_body: bool,
    /// How the operation's answer is wrapped.
    pub answer: Answer,
    /// The field of the operation's request that receives the id of the caller's API key.
    pub caller_field: Option<&'static str>,
    /// Whether a client that got no answer may send the request again.
    pub repeatable: bool,
}

impl Route {
    pub(super) fn new(
        operation: &'static Operation,
        summary: &'static str,
        method: &'static str,
        address: Address,
    ) -> Self {
        let Address { verb, path, answer, has_body, repeatable, reads: _ } = address;
        let in_path = |field: &Field| path.contains(&format!("{{{}}}", field.name));
        let mut query = if has_body { Vec::new() } else { (operation.fields)() };
        query.retain(|field| field.kind != Kind::Caller && !in_path(field));
        let caller_field = operation.caller_field();
        Self { operation, summary, method, verb, path, query, has_body, answer, caller_field, repeatable }
    }

    /// The names of the path's parameters, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Every error that the route may answer, in the order of [`ErrorCode::ALL`].
    pub fn http_errors(&self) -> impl Iterator<Item = ErrorCode> {
        let of_body = self.has_body.then_some(ERROR_OF_EVERY_BODY);
        let errors = self.operation.errors;
        ErrorCode::ALL.iter().copied().filter(move |code| {
            errors.contains(code)
                || ERRORS_OF_EVERY_OPERATION.contains(code)
                || ERRORS_OF_EVERY_ROUTE.contains(code)
                || of_body == Some(*code)
        })
    }
}

/// The route that leads to the operation of that name; its own, where it has another too.
pub fn of_operation(operation: &str) -> Option<&'static Route> {
    served().iter().find(|route| route.operation.name == operation)
}

/// Every route.
pub fn served() -> &'static [Route] {
    &ROUTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_rows_have_the_same_method_and_path() {
        let mut seen = HashSet::new();
        for route in served() {
            assert!(seen.insert((route.verb.name(), route.path)), "{route:?}");
        }
    }

    #[test]
    fn what_the_path_names_is_a_field_and_what_the_query_names_can_be_written_as_text() {
        for route in served() {
            let fields = (route.operation.fields)();
            for name in route.path_parameters() {
                assert!(fields.contains(&Field { name, kind: Kind::Text }), "{name}: {route:?}");
            }
            assert!(route.query.iter().all(|field| field.kind != Kind::Json), "{route:?}");
        }
    }
}
