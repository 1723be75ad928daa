//! What an operation is, as data: its row has its types, its methods in the languages, its route and its errors. The server,
//! the HTTP client, the OpenAPI document and every language's package are written from the rows in [`table`].

pub mod limits;
pub(crate) mod request;
mod route;
mod table;

use std::sync::LazyLock;

pub use request::{Field, Kind};
pub use route::{Address, Answer, Route, Verb, of_operation, served};

use super::context::Context;
use crate::error::{ErrorCode, Result};
use crate::model::api_key::ApiKeyScope;
#[cfg(feature = "schema")]
use crate::model::schema::{JsonSchema, Schema, SchemaGenerator};
use request::Request;

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

/// The type of a request or of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The type's schema, or a reference to the definition that this call adds to the generator.
    #[cfg(feature = "schema")]
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

impl Shape {
    /// The shape of a type.
    #[cfg(feature = "schema")]
    pub const fn of<T: Described>() -> Self {
        Self { schema: |generator| generator.subschema_for::<T>() }
    }

    /// The shape of a type.
    #[cfg(not(feature = "schema"))]
    #[allow(clippy::extra_unused_type_parameters)]
    pub const fn of<T: Described>() -> Self {
        Self {}
    }
}

/// A method of the languages' clients. Each language writes the name in its own casing.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// The name, in snake case.
    pub name: &'static str,
    /// The arguments that may be given by position, in order. The others are given by name where the language has that.
    pub positional: &'static [&'static str],
    /// Fields of the request that are arguments under another name: the field, and the argument.
    pub renamed: &'static [(&'static str, &'static str)],
    /// Fields of the request that are no arguments.
    pub hidden: &'static [&'static str],
}

/// What a method of the languages' clients returns.
#[derive(Clone, Copy, Debug)]
pub enum Returns {
    /// The answer.
    Answer,
    /// This type, whose fields are among those of the answer.
    Type(Shape),
    /// This field of the answer alone.
    Field(&'static str),
    /// The page that the answer is, as a type of this name, with its items in a field of the other name.
    Page(&'static str, &'static str),
}

/// Another method, and another route, of the same operation.
#[derive(Clone, Copy, Debug)]
pub struct Alias {
    /// What it does, in one line for people.
    pub summary: &'static str,
    /// The method.
    pub method: Method,
    /// The route.
    pub address: Address,
}

/// One operation.
#[derive(Clone, Copy)]
pub struct Operation {
    /// The name, by which `call` reaches it.
    pub name: &'static str,
    pub(crate) run: fn(&Context, &str) -> Result<String>,
    /// The type of its request.
    pub request: Shape,
    /// The fields of its request, in order.
    pub fields: fn() -> Vec<Field>,
    /// The type of its answer.
    pub answer: Shape,
    /// What it does, in one line for people.
    pub summary: &'static str,
    /// What a caller should know beside the summary and the fields; empty where that is all.
    pub details: &'static str,
    /// Its method in the languages.
    pub method: Method,
    /// What the method returns.
    pub returns: Returns,
    /// Its route over HTTP, where it has one.
    pub address: Option<Address>,
    /// Another name of it.
    pub alias: Option<Alias>,
    /// Its errors, beside [`ERRORS_OF_EVERY_OPERATION`].
    pub errors: &'static [ErrorCode],
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operation").field("name", &self.name).finish_non_exhaustive()
    }
}

const fn method(name: &'static str, positional: &'static [&'static str]) -> Method {
    Method { name, positional, renamed: &[], hidden: &[] }
}

type Handler<Q, A> = fn(&Context, Q) -> Result<A>;

/// The parts of a row that its handler's type says.
const fn request_of<Q: Request + Described, A>(_: Handler<Q, A>) -> Shape {
    Shape::of::<Q>()
}

const fn fields_of<Q: Request, A>(_: Handler<Q, A>) -> fn() -> Vec<Field> {
    Q::fields
}

const fn answer_of<Q, A: Described>(_: Handler<Q, A>) -> Shape {
    Shape::of::<A>()
}

macro_rules! operation {
    ($name:literal, $handler:path, $summary:literal) => {
        Operation {
            name: $name,
            run: |context, request| write(&$handler(context, read(request)?)?),
            request: request_of($handler),
            fields: fields_of($handler),
            answer: answer_of($handler),
            summary: $summary,
            details: "",
            method: method("", &[]),
            returns: $crate::operations::definition::Returns::Answer,
            address: None,
            alias: None,
            errors: &[],
        }
    };
}
use operation;

impl Operation {
    const fn details(self, details: &'static str) -> Self {
        Self { details, ..self }
    }

    const fn method(self, name: &'static str, positional: &'static [&'static str]) -> Self {
        Self { method: method(name, positional), ..self }
    }

    const fn renamed(self, renamed: &'static [(&'static str, &'static str)]) -> Self {
        Self { method: Method { renamed, ..self.method }, ..self }
    }

    const fn hidden(self, hidden: &'static [&'static str]) -> Self {
        Self { method: Method { hidden, ..self.method }, ..self }
    }

    const fn returns(self, returns: Returns) -> Self {
        Self { returns, ..self }
    }

    const fn route(self, address: Address) -> Self {
        Self { address: Some(address), ..self }
    }

    const fn also(self, name: &'static str, address: Address, summary: &'static str) -> Self {
        let alias = Alias { summary, method: method(name, self.method.positional), address };
        Self { alias: Some(alias), ..self }
    }

    const fn errors(self, errors: &'static [ErrorCode]) -> Self {
        Self { errors, ..self }
    }

    /// Whether an API key of that scope has the operation.
    pub fn is_open_to(&self, scope: ApiKeyScope) -> bool {
        match scope {
            ApiKeyScope::Full => true,
            ApiKeyScope::Read => self.address.is_some_and(|address| address.reads),
            ApiKeyScope::Send => self.accepts_messages(),
        }
    }

    /// Whether `activity.list` tells of it: it changes something, and accepts no message.
    pub fn is_noted(&self) -> bool {
        let changes = self.address.is_some_and(|address| !address.reads);
        changes && !self.accepts_messages()
    }

    /// Whether it accepts messages or events.
    fn accepts_messages(&self) -> bool {
        [SEND, SEND_BATCH, SEND_EVENT, SEND_EVENT_BATCH].contains(&self.name)
    }

    /// The field that receives the id of the caller's API key, where the door asks for one.
    pub fn caller_field(&self) -> Option<&'static str> {
        (self.fields)().iter().find(|field| field.kind == Kind::Caller).map(|field| field.name)
    }
}

