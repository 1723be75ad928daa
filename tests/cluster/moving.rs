//! An outbox moves from its file into a database: everything is there as it was, is delivered from there once and in order, and the
//! file is used no more. A move that is killed at any moment goes on where it was.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use hookbridge_core::config::Delivery;
use hookbridge_core::model::retry_schedule::RetrySchedule;
use hookbridge_core::model::timestamp::Timestamp;
use hookbridge_core::{Config, Engine, ErrorCode};
use serde_json::{Value, json};

use super::receiver::{self, Receiver, answer, call};
use super::server::Server;
use super::session::Session;
use super::{address, arrived, database, open, sidecar};

const PATIENCE: Duration = Duration::from_secs(10);

fn moving(file: &Path, database: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(sidecar::command());
    command.arg("move").args([file, database]).args(more).stdin(Stdio::null());
    command
}

fn ended(output: &Output) -> Result<Value, String> {
    match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn moved(file: &Path, database: &Path, more: &[&str]) -> Result<Value, String> {
    ended(&moving(file, database, &[&["--json"], more].concat()).output().unwrap())
}

/// A retry is due in an hour.
fn config(folder: &Path, delivery: Delivery) -> Config {
    let retry_schedule = RetrySchedule::uniform(vec![Duration::from_secs(3_600)]);
    Config { delivery, retry_schedule, ..receiver::config(folder) }
}

fn id(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap().to_owned()
}

/// What the test sends, by what it is for.
struct Filled {
    messages: Vec<String>,
    paused: String,
    in_order: Vec<String>,
    keyed: String,
}

/// Fills a file with a message in each state.
fn fill(folder: &Path, receiver: &Receiver) -> Filled {
    let engine = Engine::open(config(folder, Delivery::Auto)).unwrap();
    let endpoint = |path: &str, more: Value| {
        let mut request = json!({ "url": receiver.url(path) });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        id(&call(&engine, "endpoints.create", request), "id")
    };
    let of_tenant = |more: Value| {
        let mut fields = json!({"tenant": "acme", "event_types": ["order.*"], "headers": {"X-A": "ü"}});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    let good = endpoint("/good", of_tenant(json!({"description": "gut"})));
    endpoint("/filtered", of_tenant(json!({"filter": [{"pointer": "/n", "greater": 5}]})));
    let bad = endpoint("/bad", json!({}));
    let dead = endpoint("/bad", json!({"max_attempts": 1, "on_failure": "halt"}));
    let paused = endpoint("/paused", of_tenant(json!({"rate_limit_rps": 1000})));
    let gone = endpoint("/good", json!({}));
    call(&engine, "endpoints.pause", json!({ "endpoint_id": paused }));
    call(
        &engine,
        "event_types.create",
        json!({"name": "order.created", "description": "an order", "schema": {"type": "object"}}),
    );
    call(&engine, "api_keys.create", json!({"label": "one", "scope": "send"}));
    call(&engine, "signing_keys.create", json!({ "endpoint_id": good }));

    let mut messages = Vec::new();
    let mut send = |endpoint: &str, more: Value| {
        let mut request = json!({"endpoint_id": endpoint, "payload": {"text": "grüße"}});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let sent = id(&call(&engine, "messages.send", request), "message_id");
        messages.push(sent.clone());
        sent
    };
    let delivered = send(&good, json!({"headers": {"X-B": "b"}, "idempotency_key": "delivered"}));
    let retried = send(&bad, json!({}));
    let given_up = send(&dead, json!({}));
    let halting = send(&dead, json!({"ordering_key": "halted"}));
    send(&dead, json!({"ordering_key": "halted", "payload": 2}));
    let deleted = send(&gone, json!({}));
    let in_order: Vec<String> =
        (0..20).map(|n| send(&paused, json!({"ordering_key": "o", "payload": n}))).collect();
    let later = Timestamp::now().plus(Duration::from_secs(3_600));
    send(&good, json!({"deliver_at": later, "expires_at": later.plus(Duration::from_secs(60))}));
    send(&paused, json!({"ordering_key": "scheduled", "deliver_at": later}));
    let expired = send(&paused, json!({"expires_at": Timestamp::now().plus(Duration::from_millis(1_200))}));
    let keyed = send(&paused, json!({"idempotency_key": "k", "retention_hours": 5, "payload": "keyed"}));
    let mut of_events = Vec::new();
    for n in [1, 10] {
        let sent = call(
            &engine,
            "events.send",
            json!({"type": "order.created", "tenant": "acme", "payload": {"n": n}, "idempotency_key": format!("event-{n}")}),
        );
        let list = sent["messages"].as_array().unwrap();
        assert_eq!(list.len(), if n > 5 { 3 } else { 2 });
        let ids = |of: &dyn Fn(&&Value) -> bool| {
            list.iter().filter(of).map(|one| id(one, "message_id")).collect::<Vec<_>>()
        };
        messages.extend(ids(&|_| true));
        of_events.extend(ids(&|one| one["endpoint_id"] != paused));
    }
    call(&engine, "events.send", json!({"type": "nobody.wants", "payload": 1}));
    receiver::wait_for_status(&engine, &delivered, "succeeded");
    receiver::wait_for_status(&engine, &deleted, "succeeded");
    receiver::wait_for_status(&engine, &retried, "pending_retry");
    for message in [&given_up, &halting, &expired] {
        receiver::wait_for_status(&engine, message, "failed_permanent");
    }
    call(&engine, "messages.delete", json!({ "message_id": deleted }));
    call(&engine, "endpoints.delete", json!({ "endpoint_id": gone }));
    for message in &of_events {
        receiver::wait_for_status(&engine, message, "succeeded");
    }
    engine.close(PATIENCE).unwrap();
    Filled { messages, paused, in_order, keyed }
}

/// What both sides are asked.
fn answers(engine: &Engine, filled: &Filled) -> Vec<(String, Value)> {
    let mut answers = Vec::new();
    let mut ask = |operation: &str, request: Value| {
        let answer = engine.call(operation, &request.to_string());
        let answer = answer
            .map_or_else(|error| json!(error.code().name()), |answer| serde_json::from_str(&answer).unwrap());
        let compared = match operation {
            "metrics.get" => json!([answer["total_messages"], answer["success_rate"]]),
            // Its sentences speak of a file or of a database.
            "messages.explain" => {
                let reasons = answer["reasons"].as_array().cloned().unwrap_or_default();
                let causes: Vec<Value> = reasons
                    .iter()
                    .map(|one| json!([one["cause"], one["count"], one["message_id"]]))
                    .collect();
                json!([answer["progress"], answer["changes_at"], causes])
            }
            _ => answer.get("data").cloned().unwrap_or_else(|| answer.clone()),
        };
        answers.push((format!("{operation} {request}"), compared));
        answer
    };
    let endpoints = ask("endpoints.list", json!({}));
    for endpoint in endpoints["data"].as_array().unwrap() {
        ask("signing_keys.list", json!({"endpoint_id": endpoint["id"]}));
    }
    ask("api_keys.list", json!({}));
    ask("event_types.list", json!({}));
    ask("logs.list", json!({"limit": 100}));
    ask("dead_letters.list", json!({"limit": 100}));
    ask("metrics.get", json!({"window": "24h"}));
    let events = ask("events.list", json!({}));
    for event in events["data"].as_array().unwrap() {
        ask("events.get", json!({"event_id": event["id"]}));
    }
    for message in &filled.messages {
        for operation in ["messages.get", "messages.attempts", "messages.payload", "messages.explain"] {
            ask(operation, json!({ "message_id": message }));
        }
    }
    answers
}

#[test]
fn an_outbox_moves_from_its_file_into_a_database_as_it_is() {
    let receiver = Receiver::start(|delivery, _| answer(if delivery.path == "/bad" { 500 } else { 200 }));
    let (server, folder, copy) =
        (Server::start(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = folder.path().join("outbox.db");
    let bare = address(&server, "postgres");
    let filled = fill(folder.path(), &receiver);
    assert!(moved(&file, &bare, &[]).unwrap_err().contains("hookbridge migrate"));
    let database = database(&server);
    let user = Engine::open(config(folder.path(), Delivery::Off)).unwrap();
    receiver::message(&user, &filled.keyed);
    let looked = moved(&file, &database, &["--dry-run"]).unwrap();
    assert!(moved(&file, &database, &[]).unwrap_err().contains("open in another process"));
    user.close(PATIENCE).unwrap();
    std::fs::copy(&file, copy.path().join("outbox.db")).unwrap();

    let done = moved(&file, &database, &[]).unwrap();
    let rows = |answer: &Value, table: &str| {
        let tables = answer["tables"].as_array().unwrap();
        tables.iter().find(|one| one["table"] == table).unwrap()["rows"].as_u64().unwrap()
    };
    for table in [
        "endpoints",
        "messages",
        "payloads",
        "attempts",
        "waiting",
        "ordered",
        "dead_letters",
        "keys",
        "event_keys",
    ] {
        assert!(
            rows(&done, table) > 0 && rows(&done, table) == rows(&looked, table),
            "{table}: {looked} {done}"
        );
    }
    let Err(refused) = Engine::open(config(folder.path(), Delivery::Auto)) else {
        panic!("the file is used")
    };
    assert_eq!(refused.code(), ErrorCode::InvalidConfiguration);
    assert!(refused.message().contains("this outbox has moved to postgresql://"), "{refused}");
    assert!(moved(&file, &database, &[]).is_ok(), "a move that has ended is one that is done");
    assert!(moved(&copy.path().join("outbox.db"), &database, &[]).unwrap_err().contains("has data already"));

    let (before, after) =
        (Engine::open(config(copy.path(), Delivery::Off)).unwrap(), open(&database, Delivery::Off));
    for ((question, here), (_, there)) in answers(&before, &filled).into_iter().zip(answers(&after, &filled))
    {
        assert_eq!(here, there, "{question}");
    }
    before.close(PATIENCE).unwrap();

    // It goes on there.
    let again = json!({"endpoint_id": filled.paused, "idempotency_key": "k", "payload": "keyed"});
    assert_eq!(call(&after, "messages.send", again)["message_id"], json!(filled.keyed));
    let last = id(
        &call(
            &after,
            "messages.send",
            json!({"endpoint_id": filled.paused, "ordering_key": "o", "payload": "last"}),
        ),
        "message_id",
    );
    let so_far = arrived(&receiver);
    call(&after, "endpoints.resume", json!({ "endpoint_id": filled.paused }));
    let deliverer = open(&database, Delivery::Auto);
    receiver::wait_for_status(&after, &last, "succeeded");
    receiver::wait_for_status(&after, &filled.keyed, "succeeded");
    let deliveries = receiver.deliveries();
    let order: Vec<&str> = deliveries
        .iter()
        .map(|one| one.message_id())
        .filter(|id| filled.in_order.iter().any(|known| known == id) || *id == last)
        .collect();
    let wanted: Vec<&str> = filled.in_order.iter().chain([&last]).map(String::as_str).collect();
    assert_eq!(order, wanted, "each once, in order");
    let twice = arrived(&receiver).into_iter().filter(|(_, count)| *count > 1).collect::<Vec<_>>();
    assert!(twice.is_empty(), "{twice:?}");
    assert!(so_far.keys().all(|id| !filled.in_order.contains(id)));
    deliverer.close(PATIENCE).unwrap();
    after.close(PATIENCE).unwrap();
}

#[test]
fn a_move_that_is_killed_goes_on_and_ends_with_each_row_once() {
    const MESSAGES: usize = 3_000;
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let database = database(&server);
    let file = folder.path().join("outbox.db");
    let engine = Engine::open(config(folder.path(), Delivery::Off)).unwrap();
    let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    for _ in 0..MESSAGES / 500 {
        let one = json!({"endpoint_id": endpoint, "payload": "x".repeat(500)});
        call(&engine, "messages.send_batch", json!({"messages": vec![one; 500]}));
    }
    engine.close(PATIENCE).unwrap();
    // Within a transaction the sessions look as they did at first: another one looks.
    let [session, onlooker] = [0; 2].map(|_| Session::start(&server, "postgres"));
    for table in ["endpoints", "messages", "payloads", "waiting"] {
        // Its rows are waited for: the kill comes with those of the tables before it committed.
        session.run(&format!("BEGIN; LOCK TABLE hookbridge.{table} IN SHARE ROW EXCLUSIVE MODE")).unwrap();
        let mut child =
            moving(&file, &database, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        onlooker.see_waiting(1);
        child.kill().unwrap();
        child.wait().unwrap();
        session.run("ROLLBACK").unwrap();
        onlooker.see_waiting(0);
        let early = Config { database: database.clone(), ..config(folder.path(), Delivery::Off) };
        let Err(refused) = Engine::open(early) else { panic!("half an outbox is used") };
        assert!(refused.message().contains("hookbridge move"), "{refused}");
    }
    let done = moved(&file, &database, &[]).unwrap();
    assert_eq!(done["moved"], true);
    let counted = "SELECT count(*), count(DISTINCT id), (SELECT count(*) FROM hookbridge.waiting), (SELECT count(*) FROM hookbridge.payloads)
        FROM hookbridge.messages;";
    let all = format!("{MESSAGES}|{MESSAGES}|{MESSAGES}|{MESSAGES}");
    assert_eq!(server.sql("postgres", counted).unwrap(), all);
}
