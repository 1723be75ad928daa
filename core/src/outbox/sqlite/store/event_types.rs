//! The catalogue of event types in the file.

use super::Store;
use crate::error::Result;
use crate::model::event_type::EventType;
use crate::model::event_type_entry::EventTypeEntry;
use crate::outbox::event_types::{EventTypeChange, EventTypes};
use crate::outbox::sqlite::event_types;
use crate::outbox::sqlite::writer::change::{AddEventType, ChangeEventType};

impl EventTypes for Store {
    fn event_type(&self, name: &EventType) -> Result<Option<EventTypeEntry>> {
        self.file.read(|connection| event_types::find(connection, name))
    }

    fn event_types(&self, after: Option<&str>, limit: usize) -> Result<(Vec<EventTypeEntry>, bool)> {
        let after = after.unwrap_or_default();
        let mut found = self.file.read(|connection| event_types::list(connection, after, limit + 1))?;
        let more = found.len() > limit;
        found.truncate(limit);
        Ok((found, more))
    }

    fn add_event_type(&self, entry: EventTypeEntry) -> Result<()> {
        self.change_one(AddEventType { entry, added: false })
    }

    fn change_event_type(&self, name: &EventType, change: EventTypeChange) -> Result<EventTypeEntry> {
        self.change_one(ChangeEventType { name: name.clone(), change: Some(change), deleted: false })
    }

    fn delete_event_type(&self, name: &EventType) -> Result<()> {
        self.change_one(ChangeEventType { name: name.clone(), change: None, deleted: false }).map(drop)
    }
}
