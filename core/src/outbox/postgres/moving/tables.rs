//! The rows of a move in the database: written as the source has them, and read back.

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row as Found};
use uuid::Uuid;

use super::id;
use crate::outbox::moving::{Holds, Row, Sum, Table, Value};
use crate::outbox::postgres::statement::{Argument, Columns, Sql, args};

/// The marks of a database and of its purpose are no data.
const OUR_SECRETS: &str = "name NOT IN ('moving', 'moved', 'relay')";
/// What the rows of messages have besides: a transaction of long ago, as the first one that a server ever had.
const XID: &str = "'3'::xid8";
/// New rows get numbers behind those that were moved.
const GO_ON: &str = "SELECT setval(pg_get_serial_sequence('hookbridge.endpoints', 'seq'), (SELECT coalesce(max(seq), 0) + 1 FROM hookbridge.endpoints), false),
    setval(pg_get_serial_sequence('hookbridge.signing_keys', 'seq'), (SELECT coalesce(max(seq), 0) + 1 FROM hookbridge.signing_keys), false),
    setval(pg_get_serial_sequence('hookbridge.api_keys', 'seq'), (SELECT coalesce(max(seq), 0) + 1 FROM hookbridge.api_keys), false),
    setval(pg_get_serial_sequence('hookbridge.events', 'seq'), (SELECT coalesce(max(seq), 0) + 1 FROM hookbridge.events), false),
    setval(pg_get_serial_sequence('hookbridge.activity', 'seq'), (SELECT coalesce(max(seq), 0) + 1 FROM hookbridge.activity), false),
    setval('hookbridge.message_seq', (SELECT coalesce(max(seq), 0) + 1 FROM hookbridge.messages), false)";
/// How many rows are read at once; of payloads, which may be large.
const ROWS: u32 = 1_000;
const PAYLOADS: u32 = 16;

/// A column of several rows, as an argument.
enum Column {
    Int(Vec<Option<i64>>),
    Bool(Vec<Option<bool>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Bytes>>),
    Id(Vec<Option<Uuid>>),
}

type Bytes = Vec<u8>;

impl Column {
    fn of(holds: Holds, rows: &[Row], column: usize) -> Self {
        let values = rows.iter().map(|row| row.get(column).unwrap_or(&Value::Null));
        let int = |value: &Value| if let Value::Int(number) = value { Some(*number) } else { None };
        let bytes = |value: &Value| if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None };
        match holds {
            Holds::Int => Self::Int(values.map(int).collect()),
            Holds::Bool => Self::Bool(values.map(|value| int(value).map(|number| number != 0)).collect()),
            Holds::Text => Self::Text(
                values
                    .map(|value| if let Value::Text(text) = value { Some(text.clone()) } else { None })
                    .collect(),
            ),
            Holds::Bytes => Self::Bytes(values.map(bytes).collect()),
            Holds::Id => Self::Id(values.map(|value| bytes(value).and_then(|bytes| id(&bytes))).collect()),
        }
    }

    fn argument(&self) -> (&(dyn ToSql + Sync), Type) {
        match self {
            Self::Int(values) => (values, values.kind()),
            Self::Bool(values) => (values, values.kind()),
            Self::Text(values) => (values, values.kind()),
            Self::Bytes(values) => (values, Type::BYTEA_ARRAY),
            Self::Id(values) => (values, values.kind()),
        }
    }
}

/// The names of the columns, and their types as arrays.
fn listed(table: Table) -> (String, String) {
    let names: Vec<&str> = table.columns().iter().map(|(name, _)| *name).collect();
    let types: Vec<String> = table
        .columns()
        .iter()
        .enumerate()
        .map(|(index, (_, holds))| {
            let kind = match holds {
                Holds::Int => "bigint",
                Holds::Bool => "boolean",
                Holds::Text => "text",
                Holds::Bytes => "bytea",
                Holds::Id => "uuid",
            };
            format!("${}::{kind}[]", index + 1)
        })
        .collect();
    (names.join(", "), types.join(", "))
}

/// Writes rows.
pub(super) async fn insert(client: &Client, table: Table, rows: &[Row]) -> Sql<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let (names, types) = listed(table);
    let (more, its) = match table {
        Table::Messages | Table::Waiting => (", xid", format!(", {XID}")),
        _ => ("", String::new()),
    };
    let sql = format!(
        "INSERT INTO hookbridge.{} ({names}{more}) OVERRIDING SYSTEM VALUE SELECT {names}{its} FROM unnest({types}) AS t ({names})",
        table.name()
    );
    let columns: Vec<Column> = table
        .columns()
        .iter()
        .enumerate()
        .map(|(column, (_, holds))| Column::of(*holds, rows, column))
        .collect();
    let arguments: Vec<_> = columns.iter().map(Column::argument).collect();
    client.execute_typed(&sql, &arguments).await.map(drop)
}

fn from(table: Table) -> String {
    let only = if table == Table::Secrets { format!(" WHERE {OUR_SECRETS}") } else { String::new() };
    format!("FROM hookbridge.{}{only}", table.name())
}

/// The first table that has a row.
pub(super) async fn first_with_rows(client: &Client) -> Sql<Option<Table>> {
    for table in Table::ALL {
        let sql = format!("SELECT EXISTS (SELECT {})", from(*table));
        if client.query_typed(&sql, args![]).await?.first().map_or(Ok(false), |row| row.boolean(0))? {
            return Ok(Some(*table));
        }
    }
    Ok(None)
}

fn values(table: Table, row: &Found) -> Sql<Row> {
    let value = |(column, (_, holds)): (usize, &(&str, Holds))| -> Sql<Value> {
        Ok(match holds {
            Holds::Int => row.maybe_int(column)?.map(Value::Int),
            Holds::Bool => row.try_get::<_, Option<bool>>(column)?.map(|is| Value::Int(is.into())),
            Holds::Text => row.maybe_text(column)?.map(Value::Text),
            Holds::Bytes => row.try_get::<_, Option<Vec<u8>>>(column)?.map(Value::Bytes),
            Holds::Id => row.maybe_id(column)?.map(|id| Value::Bytes(id.to_vec())),
        }
        .unwrap_or(Value::Null))
    };
    table.columns().iter().enumerate().map(value).collect()
}

/// Reads all rows of a table.
pub(super) async fn sum(client: &Client, table: Table) -> Sql<Sum> {
    let (names, _) = listed(table);
    let at_once = if table == Table::Payloads { PAYLOADS } else { ROWS };
    client
        .batch_execute(&format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; DECLARE moved CURSOR FOR SELECT {names} {}",
            from(table)
        ))
        .await?;
    let fetch = format!("FETCH {at_once} FROM moved");
    let mut sum = Sum::default();
    loop {
        let rows = client.query_typed(&fetch, args![]).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            sum.add(&values(table, row)?);
        }
    }
    client.batch_execute("COMMIT").await?;
    Ok(sum)
}

/// Has new rows get numbers behind those that were moved, and the planner know what is there.
pub(super) async fn go_on_from_here(client: &Client) -> Sql<()> {
    client.query_typed(GO_ON, args![]).await?;
    client
        .batch_execute("ANALYZE hookbridge.messages; ANALYZE hookbridge.attempts; ANALYZE hookbridge.waiting")
        .await
}
