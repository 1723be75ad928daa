//! Leadership: one process at a time delivers from an outbox.

use std::path::Path;

use crate::error::Result;
use crate::model::deliverer::Deliverer;

/// The right to deliver.
pub(crate) trait Lead: Send + Sync {
    /// Takes the lead if it is free. Returns whether this engine has it.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE` where the outbox cannot be used.
    fn try_lead(&self) -> Result<bool>;

    /// Checks that this engine still has the lead.
    ///
    /// # Errors
    /// Why it must stop delivering: another process may deliver, or the outbox cannot be used.
    fn keep_leading(&self) -> Result<()>;

    /// Gives the lead up.
    fn resign(&self);

    /// A file to watch: the system reports a change of it when the lead may have become free.
    fn lead_file(&self) -> &Path;

    /// The process that delivers now.
    fn deliverer(&self) -> Option<Deliverer>;
}
