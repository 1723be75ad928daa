//! `hookbridge.send(...)`: a message that is sent in an application's own transaction, from SQL.

use hookbridge_core::config::Delivery;
use serde_json::{Value, json};

use super::receiver::{self, Receiver, answer, eventually};
use super::server::Server;
use super::{arrived, database, open};

/// The code of a refusal, which is its detail.
pub fn code(refused: &str) -> String {
    let detail = refused.lines().find_map(|line| line.strip_prefix("DETAIL:  "));
    detail.unwrap_or_else(|| panic!("no code: {refused}")).to_owned()
}

#[test]
fn what_is_sent_in_a_transaction_arrives_with_its_commit_and_never_without() {
    let (server, receiver) = (Server::start(), Receiver::start(|_, _| answer(200)));
    let engine = open(&database(&server), Delivery::Auto);
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    let send = |more: &str| format!(r#"SELECT hookbridge.send('{endpoint}', '{{"a": 1.10}}'{more});"#);
    let committed = server.sql("postgres", &format!("BEGIN; {} COMMIT;", send(""))).unwrap();
    let dropped = server.sql("postgres", &format!("BEGIN; {} ROLLBACK;", send(""))).unwrap();
    let again = server.sql("postgres", &format!("{0} {0}", send(r#", '{"X-A": "b"}', 'key-1'"#))).unwrap();
    let (first, second) = again.split_once('\n').unwrap();
    assert_eq!(first, second, "an idempotency key names one message");
    let many = json!([{"endpoint_id": endpoint, "payload": 1}, {"endpoint_id": endpoint, "payload": "two"}]);
    let many = server.sql("postgres", &format!("SELECT hookbridge.send_many('{many}');")).unwrap();
    eventually("the four that were committed arrive", || receiver.count() >= 4);
    let arrived = arrived(&receiver);
    assert!(
        arrived.contains_key(&committed) && arrived.contains_key(first) && !arrived.contains_key(&dropped)
    );
    assert!(many.lines().count() == 2 && many.lines().all(|id| arrived.contains_key(id)));
    let of_first = receiver.deliveries().into_iter().find(|one| one.message_id() == first).unwrap();
    assert_eq!((of_first.body.as_slice(), of_first.header("X-A")), (&br#"{"a": 1.10}"#[..], Some("b")));
    receiver::wait_for_status(&engine, &committed, "succeeded");
    // Later: at once, and in order.
    let ordered = |payload: u8| {
        format!(
            "SELECT hookbridge.send('{endpoint}', '{payload}', options => '{{\"ordering_key\": \"o\"}}');"
        )
    };
    let scheduled = server
        .sql("postgres", &format!("SELECT hookbridge.send('{endpoint}', '9', options => '{{\"deliver_at\": \"2100-01-01T00:00:00Z\"}}');"));
    assert_eq!(code(&scheduled.unwrap_err()), "INVALID_REQUEST", "more than a year ahead");
    let both = server.sql("postgres", &format!("BEGIN; {} {} COMMIT;", ordered(7), ordered(8))).unwrap();
    both.lines().for_each(|id| drop(receiver::wait_for_status(&engine, id, "succeeded")));
    let bodies: Vec<Vec<u8>> = receiver.deliveries().into_iter().map(|one| one.body).collect();
    let place = |body: &[u8]| bodies.iter().position(|known| known == body).unwrap();
    assert!(place(b"7") < place(b"8"));
    eventually("they are counted", || {
        receiver::call(&engine, "metrics.get", json!({"window": "1h"}))["total_messages"] == 6
    });
    engine.close(std::time::Duration::from_secs(10)).unwrap();
}

/// Requests of which some are good and some are not.
fn requests(endpoint: &str) -> Vec<Value> {
    let with = |more: Value| {
        let mut request = json!({"endpoint_id": endpoint, "payload": {"n": 1}});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    let headers = |headers: Value| with(json!({"headers": headers}));
    let many = |count: usize| (0..count).map(|n| (format!("X-{n}"), json!("v"))).collect::<Value>();
    let mut requests: Vec<Value> = [
        "Host",
        "host",
        "Content-Type",
        "content_type",
        "TE",
        "Proxy-Authorization",
        "proxy",
        "X-Webhook-Id",
        "x_webhook_id",
        "webhook-id",
        "Webhook.Signature",
        "Authorization",
        "cookie",
        "Cookie2",
        "X-Custom",
        "x.y",
        "a b",
        "",
        "Ä",
        "x:y",
        "Expect",
    ]
    .into_iter()
    .map(|name| headers(json!({name: "v"})))
    .collect();
    requests.extend(
        ["", " ", "a\tb", "a\nb", "a\u{0}b", "ä", "\u{7f}"].map(|value| headers(json!({"X-A": value}))),
    );
    requests.extend([
        headers(json!({})),
        headers(json!({"X-A": "1", "x_a": "2"})),
        headers(json!({"X-A": 1})),
        headers(json!(["X-A"])),
        headers(many(50)),
        headers(many(51)),
        headers(json!({"X-A": "v".repeat(8_189)})),
        headers(json!({"X-A": "v".repeat(8_190)})),
        with(json!({"idempotency_key": "a_B-9"})),
        with(json!({"idempotency_key": "a_B-9", "payload": {"n": 2}})),
        with(json!({"idempotency_key": ""})),
        with(json!({"idempotency_key": "sp ace"})),
        with(json!({"idempotency_key": "k".repeat(255)})),
        with(json!({"idempotency_key": "k".repeat(256)})),
        with(json!({"ordering_key": ""})),
        with(json!({"ordering_key": "ä".repeat(255)})),
        with(json!({"ordering_key": "ä".repeat(256)})),
        with(json!({"ordering_key": "a\u{1}"})),
        with(json!({"ordering_key": 1})),
        with(json!({"retention_hours": 0})),
        with(json!({"retention_hours": 24})),
        with(json!({"retention_hours": -1})),
        with(json!({"retention_hours": 1.5})),
        with(json!({"retention_hours": "1"})),
        with(json!({"retention_hours": 87_601})),
        with(json!({"deliver_at": "2001-01-01T00:00:00Z"})),
        with(json!({"deliver_at": "2101-01-01T00:00:00Z"})),
        with(json!({"deliver_at": "tomorrow"})),
        with(json!({"expires_at": "2001-01-01T00:00:00Z"})),
        with(json!({"expires_at": "2101-01-01T00:00:00Z"})),
        with(json!({"endpoint_id": "ep_00000000000000000000000000000000"})),
        with(json!({"endpoint_id": "ep_0"})),
        with(json!({"payload": "x".repeat(1_048_574)})),
        with(json!({"payload": "x".repeat(1_048_575)})),
        with(json!({"payload": null})),
    ]);
    requests
}

/// The function and the engine refuse the same, by the same codes.
#[test]
fn sql_takes_and_refuses_what_the_engine_does() {
    let server = Server::start();
    let engine = open(&database(&server), Delivery::Off);
    let [ours, theirs] = [0, 1].map(|_| receiver::endpoint(&engine, "http://127.0.0.1:9/"));
    for (by_engine, by_sql) in requests(&ours).into_iter().zip(requests(&theirs)) {
        let wanted = engine.call("messages.send", &by_engine.to_string()).map(drop);
        let wanted = wanted.map_err(|error| error.code().name().to_owned());
        let quoted = |name: &str| match &by_sql[name] {
            Value::String(text) => format!("$hb${text}$hb$"),
            _ => "NULL".to_owned(),
        };
        let json = |value: &Value| format!("$hb${value}$hb$");
        let known = ["endpoint_id", "payload", "headers", "idempotency_key"];
        let mut options = by_sql.clone();
        options.as_object_mut().unwrap().retain(|name, _| !known.contains(&name.as_str()));
        let headers = if by_sql["headers"].is_null() { "NULL".to_owned() } else { json(&by_sql["headers"]) };
        let arguments = [
            quoted("endpoint_id"),
            json(&by_sql["payload"]),
            headers,
            quoted("idempotency_key"),
            json(&options),
        ];
        // U+0000 cannot be in a document of this type at all.
        if by_sql.to_string().contains(r"\u0000") {
            continue;
        }
        let found = server.sql("postgres", &format!("SELECT hookbridge.send({});", arguments.join(", ")));
        let text = by_sql.to_string();
        let shown: String = text.chars().take(200).collect();
        assert_eq!(found.map(drop).map_err(|refused| code(&refused)), wanted, "{shown}");
    }
}

/// A producer may send, and look at nothing. Its own search path leads the function nowhere else.
#[test]
fn a_producer_may_execute_and_nothing_more() {
    let server = Server::start();
    let engine = open(&database(&server), Delivery::Off);
    let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    let set_up =
        "CREATE ROLE app LOGIN; GRANT hookbridge_producer TO app; CREATE SCHEMA app AUTHORIZATION app;
        CREATE ROLE stranger LOGIN; CREATE ROLE onlooker LOGIN; GRANT hookbridge_reader TO onlooker;";
    server.sql("postgres", set_up).unwrap();
    let send = format!("SELECT hookbridge.send('{endpoint}', '1');");
    let trap = "CREATE FUNCTION app.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT NULL::bytea';
        CREATE TEMP TABLE endpoints (id uuid); SET search_path = app, pg_temp, pg_catalog;";
    server.sql("app", &format!("{trap} {send}")).unwrap();
    let denied = |user: &str, sql: &str| server.sql(user, sql).unwrap_err().contains("42501");
    for table in ["messages", "payloads", "endpoints", "signing_keys", "secrets"] {
        assert!(denied("app", &format!("SELECT * FROM hookbridge.{table};")), "{table}");
        assert!(denied("app", &format!("DELETE FROM hookbridge.{table};")), "{table}");
    }
    assert!(denied("stranger", &send));
    assert!(denied("onlooker", &send) && denied("onlooker", "SELECT * FROM hookbridge.signing_keys;"));
    assert_eq!(server.sql("onlooker", "SELECT count(*) FROM hookbridge.messages;").unwrap(), "1");
}
