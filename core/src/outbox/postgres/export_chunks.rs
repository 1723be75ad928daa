//! The bytes of exports: pieces in a table, so that every process can read them. Who writes an export has its number in the export's
//! row, and each of its statements asks for that number: one that was taken for dead can write nothing more.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;
use uuid::Uuid;

use super::lead::LEASE;
use super::node::{Node, Task};
use super::statement::{Columns, args, uuid};
use super::{Store, ask};
use crate::error::{Error, Result};
use crate::model::export::Export;
use crate::model::ids::ExportId;
use crate::model::random::random_bytes;
use crate::model::timestamp::Timestamp;
use crate::outbox::export_bytes::{ExportBytes, ExportFile, ExportWriter};

/// The bytes of a piece; the last one has fewer.
const PIECE: usize = 1 << 20;
/// How many pieces one statement drops.
const DROPPED_AT_ONCE: i64 = 64;

/// SQL: the exports whose bytes are kept at the moment `$1`.
macro_rules! kept {
    () => {
        "(e.status IN (0, 1) OR e.status = 2 AND e.expires_at > $1)"
    };
}

const CLAIM: &str = "UPDATE hookbridge.exports SET writer = $2, beat = beat + 1, bytes = 0
    WHERE id = $1 AND status IN (0, 1)
        AND (writer IS NULL OR writer = $2 OR (writer = $3 AND beat = $4)) RETURNING id";
const WRITER: &str = "SELECT writer, beat FROM hookbridge.exports WHERE id = $1 AND writer IS NOT NULL";
const RELEASE: &str = "UPDATE hookbridge.exports SET writer = NULL WHERE id = $1 AND writer = $2";
const BEAT: &str = "UPDATE hookbridge.exports SET beat = beat + 1 WHERE id = $1 AND writer = $2 RETURNING id";
/// The number of a piece that was written, although the answer was lost, is there already.
const WRITE: &str = "WITH mine AS (UPDATE hookbridge.exports SET beat = beat + 1, bytes = $5
        WHERE id = $1 AND writer = $2 RETURNING id)
    INSERT INTO hookbridge.export_chunks (export_id, n, bytes) SELECT id, $3, $4 FROM mine
    ON CONFLICT (export_id, n) DO UPDATE SET bytes = excluded.bytes RETURNING n";
/// What an earlier writer has left.
const CLEAR: &str = "WITH mine AS (UPDATE hookbridge.exports SET beat = beat + 1
        WHERE id = $1 AND writer = $2 RETURNING id)
    DELETE FROM hookbridge.export_chunks c USING mine WHERE c.export_id = mine.id
        AND c.n IN (SELECT n FROM hookbridge.export_chunks WHERE export_id = $1 LIMIT $3) RETURNING c.n";
const READ: &str = "SELECT bytes FROM hookbridge.export_chunks WHERE export_id = $1 AND n = $2";
const SIZE: &str =
    concat!("SELECT coalesce(sum(bytes), 0)::bigint FROM hookbridge.exports e WHERE ", kept!());
