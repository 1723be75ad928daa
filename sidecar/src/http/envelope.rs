//! The envelope of every answer: `data` or `error`, and `meta` with the request's id.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use hookbridge_core::operations::definition::Answer;
use hookbridge_core::operations::exports::Download;
use hookbridge_core::{Error, ErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Names a request in its answer and in the log.
#[derive(Clone, Debug)]
pub struct RequestId(String);

impl RequestId {
    /// A new id of 128 random bits. It identifies a request and protects nothing.
    pub fn generate() -> Self {
        Self(format!("req_{:032x}", fastrand::u128(..)))
    }

    /// The id that `observe` gave the request.
    pub fn of(request: &Request) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_else(Self::generate)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Extension of a response: the error's code, for the log.
#[derive(Clone, Copy)]
pub struct RefusalCode(pub &'static str);

/// An answer with `error` instead of `data`.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    pub code: &'static str,
    message: String,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// With the HTTP status that goes with `code`.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Error::new(code, message).into()
    }

    /// A refusal of HTTP's own that shares the code for requests that are wrong (docs/contract.md#http-answers).
    pub fn invalid(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, ..Self::new(ErrorCode::InvalidRequest, message) }
    }

    /// 429: no permit is free.
    pub fn too_many(retry_after: Duration) -> Self {
        let message = "too many requests at once: try again";
        Self { retry_after: Some(retry_after), ..Self::new(ErrorCode::RateLimitExceeded, message) }
    }

    pub fn response(self, id: &RequestId) -> Response {
        #[derive(Serialize)]
        struct ErrorBody<'a> {
            code: &'a str,
            message: &'a str,
        }
        #[derive(Serialize)]
        struct Envelope<'a> {
            error: ErrorBody<'a>,
            meta: Meta<'a>,
        }
        let envelope = Envelope {
            error: ErrorBody { code: self.code, message: &self.message },
            meta: Meta { request_id: id.as_str(), page: None },
        };
        let mut response = json(self.status, &envelope);
        response.extensions_mut().insert(RefusalCode(self.code));
        if let Some(pause) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(pause.as_secs().max(1)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self {
            status: StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            code: error.code().name(),
            message: error.message().to_owned(),
            retry_after: None,
        }
    }
}

#[derive(Serialize)]
struct Meta<'a> {
    request_id: &'a str,
    #[serde(flatten)]
    page: Option<Page<'a>>,
}

#[derive(Serialize)]
struct Page<'a> {
    has_more: bool,
    next_cursor: Option<&'a str>,
    /// Of a list that may be looked through for a while.
    #[serde(skip_serializing_if = "Option::is_none")]
    searched_to: Option<&'a str>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
    data: &'a RawValue,
    meta: Meta<'a>,
}

#[derive(Deserialize)]
struct ListAnswer<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(default)]
    has_more: bool,
    next_cursor: Option<String>,
    searched_to: Option<String>,
}

/// A redirect to the signed path in the answer of `exports.download`.
pub fn redirect(origin: &str, json_text: &str) -> Result<Response, Refusal> {
    let Download { signed_path, .. } = read(json_text)?;
    let location = format!("{origin}{}", signed_path.unwrap_or_default());
    let mut response = empty(StatusCode::FOUND);
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_str(&location).map_err(unreadable)?);
    Ok(response)
}

/// Wraps an operation's answer as `answer` of its route says.
pub fn wrap(answer: Answer, json_text: &str, id: &RequestId) -> Result<Response, Refusal> {
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::OK);
    let meta = |page| Meta { request_id: id.as_str(), page };
    match answer {
        Answer::Nothing => Ok(empty(status)),
        Answer::Redirect => redirect("", json_text),
        Answer::List => {
            let list: ListAnswer<'_> = read(json_text)?;
            let page = Page {
                has_more: list.has_more,
                next_cursor: list.next_cursor.as_deref(),
                searched_to: list.searched_to.as_deref(),
            };
            Ok(json(status, &Envelope { message: None, data: list.data, meta: meta(Some(page)) }))
        }
        Answer::Data(_) => {
            Ok(json(status, &Envelope { message: None, data: read(json_text)?, meta: meta(None) }))
        }
        Answer::DataWithMessage(message) => {
            Ok(json(status, &Envelope { message: Some(message), data: read(json_text)?, meta: meta(None) }))
        }
    }
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(unreadable)
}

fn unreadable(cause: impl std::fmt::Display) -> Refusal {
    Refusal::new(ErrorCode::Internal, format!("an answer cannot be passed on: {cause}"))
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A response with a JSON document.
pub fn json(status: StatusCode, document: &impl Serialize) -> Response {
    match serde_json::to_vec(document) {
        Ok(text) => {
            let mut response = Response::new(Body::from(text));
            *response.status_mut() = status;
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
