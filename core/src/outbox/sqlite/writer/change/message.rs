//! A command on one message.

use std::time::Duration;

use super::{Applied, Step};
use crate::error::{Result, message_not_found};
use crate::model::ids::MessageId;
use crate::model::timestamp::Timestamp;
use crate::outbox::change::Change;
use crate::outbox::command::{Decision, MessageCommand};
use crate::outbox::link::Notice;
use crate::outbox::messages::{Changed, Found};
use crate::outbox::sqlite::messages;
use crate::outbox::sqlite::writer::WriteContext;

/// The epoch and `updated_at` of a message's row. Every change leaves a later mark.
type Mark = (i64, Timestamp);

fn mark(found: &Found) -> Mark {
    (found.epoch, found.message.updated_at)
}

pub(in crate::outbox::sqlite) struct MessageStep {
    id: MessageId,
    command: MessageCommand,
    /// How long a payload without an expiry of its own is kept.
    kept: Duration,
    /// The mark that the last run left; `None` where it changed nothing.
    left: Option<Mark>,
}

impl MessageStep {
    pub(in crate::outbox::sqlite) fn new(id: MessageId, command: MessageCommand, kept: Duration) -> Self {
        Self { id, command, kept, left: None }
    }
}

impl Step for MessageStep {
    type Answer = Changed;

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<Changed>>> {
        self.left = None;
        let Some(found) = messages::find(context.connection, &self.id, self.kept)? else {
            return Ok(Err(message_not_found()));
        };
        let decision = match context.decide(self.command, &found) {
            Ok(decision) => decision,
            Err(refused) => return Ok(Err(refused)),
        };
        let (connection, row, now) = (context.connection, found.key.0, context.now);
        let mut released = false;
        match decision {
            Decision::AsItIs => {
                let answer = Changed { message: found.message, changed: false };
                return Ok(Ok(Applied { answer, edited: None, notices: Vec::new() }));
            }
            Decision::Requeue { counted } => messages::requeue(connection, row, counted, now)?,
            Decision::MakeDue => messages::make_due(connection, row, now)?,
            Decision::Schedule { at } => messages::schedule(connection, row, at, now)?,
            Decision::GiveUp => released = messages::cancel(connection, row, now)?,
            Decision::Delete { by } => released = messages::delete(connection, row, now, by)?,
        }
        let Some(became) = messages::find(connection, &self.id, self.kept)? else {
            return Ok(Err(message_not_found()));
        };
        self.left = Some(mark(&became));
        let mut notices: Vec<Notice> = decision.notice(found.key, found.lane).into_iter().collect();
        notices.extend(released.then_some(Notice::LaneHasWork(found.lane)));
        let answer = Changed { message: became.message, changed: true };
        Ok(Ok(Applied { answer, edited: Some(Change::Messages(found.lane)), notices }))
    }

    fn holds(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        let Some(left) = self.left else { return Ok(false) };
        let found = messages::find(context.connection, &self.id, self.kept)?;
        Ok(found.is_some_and(|found| mark(&found) >= left))
    }
}
