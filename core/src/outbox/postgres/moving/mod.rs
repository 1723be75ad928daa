//! Filling a database with the outbox of a file. What was written and how far that went are committed together, so that a move which
//! is killed goes on where it was. Until the end the database is marked, and no process delivers from it.

mod mark;
mod tables;

use std::time::{Duration, Instant};

use tokio_postgres::Client;
use uuid::Uuid;

use self::mark::Progress;
use super::connections::storage_error;
use super::statement::{Columns, Sql, args};
use super::{Settings, fitness, lead, migrations, node};
use crate::config::Durability;
use crate::error::{Error, ErrorCode, Result};
use crate::model::hex;
use crate::model::random::random_bytes;
use crate::outbox::moving::{BEGINNING, MovedTable, Source, Sum, Table};

const IS_RELAY: &str = "SELECT EXISTS (SELECT FROM hookbridge.secrets WHERE name = 'relay')";
const BEATS: &str = "SELECT coalesce(sum(beat), 0)::bigint, count(*), min(pid) FROM hookbridge.nodes";
/// How often the rows of processes are looked at, whether one of them lives.
const LOOK: Duration = Duration::from_millis(500);

/// What is told while it goes on: the table, and how many of its rows are there.
pub(crate) type Tell<'a> = &'a mut dyn FnMut(&'static str, u64);

/// Moves `source` into the database, or looks only whether that may be done.
///
/// # Errors
/// `INVALID_CONFIGURATION` where the database has other data or is a relay's, or the file has moved elsewhere; `STORAGE_UNAVAILABLE`,
/// also where both sides differ at the end; `SCHEMA_TOO_NEW`.
pub(crate) fn run(
    settings: Settings,
    source: &dyn Source,
    looks_only: bool,
    tell: Tell<'_>,
) -> Result<Vec<MovedTable>> {
    node::once(settings.database, async |client| {
        fitness::check(client, Durability::Full).await?;
        migrations::check(client).await?;
        let begun = standing(client, source).await?;
        if looks_only {
            return counts(source);
        }
        let progress = match begun {
            Some(progress) => progress,
            None => {
                nobody_delivers(client).await?;
                let id: [u8; 16] = random_bytes()?;
                let id = hex::encode(&id);
                // The file first: nobody changes it from then on. A database that is marked has all that it needs.
                source.mark(&id, false)?;
                mark::begin(client, &id).await?
            }
        };
        if progress.is_done {
            return counts(source);
        }
        let id = progress.id.clone();
        fill(client, source, progress, tell).await?;
        tables::go_on_from_here(client).await.map_err(storage_error)?;
        let moved = compare(client, source, tell).await?;
        source.mark(&id, true)?;
        mark::end(client, &id).await?;
        Ok(moved)
    })
}

/// How far a move of this source into this database has come; none where it may begin.
async fn standing(client: &Client, source: &dyn Source) -> Result<Option<Progress>> {
    let refused = |text: String| Err(Error::new(ErrorCode::InvalidConfiguration, text));
    if is(client, IS_RELAY).await.map_err(storage_error)? {
        return refused("the database is a relay's: name another".to_owned());
    }
    let (of_source, of_database) = (source.found()?, mark::find(client).await?);
    match (of_source, of_database) {
        (Some(here), Some(there)) if here.id == there.id => Ok(Some(there)),
        (Some(here), _) if here.is_done => refused(here.sentence),
        (_, Some(there)) if !there.is_done => refused(
            "another file is being moved into the database: end that move first, or name another".to_owned(),
        ),
        // A move that has not ended may begin anew elsewhere: nobody delivers from where it began.
        _ => match tables::first_with_rows(client).await.map_err(storage_error)? {
            Some(table) => refused(format!(
                "the database has data already (table {}): a file is moved into one that has been migrated and never used",
                table.name()
            )),
            None => Ok(None),
        },
    }
}

async fn is(client: &Client, question: &str) -> Sql<bool> {
    client.query_typed(question, args![]).await?.first().map_or(Ok(false), |row| row.boolean(0))
}

/// Refuses a database that a process delivers from. One that was killed left a row that stays as it is.
async fn nobody_delivers(client: &Client) -> Result<()> {
    let look = async || -> Sql<(i64, i64, Option<i64>)> {
        let rows = client.query_typed(BEATS, args![]).await?;
        rows.first().map_or(Ok((0, 0, None)), |row| Ok((row.int(0)?, row.int(1)?, row.maybe_int(2)?)))
    };
    let first = look().await.map_err(storage_error)?;
    let until = Instant::now() + lead::LEASE;
    let mut now = first;
    while now == first && now.1 > 0 && Instant::now() < until {
        tokio::time::sleep(LOOK).await;
        now = look().await.map_err(storage_error)?;
    }
    if now == first {
        return Ok(());
    }
    let text = format!(
        "a process delivers from the database (process {} or another): stop it until the move has ended",
        now.2.or(first.2).unwrap_or(0)
    );
    Err(Error::new(ErrorCode::InvalidConfiguration, text))
}

fn counts(source: &dyn Source) -> Result<Vec<MovedTable>> {
    let count =
        |table: &Table| Ok(MovedTable { table: table.name(), rows: source.count(*table)?, sha256: None });
    Table::ALL.iter().map(count).collect()
}

/// Writes what is not there yet, batch by batch.
async fn fill(client: &Client, source: &dyn Source, mut progress: Progress, tell: Tell<'_>) -> Result<()> {
    while let Some(table) = progress.table() {
        let batch = source.rows(table, progress.after)?;
        let next = if batch.rows.is_empty() { progress.next_table() } else { progress.reached(&batch) };
        let written = async {
            client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
            tables::insert(client, table, &batch.rows).await?;
            let is_ours = mark::advance(client, &progress, &next).await?;
            client.batch_execute(if is_ours { "COMMIT" } else { "ROLLBACK" }).await?;
            Sql::Ok(is_ours)
        };
        if !written.await.map_err(storage_error)? {
            let text = "another process moves into this database: nothing of this batch was written";
            return Err(Error::new(ErrorCode::InvalidConfiguration, text));
        }
        if !batch.rows.is_empty() {
            tell(table.name(), next.rows);
        }
        progress = next;
    }
    Ok(())
}

/// Compares both sides, table by table.
async fn compare(client: &Client, source: &dyn Source, tell: Tell<'_>) -> Result<Vec<MovedTable>> {
    let mut moved = Vec::new();
    for table in Table::ALL {
        let mut here = Sum::default();
        let mut after = BEGINNING;
        loop {
            let batch = source.rows(*table, after)?;
            if batch.rows.is_empty() {
                break;
            }
            batch.rows.iter().for_each(|row| here.add(row));
            after = batch.reached;
        }
        let there = tables::sum(client, *table).await.map_err(storage_error)?;
        if here != there {
            let text = format!(
                "the sides differ in {}: {} rows ({}) in the file, {} rows ({}) in the database. Somebody else has written there: \
                 make the database anew, migrate it, and move again",
                table.name(),
                here.rows,
                here.shown(),
                there.rows,
                there.shown()
            );
            return Err(Error::new(ErrorCode::StorageUnavailable, text));
        }
        tell("compared", moved.iter().map(|table: &MovedTable| table.rows).sum::<u64>() + here.rows);
        moved.push(MovedTable { table: table.name(), rows: here.rows, sha256: Some(here.shown()) });
    }
    Ok(moved)
}

/// An id as an argument, where its bytes are one.
fn id(bytes: &[u8]) -> Option<Uuid> {
    Uuid::from_slice(bytes).ok()
}
