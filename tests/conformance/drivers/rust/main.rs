//! The driver of the engine's own language. See `tests/conformance/README.md`.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbridge_core::model::header_map::HeaderMap;
use hookbridge_core::model::timestamp::Timestamp;
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{Config, Engine, Error, ErrorClass, ErrorCode, EventQueue};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// How long `close` waits where nothing is said.
const CLOSE_TIMEOUT: f64 = 5.0;

/// A method's row in `operations.json`.
#[derive(Deserialize)]
struct Row {
    method: String,
    operation: String,
}

#[derive(Deserialize)]
struct Command<'a> {
    id: u64,
    r#do: &'a str,
    #[serde(default)]
    r#as: String,
    #[serde(default)]
    on: String,
    #[serde(default)]
    method: String,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
    #[serde(default)]
    options: Value,
    #[serde(default)]
    times: u64,
    #[serde(default)]
    threads: u64,
    #[serde(default)]
    count: usize,
    #[serde(default)]
    watch: bool,
    timeout: Option<f64>,
}

struct Client {
    engine: Engine,
    events: Option<EventQueue>,
}

struct Driver {
    rows: Vec<Row>,
    clients: HashMap<String, Client>,
}

/// What a reply is made of: JSON text, since an answer's numbers must keep their digits.
type Reply = Result<String, Error>;

fn main() {
    let rows = serde_json::from_str(include_str!("../../operations.json")).expect("operations.json");
    let mut driver = Driver { rows, clients: HashMap::new() };
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("stdin");
        let command: Command<'_> = serde_json::from_str(&line).expect("a command");
        let reply = match driver.carry_out(&command) {
            Ok(answer) => format!(r#"{{"id":{},"ok":{answer}}}"#, command.id),
            Err(error) => json!({"id": command.id, "error": shown(&error)}).to_string(),
        };
        writeln!(output, "{reply}").and_then(|()| output.flush()).expect("stdout");
        if command.r#do == "exit" {
            return;
        }
    }
}

/// An error as the suite compares it. Rust has one error type: its class has the name of the bindings' types.
fn shown(error: &Error) -> Value {
    let code = error.code();
    let class = match code.class() {
        ErrorClass::Other => "HookBridgeError".to_owned(),
        class => format!("{}Error", class.name()),
    };
    json!({
        "class": class,
        "code": code.name(),
        "message": error.message(),
        "status": code.http_status(),
        "retryable": code.is_retryable(),
        "request_id": error.request_id(),
        "retry_after": error.retry_after().map(|pause| pause.as_secs_f64()),
    })
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidRequest, message.into())
}

impl Driver {
    fn carry_out(&mut self, command: &Command<'_>) -> Reply {
        match command.r#do {
            "hello" => Ok(json!({"language": "rust", "can": ["async", "request_id"]}).to_string()),
            "open" => {
                let engine = Engine::open(Config::from_json(&command.options.to_string())?)?;
                self.clients.insert(command.r#as.clone(), Client { engine, events: None });
                Ok("{}".to_owned())
            }
            "call" => self.call(command, 0),
            "async" => self.call_async(command),
            "many" => self.many(command),
            "events" => self.events(command),
            // Rust has nothing that runs at a program's end: its user calls this there.
            "exit" => {
                self.clients.values().try_for_each(|client| client.engine.finish().map(drop))?;
                Ok("{}".to_owned())
            }
            "flush" => Ok(self.client(command)?.engine.flush(timeout(command, 30.0))?.to_string()),
            "close" => {
                self.client(command)?.engine.close(timeout(command, CLOSE_TIMEOUT))?;
                Ok("{}".to_owned())
            }
            unknown => Err(wrong(format!("there is no command `{unknown}`"))),
        }
    }

    fn client(&self, command: &Command<'_>) -> Result<&Client, Error> {
        self.clients.get(&command.on).ok_or_else(|| wrong("there is no such client"))
    }

    fn call(&self, command: &Command<'_>, number: u64) -> Reply {
        let engine = &self.client(command)?.engine;
        let args = command.args.map_or("{}", RawValue::get).replace("%i", &number.to_string());
        if command.method == "send" {
            let receipt = engine.send(request(&args)?)?;
            return Ok(json!({"message_id": receipt.message_id, "status": receipt.status}).to_string());
        }
        let row = self.rows.iter().find(|row| row.method == command.method);
        let operation =
            row.map(|row| row.operation.as_str()).ok_or_else(|| wrong("there is no such method"))?;
        let args = if command.method == "send_batch" { with_payloads(&args)? } else { args };
        Ok(listed(engine.call(operation, &args)?))
    }

