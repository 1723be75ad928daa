//! Every legal and illegal move of a message (docs/contract.md#message-states), idempotency, deletion, and the limits of requests.

use std::time::Duration;

use crate::receiver::*;
use hookbridge_core::operations::messages::SendRequest;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);
const MOVES: [&str; 4] = ["messages.replay", "messages.retry_now", "messages.cancel", "messages.delete"];

/// A receiver that answers by path: `/ok` 200, `/slow` 503, `/fast` 429, `/no` 400, `/hold` 200 after two seconds.
fn by_path() -> Receiver {
    Receiver::start(|delivery, _| match delivery.path.as_str() {
        "/slow" => answer(503),
        "/fast" => answer(429),
        "/no" => answer(400),
        "/hold" => Answer { delay: Duration::from_secs(2), ..answer(200) },
        _ => answer(200),
    })
}

fn attempt(engine: &hookbridge_core::Engine, operation: &str, id: &str) -> Result<Value, String> {
    match engine.call(operation, &json!({ "message_id": id }).to_string()) {
        Ok(answer) => Ok(serde_json::from_str(&answer).unwrap()),
        Err(error) => Err(error.code().name().to_owned()),
    }
}

#[test]
fn each_state_allows_what_the_contract_says() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = by_path();
    let engine = hookbridge_core::Engine::open(hookbridge_core::Config {
        // Retries stay far away, so that a state lasts as long as the test looks at it.
        retry_schedule: hookbridge_core::model::retry_schedule::RetrySchedule::hookbridge(),
        ..config(folder.path())
    })
    .unwrap();
    let ok = Ok(());
    let refused = |code: &str| Err(code.to_owned());
    let table = [
        // (state, path, paused, replay, retry now, cancel)
        (
            "queued",
            "/ok",
            true,
            refused("DELIVERY_IN_PROGRESS"),
            refused("INVALID_STATUS"),
            refused("INVALID_STATUS"),
        ),
        (
            "delivering",
            "/hold",
            false,
            refused("DELIVERY_IN_PROGRESS"),
            refused("INVALID_STATUS"),
            refused("INVALID_STATUS"),
        ),
        ("pending_retry", "/slow", false, ok.clone(), ok.clone(), ok.clone()),
        ("pending_retry", "/fast", false, refused("RETRY_IN_PROGRESS"), ok.clone(), ok.clone()),
        ("succeeded", "/ok", false, ok.clone(), refused("INVALID_STATUS"), refused("INVALID_STATUS")),
        ("failed_permanent", "/no", false, ok.clone(), refused("INVALID_STATUS"), refused("INVALID_STATUS")),
    ];
    for (state, path, paused, replay, retry_now, cancel) in table {
        for (operation, wanted) in MOVES.iter().zip([replay, retry_now, cancel, Ok(())]) {
            let endpoint = endpoint(&engine, &receiver.url(path));
            if paused {
                call(&engine, "endpoints.pause", json!({ "endpoint_id": endpoint }));
            }
            let id = send(&engine, &endpoint, "{}");
            wait_for_status(&engine, &id, state);
            let got = attempt(&engine, operation, &id);
            assert_eq!(got.clone().map(drop), wanted, "{operation} of {state} {path}");
            match (*operation, got) {
                ("messages.replay", Ok(answer)) => assert_eq!(answer["status"], "queued"),
                ("messages.retry_now", Ok(answer)) => {
                    assert_eq!(answer["status"], "pending_retry");
                    assert_eq!(answer["message_id"], answer["id"]);
                    eventually("the retry", || message(&engine, &id)["attempt_count"] == 2);
                }
                ("messages.cancel", Ok(answer)) => assert_eq!(answer["status"], "failed_permanent"),
                ("messages.delete", Ok(answer)) => assert_eq!(answer["already_deleted"], false),
                _ => {}
            }
        }
    }
}

#[test]
fn a_deleted_message_is_not_attempted_and_frees_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = by_path();
    let engine = engine(folder.path());
    let endpoint = endpoint(&engine, &receiver.url("/ok"));
    call(&engine, "endpoints.pause", json!({ "endpoint_id": endpoint }));
    let request =
        |payload: &str| json!({ "endpoint_id": endpoint, "payload": payload, "idempotency_key": "order-1" });
    let first = call(&engine, "messages.send", request("a"));
    let id = first["message_id"].as_str().unwrap();
    assert_eq!(refusal(&engine, "messages.send", request("b")), "IDEMPOTENCY_MISMATCH");
    let deleted = attempt(&engine, "messages.delete", id).unwrap();
    let again = attempt(&engine, "messages.delete", id).unwrap();
    assert_eq!((&again["already_deleted"], &again["deleted_at"]), (&json!(true), &deleted["deleted_at"]));
    assert_eq!(attempt(&engine, "messages.replay", id), Err("PAYLOAD_UNAVAILABLE".to_owned()));
    let second = call(&engine, "messages.send", request("b"));
    assert_ne!(second["message_id"], first["message_id"]);
    call(&engine, "endpoints.resume", json!({ "endpoint_id": endpoint }));
    assert!(engine.flush(PATIENCE).unwrap());
    let ids: Vec<String> = receiver.deliveries().iter().map(|one| one.message_id().to_owned()).collect();
    assert_eq!(ids, [second["message_id"].as_str().unwrap()]);
    let kept = message(&engine, id);
    assert_eq!((&kept["status"], kept["deleted_at"].is_string()), (&json!("queued"), true));
}

