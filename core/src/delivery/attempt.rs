//! An attempt runs as a task of its own and reports its result.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;
use tracing::Instrument;

use super::delivery_loop::Finding;
use super::targets::LaneEndpoint;
use crate::model::header_map::{HeaderMap, HeaderOwner};
use crate::outbox::DueMessage;
use crate::outbox::rows::MessageKey;
use crate::trace;
use crate::wire::client::{AttemptReport, DeliveryRequest, HttpClient};

/// Sends exactly one finding for an attempt: its report, or [`Finding::Lost`] where the task is dropped or panics before.
struct Reporter {
    message: MessageKey,
    findings: UnboundedSender<Finding>,
    reported: bool,
}

impl Reporter {
    fn report(mut self, report: AttemptReport) {
        self.reported = true;
        let _ = self.findings.send(Finding::Attempted { message: self.message, report: Box::new(report) });
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        if !self.reported {
            let _ = self.findings.send(Finding::Lost { message: self.message });
        }
    }
}

/// Begins an attempt at delivering `held`. Its finding goes to `findings`.
pub(super) fn begin(
    held: &DueMessage,
    endpoint: &LaneEndpoint,
    client: &Arc<HttpClient>,
    findings: &UnboundedSender<Finding>,
) {
    let span = tracing::debug_span!(
        target: "hookbridge::delivery",
        "attempt",
        message_id = %held.id,
        attempt_no = held.attempt_count + 1,
        endpoint_id = %endpoint.id,
        response_status = tracing::field::Empty,
        error = tracing::field::Empty,
    );
    let mut headers = message_headers(held);
    if let Some(traceparent) = headers.get(trace::TRACEPARENT)
        && let Some(carried) = trace::attempt_begins(&span, traceparent)
    {
        headers.set(trace::TRACEPARENT, carried);
    }
    let request = DeliveryRequest {
        target: endpoint.target.clone(),
        message_id: held.id,
        attempt_no: held.attempt_count + 1,
        payload: held.payload.clone(),
        message_headers: headers,
        retention_hours: held.retention_hours,
        event: held.event.clone(),
        ordering_key: held.ordering_key.clone(),
        times: (held.timing.deliver_at, held.timing.expires_at),
    };
    let client = client.clone();
    let reporter = Reporter { message: held.key, findings: findings.clone(), reported: false };
    tokio::spawn(
        async move {
            let report = client.attempt(request).await;
            let span = tracing::Span::current();
            if let Some(response) = &report.response {
                span.record("response_status", response.status);
            }
            if let Some(text) = &report.error_text {
                span.record("error", text.as_str());
            }
            reporter.report(report);
        }
        .instrument(span),
    );
}

/// The message's own headers. They were checked when the message was accepted; if they cannot be read now, it is sent without.
fn message_headers(message: &DueMessage) -> HeaderMap {
    let Some(text) = message.headers.as_deref() else { return HeaderMap::default() };
    let mut headers: HeaderMap = serde_json::from_str(text).unwrap_or_default();
    let refused = headers.take_refused(HeaderOwner::Message);
    if !refused.is_empty() {
        tracing::warn!(
            target: "hookbridge::delivery",
            message_id = %message.id,
            headers = ?refused,
            "the message is sent without headers that an older version accepted and that are refused now"
        );
    }
    headers
}