    /// Only `send` is asynchronous.
    fn call_async(&self, command: &Command<'_>) -> Reply {
        let engine = &self.client(command)?.engine;
        let request = request(command.args.map_or("{}", RawValue::get))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|cause| wrong(cause.to_string()))?;
        let receipt = runtime.block_on(engine.send_async(request))?;
        Ok(json!({"message_id": receipt.message_id, "status": receipt.status}).to_string())
    }

    fn many(&self, command: &Command<'_>) -> Reply {
        let threads = command.threads.max(1);
        let mut replies: Vec<(u64, String)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|worker| {
                    scope.spawn(move || {
                        let numbers = (worker..command.times).step_by(threads as usize);
                        let reply = |number| match self.call(command, number) {
                            Ok(answer) => (number, format!(r#"{{"ok":{answer}}}"#)),
                            Err(error) => (number, json!({"error": shown(&error)}).to_string()),
                        };
                        numbers.map(reply).collect::<Vec<_>>()
                    })
                })
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().expect("a worker")).collect()
        });
        replies.sort_by_key(|(number, _)| *number);
        let replies: Vec<String> = replies.into_iter().map(|(_, reply)| reply).collect();
        Ok(format!(r#"{{"results":[{}]}}"#, replies.join(",")))
    }

    fn events(&mut self, command: &Command<'_>) -> Reply {
        let client = self.clients.get_mut(&command.on).ok_or_else(|| wrong("there is no such client"))?;
        let queue = match client.events.take() {
            Some(queue) => queue,
            None if command.watch => client.engine.watch()?,
            None => client.engine.events()?,
        };
        let deadline = Instant::now() + timeout(command, 30.0);
        let mut found = Vec::new();
        while found.len() < command.count {
            match queue.next(deadline.saturating_duration_since(Instant::now()))? {
                Some(event) => found.push(json!(event)),
                None => break,
            }
        }
        client.events = Some(queue);
        Ok(Value::Array(found).to_string())
    }
}

fn timeout(command: &Command<'_>, otherwise: f64) -> Duration {
    Duration::from_secs_f64(command.timeout.unwrap_or(otherwise).clamp(0.0, 3600.0))
}

/// A send's arguments.
fn request(args: &str) -> Result<SendRequest, Error> {
    #[derive(Deserialize)]
    struct Args<'a> {
        #[serde(default)]
        endpoint_id: String,
        #[serde(borrow)]
        payload: Option<&'a RawValue>,
        payload_text: Option<String>,
        payload_base64: Option<String>,
        headers: Option<HeaderMap>,
        idempotency_key: Option<String>,
        retention_hours: Option<u32>,
        ordering_key: Option<String>,
        deliver_at: Option<Timestamp>,
        expires_at: Option<Timestamp>,
    }
    let args: Args<'_> = serde_json::from_str(args).map_err(|cause| wrong(cause.to_string()))?;
    let payload = match (args.payload, args.payload_text, args.payload_base64) {
        (Some(payload), _, _) => payload.get().as_bytes().to_vec(),
        (_, Some(text), _) => text.into_bytes(),
        (_, _, Some(coded)) => STANDARD.decode(coded).map_err(|cause| wrong(cause.to_string()))?,
        _ => Vec::new(),
    };
    Ok(SendRequest {
        headers: args.headers,
        idempotency_key: args.idempotency_key,
        retention_hours: args.retention_hours,
        ordering_key: args.ordering_key,
        deliver_at: args.deliver_at,
        expires_at: args.expires_at,
        ..SendRequest::new(args.endpoint_id, payload)?
    })
}

/// A batch whose payloads stand as they were given.
fn with_payloads(args: &str) -> Result<String, Error> {
    type Message = serde_json::Map<String, Value>;
    #[derive(Deserialize)]
    struct Args<'a> {
        #[serde(borrow)]
        messages: Vec<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Given<'a> {
        #[serde(borrow)]
        payload: Option<&'a RawValue>,
        payload_text: Option<String>,
        #[serde(flatten)]
        rest: Message,
    }
    let unfit = |cause: serde_json::Error| wrong(cause.to_string());
    let args: Args<'_> = serde_json::from_str(args).map_err(unfit)?;
    let messages = args.messages.into_iter().map(|message| {
        let Given { payload, payload_text, rest } = serde_json::from_str(message.get()).map_err(unfit)?;
        let payload = payload_text.or_else(|| payload.map(|payload| payload.get().to_owned()));
        let rest = Value::Object(rest).to_string();
        let inside = rest.trim_start_matches('{');
        let comma = if inside == "}" { "" } else { "," };
        Ok(payload.map_or(rest.clone(), |payload| format!(r#"{{"payload":{payload}{comma}{inside}"#)))
    });
    let messages = messages.collect::<Result<Vec<String>, Error>>()?;
    Ok(format!(r#"{{"messages":[{}]}}"#, messages.join(",")))
}

/// The dead letter queue calls its list `messages`, as an event does; the suite wants every list alike.
fn listed(answer: String) -> String {
    match serde_json::from_str::<Value>(&answer) {
        Ok(Value::Object(mut fields))
            if fields.contains_key("messages")
                && fields.contains_key("has_more")
                && !fields.contains_key("event_id") =>
        {
            let items = fields.remove("messages").unwrap_or_default();
            fields.insert("data".to_owned(), items);
            Value::Object(fields).to_string()
        }
        _ => answer,
    }
}
