//! Leadership: who delivers from an outbox. From a file one process at a time does; in a database several do, each its shards.

use std::path::Path;

use crate::error::Result;
use crate::model::deliverer::Deliverer;

/// The right to deliver.
pub(crate) trait Lead: Send + Sync {
    /// Takes the lead if it is free. Returns whether this engine has it. Where several processes deliver, each has it.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE` where the outbox cannot be used.
    fn try_lead(&self) -> Result<bool>;

    /// Checks that this engine still has the lead.
    ///
    /// # Errors
    /// Why it must stop delivering: another process may deliver, or the outbox cannot be used.
    fn keep_leading(&self) -> Result<()>;

    /// This engine is about to resign: nothing is started any more. Gives up at once what others may go on with, without waiting.
    fn hand_over(&self) {}

    /// Whether other engines deliver beside this one, and go on with what it leaves.
    fn others_deliver(&self) -> bool {
        false
    }

    /// Gives the lead up.
    fn resign(&self);

    /// A file to watch: the system reports a change of it when the lead may have become free.
    fn lead_file(&self) -> &Path;

    /// The process that delivers now: this one, where it is one of several.
    fn deliverer(&self) -> Option<Deliverer>;
}
