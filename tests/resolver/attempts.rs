//! Makes attempts and says what came of each: `attempts CONNECT_TIMEOUT_MS REQUEST_TIMEOUT_MS`. A line on stdin is a set of URLs, all
//! begun at once; each attempt that ends is a line of JSON on stdout. Ends when stdin does and nothing is under way.

use std::io::BufRead;
use std::sync::Arc;
use std::time::Duration;

use hookbridge_core::Config;
use hookbridge_core::model::header_map::HeaderMap;
use hookbridge_core::model::ids::MessageId;
use hookbridge_core::model::signing_key::SigningSecret;
use hookbridge_core::wire::address_guard::AddressGuard;
use hookbridge_core::wire::client::{DeliveryRequest, HttpClient};
use hookbridge_core::wire::receiver::Receiver;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let millis = |n| -> Result<Duration, Box<dyn std::error::Error>> {
        Ok(Duration::from_millis(std::env::args().nth(n).ok_or("two timeouts are needed")?.parse()?))
    };
    let config = Config {
        connect_timeout: millis(1)?,
        request_timeout: millis(2)?,
        allow_local_endpoints: true,
        ..Config::default()
    };
    let client = Arc::new(HttpClient::new(&config, config.allow_local_endpoints)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (sender, mut lines) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    runtime.block_on(async {
        let mut under_way = Vec::new();
        while let Some(line) = lines.recv().await {
            for url in line.split_whitespace() {
                under_way.push(tokio::spawn(attempt(client.clone(), url.to_owned())));
            }
        }
        for attempt in under_way {
            let _ = attempt.await;
        }
    });
    // A look-up that hangs does not hold the end up.
    std::process::exit(0)
}

async fn attempt(client: Arc<HttpClient>, url: String) {
    let checked = AddressGuard::new(true).check_url(&url);
    let secrets = SigningSecret::generate().map(|secret| [secret]);
    let target = checked.and_then(|url| Receiver::new(&url, HeaderMap::default(), &secrets?));
    let (Ok(target), Ok(message_id)) = (target, MessageId::generate()) else {
        println!("{}", serde_json::json!({"url": url, "error_text": "no such target"}));
        return;
    };
    let request = DeliveryRequest {
        target: Arc::new(target),
        message_id,
        attempt_no: 1,
        payload: "{}".into(),
        message_headers: HeaderMap::default(),
        retention_hours: None,
        event: None,
        ordering_key: None,
        times: (None, None),
    };
    let report = client.attempt(request).await;
    let said = serde_json::json!({
        "url": url,
        "status": report.response.map(|response| response.status),
        "error_text": report.error_text,
        "shortage": report.shortage.map(|shortage| shortage.to_string()),
        "ip": report.resolved_ip,
        "latency_ms": report.latency_ms,
    });
    println!("{said}");
}
