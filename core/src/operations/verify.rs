//! Checks the signature of a delivery as it was received, and says what is wrong with it. The keys stay here.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use super::endpoints::parse_id;
use super::invalid_request;
use crate::error::Result;
use crate::model::header_map::HeaderMap;
use crate::model::ids::{EndpointId, MessageId, SigningKeyId};
use crate::model::timestamp::Timestamp;
use crate::wire::verification::{self, Known, KnownKey, Received, SignatureScheme, VerificationCause};

/// How many of the newest endpoints are asked for the key that made a signature, where it is none of the endpoint's own.
const OTHERS: usize = 100;
/// The longest body that is looked at, and the longest computed value.
pub const BODY_BYTES: usize = 1_048_576;
const COMPUTED_BYTES: usize = 1_024;

request! {
    /// What `endpoints.verify` takes.
    #[derive(Clone, Debug)]
    pub struct VerifyDelivery {
        /// The endpoint's id, `ep_...`
        #[cfg_attr(feature = "schema", schemars(with = "EndpointId"))]
        pub endpoint_id: String,
        /// The headers of the delivery as they were received. Those of the signatures are looked at, whatever their case.
        pub headers: HeaderMap,
        /// The body as it was received, at most 1,048,576 bytes.
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = BODY_BYTES)))]
        pub body: String,
        /// What the receiver's own code made of it, to be told which mistake makes that.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = COMPUTED_BYTES)))]
        pub computed: Option<String>,
    }
}

/// What a check of a signature came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verification {
    /// Whether a key of the endpoint made the signature of this body at about this time, and the computed value, if one was
    /// given, is right.
    pub valid: bool,
    /// What is right or wrong, for programs.
    pub cause: VerificationCause,
    /// What it means and what to do, for people.
    pub sentence: String,
    /// The signature that was looked at; absent where there is none.
    pub scheme: Option<SignatureScheme>,
    /// The endpoint's key that made it; absent where none did.
    pub key_id: Option<SigningKeyId>,
    /// The time that was signed.
    pub signed_at: Option<Timestamp>,
}

fn keys_of(context: &Context, endpoint: &EndpointId) -> Result<Vec<KnownKey>> {
    let keys = context.reading().signing_keys(endpoint)?;
    Ok(keys.into_iter().map(|key| KnownKey { id: key.id, secret: key.secret }).collect())
}

/// The keys of other endpoints: of the one that the message went to, and of the newest ones.
fn others(context: &Context, own: &EndpointId, went_to: Option<EndpointId>) -> Result<Vec<KnownKey>> {
    let (newest, _) = context.reading().endpoints(None, None, OTHERS)?;
    let all = went_to.into_iter().chain(newest.into_iter().map(|endpoint| endpoint.id));
    let mut keys = Vec::new();
    for endpoint in all.filter(|endpoint| endpoint != own) {
        // One that was deleted meanwhile has none.
        keys.extend(keys_of(context, &endpoint).unwrap_or_default());
    }
    Ok(keys)
}

pub(crate) fn verify(context: &Context, request: VerifyDelivery) -> Result<Verification> {
    let endpoint_id = parse_id(&request.endpoint_id)?;
    let lengths = [
        ("body", request.body.len(), BODY_BYTES),
        ("computed", request.computed.as_ref().map_or(0, String::len), COMPUTED_BYTES),
    ];
    for (name, length, most) in lengths {
        if length > most {
            return Err(invalid_request(format!("`{name}` has {length} bytes; at most {most} are allowed")));
        }
    }
    let keys = keys_of(context, &endpoint_id)?;
    let received =
        Received { headers: &request.headers, body: &request.body, computed: request.computed.as_deref() };
    let known = Known { keys: &keys, payload: None, others: &[], now: Timestamp::now() };
    let mut found = verification::diagnose(&received, &known);
    if !matches!(found.cause, VerificationCause::Valid | VerificationCause::HeaderMissing) {
        // More is known here of a message that is still kept.
        let id = ["x-webhook-id", "webhook-id"].iter().find_map(|name| request.headers.get(name));
        let id: Option<MessageId> = id.and_then(|id| id.trim().parse().ok());
        let stored = id.map(|id| context.reading().payload(&id)).transpose()?.flatten();
        let went_to = stored.as_ref().map(|(message, _)| message.message.endpoint_id);
        let payload = stored
            .and_then(|(_, payload)| String::from_utf8(payload?.body.into()).ok())
            .filter(|_| went_to == Some(endpoint_id));
        let others = others(context, &endpoint_id, went_to)?;
        found = verification::diagnose(
            &received,
            &Known { payload: payload.as_deref(), others: &others, ..known },
        );
    }
    Ok(Verification {
        valid: found.cause == VerificationCause::Valid,
        cause: found.cause,
        sentence: found.cause.sentence().to_owned(),
        scheme: found.scheme,
        key_id: found.key,
        signed_at: found.signed_at,
    })
}
