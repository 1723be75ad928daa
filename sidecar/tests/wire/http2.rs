//! HTTP/2 without TLS, by prior knowledge.

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use nix::sys::signal::Signal;
use serde_json::Value;

use super::client::exchange;
use super::receiver::eventually;
use super::server::{KEY, Server};

#[tokio::test]
async fn many_requests_share_a_connection_and_a_stop_ends_it() {
    let mut server = Server::start(&[]);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let send = |count: usize| {
        let mut sender = sender.clone();
        let body = format!(r#"{{"endpoint_id":"{endpoint}","payload":{count}}}"#);
        let request = Request::post(format!("http://{}/v1/webhooks/send", server.address))
            .header("authorization", format!("Bearer {KEY}"))
            .body(Full::new(Bytes::from(body)))
            .unwrap();
        async move {
            let answer = sender.send_request(request).await.unwrap();
            let (status, body) = (answer.status(), answer.into_body().collect().await.unwrap().to_bytes());
            assert_eq!(status, 202, "{body:?}");
            let body: Value = serde_json::from_slice(&body).unwrap();
            body["data"]["message_id"].as_str().unwrap().to_owned()
        }
    };
    let sent: Vec<_> = (0..100).map(|count| tokio::spawn(send(count))).collect();
    let mut ids = std::collections::HashSet::new();
    for id in sent {
        ids.insert(id.await.unwrap());
    }
    assert_eq!(ids.len(), 100);
    server.signal(Signal::SIGTERM);
    connection.await.unwrap().unwrap();
    assert!(server.wait().success());
}

/// HTTP/2 has no `Host`, and an SDK gives the link on as it is.
#[tokio::test]
async fn a_link_to_a_file_is_whole() {
    let server = Server::start(&[]);
    let times = r#"{"start_time":"2020-01-01T00:00:00Z","end_time":"2100-01-01T00:00:00Z"}"#;
    let export = server.request("POST", "/v1/exports", times).json()["data"]["id"].clone();
    let export = format!("/v1/exports/{}", export.as_str().unwrap());
    eventually("the export", || server.request("GET", &export, "").json()["data"]["status"] == "completed");
    let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(format!("http://{}{export}/download", server.address))
        .header("authorization", format!("Bearer {KEY}"))
        .body(Full::new(Bytes::new()))
        .unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 302);
    let location = answer.headers()["location"].to_str().unwrap();
    let path =
        location.strip_prefix(&format!("http://{}", server.address)).unwrap_or_else(|| panic!("{location}"));
    // Fetched without a key, and by the other version.
    let file = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let file = exchange(server.address, file.as_bytes()).remove(0);
    assert_eq!(file.status, 200, "{file:?}");
    assert!(file.body.starts_with(b"message_id,"));
}

/// RFC 9113, 8.3.1: whoever is in front of the server may have read the other one.
#[tokio::test]
async fn a_host_that_contradicts_the_authority_is_refused() {
    let server = Server::start(&[]);
    let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let named = format!("{}", server.address);
    for (path, hosts, status) in [
        ("/v1/endpoints", &["other.example"][..], 400),
        ("/readyz", &["other.example"], 400),
        ("/v1/endpoints", &["127.0.0.1:1"], 400),
        ("/v1/endpoints", &["a@b"], 400),
        ("/v1/endpoints", &[&*named, "other.example"], 400),
        ("/v1/endpoints", &[&*named, &*named], 400),
        ("/v1/endpoints", &[&*named], 200),
        ("/v1/endpoints", &[], 200),
    ] {
        let mut request =
            Request::get(format!("http://{named}{path}")).header("authorization", format!("Bearer {KEY}"));
        for host in hosts {
            request = request.header("host", *host);
        }
        let answer = sender.send_request(request.body(Full::new(Bytes::new())).unwrap()).await.unwrap();
        let (found, body) = (answer.status(), answer.into_body().collect().await.unwrap().to_bytes());
        assert_eq!(found, status, "{path} {hosts:?}: {body:?}");
        if status == 400 {
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body["error"]["code"], "INVALID_REQUEST", "{path} {hosts:?}");
        }
    }
}
