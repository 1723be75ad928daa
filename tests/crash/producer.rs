//! A process with an engine in it: it sends as fast as it can, or only delivers, until it is killed.
//!
//! `producer DATABASE ENDPOINT ROLE THREADS COUNT`, where ROLE is `send` (enqueue only), `both`, `both-normal` (the
//! same with `normal` durability) or `deliver`. Every id that `send` returned is a line on stdout, written at once; a
//! refusal is a line with `!` and its code. Sending ends when each thread has sent COUNT or stdin closes; then what is
//! due is delivered.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hookbridge_core::config::{Delivery, Durability};
use hookbridge_core::model::retry_schedule::RetrySchedule;
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{Config, Engine};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, database, endpoint, role, threads, count] = arguments.as_slice() else {
        return Err("producer DATABASE ENDPOINT ROLE THREADS COUNT".into());
    };
    let (threads, count): (usize, usize) = (threads.parse()?, count.parse()?);
    let base = Config::from_env()?;
    let engine = Engine::open(Config {
        database: database.into(),
        durability: if role.ends_with("-normal") { Durability::Normal } else { Durability::Full },
        delivery: if role == "send" { Delivery::Off } else { Delivery::Auto },
        allow_local_endpoints: true,
        verify_dns: false,
        retry_schedule: RetrySchedule::uniform(vec![Duration::from_millis(20)]),
        max_attempts: 100,
        ..base
    })?;
    let stop = Arc::new(AtomicBool::new(false));
    let watched = stop.clone();
    let stdin = std::thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        watched.store(true, Ordering::Relaxed);
    });
    let senders: Vec<_> = (0..if role == "deliver" { 0 } else { threads })
        .map(|_| {
            let (engine, endpoint, stop) = (engine.clone(), endpoint.clone(), stop.clone());
            // So that a few of them make a long log.
            let padding = if role.starts_with("large") { "x".repeat(60_000) } else { String::new() };
            std::thread::spawn(move || {
                for n in (0..count).take_while(|_| !stop.load(Ordering::Relaxed)) {
                    send(&engine, &endpoint, n, &padding);
                }
            })
        })
        .collect();
    if role == "deliver" {
        // Starts the threads, should nothing wait yet.
        let _ = engine.call("stats", "{}")?;
        stdin.join().map_err(|_| "the watcher of stdin panicked")?;
    }
    for sender in senders {
        sender.join().map_err(|_| "a sender panicked")?;
    }
    // What failed is due again soon after; a lull is not the end.
    let settled = |stats: &str| stats.contains("\"queued\":0,") && stats.contains("\"waiting_for_retry\":0,");
    while role != "send" && !settled(&engine.call("stats", "{}")?) {
        std::thread::sleep(Duration::from_millis(10));
    }
    engine.close(Duration::from_secs(10))?;
    Ok(())
}

fn send(engine: &Engine, endpoint: &str, n: usize, padding: &str) {
    let payload = format!("{{\"n\": {n}, \"padding\": \"{padding}\"}}").into_bytes();
    let line = match SendRequest::new(endpoint, payload).and_then(|request| engine.send(request)) {
        Ok(receipt) => format!("{}\n", receipt.message_id),
        Err(error) => format!("!{}: {}\n", error.code().name(), error.message()),
    };
    // One write a line, so that a kill never leaves half an id behind a whole one.
    let _ = std::io::stdout().lock().write_all(line.as_bytes());
}
