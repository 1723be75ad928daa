//! What callers changed.

use super::Memory;
use super::job::Applied;
use crate::error::Result;
use crate::model::activity::Activity;
use crate::outbox::activity::{ACTIVITIES_KEPT, Activities};
use crate::outbox::page::Cursor;

impl Activities for Memory {
    fn add_activity(&self, activity: Activity) -> Result<()> {
        self.change_and_wait("add_activity", move |transaction| {
            let rows = &mut transaction.rows.activities;
            let activity_id = rows.last_key().map_or(1, |last| last + 1);
            rows.put(activity_id, Activity { activity_id, ..activity.clone() });
            if let Some(old) = activity_id.checked_sub(ACTIVITIES_KEPT) {
                rows.delete(old);
            }
            Ok(Applied::quietly(()))
        })
    }

    fn activities(&self, after: Option<Cursor>, limit: usize) -> Result<(Vec<Activity>, Option<Cursor>)> {
        let before = after.map_or(u64::MAX, |Cursor(number)| number as u64);
        self.read("activities", |rows| {
            let mut older = rows.activities.committed().range(..before).rev().map(|(_, found)| found.clone());
            let found: Vec<Activity> = older.by_ref().take(limit).collect();
            let next = older.next().and(found.last()).map(|last| Cursor(last.activity_id as i64));
            (found, next)
        })
    }
}
