//! What is past its retention goes, with its partition or row by row, and nothing else.

use std::time::Duration;

use tokio_postgres::Client;
use uuid::Uuid;

use super::{Partitions, pass};
use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::timestamp::Timestamp;
use crate::outbox::cases::{Harness, ended, message};
use crate::outbox::ended::Verdict;
use crate::outbox::postgres::cases::{Databases, connected, opened};
use crate::outbox::postgres::{Settings, Store};
use crate::outbox::{NewMessage, Timing};

const DAY: Duration = Duration::from_secs(86_400);
/// Made by no migration: what a sidecar had made at that time.
const MAKE: &str = "SELECT hookbridge.maintain(ahead => 0, as_of => now() - make_interval(days => $1))";
const COUNT: &str =
    "SELECT count(*) FROM hookbridge.partitions WHERE parent = $1 AND lower < hookbridge.first_id(
    (extract(epoch FROM now() - interval '20 days') * 1000)::bigint)";

fn run(settings: &Settings, sql: &str) {
    connected(&settings.database, async |client| client.batch_execute(sql).await.unwrap());
}

fn number(settings: &Settings, sql: &str) -> i64 {
    connected(&settings.database, async |client: &Client| client.query_one(sql, &[]).await.unwrap().get(0))
}

fn old_partitions(settings: &Settings, parent: &str) -> i64 {
    connected(&settings.database, async |client: &Client| {
        client.query_one(&COUNT.replace("$1", &format!("'{parent}'")), &[]).await.unwrap().get(0)
    })
}

/// The partitions of that day, of messages, payloads and attempts.
fn partitions_of(settings: &Settings, days_ago: i32) {
    let make = MAKE.replace("$1", &days_ago.to_string());
    (0..3).for_each(|_| run(settings, &make));
}

/// A message that was accepted so long ago.
fn aged(endpoint: EndpointId, age: Duration) -> NewMessage {
    let created_at = Timestamp::now().minus(age);
    let new = message(endpoint);
    let mut id = *new.id.as_bytes();
    id[..6].copy_from_slice(&created_at.as_millis().to_be_bytes()[2..]);
    NewMessage { id: MessageId::from_bytes(id), created_at, ..new }
}

/// As if nothing had changed since the acceptance.
fn long_ago(settings: &Settings, ids: &[MessageId]) {
    let ids: Vec<String> = ids.iter().map(|id| format!("'{}'", Uuid::from_bytes(*id.as_bytes()))).collect();
    let ids = ids.join(", ");
    run(
        settings,
        &format!(
            "UPDATE hookbridge.messages SET updated_at = created_at WHERE id IN ({ids});
            DELETE FROM hookbridge.late_changes WHERE id IN ({ids})"
        ),
    );
}

/// One pass that knows nothing of earlier ones.
fn sweep(store: &Store) {
    store
        .run(async |node| {
            *node.partitions.lock().await = Partitions::default();
            pass(node).await
        })
        .unwrap();
}

fn has_payload(h: &Harness, id: &MessageId) -> bool {
    h.outbox.payload(id).unwrap().unwrap_or_else(|| panic!("{id} is gone")).1.is_some()
}

fn is_there(h: &Harness, id: &MessageId) -> bool {
    h.outbox.message(id).unwrap().is_some()
}

fn end(h: &Harness, id: &MessageId, verdict: Verdict) {
    h.record(ended(&h.find(id).unwrap(), 1, verdict)).unwrap();
}

