//! What attempts need of the endpoints: read once, and again when an endpoint changed.

use crate::error::Result;
use crate::outbox::rows::RowMap;
use crate::outbox::sqlite::{SqliteFile, endpoints, signing_keys};

use super::scheduler::LaneSettings;
use super::targets::{LaneEndpoint, Targets};

#[derive(Default)]
pub(super) struct LaneCache {
    lanes: RowMap<i64, LaneEndpoint>,
}

impl LaneCache {
    pub(super) fn get(&self, lane: i64) -> Option<&LaneEndpoint> {
        self.lanes.get(&lane)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = i64> + '_ {
        self.lanes.keys().copied()
    }

    /// Reads an endpoint anew, and says what the scheduler is to know of it.
    pub(super) fn load(
        &mut self,
        file: &SqliteFile,
        targets: &dyn Targets,
        lane: i64,
    ) -> Result<Option<LaneSettings>> {
        let found = file.read(|connection| {
            let Some(stored) = endpoints::of_lane(connection, lane)? else { return Ok(None) };
            Ok(Some((stored.endpoint, signing_keys::of_endpoint(connection, lane)?)))
        })?;
        let Some((endpoint, keys)) = found else { return Ok(None) };
        let secrets: Vec<_> = keys.into_iter().map(|key| key.secret).collect();
        let (endpoint, settings) = targets.of(endpoint, &secrets)?;
        self.lanes.insert(lane, endpoint);
        Ok(Some(settings))
    }
}
