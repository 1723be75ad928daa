//! An endpoint's receiver as the target of attempts: requests are signed, and the answer's status decides.

use std::time::Duration;

use http::{Method, Request};

use super::address_guard::AddressGuard;
use super::client::{AttemptReport, DeliveryRequest};
use super::origin::Destination;
use super::outcome::{Outcome, classify};
use super::signature::{Signer, sign};
use super::target::{Prepared, Target};
use crate::error::{Error, ErrorCode, Result};
use crate::model::endpoint::Endpoint;
use crate::model::endpoint_url::EndpointUrl;
use crate::model::header_map::{HeaderMap, HeaderOwner};
use crate::model::sent_headers::SentHeaders;
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;

/// A receiver: its URL, the endpoint's headers and the keys that sign.
pub struct Receiver {
    destination: Destination,
    headers: HeaderMap,
    signers: Vec<Signer>,
}

impl std::fmt::Debug for Receiver {
    /// Without the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Receiver").field(&self.destination.uri).finish()
    }
}

impl Receiver {
    /// `headers` are the endpoint's custom headers. `secrets` sign in this order, oldest first.
    ///
    /// # Errors
    /// `INVALID_ENDPOINT` where `url` cannot be requested.
    pub fn new(url: &EndpointUrl, headers: HeaderMap, secrets: &[SigningSecret]) -> Result<Self> {
        let refused = |cause: String| {
            Error::new(ErrorCode::InvalidEndpoint, format!("the URL cannot be requested: {cause}"))
        };
        let uri = url.as_ref().parse().map_err(|cause: http::uri::InvalidUri| refused(cause.to_string()))?;
        let destination = Destination::new(uri).ok_or_else(|| refused("it has no host".to_owned()))?;
        let signers = secrets.iter().map(Signer::new).collect();
        Ok(Self { destination, headers, signers })
    }
}

impl Receiver {
    /// The receiver of a stored endpoint. Its URL was checked against the rules in force when it was written; the address is
    /// checked by the guard at each attempt. `secrets` are sorted from the oldest on.
    ///
    /// # Errors
    /// `INVALID_ENDPOINT` where the URL cannot be requested.
    pub(crate) fn of(endpoint: &mut Endpoint, secrets: &[SigningSecret]) -> Result<Self> {
        let url = AddressGuard::new(true).check_url(&endpoint.url)?;
        let mut headers = endpoint.headers.take().unwrap_or_default();
        let refused = headers.take_refused(HeaderOwner::Endpoint);
        if !refused.is_empty() {
            tracing::warn!(
                target: "hookbridge::delivery",
                endpoint_id = %endpoint.id,
                headers = ?refused,
                "the endpoint's messages are sent without headers that an older version accepted and that are refused now"
            );
        }
        Self::new(&url, headers, secrets)
    }
}

impl Target for Receiver {
    fn prepare<'a>(&'a self, delivery: &DeliveryRequest, started_at: Timestamp) -> Prepared<'a> {
        let (id, timestamp) = (delivery.message_id.to_string(), started_at.as_seconds().to_string());
        let signatures = sign(&self.signers, &id, &timestamp, &delivery.payload);
        let (webhook, standard) = (signatures.webhook, signatures.standard);
        let sent = SentHeaders::new(webhook, standard, &self.headers, &delivery.message_headers)
            .of_event(delivery.event.as_deref());
        let request = sent.to_http(&id, delivery.attempt_no, &timestamp).map(|headers| {
            let mut request = Request::new(delivery.payload.clone());
            *request.method_mut() = Method::POST;
            *request.uri_mut() = self.destination.uri.clone();
            *request.headers_mut() = headers;
            (&self.destination, request)
        });
        Prepared { sent, request }
    }

    fn judge(&self, report: &mut AttemptReport, retry_after: Option<Duration>) -> Outcome {
        classify(report.status(), retry_after)
    }
}