#[test]
fn what_is_past_its_retention_goes_and_what_is_kept_stays() {
    let databases = Databases::start();
    let settings = databases.new_settings();
    [105, 40].into_iter().for_each(|days| partitions_of(&settings, days));
    let (store, h) = opened(&settings);
    assert!(h.outbox.try_lead().unwrap());
    let (endpoint, _) = h.endpoint().unwrap();
    let of = |age: Duration| aged(endpoint, age);
    let scheduled = |age| NewMessage {
        timing: Timing { deliver_at: Some(Timestamp::now().plus(10 * DAY)), expires_at: None },
        ..of(age)
    };
    let named = |age| NewMessage { idempotency_key: Some("once".to_owned()), ..of(age) };
    let hours = |age, hours| NewMessage { retention_hours: Some(hours), ..of(age) };
    let send = |new: NewMessage| h.send(new).unwrap();

    // In a partition that is due, and in DEFAULT.
    let (old, dead, old_default) = (send(named(105 * DAY)), send(of(105 * DAY)), send(of(130 * DAY)));
    let (ahead, ahead_default) = (send(scheduled(105 * DAY)), send(scheduled(130 * DAY)));
    let (changed, waiting) = (send(of(105 * DAY)), send(of(105 * DAY)));
    // In partitions of which only that of the payloads is due.
    let (payload_old, own) = (send(of(40 * DAY)), send(hours(40 * DAY, 50 * 24)));
    let fresh = send(of(DAY / 24));
    let (dated, dated_waiting) = (send(hours(DAY / 12, 1)), send(hours(DAY / 12, 1)));
    let keyed = |age| NewMessage { ordering_key: Some("order".to_owned()), ..of(age) };
    let (front, behind) = (send(keyed(40 * DAY)), send(keyed(DAY / 24)));
    for id in [&old, &old_default, &changed, &payload_old, &own, &fresh, &dated] {
        end(&h, id, Verdict::Succeeded);
    }
    end(&h, &dead, Verdict::Dead);
    long_ago(&settings, &[old, dead, old_default, ahead, ahead_default, payload_old, own]);
    let event = |name: &str, days: i64| {
        format!(
            "INSERT INTO hookbridge.events (id, type, idempotency_key, size_bytes, payload_sha256, created_at, matched, needed_by)
            SELECT hookbridge.first_id(at), 'a.b', '{name}', 2, '', at, 0, 0
            FROM (SELECT (extract(epoch FROM now()) * 1000)::bigint - {days}::bigint * 86400000) AS a (at);
            INSERT INTO hookbridge.payloads (id, body) SELECT id, '' FROM hookbridge.events WHERE idempotency_key = '{name}';
            INSERT INTO hookbridge.event_keys (tenant, key, event_id)
            SELECT '', '{name}', id FROM hookbridge.events WHERE idempotency_key = '{name}';"
        )
    };
    run(&settings, &(event("old", 105) + &event("young", 39)));

    sweep(&store);

    for id in [&old, &dead, &old_default] {
        assert!(!is_there(&h, id), "{id}");
    }
    for parent in ["messages", "payloads", "attempts"] {
        // That of the messages 40 days ago, and of their attempts.
        assert_eq!(old_partitions(&settings, parent), i64::from(parent != "payloads"), "{parent}");
    }
    assert_ne!(send(named(Duration::ZERO)), old, "the key is free");
    for (id, has) in [(&ahead, true), (&ahead_default, true), (&own, true), (&fresh, true)] {
        assert_eq!(has_payload(&h, id), has, "{id}");
    }
    for id in [&changed, &payload_old, &dated] {
        assert_eq!(h.find(id).unwrap().message.status, MessageStatus::Succeeded);
        assert!(!has_payload(&h, id), "{id}");
    }
    for id in [&waiting, &dated_waiting, &front] {
        let found = h.find(id).unwrap().message;
        assert_eq!(found.status, MessageStatus::FailedPermanent, "{id}");
        assert!(found.last_error.unwrap().contains("retention") && !has_payload(&h, id));
    }
    assert!(!h.find(&behind).unwrap().held, "it goes when the one before it is given up");
    let waits = "SELECT count(*) FROM hookbridge.waiting";
    assert_eq!(number(&settings, waits), 4, "the two that are scheduled, the one behind, and the last");
    let left = "SELECT (SELECT count(*) FROM hookbridge.attempts a WHERE NOT EXISTS (SELECT FROM hookbridge.messages m WHERE m.id = a.message_id))
        + (SELECT count(*) FROM hookbridge.keys k WHERE NOT EXISTS (SELECT FROM hookbridge.messages m WHERE m.id = k.message_id))
        + (SELECT count(*) FROM hookbridge.dead_letters d WHERE NOT EXISTS (SELECT FROM hookbridge.messages m WHERE m.id = d.id))";
    assert_eq!(number(&settings, left), 0, "nothing names what is gone");
    let events = "SELECT count(*) * 10 + (SELECT count(*) FROM hookbridge.event_keys) FROM hookbridge.events";
    assert_eq!(number(&settings, events), 11, "the younger one, and its key");
}

