//! Mixed load for as long as it is told (`soak SECONDS`): receivers that are well, slow, flaky, dead and hanging, sends,
//! batches, edits, replays and deletes, with a short retention. In the end memory, descriptors and the file must not
//! have grown since the middle.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hookbridge_core::config::Durability;
use hookbridge_core::model::retry_schedule::RetrySchedule;
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{Config, Engine};
use serde_json::{Value, json};

const SAMPLES: u32 = 120;
/// Retention looks once a minute when it is idle: in less time the file cannot level off.
const SHORTEST: u64 = 600;
/// What the last quarter may have over the one before.
const GROWTH: f64 = 1.10;

#[derive(Clone, Copy)]
struct Sample {
    resident_mib: f64,
    descriptors: f64,
    file_mib: f64,
}

fn sample(engine: &Engine) -> Sample {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("statistics");
    let pages: f64 = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("a number");
    let stats = call(engine, "stats", json!({})).expect("statistics");
    Sample {
        resident_mib: pages * 4096.0 / 1_048_576.0,
        descriptors: std::fs::read_dir("/proc/self/fd").expect("descriptors").count() as f64,
        file_mib: stats["bytes_on_disk"].as_f64().unwrap_or(0.0) / 1_048_576.0,
    }
}

fn call(engine: &Engine, operation: &str, request: Value) -> Option<Value> {
    let answer = engine.call(operation, &request.to_string()).ok()?;
    serde_json::from_str(&answer).ok()
}

