//! The figures of the file.

use super::{Store, endpoint_row};
use crate::error::Result;
use crate::model::ids::EndpointId;
use crate::model::timestamp::Timestamp;
use crate::outbox::figures::{Buckets, Counters, Counts, EndpointFigures, Figures};
use crate::outbox::sqlite::{due, endpoint_figures, metrics, statistics};

impl Figures for Store {
    fn counts(&self, now: Timestamp) -> Result<Counts> {
        self.file.read(|connection| statistics::counts(connection, now))
    }

    fn counters(&self, buckets: Buckets, endpoint: Option<&EndpointId>) -> Result<Vec<Counters>> {
        self.file.read(|connection| {
            Ok(match endpoint_row(connection, endpoint)? {
                Ok(row) => Ok(metrics::buckets(connection, buckets, row)?),
                Err(unknown) => Err(unknown),
            })
        })?
    }

    fn endpoint_figures(&self, ids: &[EndpointId], buckets: Buckets) -> Result<Vec<Option<EndpointFigures>>> {
        self.file.read(|connection| endpoint_figures::read(connection, ids, buckets))
    }

    fn anything_due(&self, now: Timestamp) -> Result<bool> {
        self.file.read(|connection| due::anything_due(connection, now))
    }

    fn bytes_on_disk(&self) -> u64 {
        self.file.bytes_on_disk()
    }
}
