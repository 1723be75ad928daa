//! TLS, both HTTP versions behind it, and a certificate that is renewed.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use nix::sys::signal::Signal;
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;

use super::client::{connect, parse, read_all};
use super::receiver::eventually;
use super::server::{KEY, Server};

/// Writes a certificate that vouches for itself.
fn certificate(folder: &Path) -> CertificateDer<'static> {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(folder.join("cert.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    certificate.der().clone()
}

fn tls(
    server: &Server,
    trusted: &CertificateDer<'static>,
    protocol: &[u8],
) -> StreamOwned<ClientConnection, std::net::TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    StreamOwned::new(client, connect(server.address))
}

/// Whether the server shows the certificate that is trusted.
fn answers(server: &Server, trusted: &CertificateDer<'static>) -> bool {
    let mut stream = tls(server, trusted, b"http/1.1");
    let request = format!(
        "GET /v1/logs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).is_ok() && parse(&read_all(&mut stream))[0].status == 200
}

#[test]
fn a_certificate_is_read_again_when_it_is_asked_for() {
    let folder = Arc::new(TempDir::new().unwrap());
    let first = certificate(folder.path());
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let arguments = ["--tls-cert", cert.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let mut server = Server::start_in(folder.clone(), &arguments);
    assert!(answers(&server, &first));

    let mut http2 = tls(&server, &first, b"h2");
    http2.flush().unwrap();
    http2.conn.complete_io(&mut http2.sock).unwrap();
    assert_eq!(http2.conn.alpn_protocol(), Some(&b"h2"[..]));

    std::fs::write(&cert, "nonsense").unwrap();
    server.signal(Signal::SIGHUP);
    eventually("the refusal", || server.logged("the certificate stays as it was"));
    assert!(answers(&server, &first));

    let second = certificate(folder.path());
    server.signal(Signal::SIGHUP);
    eventually("the new certificate", || server.logged("the certificate was read again"));
    assert!(answers(&server, &second));
    assert!(!answers(&server, &first));
    assert!(server.is_running());
}

#[test]
fn a_hang_up_without_a_certificate_is_nothing() {
    let mut server = Server::start(&[]);
    server.signal(Signal::SIGHUP);
    assert_eq!(server.request("GET", "/healthz", "").status, 200);
    assert!(server.is_running());
}
