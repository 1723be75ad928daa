//! Another process edits endpoints while this one delivers from a file with thousands: a healthy endpoint's latency and the
//! processor time, beside the same without edits. Each engine runs in a process of its own.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use hookbridge_core::config::{Config, Delivery};
use hookbridge_core::{Engine, EventQueue};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::engines::{config, create_endpoint, percentile, receiver, request};
use crate::table::{Goal, Measure, Table};

/// The argument with which this program delivers and measures, which follows with a folder.
pub(crate) const PART: &str = "--edits-part";
/// The argument with which this program edits, which follows with a folder and an endpoint.
pub(crate) const EDITOR: &str = "--edits-editor";

const ENDPOINTS: usize = 8_000;
const BATCH: usize = 500;
const BETWEEN_EDITS: Duration = Duration::from_millis(50);
const MEASURED: Duration = Duration::from_secs(4);
const BETWEEN_SENDS: Duration = Duration::from_millis(10);
const ROUNDS: usize = 3;
/// Milliseconds; and how often the processor time without edits.
const GOALS: (f64, f64) = (20.0, 2.0);

fn settings(folder: &Path, delivery: Delivery) -> Config {
    Config {
        durability: hookbridge_core::config::Durability::Normal,
        ..config(&folder.join("outbox.db"), delivery)
    }
}

/// The editing process: pauses the endpoint and resumes it, until it is killed or a while is over.
pub(crate) fn edit(folder: &str, endpoint: &str) {
    let engine = Engine::open(settings(Path::new(folder), Delivery::Off)).expect("an engine");
    let named = format!(r#"{{"endpoint_id": "{endpoint}"}}"#);
    let end = Instant::now() + MEASURED * 3;
    for operation in ["endpoints.pause", "endpoints.resume"].iter().cycle() {
        engine.call(operation, &named).expect("an edit");
        std::thread::sleep(BETWEEN_EDITS);
        if Instant::now() >= end {
            return;
        }
    }
}

fn processor_micros() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("statistics");
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64
}

/// The p99 from before a `send` to its event, in milliseconds, and the processor time of a second, in microseconds.
fn measure(engine: &Engine, events: &EventQueue, healthy: &str) -> (f64, f64) {
    let (begun, used) = (Instant::now(), processor_micros());
    let mut taken = Vec::new();
    while begun.elapsed() < MEASURED {
        let at = Instant::now();
        let id = engine.send(request(healthy)).expect("a receipt").message_id;
        while let Some(event) = events.next(Duration::from_secs(5)).expect("events") {
            if event.message_id == Some(id) {
                break;
            }
        }
        taken.push(at.elapsed().as_secs_f64() * 1e3);
        std::thread::sleep(BETWEEN_SENDS);
    }
    (percentile(&mut taken, 0.99), (processor_micros() - used) / begun.elapsed().as_secs_f64())
}

/// The measuring process: prints both figures without edits and with them.
pub(crate) fn run_part(folder: &str) {
    let address = receiver(|_| Duration::ZERO);
    let engine = Engine::open(settings(Path::new(folder), Delivery::Auto)).expect("an engine");
    let ids: Vec<String> =
        (0..ENDPOINTS).map(|_| create_endpoint(&engine, &format!("http://{address}/hook"))).collect();
    for some in ids.chunks(BATCH) {
        let batch = some.iter().map(|id| request(id)).collect();
        engine.send_batch(batch).expect("receipts");
    }
    assert!(engine.flush(Duration::from_secs(120)).expect("a flush"));
    let events = engine.events().expect("events");
    let (healthy, edited) = (&ids[0], &ids[1]);
    let quiet = measure(&engine, &events, healthy);
    let mut editor = Command::new(std::env::current_exe().expect("a program"))
        .args([EDITOR, folder, edited])
        .spawn()
        .expect("a process");
    std::thread::sleep(Duration::from_secs(1));
    let busy = measure(&engine, &events, healthy);
    editor.kill().expect("an end");
    editor.wait().expect("an end");
    println!("{} {} {} {}", quiet.0, quiet.1, busy.0, busy.1);
    engine.close(Duration::from_secs(5)).expect("an end");
}

pub(crate) fn run(table: &mut Table) {
    let (mut p99, mut cpu): (Vec<[f64; 2]>, Vec<[f64; 2]>) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir().expect("a folder");
        let output = Command::new(std::env::current_exe().expect("a program"))
            .arg(PART)
            .arg(folder.path())
            .output()
            .expect("a process");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout);
        let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [quiet_p99, quiet_cpu, p99_edited, cpu_edited] = numbers[..] else {
            panic!("it printed {text:?}")
        };
        p99.push([p99_edited, quiet_p99]);
        cpu.push([cpu_edited, quiet_cpu]);
    }
    let of = |figures: &[[f64; 2]], which: usize| {
        crate::table::median(&mut figures.iter().map(|pair| pair[which]).collect::<Vec<_>>())
    };
    let ratios = |figures: &[[f64; 2]]| -> Vec<f64> {
        let mut ratios: Vec<f64> = figures.iter().map(|[edited, quiet]| edited / quiet).collect();
        ratios.sort_by(f64::total_cmp);
        ratios
    };
    let line = |name, unit, goal| Measure { name, baseline: "the same without edits", unit, goal };
    table.add(
        &line(
            "p99 from a send to its event, 8,000 endpoints, 20 edits a second by another process",
            "ms",
            Goal::Below(GOALS.0),
        ),
        of(&p99, 0),
        of(&p99, 1),
        &mut ratios(&p99),
    );
    table.add(
        &line("processor time of a second, the same", "µs", Goal::AtMost(GOALS.1)),
        of(&cpu, 0),
        of(&cpu, 1),
        &mut ratios(&cpu),
    );
}
