//! Exports: what is in the file, who writes it, and what becomes of it.

use std::time::{Duration, Instant};

use hookbridge_core::config::Delivery;
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{Config, Engine, ErrorCode};
use serde_json::{Value, json};
use tempfile::TempDir;

fn engine(folder: &TempDir, delivery: Delivery) -> Engine {
    Engine::open(Config {
        database: folder.path().join("outbox.db"),
        delivery,
        allow_local_endpoints: true,
        verify_dns: false,
        ..Config::default()
    })
    .unwrap()
}

fn call(engine: &Engine, operation: &str, request: Value) -> Value {
    serde_json::from_str(&engine.call(operation, &request.to_string()).unwrap()).unwrap()
}

fn code(engine: &Engine, operation: &str, request: Value) -> ErrorCode {
    engine.call(operation, &request.to_string()).unwrap_err().code()
}

fn endpoint(engine: &Engine, path: &str) -> String {
    let url = format!("http://127.0.0.1:9/{path}");
    call(engine, "endpoints.create", json!({"url": url}))["id"].as_str().unwrap().to_owned()
}

fn send(engine: &Engine, endpoint: &str, key: &str) -> String {
    let request = SendRequest::new(endpoint, br#"{"a": "\u00fc"}"#.to_vec()).unwrap();
    let request = SendRequest { idempotency_key: Some(key.to_owned()), ..request };
    engine.send(request).unwrap().message_id.to_string()
}

const ALL: (&str, &str) = ("2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z");

fn create(engine: &Engine, more: Value) -> Value {
    let mut request = json!({"start_time": ALL.0, "end_time": ALL.1});
    for (name, value) in more.as_object().unwrap() {
        request[name] = value.clone();
    }
    call(engine, "exports.create", request)
}

/// Waits for the end of an export.
fn ended(engine: &Engine, export: &Value) -> Value {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let found = call(engine, "exports.get", json!({"export_id": export["id"]}));
        if found["completed_at"].is_string() {
            return found;
        }
        assert!(Instant::now() < deadline, "{found}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn content(engine: &Engine, export: &Value) -> Vec<csv::StringRecord> {
    let mut file = Vec::new();
    let written = engine.download_export(export["id"].as_str().unwrap(), &mut file).unwrap();
    assert_eq!(written, file.len() as u64);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file.as_slice());
    reader.records().map(Result::unwrap).collect()
}

#[test]
fn a_file_has_the_contract_s_columns_and_the_messages_of_its_filter() {
    let folder = TempDir::new().unwrap();
    let engine = engine(&folder, Delivery::Off);
    let (one, other) = (endpoint(&engine, "a,\"b\"?x=\u{fc}"), endpoint(&engine, "other"));
    let ids: Vec<String> = (0..3).map(|number| send(&engine, &one, &format!("key-{number}"))).collect();
    send(&engine, &other, "elsewhere");

    let export = create(&engine, json!({"endpoint_id": one, "status": "queued"}));
    assert_eq!(export["project_id"], "proj_default");
    assert_eq!(export["filter_status"], "queued");
    let dashed = export["filter_endpoint_id"].as_str().unwrap();
    assert_eq!(format!("ep_{}", dashed.replace('-', "")), one);

    let export = ended(&engine, &export);
    assert_eq!((&export["status"], &export["row_count"]), (&json!("completed"), &json!(3)), "{export}");
    let lines = content(&engine, &export);
    let header = "message_id,endpoint_id,endpoint_url,status,attempt_count,created_at,delivered_at,response_status,\
        response_latency_ms,last_error,idempotency_key,payload_sha256,size_bytes";
    assert_eq!(lines[0].iter().collect::<Vec<_>>().join(","), header);
    for (line, (number, id)) in lines[1..].iter().zip(ids.iter().enumerate()) {
        let message = call(&engine, "messages.get", json!({"message_id": id}));
        assert_eq!(&line[0], id);
        assert_eq!(&line[1], one);
        assert!(line[2].starts_with("http://127.0.0.1:9/a"), "{}", &line[2]);
        assert_eq!((&line[3], &line[4]), ("queued", "0"));
        assert_eq!(&line[5], message["created_at"].as_str().unwrap());
        assert_eq!(&line[10], format!("key-{number}"));
        assert_eq!(&line[11], message["payload_sha256"].as_str().unwrap());
        assert_eq!(&line[12], message["size_bytes"].to_string());
    }
    let size = export["file_size_bytes"].as_u64().unwrap();
    let mut file = Vec::new();
    assert_eq!(engine.download_export(export["id"].as_str().unwrap(), &mut file).unwrap(), size);

    let none = create(&engine, json!({"end_time": "2020-01-02T00:00:00Z"}));
    let none = ended(&engine, &none);
    assert_eq!((&none["row_count"], content(&engine, &none).len()), (&json!(0), 1));
    let listed = call(&engine, "exports.list", json!({}));
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    assert_eq!(listed["data"][0]["id"], none["id"], "newest first");

    // Other processes cannot know which attempts are under way, so a file has no such message.
    let delivering = create(&engine, json!({"status": "delivering"}));
    assert_eq!(delivering["filter_status"], "delivering");
    assert_eq!(ended(&engine, &delivering)["row_count"], json!(0));
}

#[test]
fn more_than_one_page_is_written_whole() {
    let folder = TempDir::new().unwrap();
    let engine = engine(&folder, Delivery::Off);
    let one = endpoint(&engine, "");
    for _ in 0..3 {
        let batch = (0..900).map(|number| SendRequest::new(&*one, number.to_string().into_bytes()).unwrap());
        assert!(engine.send_batch(batch.collect()).unwrap().iter().all(Result::is_ok));
    }
    let export = ended(&engine, &create(&engine, json!({})));
    assert_eq!(export["row_count"], 2700);
    let lines = content(&engine, &export);
    let ids: std::collections::HashSet<&str> = lines[1..].iter().map(|line| &line[0]).collect();
    assert_eq!(ids.len(), 2700);
}

#[test]
fn what_is_wrong_is_refused() {
    let folder = TempDir::new().unwrap();
    let engine = engine(&folder, Delivery::Off);
    for request in [
        json!({}),
        json!({"start_time": ALL.0}),
        json!({"start_time": ALL.1, "end_time": ALL.0}),
        json!({"start_time": ALL.0, "end_time": ALL.0}),
        json!({"start_time": "yesterday", "end_time": ALL.1}),
        json!({"start_time": ALL.0, "end_time": ALL.1, "status": "lost"}),
        json!({"start_time": ALL.0, "end_time": ALL.1, "direction": "inbound"}),
    ] {
        assert_eq!(code(&engine, "exports.create", request.clone()), ErrorCode::InvalidRequest, "{request}");
    }
    let request = json!({"start_time": ALL.0, "end_time": ALL.1, "endpoint_id": "nonsense"});
    assert_eq!(code(&engine, "exports.create", request), ErrorCode::EndpointNotFound);
    for operation in ["exports.get", "exports.download", "exports.delete"] {
        for id in ["nonsense", "0192a3b4-c5d6-7e8f-9012-345678901234"] {
            assert_eq!(code(&engine, operation, json!({"export_id": id})), ErrorCode::NotFound);
        }
    }
}

#[test]
fn a_deleted_export_is_gone_with_its_file() {
    let folder = TempDir::new().unwrap();
    let engine = engine(&folder, Delivery::Off);
    let export = ended(&engine, &create(&engine, json!({})));
    let link = call(&engine, "exports.download", json!({"export_id": export["id"]}));
    let path = link["download_url"].as_str().unwrap().strip_prefix("file://").unwrap();
    assert!(std::path::Path::new(path).exists(), "{path}");
    call(&engine, "exports.delete", json!({"export_id": export["id"]}));
    assert!(!std::path::Path::new(path).exists());
    assert_eq!(code(&engine, "exports.download", json!({"export_id": export["id"]})), ErrorCode::NotFound);
}

#[test]
fn what_a_dead_process_left_is_written_by_the_next_that_delivers() {
    let folder = TempDir::new().unwrap();
    let first = engine(&folder, Delivery::Off);
    let one = endpoint(&first, "");
    send(&first, &one, "k");
    let export = ended(&first, &create(&first, json!({})));
    first.close(Duration::from_secs(5)).unwrap();
    // As a process leaves it that is killed while it writes: the row says so, and half a file lies there.
    let database = folder.path().join("outbox.db");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection
        .execute("UPDATE hookbridge_exports SET status = 1, completed_at = NULL, expires_at = NULL, row_count = NULL", [])
        .unwrap();
    drop(connection);
    let files = folder.path().join("outbox.db-exports");
    let name = export["id"].as_str().unwrap();
    std::fs::remove_file(files.join(format!("{name}.csv"))).unwrap();
    std::fs::write(files.join(format!("{name}.part")), "message_id,half a").unwrap();

    let next = engine(&folder, Delivery::Auto);
    call(&next, "stats", json!({}));
    let export = ended(&next, &export);
    assert_eq!((&export["status"], &export["row_count"]), (&json!("completed"), &json!(1)));
    assert_eq!(content(&next, &export).len(), 2);
    assert!(!files.join(format!("{name}.part")).exists());
}

#[test]
fn a_file_that_cannot_be_written_is_a_failed_export() {
    let folder = TempDir::new().unwrap();
    let engine = engine(&folder, Delivery::Off);
    let files = folder.path().join("outbox.db-exports");
    let one = endpoint(&engine, "");
    send(&engine, &one, "k");
    std::fs::create_dir(&files).unwrap();
    let export = create(&engine, json!({}));
    // Whichever comes first: a folder stands where the file would be named.
    let name = export["id"].as_str().unwrap();
    let _ = std::fs::create_dir(files.join(format!("{name}.csv")));
    let export = ended(&engine, &export);
    if export["status"] == "failed" {
        assert!(export["error_message"].as_str().unwrap().len() > 3, "{export}");
        let asked = json!({"export_id": name});
        assert_eq!(code(&engine, "exports.download", asked), ErrorCode::ExportNotReady);
    }
}

#[test]
fn a_link_is_good_without_a_key_and_only_as_it_was_given() {
    let folder = TempDir::new().unwrap();
    let engine = engine(&folder, Delivery::Off);
    let export = ended(&engine, &create(&engine, json!({})));
    let id = export["id"].as_str().unwrap();
    let link = call(&engine, "exports.download", json!({"export_id": id}));
    let link = link["signed_path"].as_str().unwrap();
    let (expires, signature) = link.split_once("expires=").unwrap().1.split_once("&signature=").unwrap();
    let expires: i64 = expires.parse().unwrap();
    assert_eq!(
        engine.open_export(id, expires, signature).unwrap().length(),
        export["file_size_bytes"].as_u64().unwrap()
    );
    let refused =
        |id: &str, expires, signature: &str| engine.open_export(id, expires, signature).unwrap_err().code();
    assert_eq!(refused(id, expires + 1, signature), ErrorCode::Unauthorized);
    assert_eq!(refused(id, expires, &signature.replace(&signature[..1], "g")), ErrorCode::Unauthorized);
    assert_eq!(refused("0192a3b4-c5d6-7e8f-9012-345678901234", expires, signature), ErrorCode::Unauthorized);
    assert_eq!(refused("nonsense", expires, signature), ErrorCode::NotFound);
}

#[test]
fn an_export_is_over_after_its_time() {
    let folder = TempDir::new().unwrap();
    let first = engine(&folder, Delivery::Off);
    let export = ended(&first, &create(&first, json!({})));
    first.close(Duration::from_secs(5)).unwrap();
    let connection = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    connection.execute("UPDATE hookbridge_exports SET expires_at = 1", []).unwrap();
    drop(connection);
    let next = engine(&folder, Delivery::Off);
    let id = json!({"export_id": export["id"]});
    assert_eq!(call(&next, "exports.get", id.clone())["status"], "expired");
    assert_eq!(code(&next, "exports.download", id), ErrorCode::ExportExpired);
}

/// An outbox with many messages, made by SQL.
fn full(folder: &TempDir, config: impl FnOnce(Config) -> Config) -> Engine {
    let opened = engine(folder, Delivery::Off);
    let endpoint = endpoint(&opened, "many");
    send(&opened, &endpoint, "first");
    opened.close(Duration::from_secs(10)).unwrap();
    let file = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    let many = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 12000)
        INSERT INTO hookbridge_messages
            (id, endpoint_seq, status, size_bytes, payload_sha256, created_at, updated_at)
        SELECT randomblob(16), 1, 2, 1, zeroblob(32), m.created_at, m.updated_at
        FROM n, (SELECT * FROM hookbridge_messages LIMIT 1) m";
    file.execute(many, []).unwrap();
    file.close().unwrap();
    Engine::open(config(Config {
        database: folder.path().join("outbox.db"),
        delivery: Delivery::Off,
        allow_local_endpoints: true,
        verify_dns: false,
        ..Config::default()
    }))
    .unwrap()
}

