//! What a message costs the machine, step by step, beside the least that the step needs. Each step runs in a process of
//! its own, with messages and without any: the difference is theirs. Once more under `strace`, which counts its calls.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use hookbridge_core::config::{Delivery, Durability};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::deliveries;
use crate::engines::{create_endpoint, open, receiver, request};
use crate::sends::{bare_connection, insert};
use crate::table::Table;

/// The argument that makes this program run one step: its name, the messages and a folder follow.
pub(crate) const STEP: &str = "--cost-step";
const BATCH: usize = 256;

struct Step {
    name: &'static str,
    messages: usize,
    /// Runs in the measuring process: what is not to be counted.
    prepare: fn(&Path, usize),
    work: fn(&Path, usize),
}

const STEPS: &[Step] = &[
    Step {
        name: "accepted alone, `full`",
        messages: 2_000,
        prepare: nothing,
        work: |folder, messages| accept(folder, 1, messages),
    },
    Step {
        name: "least: a bare commit of its rows",
        messages: 2_000,
        prepare: nothing,
        work: |folder, messages| bare_rows(folder, 1, messages),
    },
    Step {
        name: "accepted in batches of 256",
        messages: deliveries::MESSAGES,
        prepare: nothing,
        work: |folder, messages| accept(folder, BATCH, messages),
    },
    Step {
        name: "least: bare commits of 256 messages' rows",
        messages: deliveries::MESSAGES,
        prepare: nothing,
        work: |folder, messages| bare_rows(folder, BATCH, messages),
    },
    Step {
        name: "read from the file, delivered and recorded, with the receiver",
        messages: deliveries::MESSAGES,
        prepare: |folder, messages| accept(folder, BATCH, messages),
        work: |folder, _| deliver(folder),
    },
    Step {
        name: "accepted 256 at once, delivered and recorded, with the receiver",
        messages: deliveries::MESSAGES,
        prepare: nothing,
        work: |_, messages| {
            deliveries::ours(receiver(|_| Duration::ZERO), messages);
        },
    },
    Step {
        name: "least: posted by a bare hyper client, with the receiver",
        messages: deliveries::MESSAGES,
        prepare: nothing,
        work: |_, messages| {
            deliveries::bare(receiver(|_| Duration::ZERO), messages);
        },
    },
];

fn nothing(_: &Path, _: usize) {}

fn accept(folder: &Path, batch: usize, messages: usize) {
    let engine = open(&folder.join("outbox.db"), Delivery::Off);
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

fn deliver(folder: &Path) {
    let address = receiver(|_| Duration::ZERO);
    let engine = open(&folder.join("outbox.db"), Delivery::Off);
    let endpoints = engine.call("endpoints.list", "{}").expect("endpoints");
    let endpoints: serde_json::Value = serde_json::from_str(&endpoints).expect("JSON");
    let id = endpoints["data"][0]["id"].as_str().expect("an endpoint");
    let change = format!(r#"{{"endpoint_id": "{id}", "url": "http://{address}/"}}"#);
    engine.call("endpoints.update", &change).expect("an endpoint");
    engine.close(Duration::from_secs(5)).expect("an end");
    let engine = open(&folder.join("outbox.db"), Delivery::Auto);
    assert!(engine.flush(Duration::from_secs(600)).expect("a flush"));
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

/// What a process has used: microseconds of processor time, bytes that reached the disk, system calls, syncs.
#[derive(Clone, Copy, Default)]
struct Used {
    cpu: f64,
    bytes: f64,
    calls: f64,
    syncs: f64,
}

/// Runs one step in this process and prints what it used.
pub(crate) fn run_step(name: &str, messages: &str, folder: &str) {
    let step = STEPS.iter().find(|step| step.name == name).expect("a step");
    (step.work)(Path::new(folder), messages.parse().expect("a number"));
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("statistics");
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    let io = std::fs::read_to_string("/proc/self/io").expect("statistics");
    let bytes = io.lines().find_map(|line| line.strip_prefix("write_bytes:")).unwrap_or("0");
    println!("{cpu} {}", bytes.trim());
}

/// Runs a step in a process of its own, behind `prefix`, and returns what it printed.
fn spawn(step: &Step, messages: usize, prefix: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    (step.prepare)(folder.path(), messages);
    let program = std::env::current_exe().expect("a program");
    let mut words = prefix.iter().map(AsRef::as_ref).chain([program.as_os_str()]);
    let output = Command::new(words.next().expect("a program"))
        .args(words)
        .args([STEP, step.name, &messages.to_string()])
        .arg(folder.path())
        .output()
        .expect("a process");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn numbers(line: &str) -> Vec<f64> {
    line.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// Calls in all, and those that sync, from `strace -c`; none where there is no `strace`.
fn counted(step: &Step, messages: usize) -> Option<(f64, f64)> {
    Command::new("strace").arg("-V").output().ok()?;
    let summary = tempfile::NamedTempFile::new().expect("a file");
    let path = summary.path().to_str().expect("a path");
    spawn(step, messages, &["strace", "-f", "-c", "-U", "name,calls", "-o", path]);
    let text = std::fs::read_to_string(path).expect("a summary");
    let calls_of = |wanted: &str| {
        let line = text.lines().find(|line| line.split_whitespace().next() == Some(wanted));
        line.and_then(|line| numbers(line).first().copied()).unwrap_or(0.0)
    };
    Some((calls_of("total"), calls_of("fsync") + calls_of("fdatasync")))
}

fn used(step: &Step, messages: usize) -> Used {
    let line = spawn(step, messages, &[]);
    let [cpu, bytes] = numbers(&line)[..] else { panic!("a step printed {line:?}") };
    let (calls, syncs) = counted(step, messages).unwrap_or((f64::NAN, f64::NAN));
    Used { cpu, bytes, calls, syncs }
}

pub(crate) fn run(table: &mut Table) {
    table.cost("| a message | processor, µs | system calls | bytes to disk | syncs |".to_owned());
    table.cost("|---|---|---|---|---|".to_owned());
    for step in STEPS {
        let (with, without) = (used(step, step.messages), used(step, 0));
        let each = |figure: fn(&Used) -> f64| (figure(&with) - figure(&without)) / step.messages as f64;
        table.cost(format!(
            "| {} | {:.1} | {:.2} | {:.0} | {:.3} |",
            step.name,
            each(|used| used.cpu),
            each(|used| used.calls),
            each(|used| used.bytes),
            each(|used| used.syncs)
        ));
    }
}
