//! Several processes share one outbox in a PostgreSQL database. They are killed, and the database is restarted under them; every
//! id that a send returned arrives all the same.

mod connections;
mod exports;
mod isolation;
mod migrations;
mod moving;
mod pooler;
#[path = "../crash/processes.rs"]
mod processes;
#[path = "../../core/tests/receiver/mod.rs"]
mod receiver;
mod retention;
mod server;
mod session;
mod shares;
#[path = "../sqlite_outbox/sidecar.rs"]
#[expect(dead_code, reason = "only the command is used here")]
mod sidecar;
mod sql;
mod sql_events;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hookbridge_core::config::Delivery;
use hookbridge_core::{Config, Engine};
use processes::{Ids, start};
use receiver::{Receiver, answer, eventually};
use server::Server;

/// Another process delivers 13 s after the one that did was killed: the lease, and a look at it. More on a machine that has much else
/// to do.
const TAKEOVER: Duration = Duration::from_secs(45);
/// What a killed process may have under way or unrecorded, and is delivered again.
const REPEATED: usize = 1_024 + 256;

/// The address of a database.
fn address(server: &Server, database: &str) -> PathBuf {
    address_at(server, 5432, database)
}

fn address_at(server: &Server, port: u16, database: &str) -> PathBuf {
    let socket = server.socket().display().to_string().replace('/', "%2F");
    PathBuf::from(format!("postgresql://postgres@{socket}:{port}/{database}"))
}

/// The address of the server's first database, with our tables.
fn database(server: &Server) -> PathBuf {
    database_at(server, 5432)
}

fn database_at(server: &Server, port: u16) -> PathBuf {
    let address = address_at(server, port, "postgres");
    hookbridge_core::engine::migrate(&address).unwrap();
    address
}

fn open(database: &Path, delivery: Delivery) -> Engine {
    let config = Config { delivery, database: database.to_owned(), ..receiver::config(Path::new("/")) };
    Engine::open(config).unwrap()
}

/// The process that delivers to the first endpoint.
fn deliverer(server: &Server) -> Option<u32> {
    let owner = "SELECT n.pid FROM hookbridge.shards s JOIN hookbridge.nodes n ON n.id = s.node
        WHERE s.shard = (SELECT min(seq) & 255 FROM hookbridge.endpoints);";
    server.sql("postgres", owner).unwrap().parse().ok()
}

/// How often each message arrived.
fn arrived(receiver: &Receiver) -> BTreeMap<String, usize> {
    let mut arrived = BTreeMap::new();
    for delivery in receiver.deliveries() {
        *arrived.entry(delivery.message_id().to_owned()).or_default() += 1;
    }
    arrived
}

/// Checks that everything accepted has arrived, and little of it twice.
fn everything_arrived(accepted: &Ids, receiver: &Receiver, repeated: usize) {
    let (accepted, arrived) = (accepted.lock().unwrap(), arrived(receiver));
    let lost: Vec<&String> = accepted.iter().filter(|id| !arrived.contains_key(*id)).collect();
    assert!(lost.is_empty(), "{} of {} were lost: {lost:?}", lost.len(), accepted.len());
    assert!(!accepted.is_empty());
    let twice = arrived.values().filter(|count| **count > 1).count();
    assert!(twice <= repeated, "{twice} arrived more than once, and {repeated} may");
}

/// Waits until others deliver.
fn others_deliver(receiver: &Receiver, within: Duration) {
    let (before, begun) = (receiver.count(), Instant::now());
    while receiver.count() < before + 100 {
        assert!(begun.elapsed() < within, "nobody else delivers");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Delivers what is left, and checks the whole.
fn settle(database: &Path, accepted: &Ids, receiver: &Receiver, repeated: usize) {
    let last = open(database, Delivery::Auto);
    assert!(last.flush(Duration::from_secs(60)).unwrap());
    last.close(Duration::from_secs(10)).unwrap();
    everything_arrived(accepted, receiver, repeated);
}

#[test]
fn one_that_delivers_and_is_killed_is_followed_by_another() {
    let (server, receiver) = (Server::start(), Receiver::start(|_, _| answer(200)));
    let database = database(&server);
    let engine = open(&database, Delivery::Off);
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    let accepted = Ids::default();
    let mut running: Vec<_> = (0..3).map(|_| start(&database, &endpoint, "both", 2, &accepted)).collect();
    eventually("something is delivered", || receiver.count() > 100);
    for _ in 0..2 {
        let leads = deliverer(&server).expect("one delivers");
        let place = running.iter().position(|process| process.id() == leads).expect("it is one of ours");
        running.swap_remove(place).kill();
        others_deliver(&receiver, TAKEOVER);
        assert_ne!(deliverer(&server), Some(leads));
    }
    running.into_iter().for_each(processes::Running::kill);
    settle(&database, &accepted, &receiver, 3 * REPEATED);
}

/// Every connection of every process is ended, again and again, also between a commit and its answer.
#[test]
fn connections_that_are_ended_lose_nothing_and_refuse_nothing() {
    let (server, receiver) = (Server::start(), Receiver::start(|_, _| answer(200)));
    let database = database(&server);
    let engine = open(&database, Delivery::Off);
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    let accepted = Ids::default();
    let running: Vec<_> = (0..2).map(|_| start(&database, &endpoint, "both", 4, &accepted)).collect();
    eventually("something is delivered", || receiver.count() > 100);
    for _ in 0..30 {
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'hookbridge';";
        server.sql("postgres", end).unwrap();
        std::thread::sleep(Duration::from_millis(fastrand::u64(20..300)));
    }
    let before = accepted.lock().unwrap().len();
    eventually("more is accepted", || accepted.lock().unwrap().len() > before + 100);
    running.into_iter().for_each(processes::Running::kill);
    // The outcomes of attempts that were being recorded are recorded again, and no attempt is made twice for it.
    settle(&database, &accepted, &receiver, 2 * REPEATED);
}

#[test]
fn one_that_is_stopped_for_longer_than_its_lease_is_followed_and_delivers_no_more() {
    let (server, receiver) = (Server::start(), Receiver::start(|_, _| answer(200)));
    let database = database(&server);
    let engine = open(&database, Delivery::Off);
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    let accepted = Ids::default();
    let running: Vec<_> = (0..2).map(|_| start(&database, &endpoint, "both", 1, &accepted)).collect();
    eventually("something is delivered", || receiver.count() > 100);
    let leads = deliverer(&server).expect("one delivers");
    let stopped = running.iter().find(|process| process.id() == leads).expect("it is one of ours");
    stopped.halt();
    others_deliver(&receiver, TAKEOVER);
    let follows = deliverer(&server);
    assert_ne!(follows, Some(leads));
    stopped.go_on();
    others_deliver(&receiver, TAKEOVER);
    // It was expelled, and has joined again since.
    assert!(follows.is_some());
    running.into_iter().for_each(processes::Running::kill);
    settle(&database, &accepted, &receiver, 2 * REPEATED);
}
