//! An endpoint as its attempts need it: everything that does not change from one to the next is made once.

use std::sync::Arc;

use super::endpoint_url::EndpointUrl;
use super::origin::Destination;
use super::signature::Signer;
use crate::error::{Error, ErrorCode, Result};
use crate::model::header_map::HeaderMap;
use crate::model::ids::EndpointId;
use crate::model::signing_key::SigningSecret;
use crate::remote::client::ServerLink;

/// Where deliveries go.
#[derive(Debug)]
pub struct Target(pub(super) Whither);

pub(super) enum Whither {
    /// To the endpoint's receiver, with what headers, signed by what.
    Receiver { destination: Destination, headers: HeaderMap, signers: Vec<Signer> },
    /// To the server that delivers to the endpoint.
    Server { link: Arc<ServerLink>, endpoint_id: EndpointId },
}

impl std::fmt::Debug for Whither {
    /// Without the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Receiver { destination, .. } => f.debug_tuple("Receiver").field(&destination.uri).finish(),
            Self::Server { endpoint_id, .. } => f.debug_tuple("Server").field(endpoint_id).finish(),
        }
    }
}

impl Target {
    /// A receiver. `headers` are the endpoint's own; `secrets` sign in their order, oldest first.
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
        Ok(Self(Whither::Receiver { destination, headers, signers }))
    }

    /// A relay's server.
    pub(crate) fn server(link: Arc<ServerLink>, endpoint_id: EndpointId) -> Self {
        Self(Whither::Server { link, endpoint_id })
    }
}
