//! The harness of a case: an outbox whose process leads, the notices to its loop, and failures on demand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::{Reply, Slot};
use crate::model::attempt::{Attempt, RetryType};
use crate::model::endpoint::Endpoint;
use crate::model::ids::{AttemptId, EndpointId, MessageId, SigningKeyId};
use crate::model::sent_headers::SentHeaders;
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;
use crate::outbox::accept::Caller;
use crate::outbox::command::{EndpointChange, MessageCommand};
use crate::outbox::due::{Refill, Wanted};
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::endpoints::StoredKey;
use crate::outbox::link::{DeliveryLink, Notice};
use crate::outbox::messages::{Changed, Found};
use crate::outbox::rows::{LaneKey, MessageKey, RowSet};
use crate::outbox::{NewMessage, Outbox};

/// How long the harness waits for something that should come at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long payloads without an expiry of their own are kept.
pub(crate) const PAYLOAD_RETENTION: Duration = Duration::from_secs(86_400);

/// What each store under test does in its own way.
pub(crate) trait UnderTest {
    /// Sets whether commits fail from now on. Reads succeed all the same.
    fn fail_commits(&self, fail: bool);

    /// Opens the same outbox as another process, which only enqueues.
    fn elsewhere(&self) -> Result<Arc<dyn Outbox>>;

    /// Drops a message's row with everything that belongs to it, as retention does.
    fn drop_message(&self, key: MessageKey) -> Result<()>;

    /// Has the store look for commits of other processes.
    fn look_for_others(&self);

    /// Whether several processes lead at a time.
    fn several_lead(&self) -> bool {
        false
    }

    /// How many messages one page reads, at most.
    fn looked_at(&self) -> usize;
}

pub(crate) struct Harness {
    pub outbox: Arc<dyn Outbox>,
    pub link: Arc<DeliveryLink>,
    pub store: Box<dyn UnderTest>,
    told: Mutex<UnboundedReceiver<Notice>>,
    /// An endpoint for separating notices: it is changed between those that came before and those that come after.
    marker: (EndpointId, LaneKey),
}

/// The states of a message that are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Queued,
    Slow,
    Fast,
    Succeeded,
    Dead,
    Deleted,
}

impl State {
    pub(super) const ALL: [Self; 6] =
        [Self::Queued, Self::Slow, Self::Fast, Self::Succeeded, Self::Dead, Self::Deleted];
}

pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

pub(super) fn later(millis: i64) -> Timestamp {
    Timestamp::from_millis(now().as_millis() + millis)
}

/// The code of an error.
pub(super) fn code<T>(outcome: Result<T>) -> Result<(), ErrorCode> {
    outcome.map(drop).map_err(|error| error.code())
}

/// The code of a refusal; the outcome must be one, unless the storage fails.
pub(super) fn refusal<T>(outcome: Result<T>) -> Result<ErrorCode> {
    match outcome {
        Err(error) if error.code() == ErrorCode::StorageUnavailable => Err(error),
        Err(error) => Ok(error.code()),
        Ok(_) => panic!("it was not refused"),
    }
}

pub(super) fn key(secret: &str) -> StoredKey {
    StoredKey {
        id: SigningKeyId::generate().unwrap(),
        secret: SigningSecret::from_stored(secret.to_owned()),
        created_at: now(),
    }
}

pub(super) fn endpoint() -> Endpoint {
    Endpoint {
        id: EndpointId::generate().unwrap(),
        url: "https://example.com/hooks".to_owned(),
        description: None,
        rate_limit_rps: None,
        burst: None,
        headers: None,
        retry_schedule: None,
        max_attempts: None,
        paused: false,
        created_at: now(),
        updated_at: now(),
        tenant: None,
        event_types: None,
        filter: None,
        on_failure: None,
    }
}

/// A new message, accepted now.
pub(in crate::outbox) fn message(endpoint: EndpointId) -> NewMessage {
    with_payload(endpoint, "{}")
}

