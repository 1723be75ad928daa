//! `hookbridge.send_event(...)`: an event that is sent in an application's own transaction, from SQL.

use std::time::Duration;

use hookbridge_core::Engine;
use hookbridge_core::config::Delivery;
use hookbridge_core::model::timestamp::Timestamp;
use serde_json::{Value, json};

use super::receiver::{self, Receiver, answer, eventually};
use super::server::Server;
use super::session::Session;
use super::sql::code;
use super::{address, arrived, database, open};

#[test]
fn an_event_arrives_with_the_commit_of_its_transaction_and_never_without() {
    let (server, receiver) = (Server::start(), Receiver::start(|_, _| answer(200)));
    let engine = open(&database(&server), Delivery::Auto);
    let endpoint = |path: &str, more: Value| {
        let mut request = json!({"url": receiver.url(path), "tenant": "acme"});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        receiver::call(&engine, "endpoints.create", request)["id"].as_str().unwrap().to_owned()
    };
    let all = endpoint("/all", json!({}));
    let orders = endpoint("/orders", json!({"event_types": ["order.*"]}));
    let large = endpoint("/large", json!({"filter": [{"pointer": "/n", "greater": 100}]}));
    server.sql("postgres", "CREATE ROLE app LOGIN; GRANT hookbridge_producer TO app;").unwrap();
    let send = |n: u32, more: &str| {
        format!("SELECT hookbridge.send_event('order.created', '{{\"n\": {n}}}', tenant => 'acme'{more})")
    };
    // A producer sends, and sees what it has sent.
    let messages = |event: &str| {
        let messages =
            server.sql("app", &format!("SELECT * FROM hookbridge.event_messages('{event}');")).unwrap();
        let line =
            |line: &str| line.split_once('|').map(|(id, endpoint)| (id.to_owned(), endpoint.to_owned()));
        messages.lines().map(|one| line(one).unwrap()).collect::<Vec<_>>()
    };
    let sent = server.sql("app", &format!("BEGIN; {}; COMMIT;", send(1, ""))).unwrap();
    let to: Vec<String> = messages(&sent).into_iter().map(|(_, endpoint)| endpoint).collect();
    assert_eq!(to, [all.clone(), orders.clone()]);
    let dropped = server.sql("app", &format!("BEGIN; {}; ROLLBACK;", send(2, ""))).unwrap();
    let unknown = server.sql("app", &format!("SELECT * FROM hookbridge.event_messages('{dropped}');"));
    assert_eq!(code(&unknown.unwrap_err()), "NOT_FOUND");
    let keyed = send(101, ", idempotency_key => 'k', headers => '{\"X-A\": \"b\"}'");
    let keyed = server.sql("app", &format!("{keyed}; {keyed};")).unwrap();
    let (first, second) = keyed.split_once('\n').unwrap();
    assert_eq!(first, second, "an idempotency key names one event");
    assert_eq!(messages(first).iter().map(|(_, to)| to.clone()).collect::<Vec<_>>(), [all, orders, large]);
    let in_order: String = (200..220)
        .map(|n| send(n, ", options => '{\"ordering_key\": \"o\"}'") + ";")
        .collect::<Vec<_>>()
        .join("\n");
    server.sql("app", &in_order).unwrap();
    eventually("everything that was committed arrives", || receiver.count() >= 2 + 3 + 60);
    let arrived = arrived(&receiver);
    assert!(messages(&sent).iter().chain(&messages(first)).all(|(id, _)| arrived[id] == 1));
    let deliveries = receiver.deliveries();
    assert!(deliveries.iter().all(|one| one.header("X-Webhook-Event") == Some("order.created")));
    assert!(!deliveries.iter().any(|one| one.body == br#"{"n": 2}"#), "what was rolled back was delivered");
    let of_key = deliveries.iter().find(|one| one.message_id() == messages(first)[0].0).unwrap();
    assert_eq!(of_key.header("X-A"), Some("b"));
    for path in ["/all", "/orders", "/large"] {
        let bodies: Vec<&[u8]> = deliveries
            .iter()
            .filter(|one| one.path == path)
            .map(|one| one.body.as_slice())
            .filter(|body| body.starts_with(br#"{"n": 2"#))
            .collect();
        assert!(bodies.len() == 20 && bodies.is_sorted(), "{path}");
    }
    let event = receiver::call(&engine, "events.get", json!({"event_id": first}));
    assert_eq!((event["matched"].clone(), event["type"].clone()), (json!(3), json!("order.created")));
    eventually("they are counted", || {
        receiver::call(&engine, "metrics.get", json!({"window": "1h"}))["total_messages"] == 65
    });
    let denied = server.sql("app", "SELECT hookbridge.wanting('acme', 'order.created', '1');").unwrap_err();
    assert!(denied.contains("42501"), "{denied}");
    let relay = server
        .sql("postgres", &format!("INSERT INTO hookbridge.secrets VALUES ('relay', ''); {};", send(3, "")));
    assert_eq!(code(&relay.unwrap_err()), "NOT_SUPPORTED", "a relay knows no subscriptions");
    engine.close(Duration::from_secs(10)).unwrap();
}

/// An event, with its payload as it was written.
struct Event {
    fields: Value,
    payload: String,
}

impl Event {
    fn new(payload: &str, more: Value) -> Self {
        let mut fields = json!({"type": "order.created"});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Self { fields, payload: payload.to_owned() }
    }

    fn request(&self) -> String {
        let fields = self.fields.to_string();
        let rest = fields.strip_prefix('{').unwrap();
        format!(r#"{{"payload":{},{rest}"#, self.payload)
    }

    fn sql(&self) -> String {
        let quoted = |name: &str| match &self.fields[name] {
            Value::Null => "NULL".to_owned(),
            Value::String(text) => format!("$hb${text}$hb$"),
            value => format!("$hb${value}$hb$"),
        };
        let known = ["type", "tenant", "headers", "idempotency_key"];
        let mut options = self.fields.clone();
        options.as_object_mut().unwrap().retain(|name, _| !known.contains(&name.as_str()));
        format!(
            "SELECT string_agg(m.endpoint_id, ',' ORDER BY n) FROM hookbridge.send_event({}, $hb${}$hb$, {}, {}, {}, $hb${options}$hb$) AS e,
                hookbridge.event_messages(e) WITH ORDINALITY AS m (message_id, endpoint_id, n)",
            quoted("type"), self.payload, quoted("tenant"), quoted("headers"), quoted("idempotency_key")
        )
    }
}

/// Events of which some are good and some are not.
fn events() -> Vec<Event> {
    let with = |more: Value| Event::new(r#"{"n": 1}"#, more);
    let in_a_month = Timestamp::now().plus(Duration::from_secs(30 * 24 * 3_600));
    let [later, just_after] = [0, 1].map(|ms| in_a_month.plus(Duration::from_millis(ms)).to_string());
    let of_type = |name: &str| with(json!({"type": name}));
    let mut events: Vec<Event> =
        ["", ".", "a.", ".a", "a..b", "a b", "ä", "a/b", "*", "a.*", "a\n"].map(of_type).into();
    events.extend([of_type(&"a".repeat(128)), of_type(&"a".repeat(129)), of_type("A_b-9.c")]);
    events.extend(
        ["", "acme", "ä b", "a\tb", "\u{85}", "\u{7f}", " "].map(|tenant| with(json!({"tenant": tenant}))),
    );
    events.extend([127, 128, 129].map(|size| with(json!({"tenant": "ä".repeat(size)}))));
    for key in ["k", "k", "", "a b"] {
        events.push(with(json!({"idempotency_key": key})));
    }
    events.extend([
        with(json!({"idempotency_key": "k", "tenant": "acme"})),
        with(json!({"idempotency_key": "k", "tenant": ""})),
        with(json!({"idempotency_key": "k", "type": "order.paid"})),
        Event::new("2", json!({"idempotency_key": "k"})),
        Event::new("2", json!({"idempotency_key": "k", "tenant": "acme"})),
        with(json!({"ordering_key": ""})),
        with(json!({"ordering_key": "o"})),
        with(json!({"ordering_key": "o", "tenant": "acme"})),
        with(json!({"ordering_key": "o", "deliver_at": later})),
        with(json!({"ordering_key": "\u{9f}"})),
        with(json!({"deliver_at": later, "retention_hours": 2, "expires_at": just_after})),
        with(json!({"deliver_at": later, "expires_at": later})),
        with(json!({"tenant": "nobody", "deliver_at": later, "retention_hours": 2})),
        with(json!({"tenant": "nobody", "retention_hours": 0})),
        with(json!({"tenant": "nobody"})),
        with(json!({"expires_at": "2001-01-01T00:00:00Z"})),
        with(json!({"retention_hours": 0})),
        with(json!({"retention_hours": 24.0})),
        with(json!({"retention_hours": 87_601})),
        with(json!({"headers": {"X-A": "b"}})),
        with(json!({"headers": {"Host": "b"}})),
        with(json!({"headers": {}})),
        Event::new(&format!("\"{}\"", "x".repeat(1_048_574)), json!({})),
        Event::new(&format!("\"{}\"", "x".repeat(1_048_575)), json!({})),
    ]);
    events
}

/// Values that are easily taken for another.
const VALUES: &[&str] = &[
    "0",
    "-0",
    "1",
    "1.0",
    "1e0",
    "-1",
    "2",
    "100",
    "99.5",
    "0.1",
    "0.10000000000000001",
    "9007199254740992",
    "9007199254740993",
    "9007199254740993.0",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "1e300",
    "1e-400",
    "true",
    "false",
    "null",
    r#""""#,
    r#""1""#,
    r#""a""#,
    r#""ab""#,
    r#""b""#,
    r#""ä""#,
    r#""\u00e4""#,
    r#""z""#,
    r#""😀""#,
    r#""\ud83d\ude00""#,
    r#""\uffff""#,
    r#""\u0000""#,
    r#""\u0000b""#,
    r#""\u0001""#,
    r#""\\u0000""#,
    r#""\u0002""#,
    "[]",
    "{}",
    "[1]",
    "[1.0, 2]",
    "[1, [2.0]]",
    r#"{"a": 1}"#,
    r#"{"a": 1.0, "b": null}"#,
    r#"{"b": null, "a": 1}"#,
];
const NAMES: &[&str] = &["a", "b", "", "0", "a/b", "m~n", "ä", r"\u0000", "-1"];
const POINTERS: &[&str] = &[
    "",
    "/a",
    "/b",
    "/",
    "/0",
    "/a/0",
    "/a/1/0",
    "/a/00",
    "/a/-1",
    "/a/-",
    "/a/+0",
    "/a/a",
    "/a~1b",
    "/m~0n",
    "/ä",
    "/\u{0}",
    "/-1",
    "/a/99999999999999999999",
    "/a//b",
];

fn pick<'a>(rng: &mut fastrand::Rng, of: &[&'a str]) -> &'a str {
    of[rng.usize(..of.len())]
}

fn condition(rng: &mut fastrand::Rng) -> Value {
    let mut value = || serde_json::from_str::<Value>(pick(rng, VALUES)).unwrap();
    let (one, several) = (value(), json!([value(), value(), value()]));
    let name = pick(rng, &["equals", "equals", "in", "exists", "starts_with", "greater", "less"]);
    let wanted = match name {
        "in" => several,
        "exists" => json!(rng.bool()),
        "starts_with" => json!(one.as_str().unwrap_or("a")),
        "greater" | "less" if !(one.is_number() || one.is_string()) => json!(1),
        _ => one,
    };
    json!({"pointer": pick(rng, POINTERS), name: wanted})
}

fn payloads(rng: &mut fastrand::Rng) -> Vec<String> {
    let mut payloads: Vec<String> = (0..70)
        .map(|_| {
            let mut value = || match rng.u8(0..4) {
                0 => format!("[{}, {}]", pick(rng, VALUES), pick(rng, VALUES)),
                1 => format!(r#"{{"{}": {}}}"#, pick(rng, NAMES), pick(rng, VALUES)),
                _ => pick(rng, VALUES).to_owned(),
            };
            let fields: Vec<String> = (0..5).map(|_| value()).collect();
            let fields = fields.into_iter().map(|value| format!(r#" "{}" :{value}"#, pick(rng, NAMES)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        })
        .collect();
    payloads.extend(VALUES.iter().map(ToString::to_string));
    // The engine cannot read these, or just so.
    payloads.extend([127, 128, 200].map(|levels| "[".repeat(levels) + &"]".repeat(levels)));
    payloads.extend([127, 128].map(|levels| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels))));
    payloads.extend(
        [
            "1e308",
            "1e309",
            "-1e400",
            r#""\ud83d""#,
            r#""\udc00x""#,
            r#""1e999""#,
            "1.7976931348623158e308",
            "1.7976931348623159e308",
        ]
        .map(|value| format!(r#"{{"a": {value}}}"#)),
    );
    payloads.push(format!(r#"{{"a": {}}}"#, "9".repeat(400)));
    payloads
}

fn endpoints(rng: &mut fastrand::Rng) -> Vec<Value> {
    let mut endpoints = Vec::new();
    for _ in 0..40 {
        let pattern = |rng: &mut fastrand::Rng| {
            let segments: Vec<&str> = (0..rng.usize(1..5)).map(|_| pick(rng, &["a", "b-1", "*"])).collect();
            segments.join(".")
        };
        let patterns: Vec<String> = (0..rng.usize(0..4)).map(|_| pattern(rng)).collect();
        endpoints.push(json!({"tenant": pick(rng, &["", "x", "acme"]), "event_types": patterns}));
    }
    for _ in 0..120 {
        let conditions: Vec<Value> = (0..1 + rng.usize(0..4) / 3).map(|_| condition(rng)).collect();
        endpoints.push(json!({"tenant": "f", "filter": conditions}));
    }
    endpoints
}

/// Runs an event through the engine: the endpoints that have a message of it, by their places, or the code that refused it.
fn through_engine(engine: &Engine, event: &Event, endpoints: &[String]) -> Result<Vec<usize>, String> {
    let answer =
        engine.call("events.send", &event.request()).map_err(|error| error.code().name().to_owned())?;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let place =
        |message: &Value| endpoints.iter().position(|known| *known == message["endpoint_id"]).unwrap();
    Ok(answer["messages"].as_array().unwrap().iter().map(place).collect())
}

/// The same through SQL.
fn through_sql(session: &Session, event: &Event, endpoints: &[String]) -> Result<Vec<usize>, String> {
    let answer = session.run(&event.sql())?;
    let places = answer.split(',').filter(|id| !id.is_empty());
    Ok(places.map(|id| endpoints.iter().position(|known| known == id).unwrap()).collect())
}

/// What is in the tables, but for ids, times and numbers of transactions.
const ROWS: &str = "SELECT string_agg(line, E'\n' ORDER BY line COLLATE \"C\") FROM (
    SELECT concat('event ', to_jsonb(v) - '{id,created_at,unwanted_until}'::text[], v.unwanted_until - coalesce(v.deliver_at, v.created_at),
            p.headers::jsonb, sha256(p.body)) AS line
        FROM hookbridge.events v JOIN hookbridge.payloads p USING (id)
    UNION ALL SELECT concat('message ', to_jsonb(m) - '{id,xid,created_at,updated_at,payload_expires_at}'::text[], m.updated_at - m.created_at,
            ' ', m.payload_expires_at - coalesce(m.deliver_at, m.created_at), m.xid < pg_current_xact_id())
        FROM hookbridge.messages m
    UNION ALL SELECT concat('waits ', to_jsonb(w) - '{id,xid,payload,created_at}'::text[],
            (m.id, m.xid, m.due_at, m.created_at, v.id) = (w.id, w.xid, w.due_at, w.created_at, w.payload))
        FROM hookbridge.waiting w JOIN hookbridge.messages m USING (seq) JOIN hookbridge.events v ON v.seq = m.event
    UNION ALL SELECT concat('place ', to_jsonb(o) - 'id', o.id = m.id)
        FROM hookbridge.ordered o JOIN hookbridge.messages m USING (seq)
    UNION ALL SELECT concat('key ', k.tenant, ' ', k.key, ' ', v.seq) FROM hookbridge.event_keys k JOIN hookbridge.events v ON v.id = k.event_id
    UNION ALL SELECT concat('counted ', endpoint, ' ', sum(n)) FROM (
        SELECT endpoint, total AS n FROM hookbridge.metrics UNION ALL SELECT endpoint, 1 FROM hookbridge.uncounted) AS all_counted
        GROUP BY endpoint) AS lines";

/// Events through the engine into one database and through SQL into another: the same endpoints get them, the same are refused, and the
/// same is in the tables.
#[test]
fn sql_gives_an_event_to_whom_the_engine_does() {
    let mut rng = fastrand::Rng::with_seed(18);
    let server = Server::start();
    server.sql("postgres", "CREATE DATABASE other;").unwrap();
    let by_engine = open(&database(&server), Delivery::Off);
    let other = address(&server, "other");
    hookbridge_core::engine::migrate(&other).unwrap();
    let by_sql = open(&other, Delivery::Off);
    let session = Session::start(&server, "other");
    let endpoints = endpoints(&mut rng);
    let made = |engine: &Engine| {
        let make = |endpoint: &Value| {
            let mut request = endpoint.clone();
            request["url"] = json!("http://127.0.0.1:9/");
            receiver::call(engine, "endpoints.create", request)["id"].as_str().unwrap().to_owned()
        };
        let made: Vec<String> = endpoints.iter().map(make).collect();
        // One that is gone, and one that has changed.
        receiver::call(engine, "endpoints.delete", json!({"endpoint_id": made[0]}));
        receiver::call(
            engine,
            "endpoints.update",
            json!({"endpoint_id": made[1], "tenant": "acme", "event_types": ["order.*"]}),
        );
        made
    };
    let (ours, theirs) = (made(&by_engine), made(&by_sql));
    let mut all = events();
    for _ in 0..60 {
        let segments: Vec<&str> = (0..rng.usize(1..5)).map(|_| pick(&mut rng, &["a", "b-1", "c"])).collect();
        let tenant = pick(&mut rng, &["", "x", "acme", "y"]);
        all.push(Event::new("1", json!({"type": segments.join("."), "tenant": tenant})));
    }
    all.extend(payloads(&mut rng).iter().map(|payload| Event::new(payload, json!({"tenant": "f"}))));
    let (mut matched, mut refused) = (0, 0);
    for event in &all {
        let wanted = through_engine(&by_engine, event, &ours);
        let found = through_sql(&session, event, &theirs);
        let shown: String = event.request().chars().take(300).collect();
        match (&found, &wanted) {
            (Ok(found), Ok(wanted)) => {
                let differ = |place: &&usize| found.contains(place) != wanted.contains(place);
                let of = found.iter().chain(wanted).find(differ).map(|place| &endpoints[*place]);
                assert_eq!(found, wanted, "{shown} for {of:?}");
                matched += found.len();
            }
            (Err(state), Err(code)) => {
                let state_of_code = match code.as_str() {
                    "IDEMPOTENCY_MISMATCH" => "HB409",
                    "PAYLOAD_TOO_LARGE" => "HB413",
                    _ => "HB400",
                };
                assert_eq!(state, state_of_code, "{shown}");
                refused += 1;
            }
            _ => panic!("{shown}: {found:?} from SQL, {wanted:?} from the engine"),
        }
    }
    assert!(matched > 1_000 && refused > 20, "{matched} messages and {refused} refusals say little");
    let rows = |database: &str| Session::start(&server, database).run(ROWS).unwrap();
    let (wanted, found) = (rows("postgres"), rows("other"));
    for (found, wanted) in found.lines().zip(wanted.lines()) {
        assert_eq!(found, wanted);
    }
    assert_eq!(found.lines().count(), wanted.lines().count());
}

/// An event of a tenant looks at that tenant's endpoints alone, however many there are.
#[test]
fn other_tenants_endpoints_are_not_looked_at() {
    let server = Server::start();
    database(&server);
    let session = Session::start(&server, "postgres");
    let make = "INSERT INTO hookbridge.endpoints (id, url, created_at, updated_at, tenant, event_types)
        SELECT gen_random_uuid(), '', 0, 0, nullif('t' || n % 2000, 't0'), '[\"order.*\", \"user.' || n || '\"]'
        FROM generate_series(1, 10000) AS n";
    session.run(make).unwrap();
    for tenant in ["t7", ""] {
        // What is known of the table's size and values makes no difference.
        for _ in 0..2 {
            let send = format!("SELECT hookbridge.send_event('order.created', '1', '{tenant}')");
            let read = "SELECT pg_stat_get_xact_tuples_returned(t) || ' scanned, ' || pg_stat_get_xact_tuples_fetched(t) || ' fetched'
                FROM (SELECT 'hookbridge.endpoints'::regclass AS t) AS t";
            // A session counts from its beginning.
            let one = Session::start(&server, "postgres");
            assert_eq!(
                one.run(&format!("BEGIN; {send}; {read}")).unwrap(),
                "0 scanned, 5 fetched",
                "{tenant}"
            );
            session.run("ANALYZE hookbridge.endpoints").unwrap();
        }
    }
}