const SWEEP: &str = concat!(
    "DELETE FROM hookbridge.export_chunks WHERE (export_id, n) IN (
        SELECT c.export_id, c.n FROM hookbridge.export_chunks c
        WHERE NOT EXISTS (SELECT 1 FROM hookbridge.exports e WHERE e.id = c.export_id AND ",
    kept!(),
    ") LIMIT $2) RETURNING n"
);

/// What this process knows of who writes.
#[derive(Default)]
pub(super) struct Writers {
    /// The numbers by which it writes itself.
    own: HashMap<ExportId, Uuid>,
    /// The others' numbers and beats, and since when each has been that.
    others: HashMap<ExportId, (Uuid, i64, Instant)>,
}

/// Shared with those that write.
#[derive(Clone, Default)]
pub(super) struct KnownWriters(Arc<Mutex<Writers>>);

impl KnownWriters {
    fn lock(&self) -> MutexGuard<'_, Writers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number by which this process writes an export.
    pub(super) fn own(&self, id: &ExportId) -> Option<Uuid> {
        self.lock().own.get(id).copied()
    }

    /// Forgets the others that write none of these.
    pub(super) fn watch_only(&self, unfinished: &[ExportId]) {
        self.lock().others.retain(|id, _| unfinished.contains(id));
    }

    /// The number and beat of another that has not moved for a lease.
    fn gone(&self, id: &ExportId) -> Option<(Uuid, i64)> {
        let writers = self.lock();
        let (writer, beat, since) = writers.others.get(id)?;
        (since.elapsed() > LEASE).then_some((*writer, *beat))
    }

    fn saw(&self, id: ExportId, writer: Uuid, beat: i64) {
        let mut writers = self.lock();
        let seen = writers.others.entry(id).or_insert((writer, beat, Instant::now()));
        if (seen.0, seen.1) != (writer, beat) {
            *seen = (writer, beat, Instant::now());
        }
    }
}

/// Writes one export.
struct Writer {
    tasks: UnboundedSender<Task>,
    known: KnownWriters,
    export: ExportId,
    id: Uuid,
    number: Uuid,
    /// The bytes of the piece that is not full yet.
    piece: Vec<u8>,
    /// How many pieces are written.
    n: i64,
}

impl Writer {
    /// Writes a piece. False where another writes now.
    fn write_piece(&mut self, piece: Vec<u8>) -> Result<bool> {
        let (id, number, n) = (self.id, self.number, self.n);
        let size = n * PIECE as i64 + piece.len() as i64;
        self.n += 1;
        self.ask_for(async move |node: &Node| {
            node.read(async |client| {
                client.query_typed(WRITE, args![id, number, n, piece.as_slice(), size]).await
            })
            .await
        })
    }

    fn ask_for(
        &self,
        statement: impl AsyncFnOnce(&Node) -> Result<Vec<tokio_postgres::Row>> + Send + 'static,
    ) -> Result<bool> {
        ask(&self.tasks, async move |node| Ok(!statement(node).await?.is_empty()))
    }

    fn clear(&self) -> Result<()> {
        let (id, number) = (self.id, self.number);
        let step = || {
            self.ask_for(async move |node: &Node| {
                node.read(async |client| client.query_typed(CLEAR, args![id, number, DROPPED_AT_ONCE]).await)
                    .await
            })
        };
        while step()? {}
        Ok(())
    }
}

impl ExportWriter for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<bool> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() < PIECE {
            let (id, number) = (self.id, self.number);
            return self.ask_for(async move |node: &Node| {
                node.read(async |client| client.query_typed(BEAT, args![id, number]).await).await
            });
        }
        while self.piece.len() >= PIECE {
            let rest = self.piece.split_off(PIECE);
            let full = std::mem::replace(&mut self.piece, rest);
            if !self.write_piece(full)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn publish(&mut self) -> Result<Option<u64>> {
        let last = std::mem::take(&mut self.piece);
        let size = self.n as u64 * PIECE as u64 + last.len() as u64;
        Ok(self.write_piece(last)?.then_some(size))
    }

    /// What is written is swept: the export failed or is gone.
    fn discard(&mut self) {}
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.known.lock().own.remove(&self.export);
        let (id, number) = (self.id, self.number);
        // Where this does not reach the database, the others wait for a lease.
        let _ = self.tasks.send(Box::new(move |node| {
            Box::pin(async move {
                let _ = node.read(async |client| client.query_typed(RELEASE, args![id, number]).await).await;
            })
        }));
    }
}

/// Reads one export, a piece at a time.
struct Reader {
    tasks: UnboundedSender<Task>,
    id: Uuid,
    /// The number of the next piece.
    n: i64,
    piece: io::Cursor<Vec<u8>>,
    /// How many bytes are still to come.
    left: u64,
}

