//! What callers changed.

use super::Store;
use crate::error::Result;
use crate::model::activity::Activity;
use crate::outbox::activity::Activities;
use crate::outbox::page::Cursor;
use crate::outbox::sqlite::activity;
use crate::outbox::sqlite::writer::change::AddActivity;

impl Activities for Store {
    fn add_activity(&self, activity: Activity) -> Result<()> {
        self.change_one(AddActivity::new(activity))
    }

    fn activities(&self, after: Option<Cursor>, limit: usize) -> Result<(Vec<Activity>, Option<Cursor>)> {
        let before = after.map_or(i64::MAX, |Cursor(row)| row);
        let mut found = self.file.read(|connection| activity::list(connection, before, limit + 1))?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|last| Cursor(last.activity_id as i64));
        Ok((found, next))
    }
}
