//! A receiver that costs as little as one can: it finds where a request ends, answers 200 and counts. Its connections
//! are taken on every address of 127.0.0.0/8, each of which is a host of its own.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// What it has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub connections: AtomicUsize,
    pub requests: AtomicUsize,
}

/// A certificate authority and a certificate for each address, made when it is first asked for.
pub(crate) struct Certificates {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    key: String,
    made: Mutex<HashMap<IpAddr, Arc<ServerConfig>>>,
}

impl Certificates {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let params = Self::authority();
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { key: key.serialize_pem(), issuer: Issuer::new(params, key), pem, made: Mutex::default() }
    }

    /// Writes `ca.pem`, and what another process needs for certificates of the same authority.
    pub(crate) fn store(&self, folder: &Path) {
        std::fs::write(folder.join("ca.pem"), &self.pem).expect("a file");
        std::fs::write(folder.join("ca.key"), &self.key).expect("a file");
    }

    /// What was stored.
    pub(crate) fn load(folder: &Path) -> Self {
        let pem = std::fs::read_to_string(folder.join("ca.pem")).expect("a file");
        let key = std::fs::read_to_string(folder.join("ca.key")).expect("a file");
        let pair = KeyPair::from_pem(&key).expect("a key");
        Self { key, issuer: Issuer::new(Self::authority(), pair), pem, made: Mutex::default() }
    }

    fn authority() -> CertificateParams {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
    }

    pub(crate) fn of(&self, address: IpAddr) -> Arc<ServerConfig> {
        self.made.lock().expect("no panic").entry(address).or_insert_with(|| self.make(address)).clone()
    }

    fn make(&self, address: IpAddr) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![address.to_string()]).expect("parameters");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![CertificateDer::from(certificate.der().to_vec())], key)
            .expect("a certificate");
        Arc::new(config)
    }
}

/// Starts it on a thread of its own and returns its port. With `certificates` it speaks TLS.
pub(crate) fn start(seen: Arc<Seen>, certificates: Option<Arc<Certificates>>) -> u16 {
    let (sender, port) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = tokio::net::TcpSocket::new_v4().expect("a socket");
            listener.bind(([0, 0, 0, 0], 0).into()).expect("a port");
            let listener = listener.listen(4096).expect("a listener");
            sender.send(listener.local_addr().expect("an address").port()).expect("somebody who waits");
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                seen.connections.fetch_add(1, Ordering::Relaxed);
                let _ = stream.set_nodelay(true);
                let (seen, certificates) = (seen.clone(), certificates.clone());
                tokio::spawn(async move {
                    let Some(certificates) = certificates else { return serve(stream, &seen).await };
                    let Ok(address) = stream.local_addr() else { return };
                    let acceptor = TlsAcceptor::from(certificates.of(address.ip()));
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream, &seen).await;
                    }
                });
            }
        });
    });
    port.recv().expect("a port")
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, seen: &Seen) {
    let mut held: Vec<u8> = Vec::with_capacity(8192);
    loop {
        while let Some(end) = request_end(&held) {
            held.drain(..end);
            seen.requests.fetch_add(1, Ordering::Relaxed);
            if stream.write_all(ANSWER).await.is_err() || stream.flush().await.is_err() {
                return;
            }
        }
        match stream.read_buf(&mut held).await {
            Ok(read) if read > 0 => {}
            _ => return,
        }
    }
}

/// Where the first request in `held` ends, if it is there whole.
fn request_end(held: &[u8]) -> Option<usize> {
    let head = held.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&held[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let end = head + length.unwrap_or(0);
    (held.len() >= end).then_some(end)
}
