//! Every step, a message and an outcome, written again after it had reached the file and after it had not.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Debug;

use rusqlite::Connection;

use super::*;
use crate::host::completion::Reply;
use crate::model::api_key::ApiKey;
use crate::model::attempt::Attempt;
use crate::model::endpoint::Endpoint;
use crate::model::export::ExportFilter;
use crate::model::ids::{ApiKeyId, AttemptId, EndpointId, ExportId, MessageId, SigningKeyId};
use crate::model::sent_headers::SentHeaders;
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;
use crate::outbox::NewMessage;
use crate::outbox::api_keys::StoredApiKey;
use crate::outbox::command::{EndpointChange, EndpointSettings, KeyChange, MessageCommand};
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::endpoints::StoredKey;
use crate::outbox::exports::Written;
use crate::outbox::link::DeliveryLink;
use crate::outbox::messages::Changed;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::sqlite::metrics::GroupCounters;
use crate::outbox::sqlite::schema;
use crate::outbox::sqlite::stored;
use crate::outbox::sqlite::writer::insert::{Send, SendBatch};
use crate::outbox::sqlite::writer::outcome::Record;
use crate::outbox::withdrawals::Withdrawals;

const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

struct Outbox {
    connection: Connection,
    endpoints: HashMap<EndpointId, i64>,
    subscriptions: crate::outbox::sqlite::subscriptions::KnownSubscriptions,
    link: DeliveryLink,
    withdrawals: Withdrawals,
    now: i64,
}

impl Outbox {
    fn new() -> Self {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        Self {
            connection,
            endpoints: HashMap::new(),
            subscriptions: crate::outbox::sqlite::subscriptions::KnownSubscriptions::default(),
            link: DeliveryLink::new(None),
            withdrawals: Withdrawals::default(),
            now: 1_000,
        }
    }

    /// Applies a job in a transaction, later than the one before. How many endpoints it counted something for.
    fn apply(&mut self, job: &mut dyn Job, again: bool) -> usize {
        self.now += 1_000;
        let mut context = WriteContext {
            connection: &self.connection,
            now: Timestamp::from_millis(self.now),
            endpoints: &mut self.endpoints,
            subscriptions: &mut self.subscriptions,
            link: &self.link,
            withdrawals: &mut self.withdrawals,
            counters: GroupCounters::new(),
            changes: BTreeSet::new(),
            statements: Vec::new(),
        };
        // As the committer does.
        if !again || !job.is_written(&context).unwrap() {
            job.apply(&mut context).unwrap();
        }
        context.counters.len()
    }

    fn sql(&self, sql: &str) {
        self.connection.execute_batch(sql).unwrap();
    }

    /// What the tables hold that a step may change; when does not matter.
    fn contents(&self) -> Vec<String> {
        [
            "SELECT hex(id) || paused || coalesce(description, '') || (deleted_at IS NULL)
             FROM hookbridge_endpoints ORDER BY seq",
            "SELECT hex(id) || status || coalesce(due_at > 0, 'none') || epoch || replay_count || (deleted_at IS NULL)
             FROM hookbridge_messages ORDER BY seq",
            "SELECT hex(id) FROM hookbridge_signing_keys ORDER BY seq",
            "SELECT hex(id) FROM hookbridge_api_keys ORDER BY seq",
            "SELECT hex(id) || status FROM hookbridge_exports ORDER BY seq",
        ]
        .iter()
        .flat_map(|sql| {
            let mut statement = self.connection.prepare(sql).unwrap();
            let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
            rows.map(Result::unwrap).collect::<Vec<_>>()
        })
        .collect()
    }
}

fn job_of<S: Step>(steps: Vec<S>) -> Steps<S> {
    let entries = steps.into_iter().map(|step| Entry { step, outcome: None }).collect();
    Steps { entries, reply: Slot::new() }
}

fn answers<S: Step>(change: &Steps<S>) -> Vec<String>
where
    S::Answer: Debug,
{
    let outcomes = change.entries.iter().map(|entry| entry.outcome.as_ref().unwrap());
    outcomes.map(|outcome| format!("{:?}", outcome.as_ref().map(|applied| &applied.answer))).collect()
}

