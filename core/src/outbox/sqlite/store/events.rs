//! The events of the file.

use super::Store;
use crate::error::{Result, endpoint_not_found};
use crate::host::completion::Slot;
use crate::model::event_record::{EventMessage, EventRecord};
use crate::model::ids::{EndpointId, EventId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::accept::Caller;
use crate::outbox::events::{EventKey, Events, EventsReply, Missed, NewEvent, SoughtEvents};
use crate::outbox::page::Cursor;
use crate::outbox::sqlite::events;
use crate::outbox::sqlite::writer::event::{MakeUp, SendEvents};

impl Events for Store {
    fn accept_events(&self, new: Vec<Result<NewEvent>>, caller: Caller, reply: EventsReply) -> Result<()> {
        // A batch waits for its place in the queue, and writes as long as it takes.
        let is_one = new.len() <= 1;
        let job = SendEvents::new(new, reply);
        match caller {
            Caller::MayWait if is_one => self.commit_here(job),
            Caller::MayWait => self.queue.put(job),
            Caller::MayCommit if is_one && !self.committer.is_lengthy() => self.commit_here(job),
            Caller::MayCommit | Caller::MustNotWait => self.queue.put_now(job),
        }
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
