//! Real connections to real receivers: how old they become, and what becomes of those that are too old.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;

use super::*;
use crate::wire::address_guard::AddressGuard;
use crate::wire::exchange::{Course, Terms};
use crate::wire::http1::BodyEnd;
use crate::wire::origin::Destination;
use crate::wire::tls::Tls;

const AGE: Duration = Duration::from_millis(200);

/// A receiver that answers after as many milliseconds as the path says, and counts its connections.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    folder: tempfile::TempDir,
}

async fn serve(secure: bool) -> Server {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut settings = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(certificate.der().to_vec())], key)
        .unwrap();
    settings.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(settings));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections: Arc<AtomicUsize> = Arc::default();
    let counted = connections.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, SeqCst);
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let answer = service_fn(|request: Request<Incoming>| async move {
                    let wait = request.uri().path().trim_start_matches('/').parse().unwrap_or(0);
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                    Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"ok"))))
                });
                if secure {
                    let stream = acceptor.accept(stream).await.unwrap();
                    let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
                } else {
                    let builder = hyper::server::conn::http1::Builder::new();
                    let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
                }
            });
        }
    });
    Server { address, connections, folder }
}

impl Server {
    fn pool(&self, age: Duration, resting: usize) -> Pool {
        let tls = Arc::new(Tls::new(Some(&self.folder.path().join("ca.pem"))).unwrap());
        let connector = Connector::new(AddressGuard::new(true), Duration::from_secs(20), tls, true);
        let silence = Duration::from_secs(20);
        Pool::new(connector, Bounds { resting, age, age_spread: Duration::ZERO, silence, budget: true })
    }

    fn destination(&self, secure: bool, path: &str) -> Destination {
        let (scheme, port) = (if secure { "https" } else { "http" }, self.address.port());
        Destination::new(format!("{scheme}://localhost:{port}{path}").parse().unwrap()).unwrap()
    }
}

/// Posts and reads the whole answer; whether a kept connection served.
async fn post(pool: &Pool, destination: &Destination) -> bool {
    let mut request = Request::new(Bytes::from_static(b"{}"));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = destination.uri.clone();
    let mut course = Course::default();
    let terms = Terms { deadline: Instant::now() + Duration::from_secs(20), repeatable: true };
    let Ok(mut answer) = pool.request(destination, &request, terms, &mut course).await else {
        panic!("no answer");
    };
    assert_eq!(answer.status, 200);
    loop {
        match answer.next_piece().await {
            Ok(_) => {}
            Err(end) => {
                assert_eq!(end, BodyEnd::Whole);
                return course.connection.unwrap().1;
            }
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_too_old_serves_no_further_request_under_steady_traffic() {
    for secure in [false, true] {
        let server = serve(secure).await;
        let (pool, destination) = (server.pool(AGE, 16), server.destination(secure, "/1"));
        post(&pool, &destination).await;
        let (mut reused, begun) = (0, Instant::now());
        while begun.elapsed() < 5 * AGE {
            reused += usize::from(post(&pool, &destination).await);
        }
        let connections = server.connections.load(SeqCst);
        assert!(reused > 0 && (3..=7).contains(&connections), "{connections} connections, {reused} reused");
    }
}

#[tokio::test]
async fn a_request_outlives_the_age_of_its_connection_and_new_ones_go_elsewhere() {
    for secure in [false, true] {
        let server = serve(secure).await;
        let pool = server.pool(AGE, 16);
        let (slow, quick) = (server.destination(secure, "/3000"), server.destination(secure, "/0"));
        let other = pool.clone();
        let long = tokio::spawn(async move { post(&other, &slow).await });
        while server.connections.load(SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // It has its age from its handshake, which may be a while after the server has counted it.
        while server.connections.load(SeqCst) == 1 {
            assert!(!long.is_finished(), "the old one goes on taking requests");
            post(&pool, &quick).await;
            tokio::time::sleep(AGE / 4).await;
        }
        long.await.unwrap();
    }
}

#[tokio::test]
async fn what_rests_is_bounded_for_all_hosts_together() {
    let hosts = [serve(false).await, serve(false).await, serve(true).await];
    let pool = hosts[0].pool(Duration::from_secs(600), 1);
    for _ in 0..3 {
        for (index, host) in hosts.iter().enumerate().take(2) {
            let reused = post(&pool, &host.destination(false, "/0")).await;
            assert!(!reused, "host {index} was evicted by the other");
        }
    }
    assert_eq!(pool.hosts().counts(), (1, 1), "what has nothing left is forgotten");
    let shared = hosts[2].pool(Duration::from_secs(600), 0);
    assert!(!post(&shared, &hosts[2].destination(true, "/0")).await);
    assert_eq!(shared.hosts().counts().0, 0);
}

#[tokio::test]
async fn many_at_once_to_a_new_host_share_its_first_connection_where_it_speaks_http2() {
    for (secure, expected) in [(true, 1), (false, 40)] {
        let server = serve(secure).await;
        let (pool, destination) =
            (server.pool(Duration::from_secs(600), 64), server.destination(secure, "/50"));
        let posts: Vec<_> = (0..40)
            .map(|_| {
                let (pool, destination) = (pool.clone(), destination.clone());
                tokio::spawn(async move { post(&pool, &destination).await })
            })
            .collect();
        for one in posts {
            one.await.unwrap();
        }
        let connections = server.connections.load(SeqCst);
        assert!(connections <= expected, "{connections} connections");
    }
}
