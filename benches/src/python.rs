//! What the Python package adds to a `send`. Left out where the package is not installed in `.venv`.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use hookbridge_core::Engine;
use hookbridge_core::config::{Config, Delivery, Durability};

use crate::engines::{config, create_endpoint, percentile, request};
use crate::table::{Goal, Measure, Table};

pub(crate) const SENDS: usize = 4_000;
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../.venv/bin/python");
const PROGRAM: &str = r#"
import sys, time
from hookbridge import HookBridge
client = HookBridge(database=sys.argv[1], durability="normal", delivery="off", allow_local_endpoints=True)
endpoint, payload, taken = sys.argv[2], sys.argv[3].encode(), []
for _ in range(int(sys.argv[4])):
    begun = time.perf_counter()
    client.send(endpoint, payload)
    taken.append(time.perf_counter() - begun)
taken.sort()
print(taken[len(taken) // 2] * 1e6)
"#;

/// Both by turns on files of their own; `normal`, so that a disk's mood does not hide microseconds.
pub(crate) fn core_p50(database: &Path) -> f64 {
    let engine = Engine::open(Config { durability: Durability::Normal, ..config(database, Delivery::Off) })
        .expect("an engine");
    let endpoint = create_endpoint(&engine, "http://127.0.0.1:9/");
    let mut taken: Vec<f64> = (0..SENDS)
        .map(|_| {
            let begun = Instant::now();
            engine.send(request(&endpoint)).expect("a receipt");
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    engine.close(Duration::from_secs(5)).expect("an end");
    percentile(&mut taken, 0.5)
}

fn python_p50(database: &Path) -> f64 {
    let engine = crate::engines::open(database, Delivery::Off);
    let endpoint = create_endpoint(&engine, "http://127.0.0.1:9/");
    engine.close(Duration::from_secs(5)).expect("an end");
    let payload = String::from_utf8(crate::engines::payload()).expect("text");
    let output = Command::new(PYTHON)
        .args(["-c", PROGRAM])
        .arg(database)
        .args([endpoint, payload, SENDS.to_string()])
        .output()
        .expect("python");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
}

pub(crate) fn run(table: &mut Table) {
    if !Path::new(PYTHON).exists() {
        println!("no .venv: the line of the Python package is left out");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut number = 0;
    let mut fresh = || {
        number += 1;
        folder.path().join(format!("{number}.db"))
    };
    let databases: Vec<_> = (0..10).map(|_| fresh()).collect();
    let (mut mine, mut theirs) = (databases.iter().step_by(2), databases.iter().skip(1).step_by(2));
    let measure = Measure {
        name: "Python `send` p50, `normal`",
        baseline: "the core's",
        unit: "µs",
        goal: Goal::AtMostMore(15.0),
    };
    table.compare(
        &measure,
        || mine.next().map_or(0.0, |database| python_p50(database)),
        || theirs.next().map_or(0.0, |database| core_p50(database)),
    );
}