#[test]
fn one_key_and_32_concurrent_senders_make_one_message() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = by_path();
    let engine = engine(folder.path());
    let endpoint = endpoint(&engine, &receiver.url("/ok"));
    let ids: Vec<String> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..32)
            .map(|_| {
                scope.spawn(|| {
                    let mut request = SendRequest::new(endpoint.as_str(), b"{}".to_vec()).unwrap();
                    request.idempotency_key = Some("the-one".into());
                    engine.send(request).unwrap().message_id.to_string()
                })
            })
            .collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert!(engine.flush(PATIENCE).unwrap());
    assert_eq!(receiver.count(), 1);
}

#[test]
fn a_message_is_replayed_ten_times_and_its_schedule_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = by_path();
    let engine = engine(folder.path());
    let id = send(&engine, &endpoint(&engine, &receiver.url("/ok")), "{}");
    for replay in 1..=10 {
        wait_for_status(&engine, &id, "succeeded");
        attempt(&engine, "messages.replay", &id).unwrap();
        eventually("the replay", || message(&engine, &id)["attempt_count"] == replay + 1);
    }
    wait_for_status(&engine, &id, "succeeded");
    assert_eq!(attempt(&engine, "messages.replay", &id), Err("REPLAY_LIMIT_EXCEEDED".to_owned()));
    let attempts = call(&engine, "messages.attempts", json!({ "message_id": id }));
    let numbers: Vec<u64> =
        attempts["data"].as_array().unwrap().iter().map(|one| one["attempt_no"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=11).collect::<Vec<_>>());

    let created =
        call(&engine, "endpoints.create", json!({ "url": receiver.url("/slow"), "max_attempts": 2 }));
    let dead = send(&engine, created["id"].as_str().unwrap(), "{}");
    assert_eq!(wait_for_status(&engine, &dead, "failed_permanent")["attempt_count"], 2);
    attempt(&engine, "messages.replay", &dead).unwrap();
    eventually("two more attempts", || message(&engine, &dead)["attempt_count"] == 4);
    wait_for_status(&engine, &dead, "failed_permanent");
}

#[test]
fn a_payload_with_retention_zero_is_dropped_after_delivery() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = by_path();
    let engine = engine(folder.path());
    let endpoint = endpoint(&engine, &receiver.url("/ok"));
    let request = json!({ "endpoint_id": endpoint, "payload": {}, "retention_hours": 0 });
    let sent = call(&engine, "messages.send", request);
    let id = sent["message_id"].as_str().unwrap();
    wait_for_status(&engine, id, "succeeded");
    assert_eq!(message(&engine, id)["payload_expires_at"], json!(null));
    assert_eq!(attempt(&engine, "messages.replay", id), Err("PAYLOAD_UNAVAILABLE".to_owned()));
    let too_long = json!({ "endpoint_id": endpoint, "payload": {}, "retention_hours": 721 });
    assert_eq!(refusal(&engine, "messages.send", too_long), "INVALID_REQUEST");
}

