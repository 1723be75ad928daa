//! Who delivers: one process at a time.

use std::path::Path;

use crate::error::Result;
use crate::model::deliverer::Deliverer;

/// The right to deliver.
pub(crate) trait Lead: Send + Sync {
    /// Takes the lead where it is free. Whether this engine has it afterwards.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE` where the outbox cannot be used.
    fn try_lead(&self) -> Result<bool>;

    /// Looks whether the lead is this engine's still.
    ///
    /// # Errors
    /// Why it must leave off: another process may deliver, or the outbox cannot be used.
    fn keep_leading(&self) -> Result<()>;

    /// Gives the lead up.
    fn resign(&self);

    /// A file of which the system tells when the lead may have become free.
    fn lead_file(&self) -> &Path;

    /// Who delivers now.
    fn deliverer(&self) -> Option<Deliverer>;
}
