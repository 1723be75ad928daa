//! Engines, receivers and payloads to measure with.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hookbridge_core::config::{Config, Delivery};
use hookbridge_core::{Engine, operations::messages::SendRequest};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

/// 512 bytes of JSON.
pub(crate) fn payload() -> Vec<u8> {
    static PAYLOAD: LazyLock<Vec<u8>> = LazyLock::new(|| {
        format!("{{\"event\":\"order.created\",\"filler\":\"{}\"}}", "x".repeat(474)).into_bytes()
    });
    PAYLOAD.clone()
}

pub(crate) fn request(endpoint: &str) -> SendRequest {
    SendRequest::new(endpoint, payload()).expect("JSON")
}

/// How often something was done in a second.
pub(crate) fn per_second(count: usize, work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    count as f64 / begun.elapsed().max(Duration::from_micros(1)).as_secs_f64()
}

/// The value below which `share` of `values` lie.
pub(crate) fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let index = ((values.len() as f64 * share) as usize).min(values.len().saturating_sub(1));
    values.get(index).copied().unwrap_or_default()
}

pub(crate) fn config(database: &Path, delivery: Delivery) -> Config {
    Config {
        database: database.to_owned(),
        delivery,
        allow_local_endpoints: true,
        verify_dns: false,
        ..Config::default()
    }
}

pub(crate) fn open(database: &Path, delivery: Delivery) -> Engine {
    Engine::open(config(database, delivery)).expect("an engine")
}

pub(crate) fn create_endpoint(engine: &Engine, url: &str) -> String {
    let answer = engine.call("endpoints.create", &format!(r#"{{"url": "{url}"}}"#)).expect("an endpoint");
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    answer["id"].as_str().expect("an id").to_owned()
}

/// What a receiver sees of a request, before it answers after the returned delay.
type Watch = dyn Fn(&Request<Incoming>) -> Duration + Send + Sync;

/// A receiver on loopback that answers 200.
pub(crate) fn receiver(watch: impl Fn(&Request<Incoming>) -> Duration + Send + Sync + 'static) -> SocketAddr {
    let (sender, address) = std::sync::mpsc::channel();
    let watch: Arc<Watch> = Arc::new(watch);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            sender.send(listener.local_addr().expect("an address")).expect("somebody who waits");
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let watch = watch.clone();
                let answer = service_fn(move |request: Request<Incoming>| {
                    let delay = watch(&request);
                    async move {
                        request.into_body().collect().await?;
                        if !delay.is_zero() {
                            tokio::time::sleep(delay).await;
                        }
                        Ok::<_, hyper::Error>(Response::new(Full::new(Bytes::from_static(b"ok"))))
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer),
                );
            }
        });
    });
    address.recv().expect("an address")
}