#[test]
fn endpoints_and_keys_keep_their_limits() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    let url = "http://127.0.0.1:9/hook";
    let create = |more: Value| {
        let mut request = json!({ "url": url });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    for (more, code) in [
        (json!({ "url": "ftp://example.com/" }), "INVALID_ENDPOINT"),
        (json!({ "url": "http://169.254.169.254/" }), "ENDPOINT_BLOCKED"),
        (json!({ "url": 7 }), "INVALID_REQUEST"),
        (json!({ "description": "x".repeat(501) }), "INVALID_REQUEST"),
        (json!({ "rate_limit_rps": 1001 }), "INVALID_REQUEST"),
        (json!({ "rate_limit_rps": -1 }), "INVALID_REQUEST"),
        (json!({ "burst": 10_001 }), "INVALID_REQUEST"),
        (json!({ "headers": { "Host": "x" } }), "INVALID_HEADERS"),
        (json!({ "retry_schedule": [-1] }), "INVALID_REQUEST"),
    ] {
        assert_eq!(refusal(&engine, "endpoints.create", create(more.clone())), code, "{more}");
    }
    // What older clients send and ours does not know is no harm.
    call(
        &engine,
        "endpoints.create",
        create(json!({ "hmac_enabled": true, "description": "\u{e9}".repeat(500) })),
    );
    let ids: Vec<String> = (0..3).map(|_| endpoint(&engine, url)).collect();
    let page = call(&engine, "endpoints.list", json!({ "limit": 2 }));
    assert_eq!((page["data"].as_array().unwrap().len(), &page["has_more"]), (2, &json!(true)));
    endpoint(&engine, url);
    let rest = call(&engine, "endpoints.list", json!({ "cursor": page["next_cursor"] }));
    assert_eq!(rest["data"].as_array().unwrap().len(), 2, "a page stays where it was while rows are added");
    assert_eq!(rest["next_cursor"], json!(null));
    for wrong in [json!({ "limit": 0 }), json!({ "limit": 101 }), json!({ "cursor": "!" })] {
        assert_eq!(refusal(&engine, "endpoints.list", wrong), "INVALID_REQUEST");
    }

    let key = call(&engine, "signing_keys.create", json!({ "endpoint_id": ids[0] }));
    assert_eq!(
        refusal(&engine, "signing_keys.create", json!({ "endpoint_id": ids[0] })),
        "MAX_SIGNING_KEYS_REACHED"
    );
    let delete = |id: &Value| json!({ "endpoint_id": ids[0], "key_id": id });
    call(&engine, "signing_keys.delete", delete(&key["id"]));
    let left = call(&engine, "signing_keys.list", json!({ "endpoint_id": ids[0] }));
    assert_eq!(
        refusal(&engine, "signing_keys.delete", delete(&left["data"][0]["id"])),
        "CANNOT_DELETE_LAST_SIGNING_KEY"
    );
    assert_eq!(refusal(&engine, "signing_keys.delete", delete(&json!("sk_0"))), "NOT_FOUND");

    call(&engine, "endpoints.delete", json!({ "endpoint_id": ids[0] }));
    for operation in ["endpoints.get", "endpoints.delete", "endpoints.pause", "signing_keys.list"] {
        assert_eq!(
            refusal(&engine, operation, json!({ "endpoint_id": ids[0] })),
            "ENDPOINT_NOT_FOUND",
            "{operation}"
        );
    }
    let send = json!({ "endpoint_id": ids[0], "payload": 1 });
    assert_eq!(refusal(&engine, "messages.send", send), "ENDPOINT_NOT_FOUND");
}

#[test]
fn what_was_accepted_before_a_delete_is_still_delivered() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = by_path();
    let engine = engine(folder.path());
    let endpoint = endpoint(&engine, &receiver.url("/ok"));
    call(&engine, "endpoints.pause", json!({ "endpoint_id": endpoint }));
    let id = send(&engine, &endpoint, "{}");
    // It is paused, and could not be resumed afterwards.
    call(&engine, "endpoints.delete", json!({ "endpoint_id": endpoint }));
    wait_for_status(&engine, &id, "succeeded");
}

#[test]
fn a_batch_answers_each_message_and_keeps_the_good_ones() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = by_path();
    let engine = engine(folder.path());
    let endpoint = endpoint(&engine, &receiver.url("/ok"));
    let answer = call(
        &engine,
        "messages.send_batch",
        json!({ "messages": [
            { "endpoint_id": endpoint, "payload": 1 },
            { "endpoint_id": "ep_x", "payload": 2 },
            { "endpoint_id": endpoint },
            { "endpoint_id": endpoint, "payload": "x".repeat(1_048_576) },
            { "endpoint_id": endpoint, "payload": null },
        ]}),
    );
    let codes: Vec<&str> = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["error"]["code"].as_str().unwrap_or("accepted"))
        .collect();
    assert_eq!(codes, ["accepted", "ENDPOINT_NOT_FOUND", "INVALID_REQUEST", "PAYLOAD_TOO_LARGE", "accepted"]);
    assert!(engine.flush(PATIENCE).unwrap());
    assert_eq!(receiver.count(), 2);
    let many = json!({ "messages": vec![json!({ "endpoint_id": endpoint, "payload": 1 }); 1001] });
    assert_eq!(refusal(&engine, "messages.send_batch", many), "INVALID_REQUEST");
}

#[test]
fn files_that_cannot_be_an_outbox_are_refused_in_clear_words() {
    let folder = tempfile::tempdir().unwrap();
    let open = |database: std::path::PathBuf| {
        let error =
            hookbridge_core::Engine::open(hookbridge_core::Config { database, ..config(folder.path()) })
                .err()
                .expect("must be refused");
        (error.code().name(), error.message().to_owned())
    };
    let (code, text) = open(folder.path().join("no/such/folder.db"));
    assert!(code == "STORAGE_UNAVAILABLE" && text.contains("does not exist"), "{text}");
    std::fs::write(folder.path().join("text.db"), "not a database, but long enough to look at".repeat(100))
        .unwrap();
    let (code, text) = open(folder.path().join("text.db"));
    assert!(code == "STORAGE_UNAVAILABLE" && text.contains("not a SQLite database"), "{text}");
    let (code, _) = open(folder.path().to_owned());
    assert_eq!(code, "STORAGE_UNAVAILABLE");

    drop(engine(folder.path()));
    let file = folder.path().join("outbox.db");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let newer = rusqlite::Connection::open(&file).unwrap();
    newer.execute("INSERT INTO hookbridge_migrations VALUES (99, 0)", []).unwrap();
    drop(newer);
    assert_eq!(open(file).0, "SCHEMA_TOO_NEW");
}
