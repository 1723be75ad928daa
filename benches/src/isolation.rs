//! A healthy endpoint's delivery latency beside endpoints that do harm. The engine runs in a process of its own, whose
//! names are looked up by the shim of `tests/resolver`.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookbridge_core::Engine;
use hookbridge_core::config::{Config, Delivery};

use crate::cheap_receiver::Certificates;
use crate::engines::{config, create_endpoint, percentile, receiver, request};
use crate::floods;
use crate::table::{Goal, Measure, Table};

/// The argument with which this program measures beside one kind of trouble, which follows with a folder.
pub(crate) const PART: &str = "--isolation-part";
/// What the shim reads.
const NAMES: &str = "HOOKBRIDGE_SHIM_NAMES";
/// Milliseconds for which a name hangs.
const HANGS: u32 = 600_000;
const ENDPOINTS: usize = 100;
const FLOODS: usize = 8;
const MESSAGES_EACH: usize = 1_000;
const PROBES: usize = 400;

struct Trouble {
    name: &'static str,
    words: &'static str,
    begin: fn(&Engine, &Path),
}

const ALONE: Trouble = Trouble { name: "alone", words: "", begin: |_, _| {} };
const TROUBLES: &[Trouble] = &[
    Trouble {
        name: "silent",
        words: "a healthy endpoint's delivery p99 beside 100 endpoints that never answer, 1,000 messages each",
        begin: |engine, _| {
            let address = receiver(|_| Duration::from_secs(3600));
            (0..ENDPOINTS).for_each(|_| drop(backlog(engine, &format!("http://{address}/hangs"))));
        },
    },
    Trouble {
        name: "names",
        words: "the same beside 100 endpoints whose names hang, 1,000 messages each",
        begin: |engine, _| {
            let names = (0..ENDPOINTS).map(|n| format!("n{n}.test {HANGS} 127.0.0.1\n"));
            set_names(&names.collect::<String>());
            (0..ENDPOINTS).for_each(|n| drop(backlog(engine, &format!("http://n{n}.test:9/"))));
        },
    },
    Trouble {
        name: "turning",
        words: "the same beside one that was healthy with 32 under way when its name began to hang",
        begin: |engine, _| {
            set_names("turning.test 0 127.0.0.1\n");
            // Each answer ends its connection, so that each attempt looks the name up.
            let port = floods::closing_receiver(Duration::from_millis(20));
            let url = format!("http://turning.test:{port}/");
            for _ in 0..20 {
                backlog(engine, &url);
            }
            std::thread::sleep(Duration::from_secs(1));
            set_names(&format!("turning.test {HANGS} 127.0.0.1\n"));
        },
    },
    Trouble {
        name: "floods",
        words: "the same beside 8 receivers that flood: 1xx without end, frames of HTTP/2 after the 200",
        begin: |engine, folder| {
            let certificates = Certificates::load(folder);
            for n in 0..FLOODS {
                let url = if n % 2 == 0 {
                    format!("http://127.0.0.1:{}/", floods::informs_without_end())
                } else {
                    format!("https://127.0.0.1:{}/", floods::frames_without_end(&certificates))
                };
                backlog(engine, &url);
            }
        },
    },
];

fn set_names(lines: &str) {
    let path = std::env::var(NAMES).expect("a file of names");
    let new = format!("{path}.new");
    std::fs::write(&new, lines).and_then(|()| std::fs::rename(new, path)).expect("a file");
}

/// An endpoint with messages that wait.
fn backlog(engine: &Engine, url: &str) -> String {
    let endpoint = create_endpoint(engine, url);
    engine.send_batch((0..MESSAGES_EACH).map(|_| request(&endpoint)).collect()).expect("receipts");
    endpoint
}

/// The measuring process: prints the p99 from before the `send` to the arrival, in milliseconds.
pub(crate) fn run_part(trouble: &str, folder: &str) {
    let trouble = TROUBLES.iter().find(|known| known.name == trouble).unwrap_or(&ALONE);
    let folder = Path::new(folder);
    let arrived: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
    let seen = arrived.clone();
    let address = receiver(move |request| {
        if let Some(id) = request.headers().get("x-webhook-id").and_then(|id| id.to_str().ok()) {
            seen.lock().expect("no panic").insert(id.to_owned(), Instant::now());
        }
        Duration::ZERO
    });
    let settings =
        Config { ca_file: Some(folder.join("ca.pem")), ..config(&folder.join("outbox.db"), Delivery::Auto) };
    let engine = Engine::open(settings).expect("an engine");
    let healthy = create_endpoint(&engine, &format!("http://{address}/well"));
    (trouble.begin)(&engine, folder);
    // The endpoint has proven itself, as one in use has.
    engine.send(request(&healthy)).expect("a receipt");
    std::thread::sleep(Duration::from_secs(1));
    let sent: Vec<(String, Instant)> = (0..PROBES)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(3));
            let begun = Instant::now();
            (engine.send(request(&healthy)).expect("a receipt").message_id.to_string(), begun)
        })
        .collect();
    let deadline = Instant::now() + Duration::from_secs(60);
    let all_here = || {
        let arrived = arrived.lock().expect("no panic");
        sent.iter().all(|(id, _)| arrived.contains_key(id))
    };
    while !all_here() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    let arrived = arrived.lock().expect("no panic");
    let mut taken: Vec<f64> = sent
        .iter()
        .map(|(id, begun)| {
            let at = arrived.get(id).copied().unwrap_or_else(Instant::now);
            at.saturating_duration_since(*begun).as_secs_f64() * 1e3
        })
        .collect();
    println!("{}", percentile(&mut taken, 0.99));
    // Those that do harm are this process's own threads, and end with it.
    std::process::exit(0);
}

/// The shim, compiled into `folder`.
fn shim(folder: &Path) -> std::path::PathBuf {
    let library = folder.join("shim.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/resolver/shim.c");
    let compiled = Command::new("gcc")
        .args(["-shared", "-fPIC", "-O1", source, "-ldl", "-o"])
        .arg(&library)
        .status()
        .expect("a compiler");
    assert!(compiled.success());
    library
}

fn delivery_p99(trouble: &Trouble) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let names = folder.path().join("names");
    std::fs::write(&names, "").expect("a file");
    Certificates::new().store(folder.path());
    let output = Command::new(std::env::current_exe().expect("a program"))
        .args([PART, trouble.name])
        .arg(folder.path())
        .env("LD_PRELOAD", shim(folder.path()))
        .env(NAMES, &names)
        .output()
        .expect("a process");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

pub(crate) fn run(table: &mut Table) {
    for trouble in TROUBLES {
        let measure = Measure {
            name: trouble.words,
            baseline: "the same endpoint alone",
            unit: "ms",
            goal: Goal::AtMost(3.0),
        };
        table.compare(&measure, || delivery_p99(trouble), || delivery_p99(&ALONE));
    }
}