pub(super) fn with_payload(endpoint: EndpointId, payload: &str) -> NewMessage {
    NewMessage {
        id: MessageId::generate_many(1).unwrap()[0],
        id_is_given: false,
        endpoint_id: endpoint,
        payload: payload.to_owned().into(),
        payload_sha256: Sha256::digest(payload.as_bytes()).into(),
        headers: None,
        idempotency_key: None,
        retention_hours: None,
        created_at: now(),
        makes_lane: false,
        ordering_key: None,
        timing: crate::outbox::Timing::default(),
    }
}

pub(super) fn named(endpoint: EndpointId, idempotency_key: &str, payload: &str) -> NewMessage {
    NewMessage { idempotency_key: Some(idempotency_key.to_owned()), ..with_payload(endpoint, payload) }
}

/// The attempt `number` of a message, which ended with `verdict`.
pub(crate) fn ended(found: &Found, number: u32, verdict: Verdict) -> EndedAttempt {
    let (status, error_text) = match verdict {
        Verdict::Succeeded => (200, None),
        _ => (503, Some(format!("attempt {number} failed"))),
    };
    EndedAttempt {
        message: found.key,
        lane: found.lane,
        message_id: found.message.id,
        endpoint_id: Some(found.message.endpoint_id),
        event: None,
        epoch: found.epoch,
        attempt: Attempt {
            id: AttemptId::generate().unwrap(),
            attempt_no: number,
            created_at: now(),
            response_status: Some(status),
            response_latency_ms: Some(7),
            processing_ms: Some(1),
            error_text,
            response_headers: None,
            retry_type: None,
            retry_after_seconds: None,
            resolved_ip: Some([192, 0, 2, 1].into()),
            request_headers: None,
            dns_ms: None,
            tcp_connect_ms: None,
            tls_handshake_ms: None,
            ttfb_ms: None,
            transfer_ms: None,
            conn_reused: Some(true),
            response_body: Some("answer".to_owned()),
            response_body_truncated: Some(false),
            note: None,
        },
        sent: SentHeaders::default(),
        verdict,
        ordering_key: found.message.ordering_key.as_deref().map(Arc::from),
        drop_payload: false,
        pause_endpoint: false,
    }
}

/// A verdict: retry in a minute.
pub(super) fn retry(kind: RetryType) -> Verdict {
    Verdict::RetryAt { at: later(60_000), kind }
}

impl Harness {
    /// `told` receives the notices that go to the loop behind `link`.
    pub(crate) fn new(
        outbox: Arc<dyn Outbox>,
        link: Arc<DeliveryLink>,
        store: Box<dyn UnderTest>,
        told: UnboundedReceiver<Notice>,
    ) -> Result<Self> {
        link.set_leading(true);
        let marker = (EndpointId::from_bytes([0; 16]), LaneKey(0));
        let harness = Self { outbox, link, store, told: Mutex::new(told), marker };
        let marker = harness.create_endpoint()?;
        Ok(Self { marker, ..harness })
    }

