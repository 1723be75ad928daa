//! An endpoint as its attempts need it: everything that does not change from one to the next is made once.

use http::Uri;

use super::endpoint_url::EndpointUrl;
use super::signature::Signer;
use crate::error::{Error, ErrorCode, Result};
use crate::model::header_map::HeaderMap;
use crate::model::signing_key::SigningSecret;

/// Where deliveries go, with what headers, signed by what.
#[derive(Debug)]
pub struct Target {
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) signers: Vec<Signer>,
}

impl Target {
    /// `headers` are the endpoint's own; `secrets` sign in their order, oldest first.
    ///
    /// # Errors
    /// `INVALID_ENDPOINT` where `url` cannot be requested.
    pub fn new(url: &EndpointUrl, headers: HeaderMap, secrets: &[SigningSecret]) -> Result<Self> {
        let uri = url.as_ref().parse().map_err(|cause| {
            Error::new(ErrorCode::InvalidEndpoint, format!("the URL cannot be requested: {cause}"))
        })?;
        Ok(Self { uri, headers, signers: secrets.iter().map(Signer::new).collect() })
    }
}
