//! A receiver that answers as it is told and remembers what it got.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::scenario::Answer;

/// A request's body is not read beyond this.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// What arrived: the request, and its headers with names in lower case.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub path: String,
    pub headers: Map<String, Value>,
    pub body: Vec<u8>,
}

impl Delivery {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// For a pattern.
    pub fn value(&self) -> Value {
        json!({
            "message": self.header("x-webhook-id"),
            "attempt": self.header("x-webhook-attempt"),
            "path": self.path,
            "headers": self.headers,
            "body": String::from_utf8_lossy(&self.body),
            "body_base64": STANDARD.encode(&self.body),
        })
    }
}

#[derive(Default)]
struct State {
    answers: Vec<Answer>,
    answered: usize,
    deliveries: Vec<Delivery>,
}

#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Receiver {
    pub fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let receiver = Self { url, state: Arc::default() };
        let served = receiver.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let receiver = served.clone();
                // A connection that breaks is the sender's doing: it is killed now and then.
                std::thread::spawn(move || receiver.serve(&stream).ok());
            }
        });
        Ok(receiver)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers so from now on; the last answer goes on for ever.
    pub fn answer(&self, answers: &[Answer]) {
        let mut state = self.state();
        state.answers = answers.to_vec();
        state.answered = 0;
    }

    pub fn deliveries(&self) -> Vec<Delivery> {
        self.state().deliveries.clone()
    }

    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        let mut writer = stream;
        while let Some(delivery) = read(&mut reader)? {
            let answer = {
                let mut state = self.state();
                state.deliveries.push(delivery);
                let index = state.answered.min(state.answers.len().saturating_sub(1));
                state.answered += 1;
                state.answers.get(index).cloned()
            };
            let answer = answer.unwrap_or(Answer {
                status: 200,
                headers: Map::new(),
                body: String::new(),
                json: None,
                delay_ms: 0,
                hang_up: false,
            });
            std::thread::sleep(Duration::from_millis(answer.delay_ms));
            if answer.hang_up {
                return stream.shutdown(std::net::Shutdown::Both);
            }
            let body = answer.json.map_or(answer.body, |value| value.to_string());
            let mut head = format!("HTTP/1.1 {} x\r\ncontent-length: {}\r\n", answer.status, body.len());
            for (name, value) in &answer.headers {
                head.push_str(&format!("{name}: {}\r\n", value.as_str().unwrap_or_default()));
            }
            writer.write_all(format!("{head}\r\n{body}").as_bytes())?;
        }
        Ok(())
    }
}

fn read(reader: &mut impl BufRead) -> std::io::Result<Option<Delivery>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Map::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), json!(value.trim()));
    }
    let length = headers.get("content-length").and_then(Value::as_str).and_then(|text| text.parse().ok());
    let mut body = vec![0; length.unwrap_or(0).min(MOST_BYTES)];
    reader.read_exact(&mut body)?;
    Ok(Some(Delivery { path, headers, body }))
}
