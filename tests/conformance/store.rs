//! Where the outboxes of the scenarios are: in files, or in databases of a PostgreSQL server that the runner starts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use crate::server::Server;

/// How long another program's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// A database with our tables, of which each outbox is a copy: that is faster than to make them.
const TEMPLATE: &str = "outbox";
/// How many databases are made at once, since a program has to be started for it.
const MADE_AT_ONCE: usize = 24;

pub enum Store {
    Files,
    Databases(Box<Databases>),
}

pub struct Databases {
    server: Server,
    stock: Mutex<Stock>,
}

#[derive(Default)]
struct Stock {
    made: usize,
    fresh: Vec<String>,
    /// Dropped when the next ones are made.
    used: Vec<String>,
}

/// One outbox.
pub struct Outbox<'a> {
    place: Place<'a>,
    /// What stands in the setting `database`.
    pub setting: String,
}

enum Place<'a> {
    File(PathBuf),
    Database { home: &'a Databases, name: String },
}

impl Store {
    pub fn named(name: &str) -> Result<Self, String> {
        match name {
            "file" => Ok(Self::Files),
            "postgres" => {
                let server = Server::start();
                server.sql("postgres", &format!("CREATE DATABASE {TEMPLATE};"))?;
                let template = PathBuf::from(address(&server, TEMPLATE));
                hookbridge_core::engine::migrate(&template).map_err(|error| error.to_string())?;
                Ok(Self::Databases(Box::new(Databases { server, stock: Mutex::default() })))
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
            Self::Databases(home) => {
                let name = home.take()?;
                Ok(Outbox { setting: address(&home.server, &name), place: Place::Database { home, name } })
            }
        }
    }
}

impl Databases {
    fn stock(&self) -> MutexGuard<'_, Stock> {
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of a database that nobody has used.
    fn take(&self) -> Result<String, String> {
        let mut stock = self.stock();
        if stock.fresh.is_empty() {
            let mut statements = String::new();
            for name in stock.used.drain(..) {
                let _ = writeln!(statements, "DROP DATABASE {name} WITH (FORCE);");
            }
            let fresh: Vec<String> =
                (stock.made..stock.made + MADE_AT_ONCE).map(|number| format!("outbox_{number}")).collect();
            for name in &fresh {
                let _ = writeln!(statements, "CREATE DATABASE {name} TEMPLATE {TEMPLATE};");
            }
            self.server.sql("postgres", &statements)?;
            stock.made += MADE_AT_ONCE;
            stock.fresh = fresh;
        }
        stock.fresh.pop().ok_or_else(|| "no database was made".to_owned())
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
            Place::Database { home, name } => {
                let counted = format!(
                    "\\connect {name}\nWITH changed AS ({database} RETURNING 1) SELECT count(*) FROM changed;"
                );
                (database, home.server.sql("postgres", &counted).map(|rows| rows != "0"))
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
        if let Place::Database { home, name } = &self.place {
            home.stock().used.push(name.clone());
        }
    }
}
