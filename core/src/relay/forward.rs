//! Forwarding: what is posted to the server for a message, and what its answer means.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;

use crate::delivery::retry_policy::{Outcome, classify};
use crate::delivery::wire::client::{AnswerHeaders, AttemptReport, DeliveryRequest, ResponseReport};
use crate::error::{ErrorCode, Result};
use crate::model::attempt::RetryType;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::retry_schedule::RetrySchedule;
use crate::operations::routes::Verb;
use crate::remote::answer::ServerAnswer;
use crate::remote::client::ServerLink;
use crate::remote::request::SendBody;

/// What was not taken is offered again until its payload's retention has passed; this many rows have room.
pub(crate) const MOST_ATTEMPTS: u32 = 65_000;

/// The gaps between two offers.
pub(crate) fn schedule() -> RetrySchedule {
    RetrySchedule::uniform([1, 2, 4, 8, 16, 32, 60].map(Duration::from_secs).to_vec())
}

/// The request that hands a message over. The message's id is the idempotency key, so that what is offered twice is
/// taken once.
pub(crate) fn request(
    server: &ServerLink,
    endpoint_id: &EndpointId,
    delivery: &DeliveryRequest,
) -> Result<Request<Bytes>> {
    let headers = Some(&delivery.message_headers).filter(|headers| !headers.is_empty());
    let headers = headers.and_then(|headers| serde_json::to_string(headers).ok());
    let body = SendBody {
        endpoint_id: &endpoint_id.to_string(),
        payload: &delivery.payload,
        headers: headers.as_deref(),
        idempotency_key: &delivery.message_id.to_string(),
        retention_hours: delivery.retention_hours,
    };
    Ok(server.request(Verb::Post, server.send_uri()?, Some(Bytes::from(body.to_bytes()))))
}

/// What the server's answer means for the message. It is only given up where the server itself refuses it for good:
/// a wrong key, a wrong address or a proxy's page can be mended.
pub(crate) fn judge(report: &mut AttemptReport, retry_after: Option<Duration>) -> Outcome {
    let later = Outcome::Retry { kind: RetryType::Slow, retry_after };
    let Some(response) = report.response.as_ref() else { return later };
    if (200..300).contains(&response.status) {
        if forwarded_as(&String::from_utf8_lossy(&response.body)).is_some() {
            return Outcome::Succeeded;
        }
        report.error_text = Some(if response.whole {
            format!("{} without a receipt: is it HookBridge?", response.status)
        } else {
            // It may have taken the message: what is offered again has the same idempotency key.
            format!("{} whose receipt broke off", response.status)
        });
        return later;
    }
    let answer = as_answer(response);
    let code = answer.refused_with();
    report.error_text = Some(match &code {
        Some(_) => answer.error().to_string(),
        None => format!("the server answered {}", response.status),
    });
    match (classify(Some(response.status), retry_after), code) {
        (Outcome::Permanent { .. }, Some(code)) if is_final(response.status, &code) => {
            Outcome::Permanent { gone: false }
        }
        (Outcome::Permanent { .. }, _) => later,
        (outcome, _) => outcome,
    }
}

fn is_final(status: u16, code: &str) -> bool {
    match status {
        401 | 403 => false,
        404 => code == ErrorCode::EndpointNotFound.name(),
        _ => true,
    }
}

fn as_answer(response: &ResponseReport) -> ServerAnswer {
    ServerAnswer {
        status: StatusCode::from_u16(response.status).unwrap_or(StatusCode::BAD_GATEWAY),
        headers: AnswerHeaders::default(),
        body: Bytes::copy_from_slice(&response.body),
    }
}

/// The id that the server gave a message, from the body of its answer.
pub(crate) fn forwarded_as(body: &str) -> Option<MessageId> {
    #[derive(Deserialize)]
    struct Accepted {
        data: Receipt,
    }
    #[derive(Deserialize)]
    struct Receipt {
        message_id: String,
    }
    serde_json::from_str::<Accepted>(body).ok()?.data.message_id.parse().ok()
}
