//! From the report of an attempt to the attempt as it is stored and shown.

use super::client::AttemptReport;
use crate::model::attempt::Attempt;
use crate::model::ids::AttemptId;

impl AttemptReport {
    /// The attempt with this id and number. What follows from its schedule is left out.
    pub(crate) fn recorded(self, id: AttemptId, attempt_no: u32) -> Attempt {
        let error_text = self.error_text.or_else(|| {
            self.response
                .as_ref()
                .filter(|response| !(200..300).contains(&response.status))
                .map(|response| format!("the receiver answered {}", response.status))
        });
        let (status, headers, body, truncated) = match self.response {
            Some(response) => (
                Some(response.status),
                Some(response.headers),
                Some(String::from_utf8_lossy(&response.body).into_owned()),
                Some(response.truncated),
            ),
            None => (None, None, None, None),
        };
        Attempt {
            id,
            attempt_no,
            created_at: self.started_at,
            response_status: status,
            response_latency_ms: Some(self.latency_ms),
            processing_ms: None,
            error_text,
            response_headers: headers,
            retry_type: None,
            retry_after_seconds: None,
            resolved_ip: self.resolved_ip,
            // Computed when attempts are listed.
            request_headers: None,
            dns_ms: self.dns_ms,
            tcp_connect_ms: self.tcp_connect_ms,
            tls_handshake_ms: self.tls_handshake_ms,
            ttfb_ms: self.ttfb_ms,
            transfer_ms: self.transfer_ms,
            conn_reused: self.conn_reused,
            response_body: body,
            response_body_truncated: truncated,
            note: self.note,
        }
    }
}
