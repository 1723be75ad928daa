//! An application with a SQLite file, which has our table.

use std::path::PathBuf;
use std::time::Duration;

use hookbridge_core::{Engine, engine};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::receiver::eventually;

pub struct Application {
    pub folder: TempDir,
    pub file: Connection,
}

/// Sends in an open transaction, and returns the id.
pub fn send(file: &Connection, endpoint: &str, payload: &str) -> String {
    insert(file, endpoint, payload, &[]).unwrap()
}

/// Sends with further columns.
pub fn insert(
    file: &Connection,
    endpoint: &str,
    payload: &str,
    more: &[(&str, Value)],
) -> rusqlite::Result<String> {
    let mut names = vec!["endpoint_id", "payload"];
    let mut values = vec![Sql::Text(endpoint.to_owned()), Sql::Text(payload.to_owned())];
    for (name, value) in more {
        names.push(name);
        values.push(match value {
            Value::Null => Sql::Null,
            Value::String(text) => Sql::Text(text.clone()),
            Value::Number(number) if number.is_i64() => Sql::Integer(number.as_i64().unwrap()),
            Value::Number(number) => Sql::Real(number.as_f64().unwrap()),
            other => panic!("{other}"),
        });
    }
    let marks = vec!["?"; names.len()].join(", ");
    let insert = format!("INSERT INTO hookbridge_send ({}) VALUES ({marks}) RETURNING id", names.join(", "));
    file.query_row(&insert, params_from_iter(values), |row| row.get(0))
}

/// Waits until a message was taken over and came to something.
pub fn wait_for_status(engine: &Engine, id: &str, status: &str) {
    let request = json!({ "message_id": id }).to_string();
    eventually(&format!("{id} to be {status}"), || {
        let message = engine.call("messages.get", &request);
        message.is_ok_and(|message| message.contains(&format!(r#""status":"{status}""#)))
    });
}

impl Application {
    pub fn new(journal: &str) -> Self {
        Self::with(journal, false)
    }

    pub fn with(journal: &str, endpoints: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = Connection::open(folder.path().join("app.db")).unwrap();
        file.busy_timeout(Duration::from_secs(5)).unwrap();
        file.pragma_update(None, "journal_mode", journal).unwrap();
        for statement in engine::sqlite_outbox(endpoints).split("\n\n") {
            // A driver may refuse what is no statement.
            assert!(statement.contains("CREATE "), "{statement}");
            file.execute_batch(statement).unwrap();
        }
        Self { folder, file }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("app.db")
    }

    pub fn send(&self, endpoint: &str, payload: &str) -> String {
        send(&self.file, endpoint, payload)
    }

    pub fn send_with(&self, endpoint: &str, payload: &str, more: &[(&str, Value)]) -> String {
        insert(&self.file, endpoint, payload, more).unwrap()
    }

    /// A message that expired while nobody took it over.
    pub fn send_expired(&self, endpoint: &str) -> String {
        self.unchecked(|file| {
            let expired = [("expires_at", Value::from("2001-01-01T00:00:00Z"))];
            insert(file, endpoint, "1", &expired).unwrap()
        })
    }

    /// Does something without the trigger, at once for others.
    pub fn unchecked<T>(&self, work: impl FnOnce(&Connection) -> T) -> T {
        let trigger: String = self
            .file
            .query_row("SELECT sql FROM sqlite_master WHERE name = 'hookbridge_send_check'", [], |row| {
                row.get(0)
            })
            .unwrap();
        self.file.execute_batch("BEGIN IMMEDIATE; DROP TRIGGER hookbridge_send_check").unwrap();
        let done = work(&self.file);
        self.file.execute_batch(&format!("{trigger}; COMMIT")).unwrap();
        done
    }

    /// Waits until every row was taken over.
    pub fn until_empty(&self) {
        eventually("every row to be taken over", || self.refused().is_empty() && self.count() == 0);
    }

    pub fn count(&self) -> i64 {
        self.file.query_row("SELECT count(*) FROM hookbridge_send", [], |row| row.get(0)).unwrap()
    }

    /// The refused messages, with the code and why.
    pub fn refused(&self) -> Vec<(String, String)> {
        let sql = "SELECT id, refused FROM hookbridge_send WHERE refused IS NOT NULL ORDER BY seq";
        let mut statement = self.file.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }
}
