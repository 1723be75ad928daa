//! Changes of the catalogue of event types.

use super::{Applied, Step};
use crate::error::{Result, event_type_not_found};
use crate::model::event_type::EventType;
use crate::model::event_type_entry::EventTypeEntry;
use crate::outbox::event_types::{EventTypeChange, check_new};
use crate::outbox::sqlite::event_types;
use crate::outbox::sqlite::writer::WriteContext;

fn quietly<A>(answer: A) -> Applied<A> {
    Applied { answer, edited: None, notices: Vec::new() }
}

/// Adds an entry.
pub(in crate::outbox::sqlite) struct AddEventType {
    pub entry: EventTypeEntry,
    pub added: bool,
}

impl Step for AddEventType {
    type Answer = ();

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<()>>> {
        self.added = false;
        let known = event_types::find(context.connection, &self.entry.name)?.is_some();
        if let Err(refused) = check_new(&self.entry.name, known, event_types::count(context.connection)?) {
            return Ok(Err(refused));
        }
        event_types::insert(context.connection, &self.entry)?;
        self.added = true;
        Ok(Ok(quietly(())))
    }

    fn holds(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(self.added && event_types::find(context.connection, &self.entry.name)?.is_some())
    }
}

/// Changes an entry, or deletes it where there is no change. Changing it anew has the same result.
pub(in crate::outbox::sqlite) struct ChangeEventType {
    pub name: EventType,
    pub change: Option<EventTypeChange>,
    pub deleted: bool,
}

impl Step for ChangeEventType {
    type Answer = EventTypeEntry;

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<EventTypeEntry>>> {
        self.deleted = false;
        let Some(mut entry) = event_types::find(context.connection, &self.name)? else {
            return Ok(Err(event_type_not_found()));
        };
        match &self.change {
            Some(change) => {
                change.apply_to(&mut entry);
                entry.updated_at = context.now;
                event_types::update(context.connection, &entry)?;
            }
            None => self.deleted = event_types::delete(context.connection, &self.name)?,
        }
        Ok(Ok(quietly(entry)))
    }

    fn holds(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(self.deleted && event_types::find(context.connection, &self.name)?.is_none())
    }
}
