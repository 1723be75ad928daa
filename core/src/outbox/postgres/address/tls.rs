//! TLS to a server of PostgreSQL, by rustls.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect};
use tokio_rustls::TlsConnector;

use super::certificate;
use super::verifier::{Trust, Verifier};

/// The protocol's name in a handshake.
const PROTOCOL: &[u8] = b"postgresql";

/// `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// Who vouches for a server.
#[derive(Clone, Debug)]
pub(super) enum Roots {
    /// Nobody has to: what is said is encrypted, to whomever.
    Anybody,
    System,
    File(PathBuf),
}

/// How TLS is done. The files are read for each connection, so that a renewed certificate needs no restart.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    pub mode: Mode,
    pub roots: Roots,
    /// The certificate that this process shows where it is asked for one, and its key.
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    /// Whether the handshake begins without asking before.
    pub is_direct: bool,
}

/// Why a handshake could not be begun, or was not gone on with.
#[derive(Debug)]
pub(super) struct Wrong(String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

fn wrong(parameter: &str, file: &Path, why: impl fmt::Display) -> Wrong {
    Wrong(format!("`{parameter}`: {}: {why}", file.display()))
}

impl Tls {
    /// The ways to connect: the first, and another where that fails for TLS.
    pub(super) fn order(&self) -> (SslMode, Option<SslMode>) {
        match self.mode {
            Mode::Disable => (SslMode::Disable, None),
            Mode::Allow => (SslMode::Disable, Some(SslMode::Require)),
            Mode::Prefer => (SslMode::Prefer, Some(SslMode::Disable)),
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => (SslMode::Require, None),
        }
    }

    /// Who vouches for a server, in an error.
    pub(super) fn authorities(&self) -> String {
        match &self.roots {
            Roots::Anybody => "nobody".to_owned(),
            Roots::System => "the system's authorities (`sslrootcert=system`)".to_owned(),
            Roots::File(file) => format!("{} (`sslrootcert`)", file.display()),
        }
    }

    /// Checks that the files can be used.
    pub(super) fn check(&self) -> Result<(), Wrong> {
        if self.mode == Mode::Disable { Ok(()) } else { self.settings().map(drop) }
    }

    fn settings(&self) -> Result<ClientConfig, Wrong> {
        // The provider is named, so that the host's or another library's choice does not matter.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let trust = match &self.roots {
            Roots::Anybody => None,
            Roots::System => Some(system()?),
            Roots::File(file) => Some(of_file(file)?),
        };
        let names = self.mode == Mode::VerifyFull;
        let verifier = Verifier::new(trust, names, provider.signature_verification_algorithms);
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|cause| Wrong(cause.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut settings = match &self.certificate {
            None => builder.with_no_client_auth(),
            Some(file) => {
                let chain = certificates("sslcert", file)?;
                let missing = || Wrong("`sslcert` is given without `sslkey`".to_owned());
                let key = private_key(self.key.as_deref().ok_or_else(missing)?)?;
                let unfit =
                    |cause| wrong("sslcert", file, format!("it cannot be used with this `sslkey`: {cause}"));
                builder.with_client_auth_cert(chain, key).map_err(unfit)?
            }
        };
        settings.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(settings)
    }
}

fn system() -> Result<Trust, Wrong> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(Wrong(
            "`sslrootcert=system`: the system has no authority; install its (ca-certificates)".to_owned(),
        ));
    }
    Ok(Trust { roots, certificates: Vec::new() })
}

fn of_file(file: &Path) -> Result<Trust, Wrong> {
    let certificates = certificates("sslrootcert", file)?;
    let mut roots = RootCertStore::empty();
    for certificate in &certificates {
        roots.add(certificate.clone()).map_err(|cause| wrong("sslrootcert", file, cause))?;
    }
    Ok(Trust { roots, certificates })
}

fn certificates(parameter: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>, Wrong> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates = read.map_err(|cause| wrong(parameter, file, cause))?;
    if certificates.is_empty() {
        return Err(wrong(parameter, file, "it holds no certificate in PEM"));
    }
    Ok(certificates)
}

/// Reads a key. One that others may read is refused, as libpq has it: root's may be readable for a group.
fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, Wrong> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let metadata = std::fs::metadata(file).map_err(|cause| wrong("sslkey", file, cause))?;
        let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
        if metadata.mode() & forbidden != 0 {
            return Err(wrong("sslkey", file, "others may read or write it (chmod 600)"));
        }
    }
    PrivateKeyDer::from_pem_file(file).map_err(|cause| {
        wrong("sslkey", file, format!("{cause}; it must be a key in PEM that is not encrypted"))
    })
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Tls {
    type Stream = TlsStream<S>;
    type TlsConnect = Handshake;
    type Error = Wrong;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Handshake, Wrong> {
        Ok(Handshake { tls: self.clone(), domain: domain.to_owned() })
    }
}

/// A handshake to come.
pub(super) struct Handshake {
    tls: Tls,
    domain: String,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Handshake {
    type Stream = TlsStream<S>;
    type Error = Box<dyn std::error::Error + Sync + Send>;
    type Future = Pin<Box<dyn Future<Output = Result<TlsStream<S>, Self::Error>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let settings = Arc::new(self.tls.settings()?);
            let domain = ServerName::try_from(self.domain)
                .map_err(|_| Wrong("its name cannot be one of a certificate".to_owned()))?;
            let stream = TlsConnector::from(settings).connect(domain, stream).await?;
            let (_, session) = stream.get_ref();
            // Else another service than the database might have been spoken with, which was not asked before.
            if self.tls.is_direct && session.alpn_protocol() != Some(PROTOCOL) {
                return Err(Wrong(
                    "it does not know `sslnegotiation=direct` (PostgreSQL 17 does)".to_owned(),
                )
                .into());
            }
            let shown = session.peer_certificates().and_then(<[_]>::first);
            let binding = shown.and_then(|shown| certificate::end_point(shown));
            Ok(TlsStream { stream, binding })
        })
    }
}

/// An encrypted connection.
pub(in super::super) struct TlsStream<S> {
    stream: tokio_rustls::client::TlsStream<S>,
    /// What binds a login to this connection.
    binding: Option<Vec<u8>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> tokio_postgres::tls::TlsStream for TlsStream<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.binding.clone().map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for TlsStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TlsStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
