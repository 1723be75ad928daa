//! Adding what a caller changed.

use super::{Applied, Step};
use crate::error::Result;
use crate::model::activity::Activity;
use crate::outbox::sqlite::activity;
use crate::outbox::sqlite::writer::WriteContext;

pub(in crate::outbox::sqlite) struct AddActivity {
    activity: Activity,
    /// The row that the last run wrote.
    row: Option<i64>,
}

impl AddActivity {
    pub(in crate::outbox::sqlite) fn new(activity: Activity) -> Self {
        Self { activity, row: None }
    }
}

impl Step for AddActivity {
    type Answer = ();

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<()>>> {
        self.row = Some(activity::insert(context.connection, &self.activity)?);
        Ok(Ok(Applied { answer: (), edited: None, notices: Vec::new() }))
    }

    fn holds(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        let Some(row) = self.row else { return Ok(false) };
        activity::is_there(context.connection, row, self.activity.occurred_at)
    }
}
