//! HTTP/2 without TLS, by prior knowledge.

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use nix::sys::signal::Signal;
use serde_json::Value;

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
