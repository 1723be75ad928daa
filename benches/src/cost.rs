//! What a message costs the machine, step by step, beside the least that the step needs.

use std::path::Path;
use std::time::Duration;

use hookbridge_core::config::{Delivery, Durability};

use crate::deliveries;
use crate::engines::{create_endpoint, open, receiver, request};
use crate::sends::{bare_connection, insert};
use crate::table::Table;

const MESSAGES: usize = 25_600;

/// What this process has used so far.
#[derive(Clone, Copy)]
struct Used {
    cpu_micros: f64,
    reads: f64,
    writes: f64,
    bytes: f64,
}

fn used() -> Used {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("statistics");
    // After the name, which may hold spaces: user and system time are the 12th and 13th, in hundredths.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = fields.iter().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    let io = std::fs::read_to_string("/proc/self/io").expect("statistics");
    let io = |name: &str| -> f64 {
        let line = io.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|value| value.trim().parse().ok()).unwrap_or(0.0)
    };
    Used { cpu_micros: ticks * 1e4, reads: io("syscr:"), writes: io("syscw:"), bytes: io("write_bytes:") }
}

/// A line for `work`, which handles `messages`.
fn step(table: &mut Table, name: &str, messages: usize, work: impl FnOnce()) {
    let before = used();
    work();
    let after = used();
    let each = |figure: fn(&Used) -> f64| (figure(&after) - figure(&before)) / messages as f64;
    table.cost(format!(
        "| {name} | {:.1} | {:.2} | {:.2} | {:.0} |",
        each(|used| used.cpu_micros),
        each(|used| used.reads),
        each(|used| used.writes),
        each(|used| used.bytes)
    ));
}

fn accept(database: &Path, batch: usize, messages: usize) {
    let engine = open(database, Delivery::Off);
    let endpoint = create_endpoint(&engine, "http://127.0.0.1:9/");
    for _ in 0..messages / batch {
        if batch == 1 {
            engine.send(request(&endpoint)).expect("a receipt");
        } else {
            engine.send_batch((0..batch).map(|_| request(&endpoint)).collect()).expect("receipts");
        }
    }
    engine.close(Duration::from_secs(5)).expect("an end");
}

fn bare_rows(folder: &Path, group: usize, messages: usize) {
    let mut connection = bare_connection(folder, Durability::Full);
    let payload = crate::engines::payload();
    for round in 0..messages / group {
        let transaction = connection.transaction().expect("a transaction");
        for n in 0..group {
            insert(&transaction, (round * group + n) as u64, &payload);
        }
        transaction.commit().expect("a commit");
    }
}

pub(crate) fn run(table: &mut Table) {
    table.cost("| a message | processor, µs | reads | writes | bytes to disk |".to_owned());
    table.cost("|---|---|---|---|---|".to_owned());
    let folder = || tempfile::tempdir().expect("a folder");
    let (one, other) = (folder(), folder());
    step(table, "accepted alone, `full`", 1_000, || accept(&one.path().join("outbox.db"), 1, 1_000));
    step(table, "least: a bare commit of its rows", 1_000, || bare_rows(other.path(), 1, 1_000));
    let (one, other) = (folder(), folder());
    step(table, "accepted in batches of 256", MESSAGES, || {
        accept(&one.path().join("outbox.db"), 256, MESSAGES);
    });
    step(table, "least: bare commits of 256 messages' rows", MESSAGES, || {
        bare_rows(other.path(), 256, MESSAGES);
    });
    let address = receiver(|_| Duration::ZERO);
    step(
        table,
        "accepted 256 at once, delivered and recorded, with the receiver",
        deliveries::MESSAGES,
        || {
            deliveries::ours(address);
        },
    );
    step(table, "least: posted by a bare hyper client, with the receiver", deliveries::MESSAGES, || {
        deliveries::bare(address);
    });
}
