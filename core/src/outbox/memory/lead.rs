//! Leadership: which process delivers.

use std::path::Path;
use std::sync::atomic::Ordering;

use super::transaction::unavailable;
use super::{Memory, lock};
use crate::error::{Result, closed};
use crate::model::deliverer::Deliverer;
use crate::model::timestamp::Timestamp;
use crate::outbox::lead::Lead;

/// The process that leads.
pub(super) struct Leader {
    /// Identifies the process by the address of its state.
    process: usize,
    since: Timestamp,
}

impl Memory {
    fn process(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

impl Lead for Memory {
    fn try_lead(&self) -> Result<bool> {
        if self.shut.load(Ordering::Acquire) {
            return Err(closed());
        }
        if self.fails("try_lead") {
            return Err(unavailable());
        }
        let (process, since) = (self.process(), self.clock().now());
        let mut leader = lock(&self.shared.leader);
        Ok(leader.get_or_insert(Leader { process, since }).process == process)
    }

    fn keep_leading(&self) -> Result<()> {
        if self.fails("keep_leading") { Err(unavailable()) } else { Ok(()) }
    }

    fn resign(&self) {
        let mut leader = lock(&self.shared.leader);
        *leader = leader.take().filter(|leader| leader.process != self.process());
    }

    /// There is no such file: a process that waits to lead has to try again.
    fn lead_file(&self) -> &Path {
        Path::new("")
    }

    fn deliverer(&self) -> Option<Deliverer> {
        let leader = lock(&self.shared.leader);
        let Leader { process, since } = leader.as_ref()?;
        let this_engine = *process == self.process();
        Some(Deliverer { pid: std::process::id(), this_engine, since: *since, stopped: false })
    }
}