/// Has `steps` written twice by one job. `prepare` fills a fresh outbox.
fn written_twice<S: Step>(name: &str, prepare: impl Fn(&mut Outbox), steps: impl Fn() -> Vec<S>)
where
    S::Answer: Debug,
{
    // The group had reached the file.
    let mut outbox = Outbox::new();
    prepare(&mut outbox);
    let mut job = job_of(steps());
    outbox.apply(&mut job, false);
    let (first, contents) = (answers(&job), outbox.contents());
    assert!(first.iter().all(|answer| answer.starts_with("Ok")), "{name}: {first:?}");
    outbox.apply(&mut job, true);
    assert_eq!(answers(&job), first, "{name} had reached the file");
    assert_eq!(outbox.contents(), contents, "{name} had reached the file");

    // It had not.
    let mut outbox = Outbox::new();
    prepare(&mut outbox);
    let before = outbox.contents();
    let mut job = job_of(steps());
    outbox.sql("BEGIN");
    outbox.apply(&mut job, false);
    outbox.sql("ROLLBACK");
    assert_eq!(outbox.contents(), before, "{name}");
    outbox.apply(&mut job, true);
    assert_eq!(outbox.contents(), contents, "{name} had not reached the file");
}

fn id(number: u8) -> MessageId {
    MessageId::from_bytes([number; 16])
}

/// An endpoint, and a message of it in each state: its number is its status.
fn messages_in_each_state(outbox: &mut Outbox) {
    outbox.sql(
        "INSERT INTO hookbridge_endpoints (seq, id, url, created_at, updated_at)
         VALUES (1, x'00000000000000000000000000000000', 'https://example.com/', 1, 1)",
    );
    for status in 0..4 {
        let due = match status {
            stored::QUEUED => "0",
            stored::PENDING_RETRY => "9000000",
            _ => "NULL",
        };
        let row = status + 1;
        outbox.sql(&format!(
            "INSERT INTO hookbridge_messages (seq, id, endpoint_seq, status, due_at, retry_type, size_bytes, payload_sha256,
                created_at, updated_at)
             VALUES ({row}, x'{}', 1, {status}, {due}, 1, 2, zeroblob(32), 1, 1);
             INSERT INTO hookbridge_payloads (seq, body) VALUES ({row}, x'7b7d')",
            format!("{status:02x}").repeat(16)
        ));
    }
}

#[test]
fn a_message_that_was_changed_is_answered_as_at_first() {
    let step = |status: i64, command| MessageStep::new(id(status as u8), command, DAY);
    let replay = MessageCommand::Replay { is_relay: false };
    let delete = MessageCommand::Delete { by: None };
    let cases = [
        ("replay", vec![(stored::SUCCEEDED, replay), (stored::FAILED_PERMANENT, replay)]),
        ("dead letter", vec![(stored::FAILED_PERMANENT, MessageCommand::ReplayDeadLetter)]),
        ("cancel", vec![(stored::PENDING_RETRY, MessageCommand::Cancel)]),
        ("retry now", vec![(stored::PENDING_RETRY, MessageCommand::RetryNow)]),
        ("delete", (0..4).map(|status| (status, delete)).collect()),
        ("the same twice", vec![(stored::QUEUED, delete), (stored::QUEUED, delete)]),
        // The mark of the first is not in the row any more.
        ("one after the other", vec![(stored::SUCCEEDED, replay), (stored::SUCCEEDED, delete)]),
    ];
    for (name, steps) in cases {
        written_twice(name, messages_in_each_state, || {
            steps.iter().map(|(status, command)| step(*status, *command)).collect()
        });
    }
}

#[test]
fn a_refusal_is_decided_anew() {
    let mut outbox = Outbox::new();
    messages_in_each_state(&mut outbox);
    let step = MessageStep::new(id(stored::SUCCEEDED as u8), MessageCommand::Cancel, DAY);
    let mut job = job_of(vec![step]);
    outbox.apply(&mut job, false);
    let code = |job: &Steps<MessageStep>| {
        let outcome: &Result<Applied<Changed>> = job.entries[0].outcome.as_ref().unwrap();
        outcome.as_ref().err().map(Error::code)
    };
    assert_eq!(code(&job), Some(ErrorCode::InvalidStatus));
    // Another process made it wait meanwhile.
    outbox.sql("UPDATE hookbridge_messages SET status = 1, due_at = 9000000 WHERE seq = 3");
    outbox.apply(&mut job, true);
    assert_eq!(code(&job), None);
}

fn an_endpoint(outbox: &mut Outbox) {
    written(outbox, CreateEndpoint { endpoint: endpoint(), key: key(1) });
}

/// Has one step written, once.
fn written<S: Step>(outbox: &mut Outbox, step: S) {
    outbox.apply(&mut job_of(vec![step]), false);
}