impl Reader {
    fn next_piece(&mut self) -> io::Result<()> {
        let (id, n) = (self.id, self.n);
        let piece = ask(&self.tasks, async move |node| {
            node.read(async |client| {
                let rows = client.query_typed(READ, args![id, n]).await?;
                rows.first().map(|row| row.bytes(0)).transpose()
            })
            .await
        });
        let piece = piece.map_err(io::Error::other)?.filter(|piece| !piece.is_empty());
        let gone = || io::Error::new(io::ErrorKind::UnexpectedEof, "the export is not there any more");
        self.piece = io::Cursor::new(piece.ok_or_else(gone)?);
        self.n += 1;
        Ok(())
    }
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || into.is_empty() {
            return Ok(0);
        }
        if self.piece.position() == self.piece.get_ref().len() as u64 {
            self.next_piece()?;
        }
        let read = self.piece.read(into)?;
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

impl Store {
    /// Drops the bytes that belong to no export, a few pieces at a time.
    fn drop_unkept(&self) -> Result<()> {
        let now = Timestamp::now().as_millis();
        while self.read(async move |_, client| {
            client.query_typed(SWEEP, args![now, DROPPED_AT_ONCE]).await.map(|rows| !rows.is_empty())
        })? {}
        Ok(())
    }
}

impl ExportBytes for Store {
    fn claim_export(&self, export: ExportId) -> Result<Option<Box<dyn ExportWriter>>> {
        let (id, number) = (uuid(export.as_bytes()), Uuid::from_bytes(random_bytes()?));
        let gone = self.writers.gone(&export);
        let other = self.read(async move |_, client| {
            let values = args![id, number, gone.map(|(writer, _)| writer), gone.map(|(_, beat)| beat)];
            if !client.query_typed(CLAIM, values).await?.is_empty() {
                return Ok(None);
            }
            let other = client.query_typed(WRITER, args![id]).await?;
            // Without a writer it is finished or gone.
            other.first().map_or(Ok(Some(None)), |row| Ok(Some(Some((row.id(0)?, row.int(1)?)))))
        })?;
        if let Some(other) = other {
            if let Some((writer, beat)) = other {
                self.writers.saw(export, Uuid::from_bytes(writer), beat);
            }
            return Ok(None);
        }
        self.writers.lock().own.insert(export, number);
        let (tasks, known) = (self.tasks.clone(), self.writers.clone());
        let writer = Writer { tasks, known, export, id, number, piece: Vec::new(), n: 0 };
        writer.clear()?;
        Ok(Some(Box::new(writer)))
    }

    fn open_export(&self, export: &Export) -> Result<ExportFile> {
        let (tasks, id) = (self.tasks.clone(), uuid(export.id.as_bytes()));
        let left = export.file_size_bytes.unwrap_or(0);
        let mut reader = Reader { tasks, id, n: 0, piece: io::Cursor::default(), left };
        if left > 0 {
            // Who finds nothing is told before the download begins.
            reader.next_piece().map_err(|cause| {
                let text = format!("the export cannot be read: {cause}");
                Error::new(crate::error::ErrorCode::StorageUnavailable, text)
            })?;
        }
        Ok(ExportFile::new(reader, left))
    }

    fn export_path(&self, _id: &ExportId) -> Option<PathBuf> {
        None
    }

    fn export_bytes(&self) -> Result<u64> {
        let now = Timestamp::now().as_millis();
        self.read(async move |_, client| {
            client.query_typed(SIZE, args![now]).await?.first().map_or(Ok(0), |row| row.count(0))
        })
    }

    fn drop_export_bytes(&self, _id: &ExportId) -> Result<()> {
        self.drop_unkept()
    }

    fn sweep_export_bytes(&self) -> Result<()> {
        match self.run(async |node| Ok(node.has_the_chores()))? {
            true => self.drop_unkept(),
            false => Ok(()),
        }
    }
}
