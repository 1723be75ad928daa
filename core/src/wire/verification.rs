//! What a receiver's check of a signature comes to, and why it fails: a delivery as it was received is compared with what the
//! endpoint's keys make of it, and with what they make of the usual mistakes.

mod mistakes;

use serde::{Deserialize, Serialize};

use super::signature::{Signer, sign};
use crate::model::header_map::HeaderMap;
use crate::model::ids::SigningKeyId;
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;

/// How far a timestamp may be from the receiver's clock, in seconds: what Standard Webhooks' libraries allow.
pub const TOLERANCE_SECONDS: i64 = 300;

/// One of the two signatures of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::model::schema::words))]
pub enum SignatureScheme {
    /// `X-Webhook-Signature`
    Webhook,
    /// `webhook-signature`
    Standard,
}

/// What a check of a signature came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::model::schema::words))]
pub enum VerificationCause {
    /// The signature is right, and so is the time.
    Valid,
    /// The signature is right, and its time is too far from the clock here.
    ClockOff,
    /// There is no signature header, or none for its id and timestamp.
    HeaderMissing,
    /// A signature header has not the form of one.
    HeaderMalformed,
    /// The body is the payload, parsed and written again.
    PayloadWrittenAgain,
    /// The body is the payload with other space at its ends.
    PayloadSpace,
    /// The body is another than the one that was signed.
    PayloadChanged,
    /// The key of another endpoint made the signature.
    OtherEndpoint,
    /// No key that is known made the signature.
    UnknownKey,
    /// The whole header was compared, which holds a value for each of two keys.
    ValuesNotSplit,
    /// The secret was used without `whsec_`, which belongs to it.
    SecretCut,
    /// The secret was decoded from base64, which it is not for this signature.
    SecretDecoded,
    /// The secret was used as text, where its part behind `whsec_` is to be decoded from base64.
    SecretNotDecoded,
    /// The value is right, in another encoding than the header's.
    EncodingWrong,
    /// Something else was signed than the timestamp and the body, or the id, the timestamp and the body.
    SignedWrong,
}

/// A key that may have signed.
#[derive(Clone)]
pub(crate) struct KnownKey {
    pub id: SigningKeyId,
    pub secret: SigningSecret,
}

/// A delivery as it was received.
pub(crate) struct Received<'a> {
    pub headers: &'a HeaderMap,
    pub body: &'a str,
    /// What the receiver's own code made of it.
    pub computed: Option<&'a str>,
}

/// What is known of the delivery here.
pub(crate) struct Known<'a> {
    pub keys: &'a [KnownKey],
    /// The payload as it was accepted, where it is still kept.
    pub payload: Option<&'a str>,
    /// Keys of other endpoints.
    pub others: &'a [KnownKey],
    pub now: Timestamp,
}

/// A result, with the key and the scheme where they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Diagnosis {
    pub cause: VerificationCause,
    pub scheme: Option<SignatureScheme>,
    pub key: Option<SigningKeyId>,
    pub signed_at: Option<Timestamp>,
}

/// The signature headers of one scheme.
pub(super) struct Signed<'a> {
    pub scheme: SignatureScheme,
    pub id: &'a str,
    pub timestamp: &'a str,
    /// The header as it came.
    pub header: &'a str,
}

impl SignatureScheme {
    const ALL: [Self; 2] = [Self::Webhook, Self::Standard];

    /// The headers of the id, the timestamp and the signature.
    const fn headers(self) -> [&'static str; 3] {
        match self {
            Self::Webhook => ["x-webhook-id", "x-webhook-timestamp", "x-webhook-signature"],
            Self::Standard => ["webhook-id", "webhook-timestamp", "webhook-signature"],
        }
    }

    /// The values in a signature header.
    fn values(self, header: &str) -> Vec<&str> {
        match self {
            Self::Webhook => header.split(',').map(str::trim).collect(),
            Self::Standard => header.split_whitespace().collect(),
        }
    }

    /// The value that `secret` makes, as the header has it.
    fn value(self, secret: &SigningSecret, id: &str, timestamp: &str, body: &str) -> String {
        let signatures = sign(&[Signer::new(secret)], id, timestamp, body.as_bytes());
        match self {
            Self::Webhook => signatures.webhook,
            Self::Standard => signatures.standard,
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Webhook => "sha256=",
            Self::Standard => "v1,",
        }
    }
}

impl Signed<'_> {
    /// The key among `keys` that made one of the values over `body`.
    fn made_by<'k>(&self, keys: &'k [KnownKey], body: &str) -> Option<&'k KnownKey> {
        let values = self.scheme.values(self.header);
        keys.iter().find(|key| {
            let value = self.scheme.value(&key.secret, self.id, self.timestamp, body);
            values.contains(&value.as_str())
        })
    }

    fn signed_at(&self) -> Option<Timestamp> {
        let seconds: i64 = self.timestamp.parse().ok()?;
        seconds.checked_mul(1000).map(Timestamp::from_millis)
    }
}

