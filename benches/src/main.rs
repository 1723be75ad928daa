//! Prints ours beside its baseline: alternating rounds in one run, the median of the ratios and their spread. Single
//! figures mean little on a shared machine; the ratio is what counts.

mod deliveries;
mod sends;

use std::time::{Duration, Instant};

const ROUNDS: usize = 5;

/// 512 bytes of JSON.
pub(crate) fn payload() -> Vec<u8> {
    format!("{{\"event\":\"order.created\",\"filler\":\"{}\"}}", "x".repeat(474)).into_bytes()
}

/// How often something was done in a second.
pub(crate) fn per_second(count: usize, work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    count as f64 / begun.elapsed().max(Duration::from_micros(1)).as_secs_f64()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Runs both in turns and prints a line.
pub(crate) fn compare(name: &str, mut ours: impl FnMut() -> f64, mut baseline: impl FnMut() -> f64) {
    let (mut mine, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    if std::env::args().any(|argument| argument == "--ours") {
        println!("{name}: {:.0}/s", ours());
        return;
    }
    for _ in 0..ROUNDS {
        let (a, b) = (ours(), baseline());
        mine.push(a);
        theirs.push(b);
        ratios.push(a / b);
    }
    let ratio = median(&mut ratios);
    let (low, high) = (ratios.first().copied().unwrap_or(0.0), ratios.last().copied().unwrap_or(0.0));
    println!(
        "| {name} | {:.0}/s | {:.0}/s | {ratio:.2} ({low:.2} to {high:.2}) |",
        median(&mut mine),
        median(&mut theirs)
    );
}

fn main() {
    println!("| measure, 512-byte payloads | ours | baseline | ratio, median and spread of {ROUNDS} |");
    println!("|---|---|---|---|");
    // A group by name; with `--ours` the engine alone, once, to be run under a profiler.
    let wanted = std::env::args().nth(1).filter(|group| !group.starts_with('-')).unwrap_or_default();
    if wanted.is_empty() || wanted == "sends" {
        sends::run();
    }
    if wanted.is_empty() || wanted == "deliveries" {
        deliveries::run();
    }
}