#[test]
fn two_are_written_at_a_time_and_all_in_the_end() {
    let folder = TempDir::new().unwrap();
    let engine = full(&folder, |config| config);
    let all: Vec<Value> = (0..8).map(|_| create(&engine, json!({}))).collect();
    let deadline = Instant::now() + Duration::from_secs(120);
    let mut most = 0;
    loop {
        let list = call(&engine, "exports.list", json!({}))["data"].clone();
        let with = |status: &str| {
            list.as_array().unwrap().iter().filter(|export| export["status"] == status).count()
        };
        most = most.max(with("processing"));
        if with("completed") == all.len() {
            break;
        }
        assert!(Instant::now() < deadline, "{list}");
    }
    assert!((1..=2).contains(&most), "{most} were written at once");
}

#[test]
fn there_is_a_bound_on_exports_and_on_their_bytes() {
    let folder = TempDir::new().unwrap();
    let engine = full(&folder, |config| Config { max_exports: 3, max_export_bytes: 3 << 20, ..config });
    let first = create(&engine, json!({}));
    assert_eq!(ended(&engine, &first)["status"], "completed");
    // The files together would be too large.
    let second = ended(&engine, &create(&engine, json!({})));
    assert_eq!(second["status"], "failed");
    assert!(second["error_message"].as_str().unwrap().contains("max_export_bytes"), "{second}");
    // What failed counts no more, and what is empty has room.
    let never = json!({"status": "failed_permanent"});
    for _ in 0..2 {
        assert_eq!(ended(&engine, &create(&engine, never.clone()))["status"], "completed");
    }
    let request = json!({"start_time": ALL.0, "end_time": ALL.1});
    let error = engine.call("exports.create", &request.to_string()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::RateLimitExceeded);
    assert!(error.message().contains("max_exports"), "{error}");
    call(&engine, "exports.delete", json!({"export_id": first["id"]}));
    assert_eq!(ended(&engine, &create(&engine, json!({})))["status"], "completed");
}