fn endpoint() -> Endpoint {
    Endpoint {
        id: EndpointId::from_bytes([7; 16]),
        url: "https://example.com/".to_owned(),
        description: None,
        rate_limit_rps: None,
        burst: None,
        headers: None,
        retry_schedule: None,
        max_attempts: None,
        paused: false,
        created_at: Timestamp::from_millis(1),
        updated_at: Timestamp::from_millis(1),
        tenant: None,
        event_types: None,
        filter: None,
        on_failure: None,
    }
}

fn key(number: u8) -> StoredKey {
    StoredKey {
        id: SigningKeyId::from_bytes([number; 16]),
        secret: SigningSecret::from_stored("whsec_".to_owned()),
        created_at: Timestamp::from_millis(1),
    }
}

#[test]
fn an_endpoint_that_was_changed_is_answered_as_at_first() {
    written_twice("create", |_| (), || vec![CreateEndpoint { endpoint: endpoint(), key: key(1) }]);
    let change = |change: &EndpointChange| ChangeEndpoint::new(endpoint().id, change.clone());
    let update = EndpointChange::Update(Box::new(EndpointSettings {
        description: Some(Some("orders".to_owned())),
        ..EndpointSettings::default()
    }));
    let [pause, resume, delete] = [EndpointChange::Pause, EndpointChange::Resume, EndpointChange::Delete];
    for steps in [
        vec![&update],
        vec![&pause],
        vec![&delete],
        vec![&pause, &resume],
        vec![&update, &delete],
        vec![&pause, &update, &resume, &delete],
    ] {
        written_twice(&format!("{steps:?}"), an_endpoint, || steps.iter().map(|step| change(step)).collect());
    }
    // What was due goes on once, and is said to.
    let held = |outbox: &mut Outbox| {
        an_endpoint(outbox);
        written(outbox, change(&pause));
        outbox.sql(
            "INSERT INTO hookbridge_messages (seq, id, endpoint_seq, status, due_at, size_bytes, payload_sha256,
                created_at, updated_at)
             VALUES (1, zeroblob(16), 1, 0, 0, 2, zeroblob(32), 1, 1)",
        );
    };
    written_twice("resume", held, || vec![change(&resume)]);
    written_twice("resume and update", held, || vec![change(&resume), change(&update)]);
    written_twice("resume and pause", held, || vec![change(&resume), change(&pause)]);
    let mut outbox = Outbox::new();
    held(&mut outbox);
    let mut job = job_of(vec![change(&resume)]);
    outbox.apply(&mut job, false);
    outbox.apply(&mut job, true);
    assert!(answers(&job)[0].ends_with("messages_released: 1 })"), "{:?}", answers(&job));
}

#[test]
fn keys_that_were_changed_are_answered_as_at_first() {
    let change = |change| vec![ChangeKeys { endpoint: endpoint().id, change }];
    let two_keys = |outbox: &mut Outbox| {
        an_endpoint(outbox);
        written(outbox, ChangeKeys { endpoint: endpoint().id, change: KeyChange::Create(key(2)) });
    };
    written_twice("create a signing key", an_endpoint, || change(KeyChange::Create(key(2))));
    written_twice("delete a signing key", two_keys, || change(KeyChange::Delete(Some(key(1).id))));

    let api_key = |number: u8| {
        AddApiKey(StoredApiKey {
            sha256: [9; 32],
            listed: ApiKey {
                key_id: ApiKeyId::from_bytes([number; 16]),
                label: String::new(),
                prefix: String::new(),
                scope: Some(crate::model::api_key::ApiKeyScope::Full),
                created_at: Timestamp::from_millis(1),
                last_used_at: None,
            },
        })
    };
    written_twice("add an API key", |_| (), || vec![api_key(1)]);
    written_twice("install one that is there", |outbox| written(outbox, api_key(1)), || vec![api_key(2)]);
    written_twice(
        "delete an API key",
        |outbox| written(outbox, api_key(1)),
        || vec![DeleteApiKey::new(ApiKeyId::from_bytes([1; 16]))],
    );
}

