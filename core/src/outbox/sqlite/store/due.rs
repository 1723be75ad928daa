//! Due messages of the file, for the delivery loop.

use super::Store;
use crate::error::Result;
use crate::model::timestamp::Timestamp;
use crate::outbox::clock::Reading;
use crate::outbox::due::{Due, Overview, Refill, StoredLane, Wanted};
use crate::outbox::ended::EndedAttempt;
use crate::outbox::rows::LaneKey;
use crate::outbox::sqlite::due::Refills;
use crate::outbox::sqlite::writer::clock::NoteClocks;
use crate::outbox::sqlite::writer::outcome::Record;
use crate::outbox::sqlite::{clock, due, endpoints, signing_keys};

impl Due for Store {
    fn overview(&self) -> Result<Overview> {
        self.file.read(|connection| {
            Ok(Overview { noted: clock::noted(connection)?, waiting: due::waiting_lanes(connection)? })
        })
    }

    fn lanes(&self, lanes: &[LaneKey], each: &mut dyn FnMut(LaneKey, Option<StoredLane>)) -> Result<()> {
        self.file.read(|connection| {
            for lane in lanes {
                let stored = match endpoints::of_lane(connection, lane.0)? {
                    Some(stored) => {
                        let keys = signing_keys::of_endpoint(connection, lane.0)?;
                        let secrets = keys.into_iter().map(|key| key.secret).collect();
                        Some(StoredLane { endpoint: stored.endpoint, secrets })
                    }
                    None => None,
                };
                each(*lane, stored);
            }
            Ok(())
        })
    }

    fn refill(
        &self,
        wanted: &[Wanted],
        now: Timestamp,
        wall: Timestamp,
        each: &mut dyn FnMut(LaneKey, Refill),
    ) -> Result<()> {
        self.file.read(|connection| {
            let mut refills = Refills::new(connection, wanted.len())?;
            for lane in wanted {
                each(lane.lane, refills.read(lane, now, wall)?);
            }
            Ok(())
        })
    }

    fn record(&self, ended: Box<EndedAttempt>) -> Result<()> {
        self.queue.put_now(Record::new(ended))
    }

    fn note_clocks(&self, reading: Reading) {
        // Refused only where the engine is closed.
        let _ = self.queue.put_now(Box::new(NoteClocks(reading)));
    }
}
