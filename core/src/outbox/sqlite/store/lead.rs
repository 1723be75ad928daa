//! Leadership of the file.

use std::path::Path;

use super::Store;
use crate::error::Result;
use crate::model::deliverer::Deliverer;
use crate::outbox::lead::Lead;

impl Lead for Store {
    fn try_lead(&self) -> Result<bool> {
        // If another file is at the path now, the lock beside it belongs to that file.
        self.file.check()?;
        let leads = self.leadership.try_take()?;
        // It may have been moved while this process waited for its turn.
        if leads && let Err(moved) = self.file.check_not_moved() {
            self.leadership.release();
            return Err(moved);
        }
        Ok(leads)
    }

    fn keep_leading(&self) -> Result<()> {
        self.file.check()?;
        self.leadership.keep()
    }

    fn resign(&self) {
        self.leadership.release();
    }

    fn lead_file(&self) -> &Path {
        self.leadership.path()
    }

    fn deliverer(&self) -> Option<Deliverer> {
        self.leadership.deliverer()
    }
}
