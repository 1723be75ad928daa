//! Failures on the wire: their text for people, and whether this machine lacked something.

use std::error::Error as StdError;
use std::io;
use std::net::IpAddr;

use nix::errno::Errno;

use super::tls_failure::record_text;
use crate::model::shortage::Shortage;

/// Why a step failed: the text, and the shortage where this machine lacked something.
#[derive(Clone, Debug, Default)]
pub(super) struct Reason {
    pub text: String,
    pub shortage: Option<Shortage>,
}

impl Reason {
    pub(super) fn lacking(shortage: Shortage, text: &str) -> Self {
        Self { text: format!("{shortage}: {text}"), shortage: Some(shortage) }
    }

    /// The reason of a failed system call on a socket.
    pub(super) fn of_io(error: &io::Error) -> Self {
        match shortage_of_io(error) {
            Some(shortage) => Self::lacking(shortage, &error.to_string()),
            None => io_text(error).into(),
        }
    }
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Self { text, shortage: None }
    }
}

/// What this machine lacked for a system call on a socket.
pub(super) fn shortage_of_io(error: &io::Error) -> Option<Shortage> {
    match error.raw_os_error() {
        Some(number) => shortage_of_errno(number),
        None => (error.kind() == io::ErrorKind::OutOfMemory).then_some(Shortage::Memory),
    }
}

/// Gives the error a kind that says what was lacking. The TLS and HTTP libraries that the error passes through keep its
/// kind and lose the system's error number.
pub(super) fn kind_tells(error: io::Error) -> io::Error {
    match shortage_of_io(&error) {
        Some(Shortage::Memory) => io::Error::new(io::ErrorKind::OutOfMemory, error),
        _ => error,
    }
}

pub(super) fn shortage_of_errno(number: i32) -> Option<Shortage> {
    match Errno::from_raw(number) {
        Errno::EMFILE | Errno::ENFILE => Some(Shortage::Descriptors),
        Errno::ENOMEM | Errno::ENOBUFS => Some(Shortage::Memory),
        Errno::EADDRNOTAVAIL => Some(Shortage::LocalPorts),
        _ => None,
    }
}

/// A connection that could not be made, with what was learned on the way.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectFailure {
    pub text: String,
    pub ip: Option<IpAddr>,
    pub dns_ms: Option<u32>,
    pub tcp_connect_ms: Option<u32>,
    pub tls_handshake_ms: Option<u32>,
    /// What this machine lacked, so that no connection could be tried.
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

/// Whether the receiver looked at the request and then gave it up. A stream refused unseen (REFUSED_STREAM) was not looked at.
pub(super) fn is_stream_reset(error: &hyper::Error) -> bool {
    chain(error)
        .find_map(|cause| cause.downcast_ref::<h2::Error>())
        .is_some_and(|cause| cause.is_reset() && cause.reason() != Some(h2::Reason::REFUSED_STREAM))
}

/// The text of an I/O error, without its number.
pub(super) fn io_text(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        io::ErrorKind::ConnectionReset => "connection reset by the receiver".to_owned(),
        io::ErrorKind::ConnectionAborted => "connection aborted".to_owned(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::NotConnected => {
            "connection closed by the receiver".to_owned()
        }
        io::ErrorKind::UnexpectedEof => "connection closed by the receiver before the end".to_owned(),
        io::ErrorKind::TimedOut => "connection timed out".to_owned(),
        io::ErrorKind::HostUnreachable => "host unreachable".to_owned(),
        io::ErrorKind::NetworkUnreachable => "network unreachable".to_owned(),
        io::ErrorKind::NetworkDown => "the network is down".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "this machine does not allow the connection; perhaps a firewall rule forbids it".to_owned()
        }
        _ => match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(tls) => record_text(tls),
            None => without_number(error.to_string()),
        },
    }
}

fn without_number(text: String) -> String {
    text.split_once(" (os error ").map_or(text.clone(), |(words, _)| words.to_owned())
}

/// The reason why a request failed.
pub(super) fn request_failure(error: &(dyn StdError + 'static)) -> Reason {
    let system = chain(error).find_map(|cause| cause.downcast_ref::<io::Error>());
    system.map_or_else(|| request_text(error).into(), Reason::of_io)
}

fn request_text(error: &(dyn StdError + 'static)) -> String {
    for cause in chain(error) {
        if let Some(error) = cause.downcast_ref::<hyper::Error>() {
            if error.is_parse() {
                return format!("the answer is not valid HTTP: {error}");
            }
            if error.is_incomplete_message() {
                return "the receiver closed the connection before it had answered".to_owned();
            }
            // The ping of an HTTP/2 connection was not answered. Our own time limits do not end here.
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

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use bytes::Bytes;
    use http::Request;
    use http_body_util::Full;
    use hyper::client::conn::http2;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

    use super::*;

    /// Errors of the system while a connection is made, each with the shortage and the text that it becomes.
    const SYSTEM_ERRORS: [(Errno, Option<Shortage>, &str); 10] = [
        (Errno::ENOBUFS, Some(Shortage::Memory), "the system has no memory for a socket: No buffer space"),
        (Errno::ENOMEM, Some(Shortage::Memory), "the system has no memory for a socket: Cannot allocate"),
        (Errno::ECONNRESET, None, "connection reset by the receiver"),
        (Errno::ECONNABORTED, None, "connection aborted"),
        (Errno::EPIPE, None, "connection closed by the receiver"),
        (Errno::ETIMEDOUT, None, "connection timed out"),
        (Errno::EHOSTUNREACH, None, "host unreachable"),
        (Errno::ENETUNREACH, None, "network unreachable"),
        (Errno::ENETDOWN, None, "the network is down"),
        (Errno::EPERM, None, "this machine does not allow the connection"),
    ];

    /// A connection whose every use the system refuses.
    struct Refused(Errno);

    impl Refused {
        fn error<T>(&self) -> Poll<io::Result<T>> {
            Poll::Ready(Err(io::Error::from_raw_os_error(self.0 as i32))).map_err(kind_tells)
        }
    }

    impl AsyncRead for Refused {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            self.error()
        }
    }

    impl AsyncWrite for Refused {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
            self.error()
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.error()
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.error()
        }
    }

    async fn through_http2(errno: Errno) -> Reason {
        let io = TokioIo::new(Refused(errno));
        match http2::Builder::new(TokioExecutor::new()).handshake::<_, Full<Bytes>>(io).await {
            Err(cause) => request_failure(&cause),
            Ok((mut sender, connection)) => {
                let driven = tokio::spawn(connection);
                let refused = sender.send_request(Request::new(Full::default())).await.unwrap_err();
                let ended = driven.await.unwrap().unwrap_err();
                // The request may only know that the connection has ended.
                let reason = request_failure(&refused);
                if reason.shortage.is_some() { reason } else { request_failure(&ended) }
            }
        }
    }

    #[tokio::test]
    async fn what_the_system_says_of_a_made_connection_is_ours_or_the_receivers() {
        for (errno, shortage, text) in SYSTEM_ERRORS {
            let said = || io::Error::from_raw_os_error(errno as i32);
            for reason in
                [Reason::of_io(&said()), Reason::of_io(&kind_tells(said())), through_http2(errno).await]
            {
                assert_eq!(reason.shortage, shortage, "{errno}: {}", reason.text);
                assert!(reason.text.starts_with(text), "{errno}: {}", reason.text);
            }
        }
    }
}
