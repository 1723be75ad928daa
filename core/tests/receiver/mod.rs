//! A real HTTP receiver on loopback whose answers a test scripts, and an engine to send to it.
#![allow(dead_code)]

pub mod misbehaving;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookbridge_core::config::Config;
use hookbridge_core::engine::Engine;
use hookbridge_core::model::retry_schedule::RetrySchedule;
use hookbridge_core::operations::messages::SendRequest;
use serde_json::{Value, json};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub at: Instant,
    /// The number of the connection that it came on, in the order in which they were made.
    pub connection: usize,
    /// The status that it got.
    pub answered: u16,
}

impl Delivery {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub fn message_id(&self) -> &str {
        self.header("X-Webhook-Id").unwrap_or_default()
    }
}

/// What the receiver does with a request.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub delay: Duration,
}

pub fn answer(status: u16) -> Answer {
    Answer { status, headers: Vec::new(), delay: Duration::ZERO }
}

type Script = dyn Fn(&Delivery, usize) -> Answer + Send + Sync;

pub struct Receiver {
    pub address: SocketAddr,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
    /// Who connected, in order.
    peers: Arc<Mutex<Vec<SocketAddr>>>,
}

impl Receiver {
    /// `script` sees a request and how many came before it.
    pub fn start(script: impl Fn(&Delivery, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let deliveries: Arc<Mutex<Vec<Delivery>>> = Arc::default();
        let peers: Arc<Mutex<Vec<SocketAddr>>> = Arc::default();
        let (script, kept): (Arc<Script>, _) = (Arc::new(script), deliveries.clone());
        let met = peers.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, kept) = (script.clone(), kept.clone());
                let Ok(peer) = stream.peer_addr() else { continue };
                let mut met = met.lock().unwrap();
                met.push(peer);
                let number = met.len() - 1;
                std::thread::spawn(move || serve(stream, number, &*script, &kept));
            }
        });
        Self { address, deliveries, peers }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries.lock().unwrap().clone()
    }

    /// The number of a connection of its own: those made before have lower ones, those made from now on higher.
    pub fn mark(&self) -> usize {
        // An older one may have had the same port.
        let before = self.peers.lock().unwrap().len();
        let stream = TcpStream::connect(self.address).unwrap();
        let own = stream.local_addr().unwrap();
        let mut number = None;
        eventually("the mark to be met", || {
            let peers = self.peers.lock().unwrap();
            number = (before..peers.len()).find(|number| peers[*number] == own);
            number.is_some()
        });
        number.unwrap()
    }

    pub fn count(&self) -> usize {
        self.deliveries.lock().unwrap().len()
    }
}

fn serve(stream: TcpStream, connection: usize, script: &Script, kept: &Mutex<Vec<Delivery>>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let path = line.split(' ').nth(1)?.to_owned();
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.push((name.to_owned(), value.to_owned()));
        }
        let length =
            headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?.1.parse().ok()?;
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let delivery = Delivery { path, headers, body, at: Instant::now(), connection, answered: 0 };
        let before = {
            let mut kept = kept.lock().unwrap();
            kept.push(delivery.clone());
            kept.len() - 1
        };
        let answer = script(&delivery, before);
        kept.lock().unwrap()[before].answered = answer.status;
        std::thread::sleep(answer.delay);
        let mut text = format!("HTTP/1.1 {} x\r\ncontent-length: 2\r\n", answer.status);
        for (name, value) in answer.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\nok");
        writer.write_all(text.as_bytes()).ok()?;
    }
}

/// Settings for loopback, with retries after 50 ms.
pub fn config(folder: &Path) -> Config {
    Config {
        database: folder.join("outbox.db"),
        allow_local_endpoints: true,
        verify_dns: false,
        retry_schedule: RetrySchedule::uniform(vec![Duration::from_millis(50)]),
        request_timeout: Duration::from_secs(5),
        ..Config::default()
    }
}

pub fn engine(folder: &Path) -> Engine {
    Engine::open(config(folder)).unwrap()
}

pub fn call(engine: &Engine, operation: &str, request: Value) -> Value {
    let answer =
        engine.call(operation, &request.to_string()).unwrap_or_else(|error| panic!("{operation}: {error}"));
    serde_json::from_str(&answer).unwrap()
}

/// The code that an operation is refused with.
pub fn refusal(engine: &Engine, operation: &str, request: Value) -> String {
    match engine.call(operation, &request.to_string()) {
        Ok(answer) => panic!("{operation} answered {answer}"),
        Err(error) => error.code().name().to_owned(),
    }
}

pub fn endpoint(engine: &Engine, url: &str) -> String {
    call(engine, "endpoints.create", json!({ "url": url }))["id"].as_str().unwrap().to_owned()
}

pub fn send(engine: &Engine, endpoint: &str, payload: &str) -> String {
    let request = SendRequest::new(endpoint, payload.as_bytes().to_vec()).unwrap();
    engine.send(request).unwrap().message_id.to_string()
}

pub fn message(engine: &Engine, id: &str) -> Value {
    call(engine, "messages.get", json!({ "message_id": id }))
}

/// Waits for something that will come about; the limit only ends a test that has failed already.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub fn wait_for_status(engine: &Engine, id: &str, status: &str) -> Value {
    eventually(&format!("{id} to be {status}"), || message(engine, id)["status"] == status);
    message(engine, id)
}