/// Looks for what is wrong with a delivery, if anything is.
pub(crate) fn diagnose(received: &Received<'_>, known: &Known<'_>) -> Diagnosis {
    let found = |scheme: SignatureScheme| {
        let [id, timestamp, header] = scheme.headers().map(|name| received.headers.get(name));
        Some(Signed { scheme, id: id?.trim(), timestamp: timestamp?.trim(), header: header?.trim() })
    };
    let signed: Vec<Signed<'_>> = SignatureScheme::ALL.into_iter().filter_map(found).collect();
    let Some(first) = signed.first() else { return of(VerificationCause::HeaderMissing, None, None) };
    // A receiver's own value says most of what its code does.
    if let Some(computed) = received.computed.map(str::trim).filter(|computed| !computed.is_empty())
        && let Some((cause, signed, key)) =
            mistakes::of_computed(computed, &signed, known.keys, received.body)
    {
        return of(cause, Some(signed), Some(key));
    }
    for signed in &signed {
        if let Some(key) = signed.made_by(known.keys, received.body) {
            let at = signed.signed_at();
            let off = at.is_none_or(|at| {
                let apart = at.as_millis().abs_diff(known.now.as_millis());
                apart > TOLERANCE_SECONDS.unsigned_abs() * 1000
            });
            let cause = if off { VerificationCause::ClockOff } else { VerificationCause::Valid };
            return of(cause, Some(signed), Some(key));
        }
    }
    for signed in &signed {
        let bodies = known.payload.map(str::to_owned).into_iter().chain(mistakes::bodies(received.body));
        for body in bodies {
            if let Some(key) = signed.made_by(known.keys, &body) {
                return of(mistakes::of_body(received.body, &body), Some(signed), Some(key));
            }
        }
        let payload = known.payload.unwrap_or(received.body);
        if signed
            .made_by(known.others, received.body)
            .or_else(|| signed.made_by(known.others, payload))
            .is_some()
        {
            return of(VerificationCause::OtherEndpoint, Some(signed), None);
        }
    }
    let has_form = |signed: &Signed<'_>| {
        signed.scheme.values(signed.header).iter().any(|value| value.starts_with(signed.scheme.prefix()))
    };
    let cause = match signed.iter().any(has_form) {
        false => VerificationCause::HeaderMalformed,
        // The payload is what was accepted, so that the key is the only thing left.
        true if known.payload == Some(received.body) || known.payload.is_none() => {
            VerificationCause::UnknownKey
        }
        true => VerificationCause::PayloadChanged,
    };
    of(cause, Some(first), None)
}

fn of(cause: VerificationCause, signed: Option<&Signed<'_>>, key: Option<&KnownKey>) -> Diagnosis {
    Diagnosis {
        cause,
        scheme: signed.map(|signed| signed.scheme),
        key: key.map(|key| key.id),
        signed_at: signed.and_then(Signed::signed_at),
    }
}

impl VerificationCause {
    /// What it means and what to do, for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Valid => "The signature is right.",
            Self::ClockOff => {
                "The signature is right, but its timestamp is more than five minutes from the clock here: set the receiver's \
                 clock by NTP. A delivery of long ago is refused for that reason too."
            }
            Self::HeaderMissing => {
                "There is no X-Webhook-Signature with its X-Webhook-Id and X-Webhook-Timestamp, and no webhook-signature with \
                 its webhook-id and webhook-timestamp: a proxy or framework may have dropped or renamed them."
            }
            Self::HeaderMalformed => {
                "The signature header has no value of its form, `sha256=` and hexadecimal or `v1,` and base64: pass it on as it \
                 came."
            }
            Self::PayloadWrittenAgain => {
                "The body was parsed and written again before it was verified, which changes its bytes: verify the raw bytes, \
                 and parse them afterwards."
            }
            Self::PayloadSpace => {
                "The body has other space or line ends at its ends than the one that was signed: verify the raw bytes as they \
                 came."
            }
            Self::PayloadChanged => {
                "The body is not the one that was signed: something between sender and receiver has changed it."
            }
            Self::OtherEndpoint => {
                "The key of another endpoint made the signature: use the secret of the endpoint that the message went to."
            }
            Self::UnknownKey => {
                "No key of this endpoint made the signature: its key was deleted, or it comes from another outbox."
            }
            Self::ValuesNotSplit => {
                "The header holds a value for each of the endpoint's two keys: split it, and take the delivery if any of them \
                 matches."
            }
            Self::SecretCut => {
                "The secret was used without `whsec_`: for X-Webhook-Signature the whole secret is the key."
            }
            Self::SecretDecoded => {
                "The secret was decoded from base64: for X-Webhook-Signature the whole secret is the key, as a text."
            }
            Self::SecretNotDecoded => {
                "The secret was used as a text: for webhook-signature the key is what the part behind `whsec_` decodes to as \
                 base64."
            }
            Self::EncodingWrong => {
                "The value is right, but in another form: X-Webhook-Signature is `sha256=` and lowercase hexadecimal, \
                 webhook-signature is `v1,` and base64."
            }
            Self::SignedWrong => {
                "Something else was signed: X-Webhook-Signature is over `timestamp.body`, webhook-signature over \
                 `id.timestamp.body`, with points between."
            }
        }
    }
}
