//! Texts of TLS failures that tell a receiver's operator what to mend.

use std::borrow::Cow;
use std::io;

use rustls::pki_types::UnixTime;
use rustls::{
    AlertDescription, CertificateError, Error as Tls, InvalidMessage, OtherError, PeerIncompatible,
};

use super::failure::io_text;
use crate::model::timestamp::Timestamp;

/// The most names of a certificate that a text shows.
const NAMES_TOLD: usize = 3;

/// The text of a failed handshake.
pub(super) fn tls_text(error: &io::Error) -> String {
    let inner = error.get_ref();
    match inner.and_then(|inner| inner.downcast_ref::<Tls>()) {
        Some(Tls::InvalidCertificate(certificate)) => certificate_text(certificate).into_owned(),
        Some(Tls::NoCertificatesPresented) => "the receiver presented no certificate".to_owned(),
        Some(tls) => format!("TLS handshake failed: {}", handshake_text(tls)),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            "TLS handshake failed: the receiver closed the connection in the middle of it; perhaps this port does not speak TLS"
                .to_owned()
        }
        None => format!("TLS handshake failed: {}", io_text(error)),
    }
}

/// The text where TLS ended an established connection.
pub(super) fn record_text(error: &Tls) -> String {
    match error {
        Tls::AlertReceived(alert) => {
            format!("the receiver ended the TLS connection: {}", alert_text(*alert))
        }
        other => format!("the TLS connection broke: {}", handshake_text(other)),
    }
}

fn handshake_text(error: &Tls) -> Cow<'static, str> {
    match error {
        Tls::InvalidMessage(message) => message_text(message).into(),
        Tls::InappropriateMessage { .. } | Tls::InappropriateHandshakeMessage { .. } => {
            "the receiver sent a TLS message out of turn".into()
        }
        Tls::PeerIncompatible(why) => incompatible_text(why).into(),
        Tls::PeerMisbehaved(_) => "the receiver's TLS breaks the protocol".into(),
        Tls::AlertReceived(alert) => format!("the receiver refused it: {}", alert_text(*alert)).into(),
        Tls::DecryptError => {
            "what the receiver sent cannot be decrypted; perhaps something on the way changes it".into()
        }
        Tls::EncryptError => "what is to be sent cannot be encrypted".into(),
        Tls::PeerSentOversizedRecord => "the receiver sent a TLS record longer than TLS allows".into(),
        Tls::NoApplicationProtocol => {
            "the receiver speaks neither HTTP/2 nor HTTP/1.1 (ALPN has no protocol in common)".into()
        }
        Tls::UnsupportedNameType => "the host is not a name that a certificate can have".into(),
        Tls::HandshakeNotComplete => "it was not completed".into(),
        Tls::FailedToGetCurrentTime => "this machine's clock cannot be read".into(),
        Tls::FailedToGetRandomBytes => "this machine gives no random bytes".into(),
        Tls::InvalidCertRevocationList(_) => "a revocation list is not valid".into(),
        Tls::InvalidEncryptedClientHello(_) => "the receiver's encrypted hello is not valid".into(),
        Tls::InconsistentKeys(_) | Tls::BadMaxFragmentSize => "the TLS settings contradict each other".into(),
        Tls::InvalidCertificate(certificate) => certificate_text(certificate),
        Tls::NoCertificatesPresented => "the receiver presented no certificate".into(),
        Tls::General(text) => text.clone().into(),
        _ => "for a reason that the TLS library does not tell".into(),
    }
}

fn message_text(message: &InvalidMessage) -> &'static str {
    match message {
        // The first byte is not TLS: the "H" of "HTTP/1.1 400", or the "S" of "SSH".
        InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion => {
            "the receiver did not answer with TLS; perhaps this port speaks plain HTTP"
        }
        InvalidMessage::CertificatePayloadTooLarge => "the receiver's certificates are too long",
        InvalidMessage::HandshakePayloadTooLarge | InvalidMessage::MessageTooLarge => {
            "the receiver sent a TLS message longer than TLS allows"
        }
        InvalidMessage::UnsupportedCompression => "the receiver wants TLS compression, which is unsafe",
        InvalidMessage::UnsupportedCurveType | InvalidMessage::UnsupportedKeyExchangeAlgorithm(_) => {
            "the receiver wants a key exchange that is not supported"
        }
        _ => "the receiver sent a TLS message that is not well-formed",
    }
}

