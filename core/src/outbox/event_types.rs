//! The catalogue of event types.

use crate::error::{Error, ErrorCode, Result, invalid_request};
use crate::model::event_type::EventType;
use crate::model::event_type_entry::{EVENT_TYPES_LIMIT, EventTypeEntry};

/// Changes of an entry. An absent field stays as it is; an inner `None` clears it.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventTypeChange {
    pub description: Option<Option<String>>,
    pub schema: Option<Option<serde_json::Value>>,
    pub example: Option<Option<serde_json::Value>>,
    pub deprecated: Option<bool>,
}

impl EventTypeChange {
    pub(crate) fn apply_to(&self, entry: &mut EventTypeEntry) {
        fn set<T: Clone>(field: &mut T, new: Option<&T>) {
            if let Some(new) = new {
                *field = new.clone();
            }
        }
        set(&mut entry.description, self.description.as_ref());
        set(&mut entry.schema, self.schema.as_ref());
        set(&mut entry.example, self.example.as_ref());
        set(&mut entry.deprecated, self.deprecated.as_ref());
    }
}

/// Whether an entry may be added to a catalogue of `count` entries, which has its name where it is `known`.
///
/// # Errors
/// `ALREADY_EXISTS`; `INVALID_REQUEST` where the catalogue is full.
pub(in crate::outbox) fn check_new(name: &EventType, known: bool, count: usize) -> Result<()> {
    if known {
        return Err(Error::new(ErrorCode::AlreadyExists, format!("there is an event type `{name}` already")));
    }
    if count >= EVENT_TYPES_LIMIT {
        return Err(invalid_request(format!(
            "there are {EVENT_TYPES_LIMIT} event types, and no more may be"
        )));
    }
    Ok(())
}

/// The catalogue of an outbox.
pub(crate) trait EventTypes: Send + Sync {
    fn event_type(&self, name: &EventType) -> Result<Option<EventTypeEntry>>;

    /// At most `limit` entries behind the name `after`, in the order of names, and whether there are more.
    fn event_types(&self, after: Option<&str>, limit: usize) -> Result<(Vec<EventTypeEntry>, bool)>;

    /// Adds an entry.
    ///
    /// # Errors
    /// `ALREADY_EXISTS`; `INVALID_REQUEST` where the catalogue is full.
    fn add_event_type(&self, entry: EventTypeEntry) -> Result<()>;

    /// Changes an entry. Returns it as it is then.
    ///
    /// # Errors
    /// `NOT_FOUND`
    fn change_event_type(&self, name: &EventType, change: EventTypeChange) -> Result<EventTypeEntry>;

    /// # Errors
    /// `NOT_FOUND`
    fn delete_event_type(&self, name: &EventType) -> Result<()>;
}
