//! Reads a server's answer: the operation's JSON, or an error.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::error::{Error, ErrorCode, Result};
use crate::model::retry_after::{answered_at, retry_after};
use crate::model::timestamp::Timestamp;
use crate::operations::definition::Answer;
use crate::wire::client::AnswerHeaders;

/// How many characters of an unexpected answer an error shows.
const SHOWN: usize = 200;

/// A whole answer.
#[derive(Clone, Debug)]
pub(crate) struct ServerAnswer {
    pub status: StatusCode,
    pub headers: AnswerHeaders,
    pub body: Bytes,
}

#[derive(Deserialize)]
struct Success<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    #[serde(default)]
    request_id: Option<String>,
    #[serde(default)]
    has_more: Option<bool>,
    #[serde(default)]
    next_cursor: Option<String>,
    #[serde(default)]
    searched_to: Option<String>,
}

#[derive(Deserialize)]
struct Failure {
    error: Refusal,
    #[serde(default)]
    meta: Meta,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
    #[serde(default)]
    message: String,
}

impl ServerAnswer {
    /// How long the answer asks to wait before the next request.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let answered = answered_at(self.headers.get("date"), Timestamp::now());
        retry_after(self.headers.all("retry-after"), answered)
    }

    /// The error code in the answer's envelope (docs/contract.md#http-answers).
    pub(crate) fn refused_with(&self) -> Option<String> {
        serde_json::from_slice::<Failure>(&self.body).ok().map(|failure| failure.error.code)
    }

    /// Takes the operation's JSON out of its envelope. `wrapped` is the answer of the route.
    pub(crate) fn unwrap(&self, wrapped: Answer) -> Result<String> {
        match wrapped {
            Answer::Redirect if self.status.is_redirection() => {
                let location = self.headers.get("location");
                let location = location.ok_or_else(|| self.unexpected("a redirect to nowhere"))?;
                Ok(json!({"download_url": location}).to_string())
            }
            _ if !self.status.is_success() => Err(self.error()),
            Answer::Nothing => Ok("{}".to_owned()),
            Answer::List => {
                let Success { data, meta } = self.success()?;
                let (has_more, next) =
                    (meta.has_more.unwrap_or(meta.next_cursor.is_some()), json!(meta.next_cursor));
                let searched =
                    meta.searched_to.map(|to| format!(r#","searched_to":{}"#, json!(to))).unwrap_or_default();
                Ok(format!(r#"{{"data":{data},"has_more":{has_more},"next_cursor":{next}{searched}}}"#))
            }
            _ => Ok(self.success()?.data.get().to_owned()),
        }
    }

    fn success(&self) -> Result<Success<'_>> {
        serde_json::from_slice(&self.body)
            .map_err(|_| self.unexpected("an answer that is none of HookBridge's"))
    }

    fn unexpected(&self, what: &str) -> Error {
        let body = String::from_utf8_lossy(&self.body);
        let begun: String = body.chars().filter(|letter| !letter.is_control()).take(SHOWN).collect();
        Error::new(ErrorCode::NetworkError, format!("{what}, with status {}: {begun}", self.status.as_u16()))
    }

    /// The error of a refusal. Without an envelope the status decides its code.
    pub(crate) fn error(&self) -> Error {
        match serde_json::from_slice::<Failure>(&self.body) {
            Ok(Failure { error, meta }) => {
                let code = ErrorCode::from_name(&error.code);
                let message = match code {
                    Some(_) => error.message,
                    None => format!("{}: {}", error.code, error.message),
                };
                Error::new(code.unwrap_or_else(|| code_of_status(self.status)), message)
                    .answered(meta.request_id, self.retry_after())
            }
            Err(_) => {
                let unexpected = self.unexpected("the server refused");
                Error::new(code_of_status(self.status), unexpected.message())
                    .answered(None, self.retry_after())
            }
        }
    }
}

/// The code that is nearest to a status, for a refusal without a known code.
fn code_of_status(status: StatusCode) -> ErrorCode {
    match status.as_u16() {
        401 => ErrorCode::Unauthorized,
        403 => ErrorCode::Forbidden,
        404 => ErrorCode::NotFound,
        408 | 504 => ErrorCode::Timeout,
        410 => ErrorCode::PayloadUnavailable,
        413 => ErrorCode::PayloadTooLarge,
        429 => ErrorCode::RateLimitExceeded,
        503 => ErrorCode::StorageUnavailable,
        502 => ErrorCode::NetworkError,
        400..=499 => ErrorCode::InvalidRequest,
        500..=599 => ErrorCode::Internal,
        _ => ErrorCode::NetworkError,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> ServerAnswer {
        let status = StatusCode::from_u16(status).unwrap();
        ServerAnswer {
            status,
            headers: AnswerHeaders::default(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    #[test]
    fn data_comes_out_as_it_went_in() {
        let list = answer(
            200,
            r#"{"data":[{"n":1.10}],"meta":{"request_id":"r","has_more":true,"next_cursor":"c"}}"#,
        );
        assert_eq!(
            list.unwrap(Answer::List).unwrap(),
            r#"{"data":[{"n":1.10}],"has_more":true,"next_cursor":"c"}"#
        );
        let one = answer(202, r#"{"data":{"n":1e400},"meta":{}}"#);
        assert_eq!(one.unwrap(Answer::Data(202)).unwrap(), r#"{"n":1e400}"#);
        assert_eq!(answer(204, "").unwrap(Answer::Nothing).unwrap(), "{}");
    }

    #[test]
    fn a_refusal_keeps_its_code_or_gets_the_nearest() {
        let known = answer(
            404,
            r#"{"error":{"code":"ENDPOINT_NOT_FOUND","message":"no"},"meta":{"request_id":"req_1"}}"#,
        );
        let error = known.unwrap(Answer::Data(200)).unwrap_err();
        assert_eq!(
            (error.code(), error.message(), error.request_id()),
            (ErrorCode::EndpointNotFound, "no", Some("req_1"))
        );
        let unknown = answer(429, r#"{"error":{"code":"BURST_LIMIT_EXCEEDED","message":"slow down"}}"#);
        let error = unknown.error();
        assert_eq!(
            (error.code(), error.message()),
            (ErrorCode::RateLimitExceeded, "BURST_LIMIT_EXCEEDED: slow down")
        );
        assert_eq!(answer(502, "<html>").error().code(), ErrorCode::NetworkError);
        assert_eq!(
            answer(200, "<html>").unwrap(Answer::Data(200)).unwrap_err().code(),
            ErrorCode::NetworkError
        );
    }
}