fn incompatible_text(why: &PeerIncompatible) -> &'static str {
    match why {
        PeerIncompatible::ServerDoesNotSupportTls12Or13
        | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
        | PeerIncompatible::SupportedVersionsExtensionRequired
        | PeerIncompatible::Tls12NotOffered
        | PeerIncompatible::Tls12NotOfferedOrEnabled => "the receiver supports neither TLS 1.2 nor TLS 1.3",
        PeerIncompatible::NoCipherSuitesInCommon => {
            "no cipher suite in common; the receiver must allow ECDHE with AES-GCM or ChaCha20-Poly1305"
        }
        PeerIncompatible::NoKxGroupsInCommon
        | PeerIncompatible::NoEcPointFormatsInCommon
        | PeerIncompatible::NamedGroupsExtensionRequired
        | PeerIncompatible::EcPointsExtensionRequired
        | PeerIncompatible::UncompressedEcPointsRequired
        | PeerIncompatible::KeyShareExtensionRequired => {
            "no key exchange group in common; the receiver must allow X25519, P-256 or P-384"
        }
        PeerIncompatible::NoSignatureSchemesInCommon
        | PeerIncompatible::SignatureAlgorithmsExtensionRequired => {
            "no signature algorithm in common; the receiver's certificate must have a key of RSA (2048 bits or more), P-256, P-384 or Ed25519"
        }
        PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon => {
            "the receiver asks for a client certificate of an unknown kind"
        }
        _ => "the receiver's TLS lacks something that is needed, or wants something that is not supported",
    }
}

/// What a receiver means by an alert (RFC 8446, section 6).
fn alert_text(alert: AlertDescription) -> Cow<'static, str> {
    match alert {
        AlertDescription::CloseNotify | AlertDescription::UserCanceled => "it closed the connection",
        AlertDescription::HandshakeFailure => {
            "it found no TLS version, cipher suite and key that both sides allow, or wants a client certificate (handshake_failure)"
        }
        AlertDescription::ProtocolVersion | AlertDescription::InappropriateFallback => {
            "it allows neither TLS 1.2 nor TLS 1.3 (protocol_version)"
        }
        AlertDescription::InsufficientSecurity => {
            "it wants stronger cipher suites than both sides have (insufficient_security)"
        }
        AlertDescription::UnrecognisedName => "it does not know the host's name (unrecognized_name)",
        AlertDescription::CertificateRequired | AlertDescription::NoCertificate => {
            "it wants a client certificate, and HookBridge has none (certificate_required)"
        }
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA => {
            "it does not accept a client without a certificate of its choice (a certificate alert)"
        }
        AlertDescription::AccessDenied => "it denies access (access_denied)",
        AlertDescription::NoApplicationProtocol => {
            "it speaks neither HTTP/2 nor HTTP/1.1 (no_application_protocol)"
        }
        AlertDescription::InternalError => "it failed internally (internal_error)",
        AlertDescription::RecordOverflow
        | AlertDescription::BadRecordMac
        | AlertDescription::DecryptionFailed
        | AlertDescription::DecryptError => {
            "it could not decrypt what it received; perhaps something on the way changes it (a decryption alert)"
        }
        AlertDescription::UnexpectedMessage
        | AlertDescription::DecodeError
        | AlertDescription::IllegalParameter
        | AlertDescription::MissingExtension
        | AlertDescription::UnsupportedExtension => {
            "it did not understand the handshake; its TLS may be old or broken (a protocol alert)"
        }
        AlertDescription::EncryptedClientHelloRequired => {
            "it wants an encrypted hello, which is not supported (ech_required)"
        }
        other => return format!("alert {}", u8::from(other)).into(),
    }
    .into()
}

