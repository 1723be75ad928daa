//! The catalogue of event types.

use tokio_postgres::{Client, Row};

use super::Store;
use super::statement::{Columns, Sql, args};
use super::transaction::Applied;
use crate::error::{Result, event_type_not_found};
use crate::model::event_type::EventType;
use crate::model::event_type_entry::EventTypeEntry;
use crate::outbox::event_types::{EventTypeChange, EventTypes, check_new};

const FIND: &str = "SELECT name, description, schema, example, deprecated, created_at, updated_at
    FROM hookbridge.event_types WHERE name = $1";
const LIST: &str = "SELECT name, description, schema, example, deprecated, created_at, updated_at
    FROM hookbridge.event_types WHERE name > $1 ORDER BY name LIMIT $2";
/// Against others that add at the same moment: there is a bound on how many there are.
const LOCK: &str = "LOCK TABLE hookbridge.event_types IN SHARE ROW EXCLUSIVE MODE";
const COUNT: &str = "SELECT count(*) FROM hookbridge.event_types";
const WRITE: &str = "INSERT INTO hookbridge.event_types
        (name, description, schema, example, deprecated, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (name) DO UPDATE SET description = excluded.description, schema = excluded.schema,
        example = excluded.example, deprecated = excluded.deprecated, updated_at = excluded.updated_at";
const DELETE: &str = "DELETE FROM hookbridge.event_types WHERE name = $1 RETURNING name";

fn entry(row: &Row) -> Sql<EventTypeEntry> {
    let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    Ok(EventTypeEntry {
        name: EventType::stored(row.text(0)?),
        description: row.maybe_text(1)?,
        schema: json(row.maybe_text(2)?),
        example: json(row.maybe_text(3)?),
        deprecated: row.boolean(4)?,
        created_at: row.time(5)?,
        updated_at: row.time(6)?,
    })
}

async fn find(client: &Client, name: &EventType) -> Sql<Option<EventTypeEntry>> {
    let rows = client.query_typed(FIND, args![name.as_str()]).await?;
    rows.first().map(entry).transpose()
}

async fn write(client: &Client, entry: &EventTypeEntry) -> Sql<()> {
    let json = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string);
    let values = args![
        entry.name.as_str(),
        entry.description,
        json(&entry.schema),
        json(&entry.example),
        entry.deprecated,
        entry.created_at.as_millis(),
        entry.updated_at.as_millis(),
    ];
    client.query_typed(WRITE, values).await.map(drop)
}

impl EventTypes for Store {
    fn event_type(&self, name: &EventType) -> Result<Option<EventTypeEntry>> {
        let name = name.clone();
        self.read(async move |_, client| find(client, &name).await)
    }

    fn event_types(&self, after: Option<&str>, limit: usize) -> Result<(Vec<EventTypeEntry>, bool)> {
        let after = after.unwrap_or_default().to_owned();
        self.read(async move |_, client| {
            let rows = client.query_typed(LIST, args![after, limit as i64 + 1]).await?;
            let mut found = rows.iter().map(entry).collect::<Sql<Vec<_>>>()?;
            let more = found.len() > limit;
            found.truncate(limit);
            Ok((found, more))
        })
    }

    fn add_event_type(&self, entry: EventTypeEntry) -> Result<()> {
        self.change(async move |tx| {
            tx.client.batch_execute(LOCK).await?;
            let known = find(tx.client, &entry.name).await?.is_some();
            let count = tx.client.query_typed(COUNT, args![]).await?;
            let count = count.first().map_or(Ok(0), |row| row.count(0))?;
            if let Err(refusal) = check_new(&entry.name, known, usize::try_from(count).unwrap_or(usize::MAX))
            {
                return Ok(Err(refusal));
            }
            write(tx.client, &entry).await?;
            Ok(Ok(Applied::quietly(())))
        })
    }

    fn change_event_type(&self, name: &EventType, change: EventTypeChange) -> Result<EventTypeEntry> {
        let name = name.clone();
        self.change(async move |tx| {
            tx.client.batch_execute(LOCK).await?;
            let Some(mut entry) = find(tx.client, &name).await? else {
                return Ok(Err(event_type_not_found()));
            };
            change.apply_to(&mut entry);
            entry.updated_at = tx.now;
            write(tx.client, &entry).await?;
            Ok(Ok(Applied::quietly(entry)))
        })
    }

    fn delete_event_type(&self, name: &EventType) -> Result<()> {
        let name = name.clone();
        self.change(async move |tx| {
            let gone = tx.client.query_typed(DELETE, args![name.as_str()]).await?;
            if gone.is_empty() {
                return Ok(Err(event_type_not_found()));
            }
            Ok(Ok(Applied::quietly(())))
        })
    }
}
