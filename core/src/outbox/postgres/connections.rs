//! The connections of one process: a few, each lent to one task at a time.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::ops::Deref;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

use super::dial;
use super::statement::Sql;
use crate::error::{Error, ErrorCode};

/// How long the answer to a statement, or to a transaction's, may take.
const PATIENCE: Duration = Duration::from_secs(10);
const LAST_PART: Duration = Duration::from_secs(1);
/// The most connections of one process.
const MOST: usize = 6;

pub(super) struct Connections {
    config: tokio_postgres::Config,
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
        if !self.client.is_closed() && !self.spoilt.get() {
            self.home.idle.borrow_mut().push(self.client.clone());
        }
    }
}

impl Connections {
    pub(super) fn new(config: tokio_postgres::Config) -> Self {
        Self { config, idle: RefCell::default(), permits: Semaphore::new(MOST) }
    }

    /// A connection: an idle one, or a new one.
    pub(super) async fn lend(&self) -> Sql<Lent<'_>> {
        // Never closed: without a permit there is no bound, and nothing else.
        let permit = self.permits.acquire().await.ok();
        let idle = std::iter::from_fn(|| self.idle.borrow_mut().pop()).find(|client| !client.is_closed());
        let client = match idle {
            Some(client) => client,
            None => Rc::new(self.connect().await?),
        };
        Ok(Lent { client, home: self, spoilt: Cell::new(false), _permit: permit })
    }

    async fn connect(&self) -> Sql<Client> {
        let (client, connection) = dial::connect(&self.config, NoTls).await?;
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

/// The error of a statement that could not be carried out.
pub(super) fn storage_error(cause: tokio_postgres::Error) -> Error {
    let why = match cause.as_db_error() {
        Some(refused) => format!("{} (SQLSTATE {})", refused.message(), refused.code().code()),
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

/// Whether a transaction that failed by this may succeed if it is carried out again: it collided with another, or the connection
/// had been lost before it began.
pub(super) fn may_succeed_again(cause: &tokio_postgres::Error) -> bool {
    match cause.code() {
        Some(code) => [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
        ]
        .contains(code),
        None => cause.is_closed(),
    }
}
