//! A session of a database. It can be left waiting while others go on.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use tokio_postgres::{Config, NoTls, SimpleQueryMessage};

use super::receiver::eventually;
use super::server::Server;

/// What the last statement answered in its first column, or the SQLSTATE that refused it.
pub type Answer = Result<String, String>;

pub struct Session {
    ask: Sender<String>,
    answers: Receiver<Answer>,
}

impl Session {
    pub fn start(server: &Server, database: &str) -> Self {
        let mut config = Config::new();
        config.host_path(server.socket()).user("postgres").dbname(database);
        let (ask, asked) = channel::<String>();
        let (answer, answers) = channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let (client, connection) = config.connect(NoTls).await.unwrap();
                let connection = tokio::spawn(connection);
                for statements in asked {
                    let outcome = client.simple_query(&statements).await;
                    let first = |message: SimpleQueryMessage| match message {
                        SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
                        _ => None,
                    };
                    let outcome = outcome
                        .map(|rows| rows.into_iter().filter_map(first).next_back().unwrap_or_default())
                        .map_err(|refused| {
                            refused.code().map_or(refused.to_string(), |code| code.code().to_owned())
                        });
                    if answer.send(outcome).is_err() {
                        break;
                    }
                }
                drop(client);
                let _ = connection.await;
            });
        });
        Self { ask, answers }
    }

    /// Begins statements, and does not wait for their end.
    pub fn begin(&self, statements: &str) {
        self.ask.send(statements.to_owned()).unwrap();
    }

    /// Waits for the end of what was begun.
    pub fn end(&self) -> Answer {
        self.answers.recv_timeout(Duration::from_secs(60)).expect("a session goes on")
    }

    pub fn run(&self, statements: &str) -> Answer {
        self.begin(statements);
        self.end()
    }

    /// Waits until so many other sessions wait for a lock.
    pub fn see_waiting(&self, count: usize) {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        eventually("sessions wait for each other", || self.run(waiting) == Ok(count.to_string()));
    }
}
