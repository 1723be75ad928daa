//! Where the outboxes of the scenarios are: in files, or in databases of a PostgreSQL server that the runner starts.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::Connection;

use crate::server::Server;

/// How long another program's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// A database with our tables, of which each outbox is a copy: that is faster than to make them.
const TEMPLATE: &str = "outbox";

pub enum Store {
    Files,
    Databases { server: Box<Server>, made: AtomicUsize },
}

/// One outbox. A database is dropped with it.
pub struct Outbox<'a> {
    place: Place<'a>,
    /// What stands in the setting `database`.
    pub setting: String,
}

enum Place<'a> {
    File(PathBuf),
    Database { server: &'a Server, name: String },
}

impl Store {
    pub fn named(name: &str) -> Result<Self, String> {
        match name {
            "file" => Ok(Self::Files),
            "postgres" => {
                let server = Box::new(Server::start());
                server.sql("postgres", &format!("CREATE DATABASE {TEMPLATE};"))?;
                let template = PathBuf::from(address(&server, TEMPLATE));
                hookbridge_core::engine::migrate(&template).map_err(|error| error.to_string())?;
                Ok(Self::Databases { server, made: AtomicUsize::new(0) })
            }
            other => Err(format!("there is no store `{other}`; there are file and postgres")),
        }
    }

    pub fn is_file(&self) -> bool {
        matches!(self, Self::Files)
    }

    /// A new outbox. A file is called `name` and is made by whoever opens it.
    pub fn outbox(&self, folder: &Path, name: &str) -> Result<Outbox<'_>, String> {
        match self {
            Self::Files => {
                let path = folder.join(name);
                Ok(Outbox { setting: path.display().to_string(), place: Place::File(path) })
            }
            Self::Databases { server, made } => {
                let name = format!("outbox_{}", made.fetch_add(1, Ordering::Relaxed));
                server.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE};"))?;
                Ok(Outbox { setting: address(server, &name), place: Place::Database { server, name } })
            }
        }
    }
}

fn address(server: &Server, database: &str) -> String {
    let socket = server.socket().display().to_string().replace('/', "%2F");
    format!("postgresql://postgres@{socket}/{database}")
}

impl Outbox<'_> {
    /// Changes rows as another program does: by the statement for its kind of store.
    pub fn change(&self, file: &str, database: &str) -> Result<(), String> {
        let (statement, changed) = match &self.place {
            Place::File(path) => {
                let changed = connect(path).and_then(|connection| connection.execute(file, ()));
                (file, changed.map_err(|error| error.to_string()).map(|rows| rows > 0))
            }
            Place::Database { server, name } => {
                let counted = format!(
                    "\\connect {name}\nWITH changed AS ({database} RETURNING 1) SELECT count(*) FROM changed;"
                );
                (database, server.sql("postgres", &counted).map(|rows| rows != "0"))
            }
        };
        match changed.map_err(|error| format!("{statement}: {error}"))? {
            true => Ok(()),
            false => Err(format!("{statement}: no row was changed")),
        }
    }

    /// Takes the file's lock for writing, for as long as the connection is there.
    pub fn lock(&self) -> Result<Connection, String> {
        let Place::File(path) = &self.place else {
            return Err("a database has no such lock".to_owned());
        };
        let locked = connect(path).and_then(|connection| {
            connection.execute_batch("BEGIN IMMEDIATE")?;
            Ok(connection)
        });
        locked.map_err(|error| error.to_string())
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

impl Drop for Outbox<'_> {
    fn drop(&mut self) {
        if let Place::Database { server, name } = &self.place {
            // What is left takes room until the run has ended, and nothing else.
            let _ = server.sql("postgres", &format!("DROP DATABASE {name} WITH (FORCE);"));
        }
    }
}
