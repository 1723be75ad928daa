//! The events of the file.

use super::Store;
use crate::error::{Result, endpoint_not_found};
use crate::host::completion::Slot;
use crate::model::event_record::{EventMessage, EventRecord};
use crate::model::ids::{EndpointId, EventId, MessageId};
use crate::model::receipt::EventReceipt;
use crate::model::timestamp::Timestamp;
use crate::outbox::accept::Caller;
use crate::outbox::events::{EventKey, Events, Missed, NewEvent, SoughtEvents};
use crate::outbox::page::Cursor;
use crate::outbox::sqlite::events;
use crate::outbox::sqlite::writer::event::{MakeUp, SendEvents};

impl Events for Store {
    fn accept_events(&self, new: Vec<Result<NewEvent>>, caller: Caller) -> Result<Vec<Result<EventReceipt>>> {
        let reply = Slot::new();
        let job = SendEvents::new(new, reply.clone());
        match caller {
            Caller::MayWait => self.commit_here(job)?,
            Caller::MayCommit | Caller::MustNotWait => self.queue.put(job)?,
        }
        reply.wait()
    }

    fn event(&self, id: &EventId) -> Result<Option<EventRecord>> {
        self.file.read(|connection| events::find(connection, id))
    }

    fn event_messages(
        &self,
        id: &EventId,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<EventMessage>, Option<Cursor>)> {
        self.file.read(|connection| events::messages(connection, id, after, limit))
    }

    fn events(
        &self,
        sought: &SoughtEvents,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<EventRecord>, Option<Cursor>)> {
        self.file.read(|connection| events::list(connection, sought, after, limit))
    }

    fn missed(
        &self,
        endpoint: &EndpointId,
        sought: &SoughtEvents,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Missed> {
        self.file.read(|connection| {
            let snapshot = connection.unchecked_transaction()?;
            let Some((seq, endpoint)) = events::endpoint(&snapshot, endpoint)? else {
                return Ok(Err(endpoint_not_found()));
            };
            events::missed(&snapshot, (seq, &endpoint), sought, after, (limit, Timestamp::now())).map(Ok)
        })?
    }

    fn make_up(&self, endpoint: &EndpointId, events: Vec<EventKey>, gap_ms: u64) -> Result<Vec<MessageId>> {
        let reply = Slot::new();
        self.queue.put(MakeUp::new(*endpoint, events, gap_ms, reply.clone()))?;
        reply.wait()
    }
}
