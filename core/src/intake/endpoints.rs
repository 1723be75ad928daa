//! The list of endpoints in an application's file, for a trigger that refuses unknown ones at once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::operations::context::Context;
use crate::outbox::api_keys::Revision;
use crate::outbox::sqlite::application_file::ApplicationFile;

/// How often it is asked whether endpoints have changed.
const LOOK: Duration = Duration::from_millis(250);
/// Endpoints that are read at once.
const PAGE: usize = 500;

#[derive(Default)]
pub(super) struct EndpointList {
    looked_at: Option<Instant>,
    /// The outbox's revision whose endpoints the list has.
    written: Option<Revision>,
}

impl EndpointList {
    /// Has the list be written anew.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Brings the list up to date, where the application has one, and it is time.
    pub(super) fn keep(&mut self, file: &ApplicationFile, context: &Context) -> Result<()> {
        if self.looked_at.is_some_and(|at| at.elapsed() < LOOK) {
            return Ok(());
        }
        self.looked_at = Some(Instant::now());
        if file.lists_endpoints()? != Some(true) {
            self.written = None;
            return Ok(());
        }
        // Read before the endpoints: a change between the two is seen again.
        let revision = context.outbox.revision()?;
        if self.written == Some(revision) {
            return Ok(());
        }
        let (mut ids, mut after) = (BTreeSet::new(), None);
        loop {
            let (page, next) = context.reading().endpoints(None, after, PAGE)?;
            ids.extend(page.into_iter().map(|endpoint| endpoint.id.to_string()));
            after = next;
            if after.is_none() {
                break;
            }
        }
        if file.list_endpoints(&ids)?.is_some() {
            self.written = Some(revision);
        }
        Ok(())
    }
}