#[test]
fn a_partition_is_held_by_others_keeps_much_or_may_not_be_dropped() {
    let databases = Databases::start();
    let settings = databases.new_settings();
    partitions_of(&settings, 105);
    let (store, h) = opened(&settings);
    assert!(h.outbox.try_lead().unwrap());
    let (endpoint, lane) = h.endpoint().unwrap();
    // Most of them are scheduled: more than are moved at once.
    let lane = lane.0;
    run(
        &settings,
        &format!(
            "INSERT INTO hookbridge.messages (id, seq, endpoint, status, due_at, xid, size_bytes, payload_sha256, created_at, updated_at,
                deliver_at)
            SELECT overlay(hookbridge.first_id(at)::text PLACING lpad(to_hex(n), 12, '0') FROM 25)::uuid,
                nextval('hookbridge.message_seq'), {lane}, CASE WHEN n % 8 > 0 THEN 0 ELSE 2 END,
                CASE WHEN n % 8 > 0 THEN -900000000000000 END, pg_current_xact_id(), 2, '', at, at,
                CASE WHEN n % 8 > 0 THEN 100000000000000 END
            FROM (SELECT (extract(epoch FROM now()) * 1000)::bigint - 105::bigint * 86400000) AS a (at), generate_series(1, 8000) AS n;
            INSERT INTO hookbridge.payloads (id, body) SELECT id, '{{}}' FROM hookbridge.messages;
            INSERT INTO hookbridge.waiting (endpoint, due_at, xid, seq, id, payload, attempt_count, schedule_start, epoch, created_at,
                deliver_at)
            SELECT endpoint, due_at, xid, seq, id, id, 0, 0, 0, created_at, deliver_at FROM hookbridge.messages
            WHERE due_at IS NOT NULL"
        ),
    );
    let rows = |table: &str| number(&settings, &format!("SELECT count(*) FROM hookbridge.{table}"));
    sweep(&store);
    assert_eq!((rows("messages"), rows("payloads"), rows("waiting")), (7_000, 7_000, 7_000));
    assert_eq!(old_partitions(&settings, "messages"), 1, "it keeps too much");
    run(
        &settings,
        "WITH gone AS (DELETE FROM hookbridge.waiting WHERE seq % 10 > 0 RETURNING id)
        UPDATE hookbridge.messages m SET due_at = NULL, deliver_at = NULL FROM gone WHERE m.id = gone.id",
    );
    let left = rows("waiting");

    // Others hold it: nobody waits for long.
    connected(&settings.database, async |other| {
        other.batch_execute("BEGIN; SELECT 1 FROM hookbridge.messages LIMIT 1").await.unwrap();
        sweep(&store);
        h.send(message(endpoint)).unwrap();
        other.batch_execute("COMMIT").await.unwrap();
    });
    assert_eq!((old_partitions(&settings, "messages"), old_partitions(&settings, "payloads")), (1, 0));
    sweep(&store);
    assert_eq!(old_partitions(&settings, "messages") + old_partitions(&settings, "attempts"), 0);
    assert_eq!((rows("messages"), rows("payloads"), rows("waiting")), (left + 1, left + 1, left + 1));

    // A role that may not.
    partitions_of(&settings, 205);
    run(
        &settings,
        "GRANT SELECT ON fails TO PUBLIC; CREATE ROLE app LOGIN; GRANT hookbridge_sidecar TO app;
        REVOKE EXECUTE ON FUNCTION hookbridge.maintain FROM hookbridge_sidecar",
    );
    let mut theirs = settings.clone();
    theirs.database.set_user("app");
    let (theirs, other) = opened(&theirs);
    let old = other.send(aged(endpoint, 205 * DAY)).unwrap();
    other.outbox.change(&[old], crate::outbox::command::MessageCommand::Delete { by: None }).unwrap();
    long_ago(&settings, &[old]);
    sweep(&theirs);
    assert!(!is_there(&other, &old));
}

#[test]
fn counters_and_revisions_are_added_up_and_nothing_is_lost_of_them() {
    let databases = Databases::start();
    let settings = databases.new_settings();
    let (store, h) = opened(&settings);
    assert!(h.outbox.try_lead().unwrap());
    run(
        &settings,
        "INSERT INTO hookbridge.revisions (node, edits) SELECT gen_random_uuid(), n FROM generate_series(1, 100) AS n;
        INSERT INTO hookbridge.changes (kind, at) VALUES (2, now() - interval '2 hours');
        INSERT INTO hookbridge.metrics (at, endpoint, node, total, succeeded, failed, retries, answers, latency_ms)
        SELECT (extract(epoch FROM date_trunc('minute', now())) * 1000)::bigint - n * 60000, 1, gen_random_uuid(), 1, 2, 3, 4, 5, 6
        FROM generate_series(1, 60 * 24 * 10, 5) AS n;
        INSERT INTO hookbridge.metrics (at, endpoint, node, total, succeeded, failed, retries, answers, latency_ms)
        SELECT (extract(epoch FROM now() - interval '40 days') * 1000)::bigint, 1, gen_random_uuid(), 9, 9, 9, 9, 9, 9",
    );
    let revision = h.outbox.revision().unwrap();
    sweep(&store);
    assert!(h.outbox.revision().unwrap() >= revision, "it never goes back");
    let sum = "SELECT sum(edits)::bigint FROM hookbridge.revisions";
    assert!(number(&settings, sum) >= 5_050);
    assert!(number(&settings, "SELECT count(*) FROM hookbridge.revisions") < 10);
    assert_eq!(
        number(&settings, "SELECT count(*) FROM hookbridge.changes WHERE at < now() - interval '1 hour'"),
        0
    );
    let sums = "SELECT sum(total + succeeded * 10 + latency_ms * 100)::bigint FROM hookbridge.metrics WHERE endpoint = 1 AND answers > 0";
    assert_eq!(number(&settings, sums), 2_880 * (1 + 20 + 600), "32 days are kept");
    let kept = number(&settings, "SELECT count(*) FROM hookbridge.metrics");
    assert!(kept < 100, "{kept} rows");
    // By the hour of the last day, a quarter of the eight before, and the day before those.
    assert_eq!(
        number(
            &settings,
            "SELECT count(*) FROM hookbridge.metrics WHERE at % 3600000 <> 0 AND at < (extract(epoch FROM now()) * 1000)::bigint - 7500000"
        ),
        0
    );
}
