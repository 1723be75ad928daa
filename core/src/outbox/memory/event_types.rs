//! The catalogue of event types.

use super::Memory;
use super::job::Applied;
use crate::error::{Result, event_type_not_found};
use crate::model::event_type::EventType;
use crate::model::event_type_entry::EventTypeEntry;
use crate::outbox::event_types::{EventTypeChange, EventTypes, check_new};

impl EventTypes for Memory {
    fn event_type(&self, name: &EventType) -> Result<Option<EventTypeEntry>> {
        self.read("event_type", |rows| rows.event_types.committed().get(name.as_str()).cloned())
    }

    fn event_types(&self, after: Option<&str>, limit: usize) -> Result<(Vec<EventTypeEntry>, bool)> {
        self.read("event_types", |rows| {
            let behind = |name: &str| after.is_none_or(|after| name > after);
            let mut found = rows.event_types.committed().iter().filter(|(name, _)| behind(name));
            let page = found.by_ref().take(limit).map(|(_, entry)| entry.clone()).collect();
            (page, found.next().is_some())
        })
    }

    fn add_event_type(&self, entry: EventTypeEntry) -> Result<()> {
        self.change_and_wait("add_event_type", move |transaction| {
            let types = &mut transaction.rows.event_types;
            let name = entry.name.as_str();
            check_new(&entry.name, types.get(&name.to_owned()).is_some(), types.range(..).count())?;
            types.put(name.to_owned(), entry.clone());
            Ok(Applied::quietly(()))
        })
    }

    fn change_event_type(&self, name: &EventType, change: EventTypeChange) -> Result<EventTypeEntry> {
        let name = name.as_str().to_owned();
        self.change_and_wait("change_event_type", move |transaction| {
            let now = transaction.now;
            let entry = transaction.rows.event_types.get_mut(&name).ok_or_else(event_type_not_found)?;
            change.apply_to(entry);
            entry.updated_at = now;
            Ok(Applied::quietly(entry.clone()))
        })
    }

    fn delete_event_type(&self, name: &EventType) -> Result<()> {
        let name = name.as_str().to_owned();
        self.change_and_wait("delete_event_type", move |transaction| {
            transaction.rows.event_types.get(&name).ok_or_else(event_type_not_found)?;
            transaction.rows.event_types.delete(name.clone());
            Ok(Applied::quietly(()))
        })
    }
}