fn certificate_text(error: &CertificateError) -> Cow<'static, str> {
    let text = match error {
        CertificateError::Expired => "the receiver's certificate has expired",
        CertificateError::ExpiredContext { not_after, .. } => {
            return dated("the receiver's certificate has expired", "on", *not_after).into();
        }
        CertificateError::NotValidYet => "the receiver's certificate is not valid yet",
        CertificateError::NotValidYetContext { not_before, .. } => {
            return dated("the receiver's certificate is not valid yet", "but from", *not_before).into();
        }
        // A bad signature is an authority of a known name with another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the receiver's certificate is not signed by a trusted authority; perhaps an intermediate certificate is not sent with it"
        }
        CertificateError::NotValidForName => "the receiver's certificate is for another name",
        CertificateError::NotValidForNameContext { presented, .. } => return other_names(presented).into(),
        CertificateError::BadEncoding => "the receiver's certificate is not well-formed",
        CertificateError::Revoked => "the receiver's certificate was revoked",
        CertificateError::UnhandledCriticalExtension => {
            "the receiver's certificate has a critical extension that is not understood"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the receiver's certificate is not meant for servers (its extended key usage lacks serverAuth)"
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "the receiver's certificate is signed with an algorithm that is not supported, such as SHA-1"
        }
        CertificateError::UnknownRevocationStatus
        | CertificateError::ExpiredRevocationList
        | CertificateError::ExpiredRevocationListContext { .. }
        | CertificateError::InvalidOcspResponse => {
            "whether the receiver's certificate was revoked is not known"
        }
        CertificateError::Other(other) => rule_text(other),
        #[allow(deprecated, reason = "the library still makes it of old errors")]
        CertificateError::UnsupportedSignatureAlgorithm => {
            "the receiver's certificate is signed with an algorithm that is not supported, such as SHA-1"
        }
        _ => "the receiver's certificate is not accepted",
    };
    text.into()
}

/// Texts of certificate errors for which rustls has no variant of its own.
fn rule_text(error: &OtherError) -> &'static str {
    use webpki::Error;
    match error.0.downcast_ref::<Error>() {
        Some(Error::CaUsedAsEndEntity) => {
            "the receiver presents an authority's certificate as its own (CA:TRUE); it needs one for servers"
        }
        Some(Error::EndEntityUsedAsCa) => {
            "the receiver's certificate is signed with one that is no authority's (CA:FALSE)"
        }
        Some(Error::UnsupportedCertVersion) => {
            "the receiver's certificate is of X.509 version 1; it must be version 3"
        }
        Some(Error::NameConstraintViolation) => {
            "the receiver's certificate is for a name that its authority may not sign (name constraints)"
        }
        Some(Error::PathLenConstraintViolated | Error::MaximumPathDepthExceeded) => {
            "the receiver's certificate has more intermediate authorities than are allowed"
        }
        Some(Error::UnsupportedCriticalExtension) => {
            "the receiver's certificate has a critical extension that is not understood"
        }
        Some(
            Error::MaximumNameConstraintComparisonsExceeded
            | Error::MaximumPathBuildCallsExceeded
            | Error::MaximumSignatureChecksExceeded,
        ) => {
            "the receiver's certificates take too long to check; it sends too many, or with too many constraints"
        }
        Some(Error::EmptyEkuExtension) => "the receiver's certificate has an empty extended key usage",
        Some(Error::SignatureAlgorithmMismatch) => {
            "the receiver's certificate names two different signature algorithms"
        }
        Some(Error::InvalidSerialNumber) => {
            "the receiver's certificate has a serial number that is not allowed"
        }
        _ => "the receiver's certificate is not well-formed",
    }
}

fn dated(text: &str, how: &str, time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let written = Timestamp::from_millis(seconds.saturating_mul(1000)).to_string();
    match written.split_once('T') {
        Some((day, _)) => format!("{text}, {how} {day}"),
        None => text.to_owned(),
    }
}

