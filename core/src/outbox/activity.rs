//! What callers changed, as a list that only grows at its end.

use crate::error::Result;
use crate::model::activity::Activity;
use crate::outbox::page::Cursor;

/// How many of the newest are kept.
pub(crate) const ACTIVITIES_KEPT: u64 = 100_000;

/// The activity of an outbox's callers.
pub(crate) trait Activities: Send + Sync {
    /// Adds one. The store gives it its number, and drops what is older than the newest [`ACTIVITIES_KEPT`].
    fn add_activity(&self, activity: Activity) -> Result<()>;

    /// At most `limit` behind `after`, newest first, and where the next page begins.
    fn activities(&self, after: Option<Cursor>, limit: usize) -> Result<(Vec<Activity>, Option<Cursor>)>;
}
