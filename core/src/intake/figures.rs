//! What is known of an intake, for metrics, and what its log says.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use crate::error::Error;
use crate::host::fork;

/// Figures of one application's file.
pub(crate) struct Figures {
    pub path: PathBuf,
    /// Messages that this process has taken over.
    pub taken: AtomicU64,
    /// Messages in the file that the outbox refuses.
    pub refused: AtomicU64,
    /// Why nothing can be taken over. Locked only inside the gate.
    trouble: Mutex<Option<Error>>,
}

impl Figures {
    pub(super) fn new(path: &Path) -> Self {
        let (taken, refused, trouble) = Default::default();
        Self { path: path.to_owned(), taken, refused, trouble }
    }

    pub(crate) fn has_trouble(&self) -> bool {
        let _inside = fork::enter();
        fork::lock(&self.trouble).is_some()
    }

    pub(super) fn is_well(&self) {
        if self.replaced(None).is_some() {
            tracing::info!(target: "hookbridge::intake", file = %self.path.display(), "messages are taken over again");
        }
    }

    pub(super) fn fails(&self, error: &Error) {
        if self.replaced(Some(error)).is_none_or(|before| before.message() != error.message()) {
            let file = self.path.display();
            tracing::error!(target: "hookbridge::intake", %file, %error, "messages cannot be taken over");
        }
    }

    fn replaced(&self, trouble: Option<&Error>) -> Option<Error> {
        let _inside = fork::enter();
        std::mem::replace(&mut *fork::lock(&self.trouble), trouble.cloned())
    }
}