/// The operation that accepts a message.
pub const SEND: &str = "messages.send";
/// The operation that accepts many.
pub const SEND_BATCH: &str = "messages.send_batch";
/// The operation that accepts an event.
pub const SEND_EVENT: &str = "events.send";
/// The operation that accepts many.
pub const SEND_EVENT_BATCH: &str = "events.send_batch";

/// The errors that every operation may answer.
pub const ERRORS_OF_EVERY_OPERATION: &[ErrorCode] =
    &[ErrorCode::InvalidRequest, ErrorCode::StorageUnavailable, ErrorCode::Internal];
/// The errors that every operation may answer over HTTP, beside [`ERRORS_OF_EVERY_OPERATION`].
pub const ERRORS_OF_EVERY_ROUTE: &[ErrorCode] =
    &[ErrorCode::Unauthorized, ErrorCode::Forbidden, ErrorCode::RateLimitExceeded];
/// The error of a route that reads a body, where the body is larger than the server takes.
pub const ERROR_OF_EVERY_BODY: ErrorCode = ErrorCode::PayloadTooLarge;

/// Every operation.
pub fn operations() -> &'static [Operation] {
    table::OPERATIONS
}

/// The operation of that name.
pub fn named(name: &str) -> Option<&'static Operation> {
    operations().iter().find(|operation| operation.name == name)
}

static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let own = operations().iter().filter_map(|operation| {
        Some(Route::new(operation, operation.summary, operation.method.name, operation.address?))
    });
    let others = operations().iter().filter_map(|operation| {
        let alias = operation.alias?;
        Some(Route::new(operation, alias.summary, alias.method.name, alias.address))
    });
    own.chain(others).collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_and_methods_are_unique() {
        let mut names = HashSet::new();
        let mut methods = HashSet::new();
        for operation in operations() {
            assert!(names.insert(operation.name), "{operation:?}");
            assert!(
                methods.insert(operation.method.name) && !operation.method.name.is_empty(),
                "{operation:?}"
            );
            if let Some(alias) = operation.alias {
                assert!(methods.insert(alias.method.name), "{alias:?}");
            }
        }
    }

    #[test]
    fn a_row_names_only_fields_that_its_request_has() {
        for operation in operations() {
            let fields: Vec<&str> = (operation.fields)().iter().map(|field| field.name).collect();
            let method = operation.method;
            let argument = |field: &&str| method.renamed.iter().all(|(_, argument)| argument != field);
            let renamed = method.renamed.iter().map(|(field, _)| *field);
            let named = method.positional.iter().filter(|name| argument(name)).chain(method.hidden).copied();
            for name in named.chain(renamed) {
                assert!(fields.contains(&name), "{operation:?}: `{name}` is none of {fields:?}");
            }
        }
    }

    #[test]
    fn a_scope_has_what_it_says_and_no_more() {
        let of = |scope| -> HashSet<&str> {
            operations().iter().filter(|row| row.is_open_to(scope)).map(|row| row.name).collect()
        };
        assert_eq!(of(ApiKeyScope::Full).len(), operations().len());
        assert_eq!(of(ApiKeyScope::Send), HashSet::from([SEND, SEND_BATCH, SEND_EVENT, SEND_EVENT_BATCH]));
        let reads = of(ApiKeyScope::Read);
        assert!(["logs.list", "messages.payload", "stats"].iter().all(|name| reads.contains(name)));
        for name in reads {
            let last = name.rsplit('.').next().unwrap();
            let changes =
                ["send", "create", "update", "delete", "pause", "resume", "replay", "cancel", "retry"];
            assert!(changes.iter().all(|change| !last.starts_with(change)), "{name}");
        }
    }

    #[test]
    fn a_row_names_no_error_that_needs_no_naming() {
        for operation in operations() {
            for code in operation.errors {
                assert!(!ERRORS_OF_EVERY_OPERATION.contains(code), "{code}: {operation:?}");
            }
        }
    }
}