#[test]
fn an_export_that_was_changed_is_answered_as_at_first() {
    let id = ExportId::from_bytes([5; 16]);
    let create = || CreateExport {
        id,
        filter: ExportFilter {
            start: Timestamp::from_millis(1),
            end: Timestamp::from_millis(2),
            status: None,
            endpoint_id: None,
        },
        most: 1,
        link_secret: [3; 32],
    };
    let change = |change| vec![ChangeExport::new(id, change)];
    let made = |outbox: &mut Outbox| written(outbox, create());
    let begun = |outbox: &mut Outbox| {
        made(outbox);
        written(outbox, ChangeExport::new(id, ExportChange::Begin));
    };
    let finish = || ExportChange::Finish {
        written: Written::Whole { rows: 1, bytes: 2 },
        kept_until: Timestamp::from_millis(i64::MAX),
    };
    written_twice("create an export", |_| (), || vec![create()]);
    written_twice("begin an export", made, || change(ExportChange::Begin));
    written_twice("finish an export", begun, || change(finish()));
    written_twice("delete an export", begun, || change(ExportChange::Delete));
}

/// Of the message that [`messages_in_each_state`] has waiting for a retry.
fn an_outcome() -> EndedAttempt {
    let at = Timestamp::from_millis(5);
    EndedAttempt {
        message: MessageKey(stored::PENDING_RETRY + 1),
        lane: LaneKey(1),
        message_id: id(stored::PENDING_RETRY as u8),
        endpoint_id: None,
        event: None,
        epoch: 0,
        attempt: Attempt {
            id: AttemptId::from_bytes([8; 16]),
            attempt_no: 1,
            created_at: at,
            response_status: Some(200),
            response_latency_ms: Some(3),
            processing_ms: None,
            error_text: None,
            response_headers: None,
            retry_type: None,
            retry_after_seconds: None,
            resolved_ip: None,
            request_headers: None,
            dns_ms: None,
            tcp_connect_ms: None,
            tls_handshake_ms: None,
            ttfb_ms: None,
            transfer_ms: None,
            conn_reused: None,
            response_body: None,
            response_body_truncated: None,
            note: None,
        },
        sent: SentHeaders::default(),
        verdict: Verdict::Succeeded,
        ordering_key: None,
        drop_payload: false,
        pause_endpoint: false,
    }
}

#[test]
fn an_outcome_that_was_written_is_not_counted_twice() {
    for reached in [true, false] {
        let mut outbox = Outbox::new();
        messages_in_each_state(&mut outbox);
        let mut job = Record::new(Box::new(an_outcome()));
        outbox.sql("BEGIN");
        assert_eq!(outbox.apply(&mut *job, false), 1);
        outbox.sql(if reached { "COMMIT" } else { "ROLLBACK" });
        assert_eq!(outbox.apply(&mut *job, true), usize::from(!reached), "reached the file: {reached}");
        let rows = "SELECT count(*) FROM hookbridge_attempts";
        assert_eq!(outbox.connection.query_row(rows, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    }
}

#[test]
fn an_outcome_is_written_though_another_attempt_has_its_number() {
    let mut outbox = Outbox::new();
    messages_in_each_state(&mut outbox);
    let mut other = an_outcome();
    other.attempt.id = AttemptId::from_bytes([9; 16]);
    outbox.apply(&mut *Record::new(Box::new(other)), false);
    assert_eq!(outbox.apply(&mut *Record::new(Box::new(an_outcome())), true), 1);
}

#[test]
fn messages_that_were_written_are_there_once() {
    let message = |number: u8| NewMessage {
        id_is_given: false,
        id: id(number),
        endpoint_id: endpoint().id,
        payload: bytes::Bytes::from_static(b"{}"),
        payload_sha256: [0; 32],
        headers: None,
        idempotency_key: None,
        retention_hours: None,
        created_at: Timestamp::from_millis(1),
        makes_lane: false,
        ordering_key: None,
        timing: crate::outbox::Timing::default(),
    };
    for reached in [true, false] {
        let mut outbox = Outbox::new();
        an_endpoint(&mut outbox);
        let lone = Send::new(message(1), Reply::Thread(Slot::new()));
        let refused = Err(Error::new(ErrorCode::InvalidRequest, "refused before"));
        let batch = SendBatch::new(vec![Ok(message(2)), refused, Ok(message(3))], Slot::new());
        for mut job in [lone as Box<dyn Job>, batch] {
            outbox.sql("BEGIN");
            outbox.apply(&mut *job, false);
            outbox.sql(if reached { "COMMIT" } else { "ROLLBACK" });
            outbox.apply(&mut *job, true);
        }
        let rows = "SELECT count(*), count(DISTINCT id) FROM hookbridge_messages";
        let found = outbox.connection.query_row(rows, [], |row| Ok((row.get(0)?, row.get(1)?)));
        assert_eq!(found, Ok((3_i64, 3_i64)), "reached the file: {reached}");
    }
}