/// Answers by path, one thread a connection.
fn receiver(arrived: Arc<AtomicUsize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let arrived = arrived.clone();
            std::thread::spawn(move || {
                let mut buffer = vec![0; 64 * 1024];
                while let Ok(read @ 1..) = stream.read(&mut buffer) {
                    let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
                    let number = arrived.fetch_add(1, Ordering::Relaxed);
                    let status = match text.split(' ').nth(1) {
                        Some("/hangs") => {
                            std::thread::sleep(Duration::from_secs(3));
                            return;
                        }
                        Some("/flaky") if number.is_multiple_of(3) => 503,
                        Some("/dead") => 500,
                        Some("/slow") => {
                            std::thread::sleep(Duration::from_millis(100));
                            200
                        }
                        _ => 200,
                    };
                    let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 2\r\n\r\nok");
                    if stream.write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

fn load(engine: &Engine, endpoints: &[String], stop: &AtomicBool, seed: u64) -> usize {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut known: Vec<String> = Vec::new();
    let mut accepted = 0;
    while !stop.load(Ordering::Relaxed) {
        let endpoint = rng.choice(endpoints).expect("endpoints");
        let message = |rng: &mut fastrand::Rng| {
            let filler = "x".repeat(rng.usize(0..3_000));
            SendRequest::new(endpoint, json!({ "filler": filler }).to_string().into_bytes()).expect("JSON")
        };
        match rng.u8(0..20) {
            0 => {
                let batch = (0..rng.usize(1..20)).map(|_| message(&mut rng)).collect();
                accepted += engine.send_batch(batch).expect("receipts").len();
            }
            1 => drop(call(engine, "endpoints.pause", json!({ "endpoint_id": endpoint }))),
            2 | 3 => drop(call(engine, "endpoints.resume", json!({ "endpoint_id": endpoint }))),
            4 => {
                let change = json!({ "endpoint_id": endpoint, "rate_limit_rps": rng.u32(0..200) });
                drop(call(engine, "endpoints.update", change));
            }
            5..=8 => {
                if let Some(id) = rng.choice(&known) {
                    let operations = [
                        "messages.replay",
                        "messages.retry_now",
                        "messages.cancel",
                        "messages.delete",
                        "messages.attempts",
                    ];
                    let operation = rng.choice(operations).expect("operations");
                    // Many are refused by the message's state, as they should be.
                    drop(call(engine, operation, json!({ "message_id": id })));
                }
            }
            _ => {
                let id = engine.send(message(&mut rng)).expect("a receipt").message_id.to_string();
                accepted += 1;
                known.push(id);
                if known.len() > 200 {
                    known.swap_remove(rng.usize(..known.len()));
                }
            }
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    accepted
}

fn middle(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> f64 {
    let mut figures: Vec<f64> = samples.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seconds: u64 = std::env::args().nth(1).ok_or("soak SECONDS")?.parse()?;
    if seconds < SHORTEST {
        return Err(format!("a soak takes at least {SHORTEST} seconds to tell growth from filling up").into());
    }
    let folder = tempfile::tempdir()?;
    let arrived: Arc<AtomicUsize> = Arc::default();
    let url = receiver(arrived.clone());
    let retention = Duration::from_secs(seconds / 8);
    let engine = Engine::open(Config {
        database: folder.path().join("outbox.db"),
        durability: Durability::Normal,
        allow_local_endpoints: true,
        request_timeout: Duration::from_secs(2),
        retry_schedule: RetrySchedule::uniform(vec![Duration::from_millis(500)]),
        max_attempts: 4,
        payload_retention: retention,
        row_retention: retention,
        ..Config::default()
    })?;
    let endpoints: Vec<String> = ["/well", "/well", "/flaky", "/slow", "/dead", "/hangs"]
        .iter()
        .filter_map(|path| call(&engine, "endpoints.create", json!({ "url": format!("{url}{path}") })))
        .filter_map(|created| created["id"].as_str().map(str::to_owned))
        .collect();
    let stop: Arc<AtomicBool> = Arc::default();
    let loads: Vec<_> = (0..4)
        .map(|seed| {
            let (engine, endpoints, stop) = (engine.clone(), endpoints.clone(), stop.clone());
            std::thread::spawn(move || load(&engine, &endpoints, &stop, seed))
        })
        .collect();
    let begun = Instant::now();
    let mut samples = Vec::new();
    println!("{:>8} {:>10} {:>12} {:>10} {:>10}", "seconds", "arrived", "descriptors", "RSS MiB", "file MiB");
    for number in 1..=SAMPLES {
        let at = Duration::from_secs(seconds) * number / SAMPLES;
        std::thread::sleep(at.saturating_sub(begun.elapsed()));
        let taken = sample(&engine);
        if number.is_multiple_of(SAMPLES / 12) {
            println!(
                "{:>8} {:>10} {:>12} {:>10.1} {:>10.1}",
                begun.elapsed().as_secs(),
                arrived.load(Ordering::Relaxed),
                taken.descriptors,
                taken.resident_mib,
                taken.file_mib
            );
        }
        samples.push(taken);
    }
    stop.store(true, Ordering::Relaxed);
    let mut accepted = 0;
    for load in loads {
        accepted += load.join().map_err(|_| "a load panicked")?;
    }
    engine.close(Duration::from_secs(10))?;
    let quarter = samples.len() / 4;
    let (before, last) = (&samples[2 * quarter..3 * quarter], &samples[3 * quarter..]);
    println!("{accepted} messages accepted, {} requests arrived", arrived.load(Ordering::Relaxed));
    let mut flat = true;
    for (name, figure, slack) in [
        ("resident memory, MiB", (|taken| taken.resident_mib) as fn(&Sample) -> f64, 4.0),
        ("descriptors", |taken| taken.descriptors, 20.0),
        ("file, MiB", |taken| taken.file_mib, 4.0),
    ] {
        let (then, now) = (middle(before, figure), middle(last, figure));
        let holds = now <= then * GROWTH + slack;
        println!(
            "{name}: {then:.1} in the third quarter, {now:.1} in the last: {}",
            if holds { "flat" } else { "grows" }
        );
        flat &= holds;
    }
    if flat { Ok(()) } else { Err("something grows".into()) }
}
