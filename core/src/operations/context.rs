//! The context of operations: the settings, the outbox, and what they must know of the delivery in this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::authentication::{KeyHolder, KeyTable};
use super::event_types::Schemas;
use super::messages::SendRequest;
use super::readers::{Readers, Reading};
use crate::config::Config;
use crate::error::{Error, ErrorCode, Result};
use crate::exports::Exporter;
use crate::host::completion::{Pending, PendingSend, Reply, Slot};
use crate::model::deliverer::{Deliverer, Readiness};
use crate::model::ids::{ApiKeyId, MessageId, MessageIds};
use crate::model::timestamp::Timestamp;
use crate::outbox::Outbox;
use crate::outbox::accept::Caller;
use crate::outbox::command::MessageCommand;
use crate::outbox::link::DeliveryLink;
use crate::outbox::messages::Changed;
use crate::wire::address_guard::AddressGuard;
use crate::wire::names::Names;

/// Returns why this process, which should deliver, cannot.
pub(crate) type NotDelivering = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// Everything that operations use. The engine makes it.
pub(crate) struct Context {
    pub config: Arc<Config>,
    pub guard: AddressGuard,
    /// Looks up the hosts of endpoints that are created or updated. Delivery has its own `Names`, so neither waits for the other.
    pub names: Names,
    pub outbox: Arc<dyn Outbox>,
    ids: MessageIds,
    pub keys: KeyTable,
    /// The schemas of event types, ready to check payloads.
    pub schemas: Schemas,
    readers: Readers,
    pub link: Arc<DeliveryLink>,
    pub exporter: Arc<Exporter>,
    not_delivering: NotDelivering,
    /// Whether this process accepted a message, or made one due again.
    awaits_delivery: AtomicBool,
}

/// The parts of a [`Context`] that the engine has opened.
pub(crate) struct Opened {
    pub config: Arc<Config>,
    pub outbox: Arc<dyn Outbox>,
    pub link: Arc<DeliveryLink>,
    pub exporter: Arc<Exporter>,
    pub not_delivering: NotDelivering,
}

impl Context {
    pub(crate) fn new(opened: Opened) -> Self {
        let Opened { config, outbox, link, exporter, not_delivering } = opened;
        Self {
            guard: AddressGuard::new(config.allow_local_endpoints),
            names: Names::new(),
            ids: MessageIds::default(),
            keys: KeyTable::default(),
            schemas: Schemas::default(),
            readers: Readers::default(),
            config,
            outbox,
            link,
            exporter,
            not_delivering,
            awaits_delivery: AtomicBool::new(false),
        }
    }

    /// Checks that a send could be committed now, and says who delivers.
    pub(crate) fn readiness(&self) -> Result<Readiness> {
        self.outbox.check_writable()?;
        Ok(Readiness { deliverer: self.deliverer(), not_delivering: self.not_delivering() })
    }

    pub(crate) fn deliverer(&self) -> Option<Deliverer> {
        self.outbox.deliverer()
    }

    /// Why this process, which should deliver, cannot.
    pub(crate) fn not_delivering(&self) -> Option<String> {
        (self.not_delivering)()
    }

    /// Accepts a message for a thread that will wait. If nobody else writes, the message is committed on this thread.
    pub(crate) fn begin_send(&self, request: SendRequest) -> Result<PendingSend> {
        let slot = Slot::new();
        self.accept(request, Caller::MayWait, Reply::Thread(slot.clone()))?;
        Ok(Pending(slot))
    }

    /// Accepts a message. `reply` gets the outcome.
    pub(crate) fn accept(&self, request: SendRequest, caller: Caller, reply: Reply) -> Result<()> {
        let message = request.accept(&self.config, self.ids.next()?)?;
        self.expect_delivery();
        self.outbox.accept(message, caller, reply)
    }

    /// Notes that this process has something to deliver, for which a normal exit waits.
    pub(crate) fn expect_delivery(&self) {
        self.awaits_delivery.store(true, Ordering::Relaxed);
    }

    /// Whether this process has had something to deliver.
    pub(crate) fn awaits_delivery(&self) -> bool {
        self.awaits_delivery.load(Ordering::Relaxed)
    }

    /// The outbox, for reading. A few operations read at once; others wait here.
    pub(crate) fn reading(&self) -> Reading<'_> {
        Reading::begin(&self.readers, &*self.outbox)
    }

    /// Changes one message in a transaction.
    pub(crate) fn change_message(&self, id: MessageId, command: MessageCommand) -> Result<Changed> {
        self.expect_delivery();
        let unanswered = || Err(Error::new(ErrorCode::Internal, "a message was not looked at"));
        self.outbox.change(&[id], command)?.pop().unwrap_or_else(unanswered)
    }

    /// The replay of a message that may have been delivered.
    pub(crate) fn replay(&self) -> MessageCommand {
        MessageCommand::Replay { is_relay: self.config.server.is_some() }
    }

    /// Finds an API key, and notes its use if the last note is a minute old.
    pub(crate) fn authenticate(&self, key: &str) -> Result<KeyHolder> {
        let known = self.keys.identify(&*self.outbox, key, Timestamp::now())?;
        if let Some(used_at) = known.to_be_written {
            // The note may be lost: a caller with a valid key is let in all the same.
            self.outbox.api_key_used(known.id, used_at);
        }
        Ok(KeyHolder { key_id: known.id, scope: known.scope })
    }

    /// Finds an API key by its id and notes its use, for callers who have shown a session of it. None where it was deleted.
    pub(crate) fn key_holder(&self, id: &ApiKeyId) -> Result<Option<KeyHolder>> {
        let Some(known) = self.keys.by_id(&*self.outbox, id, Timestamp::now())? else { return Ok(None) };
        if let Some(used_at) = known.to_be_written {
            self.outbox.api_key_used(known.id, used_at);
        }
        Ok(Some(KeyHolder { key_id: known.id, scope: known.scope }))
    }
}
