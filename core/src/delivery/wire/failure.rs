//! What went wrong on the wire, in words for people.

use std::error::Error as StdError;
use std::io;
use std::net::IpAddr;

use nix::errno::Errno;

use super::shortage::Shortage;

/// Why a step did not succeed: in words, and what of ours was missing where that is why.
#[derive(Clone, Debug, Default)]
pub(super) struct Reason {
    pub text: String,
    pub shortage: Option<Shortage>,
}

impl Reason {
    /// Of a call to the system.
    pub(super) fn of_io(error: &io::Error) -> Self {
        match io_shortage(error) {
            Some(shortage) => Self { text: format!("{shortage}: {error}"), shortage: Some(shortage) },
            None => io_text(error).into(),
        }
    }
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Self { text, shortage: None }
    }
}

/// What of ours a call to the system on a socket lacked.
pub(super) fn io_shortage(error: &io::Error) -> Option<Shortage> {
    match Errno::from_raw(error.raw_os_error()?) {
        Errno::EMFILE | Errno::ENFILE => Some(Shortage::Descriptors),
        Errno::ENOMEM | Errno::ENOBUFS => Some(Shortage::Memory),
        Errno::EADDRNOTAVAIL => Some(Shortage::LocalPorts),
        _ => None,
    }
}

/// A connection that did not come about, with what was learned on the way.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectFailure {
    pub text: String,
    pub ip: Option<IpAddr>,
    pub dns_ms: Option<u32>,
    pub tcp_connect_ms: Option<u32>,
    pub tls_handshake_ms: Option<u32>,
    /// What of ours was missing, so that no connection could be tried.
    pub shortage: Option<Shortage>,
}

impl ConnectFailure {
    pub(super) fn because(self, reason: Reason) -> Self {
        Self { text: reason.text, shortage: reason.shortage, ..self }
    }
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| (*error).source())
}

/// Whether the receiver gave up this one request, having looked at it; one that it refused unseen it has not.
pub(super) fn is_stream_reset(error: &hyper::Error) -> bool {
    chain(error)
        .find_map(|cause| cause.downcast_ref::<h2::Error>())
        .is_some_and(|cause| cause.is_reset() && cause.reason() != Some(h2::Reason::REFUSED_STREAM))
}

/// An I/O error without its number.
pub(super) fn io_text(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        io::ErrorKind::ConnectionReset => "connection reset by the receiver".to_owned(),
        io::ErrorKind::BrokenPipe => "connection closed by the receiver".to_owned(),
        io::ErrorKind::UnexpectedEof => "connection closed by the receiver before the end".to_owned(),
        io::ErrorKind::TimedOut => "connection timed out".to_owned(),
        io::ErrorKind::HostUnreachable => "host unreachable".to_owned(),
        io::ErrorKind::NetworkUnreachable => "network unreachable".to_owned(),
        _ => error.to_string(),
    }
}

/// A failed TLS handshake.
pub(super) fn tls_text(error: &io::Error) -> String {
    use rustls::{CertificateError, Error as Tls};
    let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<Tls>()) else {
        return format!("TLS handshake failed: {}", io_text(error));
    };
    match tls {
        Tls::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the receiver's certificate has expired".to_owned()
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the receiver's certificate is not valid yet".to_owned()
            }
            // A bad signature is an authority of a known name with another key.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                "the receiver's certificate is not signed by a trusted authority".to_owned()
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the receiver's certificate is for another name".to_owned()
            }
            other => format!("the receiver's certificate is not accepted: {other}"),
        },
        other => format!("TLS handshake failed: {other}"),
    }
}

/// A request that was sent, or could not be.
pub(super) fn request_text(error: &(dyn StdError + 'static)) -> String {
    for cause in chain(error) {
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            return io_text(error);
        }
        if let Some(error) = cause.downcast_ref::<hyper::Error>() {
            if error.is_parse() {
                return format!("the answer is not valid HTTP: {error}");
            }
            if error.is_incomplete_message() {
                return "the receiver closed the connection before it had answered".to_owned();
            }
            // Of an HTTP/2 connection: our own limits end elsewhere.
            if error.is_timeout() {
                return "the connection has fallen silent".to_owned();
            }
            if error.source().is_none() {
                return error.to_string();
            }
        }
    }
    chain(error).last().map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}
