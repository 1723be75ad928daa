//! A process with an engine in it: it sends as fast as it can, or only delivers, until it is killed.
//!
//! `producer DATABASE ENDPOINT ROLE THREADS COUNT`, where ROLE is `send` (enqueue only), `both` or `deliver`.
//! Every id that `send` returned is a line on stdout, written at once; a refusal is a line with `!` and its code.
//! It ends when all is sent and delivered, or when its stdin closes.

use std::io::{Read, Write};
use std::time::Duration;

use hookbridge_core::config::Delivery;
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
        delivery: if role == "send" { Delivery::Off } else { Delivery::Auto },
        allow_local_endpoints: true,
        verify_dns: false,
        retry_schedule: RetrySchedule::uniform(vec![Duration::from_millis(20)]),
        max_attempts: 100,
        ..base
    })?;
    let senders: Vec<_> = (0..if role == "deliver" { 0 } else { threads })
        .map(|_| {
            let (engine, endpoint) = (engine.clone(), endpoint.clone());
            std::thread::spawn(move || (0..count).for_each(|n| send(&engine, &endpoint, n)))
        })
        .collect();
    if role == "deliver" {
        // Starts the threads, should nothing wait yet.
        let _ = engine.call("stats", "{}")?;
        let _ = std::io::stdin().read(&mut [0]);
    }
    for sender in senders {
        sender.join().map_err(|_| "a sender panicked")?;
    }
    engine.flush(Duration::from_secs(60))?;
    engine.close(Duration::from_secs(10))?;
    Ok(())
}

fn send(engine: &Engine, endpoint: &str, n: usize) {
    let payload = format!("{{\"n\": {n}}}").into_bytes();
    let line = match SendRequest::new(endpoint, payload).and_then(|request| engine.send(request)) {
        Ok(receipt) => format!("{}\n", receipt.message_id),
        Err(error) => format!("!{}\n", error.code().name()),
    };
    // One write a line, so that a kill never leaves half an id behind a whole one.
    let _ = std::io::stdout().lock().write_all(line.as_bytes());
}