    fn hear(&self, patience: Duration) -> Option<Notice> {
        let until = Instant::now() + patience;
        loop {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            match told.try_recv() {
                Ok(notice) => return Some(notice),
                Err(_) if Instant::now() >= until => return None,
                Err(_) => {}
            }
            drop(told);
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// The next notice of a change by this process.
    pub(super) fn next(&self) -> Notice {
        loop {
            match self.hear(PATIENCE) {
                Some(Notice::OthersWrote { .. } | Notice::RereadAll) => {}
                Some(notice) => return notice,
                None => panic!("the loop is told nothing"),
            }
        }
    }

    /// All notices so far of changes by this process.
    pub(super) fn heard(&self) -> Result<Vec<Notice>> {
        let (id, lane) = self.marker;
        self.outbox.change_endpoint(&id, EndpointChange::Pause)?;
        let mut heard = Vec::new();
        loop {
            match self.next() {
                Notice::EndpointChanged(changed) if changed == lane => return Ok(heard),
                notice => heard.push(notice),
            }
        }
    }

    /// The names of all notices so far.
    pub(super) fn names_heard(&self) -> Result<Vec<String>> {
        let name = |notice: &Notice| {
            let text = format!("{notice:?}");
            text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
        };
        Ok(self.heard()?.iter().map(name).collect())
    }

    /// The next notice of commits by other processes.
    pub(super) fn next_of_others(&self) -> Notice {
        let until = Instant::now() + PATIENCE;
        loop {
            self.store.look_for_others();
            match self.hear(Duration::from_millis(1)) {
                Some(notice @ (Notice::OthersWrote { .. } | Notice::RereadAll)) => return notice,
                _ => assert!(Instant::now() < until, "the loop is told nothing of others"),
            }
        }
    }

    /// Adds an endpoint; returns its id and row. Earlier notices are dropped.
    pub(in crate::outbox) fn endpoint(&self) -> Result<(EndpointId, LaneKey)> {
        self.heard()?;
        self.create_endpoint()
    }

    fn create_endpoint(&self) -> Result<(EndpointId, LaneKey)> {
        let endpoint = endpoint();
        let id = endpoint.id;
        self.outbox.create_endpoint(endpoint, key("whsec_first"))?;
        match self.next() {
            Notice::EndpointChanged(lane) => Ok((id, lane)),
            other => panic!("{other:?}"),
        }
    }

    /// Sends a message. Returns its id, or that of the message that its key names.
    pub(super) fn send_to(&self, outbox: &dyn Outbox, message: NewMessage) -> Result<MessageId> {
        let reply = Slot::new();
        outbox.accept(message, Caller::MayWait, Reply::Thread(reply.clone()))?;
        Ok(reply.wait_for(PATIENCE).expect("a send is answered")?.message_id)
    }

    pub(in crate::outbox) fn send(&self, message: NewMessage) -> Result<MessageId> {
        self.send_to(&*self.outbox, message)
    }

    /// Reads a message that must exist.
    pub(in crate::outbox) fn find(&self, id: &MessageId) -> Result<Found> {
        Ok(self.outbox.message(id)?.unwrap_or_else(|| panic!("{id} is not there")))
    }

    /// Records an attempt. Returns whether an operation had overtaken it. Earlier notices are dropped.
    pub(in crate::outbox) fn record(&self, ended: EndedAttempt) -> Result<bool> {
        self.outbox.record(Box::new(ended))?;
        loop {
            match self.next() {
                Notice::Recorded { overtaken, .. } => return Ok(overtaken),
                Notice::NotRecorded(_) => {
                    return Err(Error::new(ErrorCode::StorageUnavailable, "the attempt was not recorded"));
                }
                _ => {}
            }
        }
    }

    /// Adds a message of an endpoint in a state.
    pub(super) fn message_in(&self, endpoint: EndpointId, state: State) -> Result<Found> {
        let id = self.send(message(endpoint))?;
        let found = self.find(&id)?;
        let verdict = match state {
            State::Queued => None,
            State::Slow => Some(retry(RetryType::Slow)),
            State::Fast => Some(retry(RetryType::Fast)),
            State::Succeeded => Some(Verdict::Succeeded),
            State::Dead | State::Deleted => Some(Verdict::Dead),
        };
        if let Some(verdict) = verdict {
            self.record(ended(&found, 1, verdict))?;
        }
        if state == State::Deleted {
            self.change(&id, MessageCommand::Delete { by: None })?;
        }
        self.heard()?;
        self.find(&id)
    }

    /// Gives a command to one message.
    pub(super) fn change(&self, id: &MessageId, command: MessageCommand) -> Result<Changed> {
        self.outbox.change(&[*id], command)?.pop().expect("one answer for one id")
    }

    /// Reads a lane's due messages as of `at`.
    pub(super) fn refill(&self, wanted: Wanted, at: Timestamp) -> Result<Refill> {
        let (lane, mut found) = (wanted.lane, None);
        self.outbox.refill(&[wanted], at, at, &mut |of, refill| {
            assert_eq!(of, lane);
            found = Some(refill);
        })?;
        Ok(found.expect("the one lane was read"))
    }

    /// Runs a command whose commit fails.
    pub(super) fn refused<T>(&self, command: impl FnOnce() -> Result<T>) {
        self.store.fail_commits(true);
        let outcome = code(command());
        self.store.fail_commits(false);
        assert_eq!(outcome, Err(ErrorCode::StorageUnavailable));
    }
}

/// The request of a lane that has room for everything.
pub(super) fn all_of(lane: LaneKey) -> Wanted {
    Wanted { lane, room: 1_000, bytes: 1 << 20, known: RowSet::default() }
}
