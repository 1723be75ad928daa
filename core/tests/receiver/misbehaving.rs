//! Receivers that misbehave, and an engine that has little patience with them.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hookbridge_core::{Config, Engine};
use serde_json::{Value, json};

use super::{call, config, endpoint, eventually, message, send};

/// A listener that does with each connection what `serve` does.
pub fn raw(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            std::thread::spawn(move || serve(stream));
        }
    });
    url
}

pub fn read_request(stream: &mut TcpStream) {
    let _ = stream.read(&mut [0; 4096]);
}

pub fn impatient(folder: &Path, ca_file: Option<&Path>) -> Engine {
    Engine::open(Config {
        request_timeout: Duration::from_millis(700),
        connect_timeout: Duration::from_millis(500),
        max_attempts: 1,
        ca_file: ca_file.map(Path::to_owned),
        ..config(folder)
    })
    .unwrap()
}

/// Sends one message and answers its only attempt.
pub fn only_attempt(engine: &Engine, url: &str) -> Value {
    let id = send(engine, &endpoint(engine, url), r#"{"secret":"payload"}"#);
    eventually("the end", || {
        let status = message(engine, &id)["status"].clone();
        status == "failed_permanent" || status == "succeeded"
    });
    let attempts = call(engine, "messages.attempts", json!({ "message_id": id }));
    assert_eq!(attempts["data"].as_array().unwrap().len(), 1);
    attempts["data"][0].clone()
}
