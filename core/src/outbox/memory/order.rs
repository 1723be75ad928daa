//! Order among the messages of one endpoint and ordering key.

use super::rows::{Rows, StoredMessage};
use crate::model::message::MessageStatus;
use crate::outbox::messages::Front;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::stored_message::Place;

impl Rows {
    /// The messages that have a place in an order, as the transaction sees them.
    fn placed<'a>(
        &'a self,
        lane: LaneKey,
        key: &'a str,
    ) -> impl Iterator<Item = (MessageKey, &'a StoredMessage)> + 'a {
        let of_order = move |row: &StoredMessage| {
            row.lane == lane && row.place.is_some() && row.ordering_key.as_deref() == Some(key)
        };
        self.messages.range(..).filter(move |(_, row)| of_order(row)).map(|(message, row)| (*message, row))
    }

    fn has_front(&self, lane: LaneKey, key: &str) -> bool {
        self.placed(lane, key).any(|(_, row)| row.place == Some(Place::Front))
    }

    /// The place of a new message.
    pub(super) fn place_of_new(&self, lane: LaneKey, key: Option<&str>) -> Option<Place> {
        Some(if self.has_front(lane, key?) { Place::Behind } else { Place::Front })
    }

    /// A message came to an end: it leaves its place, and the next one goes. True where another message is due by this.
    pub(super) fn leave(&mut self, message: MessageKey) -> bool {
        let Some(row) = self.messages.get(&message) else { return false };
        let (Some(key), Some(_), lane) = (row.ordering_key.clone(), row.place, row.lane) else {
            return false;
        };
        self.change_message(message, |row| (row.place, row.held_due_at) = (None, None));
        while !self.has_front(lane, &key) {
            let Some(next) = self.placed(lane, &key).map(|(message, _)| message).min() else { return false };
            let waits = self.messages.get(&next).is_some_and(|row| row.held_due_at.is_some());
            // One that was given up while it waited holds the others, if its endpoint halts.
            if waits || self.halts(lane) {
                self.change_message(next, StoredMessage::come_to_the_front);
                return waits;
            }
            self.change_message(next, |row| row.place = None);
        }
        false
    }

    /// A message that had come to an end was queued again: it takes its place, behind the one in front if there is any.
    pub(super) fn enter_again(&mut self, message: MessageKey) {
        let Some(row) = self.messages.get(&message) else { return };
        let (Some(key), None, lane) = (row.ordering_key.clone(), row.place, row.lane) else { return };
        let behind = self.has_front(lane, &key);
        self.change_message(message, |row| row.enter(behind));
    }

    /// The message in front of one that waits behind it, as readers see it.
    pub(super) fn front(&self, message: MessageKey, most: u64) -> Option<Front> {
        let row = self.messages().get(&message)?;
        let (key, lane) = (row.ordering_key.as_deref()?, row.lane);
        row.place.filter(|place| *place == Place::Behind)?;
        let placed: Vec<_> = self
            .messages()
            .iter()
            .filter(|(_, row)| {
                row.lane == lane && row.place.is_some() && row.ordering_key.as_deref() == Some(key)
            })
            .collect();
        let (_, front) = placed.iter().find(|(_, row)| row.place == Some(Place::Front))?;
        let between = placed
            .iter()
            .filter(|(other, row)| row.place == Some(Place::Behind) && **other < message)
            .count();
        Some(Front {
            message_id: front.id,
            halted: front.status == MessageStatus::FailedPermanent,
            before: (between as u64).min(most) + 1,
        })
    }
}