/// The names are the receiver's words: only what looks like a host's name is repeated.
fn other_names(presented: &[String]) -> String {
    let text = "the receiver's certificate is for another name";
    let names: Vec<&str> = presented
        .iter()
        .filter_map(|name| name.strip_prefix("DnsName(\"")?.strip_suffix("\")"))
        .filter(|name| name.len() <= 253 && !name.is_empty())
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._*".contains(&byte)))
        .collect();
    match names.len() {
        0 => text.to_owned(),
        few if few <= NAMES_TOLD => format!("{text}: {}", names.join(", ")),
        many => format!("{text}: {} and {} more", names[..NAMES_TOLD].join(", "), many - NAMES_TOLD),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use rustls::server::VerifierBuilderError;

    use super::*;

    /// Nothing of how Rust writes values, and no library's names.
    fn is_for_people(text: &str) -> bool {
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let camel = |word: &str| {
            word.bytes()
                .zip(word.bytes().skip(1))
                .any(|(a, b)| a.is_ascii_lowercase() && b.is_ascii_uppercase())
                && !["serverAuth", "HookBridge", "ChaCha20"].contains(&word)
        };
        !text.is_empty() && !text.contains("Other(") && !text.contains("os error") && !words.any(camel)
    }

    fn said(error: Tls) -> String {
        let text = tls_text(&io::Error::new(io::ErrorKind::InvalidData, error.clone()));
        for text in [&text, &record_text(&error)] {
            assert!(is_for_people(text), "{error:?}: {text}");
        }
        text
    }

    #[test]
    fn every_alert_has_words() {
        for code in 0..=255 {
            said(Tls::AlertReceived(AlertDescription::from(code)));
        }
        for (alert, text) in [
            (
                AlertDescription::HandshakeFailure,
                "no TLS version, cipher suite and key that both sides allow",
            ),
            (AlertDescription::ProtocolVersion, "neither TLS 1.2 nor TLS 1.3"),
            (AlertDescription::UnrecognisedName, "does not know the host's name"),
            (AlertDescription::CertificateRequired, "wants a client certificate"),
            (AlertDescription::NoApplicationProtocol, "neither HTTP/2 nor HTTP/1.1"),
        ] {
            let said = said(Tls::AlertReceived(alert));
            assert!(said.starts_with("TLS handshake failed: the receiver refused it: "), "{said}");
            assert!(said.contains(text), "{said}");
        }
    }

    #[test]
    fn every_rule_for_certificates_has_words() {
        use webpki::Error;
        for (rule, text) in [
            (Error::CaUsedAsEndEntity, "an authority's certificate as its own"),
            (Error::EndEntityUsedAsCa, "no authority's"),
            (Error::UnsupportedCertVersion, "X.509 version 1"),
            (Error::NameConstraintViolation, "may not sign"),
            (Error::PathLenConstraintViolated, "more intermediate authorities"),
            (Error::MaximumPathDepthExceeded, "more intermediate authorities"),
            (Error::MaximumSignatureChecksExceeded, "too long to check"),
            (Error::UnsupportedCriticalExtension, "critical extension"),
            (Error::EmptyEkuExtension, "empty extended key usage"),
            (Error::SignatureAlgorithmMismatch, "two different signature algorithms"),
            (Error::InvalidSerialNumber, "serial number"),
            (Error::MalformedExtensions, "not well-formed"),
            (Error::ExtensionValueInvalid, "not well-formed"),
            (Error::InvalidNetworkMaskConstraint, "not well-formed"),
            (Error::UnsupportedNameType, "not well-formed"),
        ] {
            let other = CertificateError::Other(OtherError(Arc::new(rule)));
            let said = said(Tls::InvalidCertificate(other));
            assert!(said.contains(text), "{said}");
        }
    }

    #[test]
    fn every_kind_of_bad_certificate_has_words() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        for (error, text) in [
            (CertificateError::BadEncoding, "not well-formed"),
            (CertificateError::Expired, "has expired"),
            (
                CertificateError::ExpiredContext { time: at(1_800_000_000), not_after: at(1_700_000_000) },
                "has expired, on 2023-11-14",
            ),
            (
                CertificateError::NotValidYetContext {
                    time: at(1_700_000_000),
                    not_before: at(1_800_000_000),
                },
                "is not valid yet, but from 2027-01-15",
            ),
            (CertificateError::Revoked, "was revoked"),
            (CertificateError::UnhandledCriticalExtension, "critical extension"),
            (CertificateError::UnknownIssuer, "not signed by a trusted authority"),
            (CertificateError::BadSignature, "not signed by a trusted authority"),
            (CertificateError::NotValidForName, "for another name"),
            (CertificateError::InvalidPurpose, "not meant for servers"),
            (CertificateError::UnknownRevocationStatus, "revoked is not known"),
            (CertificateError::ApplicationVerificationFailure, "not accepted"),
            (
                CertificateError::UnsupportedSignatureAlgorithmContext {
                    signature_algorithm_id: vec![1],
                    supported_algorithms: Vec::new(),
                },
                "an algorithm that is not supported",
            ),
            (
                CertificateError::Other(OtherError(Arc::new(VerifierBuilderError::NoRootAnchors))),
                "not well-formed",
            ),
        ] {
            let said = said(Tls::InvalidCertificate(error));
            assert!(said.starts_with("the receiver's certificate") || said.contains("certificate"), "{said}");
            assert!(said.contains(text), "{said}");
        }
    }

    #[test]
    fn a_certificate_for_others_says_for_whom_but_repeats_no_strange_words() {
        let names = ["DnsName(\"a.example\")", "IpAddress(10.0.0.1)", "DnsName(\"*.b.example\")"];
        let strange = "DnsName(\"evil\u{1b}[31m\")".to_owned();
        let presented: Vec<String> = names.iter().map(|name| (*name).to_owned()).chain([strange]).collect();
        assert_eq!(
            other_names(&presented),
            "the receiver's certificate is for another name: a.example, *.b.example"
        );
        let many: Vec<String> = (0..9).map(|n| format!("DnsName(\"{n}.example\")")).collect();
        assert!(other_names(&many).ends_with(": 0.example, 1.example, 2.example and 6 more"));
        assert_eq!(other_names(&[]), "the receiver's certificate is for another name");
    }

    #[test]
    fn every_other_failure_has_words() {
        for (error, text) in [
            (Tls::InvalidMessage(InvalidMessage::InvalidContentType), "perhaps this port speaks plain HTTP"),
            (Tls::InvalidMessage(InvalidMessage::MissingKeyExchange), "not well-formed"),
            (Tls::InvalidMessage(InvalidMessage::MessageTooLarge), "longer than TLS allows"),
            (
                Tls::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13),
                "neither TLS 1.2 nor TLS 1.3",
            ),
            (Tls::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon), "no cipher suite in common"),
            (Tls::PeerIncompatible(PeerIncompatible::NoKxGroupsInCommon), "no key exchange group in common"),
            (
                Tls::PeerIncompatible(PeerIncompatible::NoSignatureSchemesInCommon),
                "no signature algorithm in common",
            ),
            (Tls::PeerIncompatible(PeerIncompatible::NullCompressionRequired), "not supported"),
            (
                Tls::PeerMisbehaved(rustls::PeerMisbehaved::SelectedUnofferedCipherSuite),
                "breaks the protocol",
            ),
            (Tls::NoCertificatesPresented, "presented no certificate"),
            (Tls::DecryptError, "cannot be decrypted"),
            (Tls::PeerSentOversizedRecord, "longer than TLS allows"),
            (Tls::NoApplicationProtocol, "neither HTTP/2 nor HTTP/1.1"),
            (Tls::FailedToGetRandomBytes, "no random bytes"),
            (Tls::FailedToGetCurrentTime, "clock cannot be read"),
            (Tls::UnsupportedNameType, "not a name that a certificate can have"),
            (Tls::HandshakeNotComplete, "not completed"),
            (Tls::Other(OtherError(Arc::new(io::Error::other("x")))), "does not tell"),
        ] {
            let said = said(error);
            assert!(said.contains(text), "{said}");
        }
    }

    #[test]
    fn a_connection_that_ends_in_the_handshake_says_so() {
        let ended = tls_text(&io::ErrorKind::UnexpectedEof.into());
        assert!(ended.contains("closed the connection in the middle of it"), "{ended}");
        let reset = tls_text(&io::Error::from_raw_os_error(nix::errno::Errno::ECONNRESET as i32));
        assert_eq!(reset, "TLS handshake failed: connection reset by the receiver");
    }
}
