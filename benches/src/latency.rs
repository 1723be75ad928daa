//! How long one `send` takes, beside one bare commit of the same rows.

use std::time::Instant;

use hookbridge_core::Engine;
use hookbridge_core::config::{Config, Delivery, Durability};

use crate::engines::{config, create_endpoint, percentile, request};
use crate::sends::{bare_connection, insert};
use crate::table::{Goal, Measure, Table};

const SENDS: usize = 1_000;

fn micros(mut work: impl FnMut()) -> Vec<f64> {
    (0..SENDS)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect()
}

fn ours(durability: Durability) -> Vec<f64> {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("outbox.db");
    let engine = Engine::open(Config { durability, ..config(&database, Delivery::Off) }).expect("an engine");
    let endpoint = create_endpoint(&engine, "http://127.0.0.1:9/");
    let taken = micros(|| {
        engine.send(request(&endpoint)).expect("a receipt");
    });
    engine.close(std::time::Duration::from_secs(5)).expect("an end");
    taken
}

fn bare(durability: Durability) -> Vec<f64> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut connection = bare_connection(folder.path(), durability);
    let mut number = 0;
    micros(|| {
        number += 1;
        let transaction = connection.transaction().expect("a transaction");
        insert(&transaction, number, &crate::engines::payload());
        transaction.commit().expect("a commit");
    })
}

pub(crate) fn run(table: &mut Table) {
    for (name, durability) in [("full", Durability::Full), ("normal", Durability::Normal)] {
        for (which, share, goal) in [("p50", 0.5, Goal::AtMost(1.3)), ("p99", 0.99, Goal::Shown)] {
            let measure = Measure {
                name: &format!("`send` latency {which}, 1 thread, `{name}`"),
                baseline: "one bare rusqlite commit of the same rows",
                unit: "µs",
                goal,
            };
            table.compare(
                &measure,
                || percentile(&mut ours(durability), share),
                || percentile(&mut bare(durability), share),
            );
        }
    }
}
