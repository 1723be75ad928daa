//! A signed test delivery: made at once, not queued, with the whole attempt as the answer.

use std::sync::Arc;
use std::sync::mpsc::channel;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::context::Context;
use super::definition::request::request;
use super::endpoints::parse_id;
use crate::error::{Error, ErrorCode, Result, endpoint_not_found};
use crate::host::threads;
use crate::model::attempt::Attempt;
use crate::model::header_map::HeaderMap;
use crate::model::ids::{AttemptId, EndpointId, MessageId};
use crate::model::payload::Payload;
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;
use crate::outbox::endpoints::StoredKey;
use crate::wire::client::{AttemptReport, DeliveryRequest, HttpClient};
use crate::wire::receiver::Receiver;

/// The header by which a receiver tells a test from a message.
const MARK: &str = "X-Webhook-Test";

request! {
    /// What `endpoints.test` takes.
    #[derive(Clone, Debug)]
    pub struct TestEndpoint {
        /// The endpoint's id, `ep_...`
        #[cfg_attr(feature = "schema", schemars(with = "EndpointId"))]
        pub endpoint_id: String,
        /// A JSON document as a text, at most 1,048,576 bytes, which is sent byte for byte; where absent, a small one that says
        /// that it is a test.
        #[serde(default)]
        pub payload: Option<String>,
    }
}

/// What a test delivery came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TestDelivery {
    /// The id that was sent. No message has it.
    pub message_id: MessageId,
    /// Whether the receiver answered 2xx.
    pub delivered: bool,
    /// What was sent.
    pub payload: String,
    /// The attempt.
    pub attempt: Attempt,
}

/// What is sent where the caller gave no payload.
fn sample(endpoint: &EndpointId, now: Timestamp) -> String {
    json!({ "event": "hookbridge.test", "endpoint_id": endpoint, "sent_at": now }).to_string()
}

fn checked(context: &Context, payload: String) -> Result<Bytes> {
    let most = context.config.max_payload_bytes;
    if payload.len() > most {
        let text = format!("the payload has {} bytes; at most {most} are allowed", payload.len());
        return Err(Error::new(ErrorCode::PayloadTooLarge, text));
    }
    Ok(Payload::from_json(payload)?.into_bytes())
}

/// Makes the attempt on a thread of its own: the caller's may belong to an event loop.
fn attempt(client: HttpClient, delivery: DeliveryRequest) -> Result<AttemptReport> {
    let (reports, report) = channel();
    threads::start("hookbridge-test", move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let _ = reports.send(runtime.map(|runtime| runtime.block_on(client.attempt(delivery))));
    })?;
    let failed = |cause: &str| Error::new(ErrorCode::Internal, format!("the test was not made: {cause}"));
    match report.recv() {
        Ok(Ok(report)) => Ok(report),
        Ok(Err(cause)) => Err(failed(&cause.to_string())),
        Err(_) => Err(failed("its thread ended")),
    }
}

pub(crate) fn test(context: &Context, request: TestEndpoint) -> Result<TestDelivery> {
    let id = parse_id(&request.endpoint_id)?;
    let (mut endpoint, keys) = {
        let reading = context.reading();
        (reading.endpoint(&id)?.ok_or_else(endpoint_not_found)?, reading.signing_keys(&id)?)
    };
    let secrets: Vec<SigningSecret> = keys.into_iter().map(|StoredKey { secret, .. }| secret).collect();
    let target = Arc::new(Receiver::of(&mut endpoint, &secrets)?);
    let payload = request.payload.unwrap_or_else(|| sample(&id, Timestamp::now()));
    let message_id = MessageId::generate_many(1)?
        .pop()
        .ok_or_else(|| Error::new(ErrorCode::Internal, "no id was made"))?;
    let delivery = DeliveryRequest {
        target,
        message_id,
        attempt_no: 1,
        payload: checked(context, payload.clone())?,
        message_headers: HeaderMap::from_iter([(MARK.to_owned(), "true".to_owned())]),
        retention_hours: None,
        event: None,
        ordering_key: None,
        times: (None, None),
    };
    let client = HttpClient::new(&context.config, context.config.allow_local_endpoints)?;
    let mut report = attempt(client, delivery)?;
    let sent = std::mem::take(&mut report.sent);
    let listed = sent.list(&message_id, 1, report.started_at.as_seconds());
    let headers = listed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let delivered = report.status().is_some_and(|status| (200..300).contains(&status));
    let attempt = Attempt { request_headers: Some(headers), ..report.recorded(AttemptId::generate()?, 1) };
    Ok(TestDelivery { message_id, delivered, payload, attempt })
}
