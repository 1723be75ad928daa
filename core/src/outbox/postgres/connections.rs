//! The connections of one process: a few, each lent to one task at a time.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::ops::Deref;
use std::pin::pin;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::address::{Address, Trouble};
use crate::error::{Error, ErrorCode};

/// How long the answer to a statement, or to a transaction's, may take.
const PATIENCE: Duration = Duration::from_secs(10);
const LAST_PART: Duration = Duration::from_secs(1);
/// The most connections of one process.
const MOST: usize = 6;

/// For how long work waits for a database that went away, as one does that restarts. Once it was away for so long, nobody waits
/// any more until it is back.
const RETURN_PATIENCE: Duration = Duration::from_secs(5);
/// The pause between two tries to reach it.
const RETURN_PAUSE: Duration = Duration::from_millis(50);

pub(super) struct Connections {
    address: Address,
    /// Since when no connection can be made.
    away: Cell<Option<Instant>>,
    idle: RefCell<Vec<Rc<Client>>>,
    permits: Semaphore,
}

/// A connection that is lent. It goes back when this is dropped, unless it is broken. Whoever begins a transaction ends it before.
pub(super) struct Lent<'a> {
    client: Rc<Client>,
    home: &'a Connections,
    /// Whether something on it went unanswered: nothing else may follow.
    spoilt: Cell<bool>,
    _permit: Option<SemaphorePermit<'a>>,
}

impl Deref for Lent<'_> {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Lent<'_> {
    /// Waits for the answer to `question` on this connection. None where the database is silent for too long: then what it did
    /// is not known, and the connection is given up. What still runs there is not cancelled: a commit that waits for a standby
    /// would look done.
    pub(super) async fn answered<T>(&self, question: impl Future<Output = T>) -> Option<T> {
        let mut question = pin!(question);
        let mut answer = None;
        // The last part for a process that was stopped for longer than its patience: the answer may be here, unread.
        for part in [PATIENCE - LAST_PART, LAST_PART] {
            if answer.is_none() {
                answer = tokio::time::timeout(part, question.as_mut()).await.ok();
            }
        }
        self.spoilt.set(self.spoilt.get() || answer.is_none());
        answer
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if self.client.is_closed() {
            // Whatever ended it has ended the idle ones too, as a rule: none of them is worth a try.
            self.home.close();
        } else if !self.spoilt.get() {
            self.home.idle.borrow_mut().push(self.client.clone());
        }
    }
}

impl Connections {
    pub(super) fn new(address: Address) -> Self {
        Self { address, away: Cell::default(), idle: RefCell::default(), permits: Semaphore::new(MOST) }
    }

    /// A connection, for which a database that went away is waited for.
    pub(super) async fn lend_patiently(&self) -> Result<Lent<'_>, Trouble> {
        loop {
            match self.lend().await {
                Err(trouble) if trouble.passes() && !self.is_gone() => tokio::time::sleep(RETURN_PAUSE).await,
                outcome => return outcome,
            }
        }
    }

    fn is_gone(&self) -> bool {
        self.away.get().is_some_and(|since| since.elapsed() > RETURN_PATIENCE)
    }

    /// A connection: an idle one, or a new one.
    pub(super) async fn lend(&self) -> Result<Lent<'_>, Trouble> {
        // Never closed: without a permit there is no bound, and nothing else.
        let permit = self.permits.acquire().await.ok();
        let idle = std::iter::from_fn(|| self.idle.borrow_mut().pop()).find(|client| !client.is_closed());
        let client = match idle {
            Some(client) => {
                self.away.set(None);
                client
            }
            None => Rc::new(self.connect().await?),
        };
        Ok(Lent { client, home: self, spoilt: Cell::new(false), _permit: permit })
    }

    async fn connect(&self) -> Result<Client, Trouble> {
        let connected = self.address.connect().await;
        let away = self.away.get().unwrap_or_else(Instant::now);
        self.away.set(connected.is_err().then_some(away));
        let (client, connection) = connected?;
        tokio::task::spawn_local(async move {
            if let Err(error) = connection.await {
                tracing::warn!(target: "hookbridge::outbox", %error, "a connection to the database was lost");
            }
        });
        Ok(client)
    }

    pub(super) fn close(&self) {
        self.idle.borrow_mut().clear();
    }
}

/// Why something was not carried out.
pub(super) enum Failed {
    /// There was no connection to carry it out on.
    Unreached(Trouble),
    Refused(tokio_postgres::Error),
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self::Unreached(trouble)
    }
}

impl From<tokio_postgres::Error> for Failed {
    fn from(cause: tokio_postgres::Error) -> Self {
        Self::Refused(cause)
    }
}

impl Failed {
    /// Whether the database itself says so, and not for its own state or the connection's.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(cause) if cause.as_db_error().is_some())
    }

    /// Whether what failed by this may succeed if it is carried out again: it collided with something else, or its connection was
    /// lost.
    pub(super) fn may_succeed_again(&self) -> bool {
        matches!(self, Self::Refused(cause) if may_succeed_again(cause))
    }

    pub(super) fn error(self) -> Error {
        match self {
            Self::Unreached(trouble) => trouble.error(),
            Self::Refused(cause) => storage_error(cause),
        }
    }
}

/// The error of a statement that could not be carried out.
pub(super) fn storage_error(cause: tokio_postgres::Error) -> Error {
    let why = match cause.as_db_error() {
        Some(refused) => {
            let may_not = *refused.code() == SqlState::INSUFFICIENT_PRIVILEGE;
            let advice = if may_not { "; grant the role hookbridge_sidecar to this one" } else { "" };
            format!("{} (SQLSTATE {}){advice}", refused.message(), refused.code().code())
        }
        None => match std::error::Error::source(&cause) {
            Some(source) => format!("{cause}: {source}"),
            None => cause.to_string(),
        },
    };
    Error::new(ErrorCode::StorageUnavailable, format!("the database cannot be read or written: {why}"))
}

/// The error where the database did not answer.
pub(super) fn silent() -> Error {
    let text = format!("the database did not answer within {} s", PATIENCE.as_secs());
    Error::new(ErrorCode::StorageUnavailable, text)
}

fn may_succeed_again(cause: &tokio_postgres::Error) -> bool {
    // Where a key is there already, another process has written a message by the same id: it is known now.
    const COLLISIONS: [SqlState; 3] =
        [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::UNIQUE_VIOLATION];
    const ENDS: [SqlState; 3] =
        [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW];
    match cause.code() {
        // Poolers say by the class of connections that they end, or that their server did.
        Some(code) => COLLISIONS.contains(code) || ENDS.contains(code) || code.code().starts_with("08"),
        None => cause.is_closed(),
    }
}
