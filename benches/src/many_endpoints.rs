//! Many endpoints beside one: the rate, the processor time of a message and the connections made, on one host and on
//! as many as there are endpoints, over plain HTTP and TLS. The engine runs in a process of its own, whose time alone counts.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hookbridge_core::config::{Config, Delivery, Durability};
use hookbridge_core::{Engine, operations::messages::SendRequest};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::cheap_receiver::{self, Certificates, Seen};
use crate::engines::{config, create_endpoint, request};
use crate::table::{Table, median};

/// The argument with which this program runs the engine's part of a case.
pub(crate) const PART: &str = "--many-endpoints-part";
const ROUNDS: usize = 3;
const MESSAGES: usize = 60_000;
/// Sends that wait for their commit at once.
const SENDS_AT_ONCE: usize = 256;
const BATCH: usize = 500;
/// What the engine allows by default: in all, and for each endpoint.
const IN_FLIGHT: (usize, usize) = (256, 32);
/// At least this part of one endpoint's rate, and at most this multiple of its processor time; at most so many new
/// connections for each attempt that may be under way, or for each host where these are more.
const GOALS: (f64, f64, f64) = (0.85, 1.2, 2.0);
/// With that many hosts most of a message's time goes into the connection that its host has to be given.
const CONNECTIONS_DECIDE: usize = 10_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Messages {
    /// Committed before, and then released.
    Released,
    /// Sent while the engine delivers.
    Fresh,
}

#[derive(Clone, Copy)]
struct Case {
    messages: Messages,
    tls: bool,
    endpoints: usize,
    hosts: usize,
}

#[derive(Clone, Copy, Debug)]
struct Measured {
    rate: f64,
    cpu: f64,
    connections: f64,
}

fn host(number: usize) -> IpAddr {
    let [high, low] = u16::try_from(number).expect("few hosts").to_be_bytes();
    Ipv4Addr::new(127, high, low, 1).into()
}

/// The engine's part: prints the rate and the processor time of a message.
pub(crate) fn run_part(arguments: &[String]) {
    let [folder, base, endpoints, hosts, fresh, messages] = arguments else { panic!("six arguments") };
    let (endpoints, hosts): (usize, usize) =
        (endpoints.parse().expect("a number"), hosts.parse().expect("a number"));
    let messages: usize = messages.parse().expect("a number");
    let folder = Path::new(folder);
    let settings = |delivery| Config {
        durability: Durability::Normal,
        ca_file: Some(folder.join("ca.pem")).filter(|path| path.exists()),
        ..config(&folder.join("outbox.db"), delivery)
    };
    let engine = Engine::open(settings(Delivery::Off)).expect("an engine");
    let (scheme, port) = base.split_once(' ').expect("a scheme and a port");
    let ids: Vec<String> = (0..endpoints)
        .map(|n| create_endpoint(&engine, &format!("{scheme}://{}:{port}/hook", host(n % hosts))))
        .collect();
    let fresh = fresh == "fresh";
    if !fresh {
        for first in (0..messages).step_by(BATCH) {
            let batch: Vec<SendRequest> =
                (first..messages.min(first + BATCH)).map(|n| request(&ids[n % endpoints])).collect();
            for receipt in engine.send_batch(batch).expect("receipts") {
                receipt.expect("a receipt");
            }
        }
    }
    engine.close(Duration::from_secs(60)).expect("an end");
    let (begun, used) = (Instant::now(), processor_micros());
    let engine = Engine::open(settings(Delivery::Auto)).expect("an engine");
    if fresh {
        send_all(&engine, &ids, messages);
    }
    assert!(engine.flush(Duration::from_secs(600)).expect("a flush"));
    let rate = messages as f64 / begun.elapsed().as_secs_f64();
    println!("{rate} {}", (processor_micros() - used) / messages as f64);
    engine.close(Duration::from_secs(5)).expect("an end");
}

fn processor_micros() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("statistics");
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64
}

fn send_all(engine: &Engine, ids: &[String], messages: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let ids: Arc<[String]> = ids.into();
    runtime.block_on(async {
        let senders: Vec<_> = (0..SENDS_AT_ONCE)
            .map(|sender| {
                let (engine, ids) = (engine.clone(), ids.clone());
                tokio::spawn(async move {
                    for n in (sender..messages).step_by(SENDS_AT_ONCE) {
                        engine.send_async(request(&ids[n % ids.len()])).await.expect("a receipt");
                    }
                })
            })
            .collect();
        for sender in senders {
            sender.await.expect("a sender");
        }
    });
}

fn measure(case: Case, messages: usize) -> Measured {
    let seen = Arc::new(Seen::default());
    let folder = tempfile::tempdir().expect("a folder");
    let certificates = case.tls.then(|| Arc::new(Certificates::new()));
    if let Some(certificates) = &certificates {
        certificates.store(folder.path());
        (0..case.hosts).for_each(|n| drop(certificates.of(host(n))));
    }
    let port = cheap_receiver::start(seen.clone(), certificates);
    let scheme = if case.tls { "https" } else { "http" };
    let output = Command::new(std::env::current_exe().expect("a program"))
        .arg(PART)
        .arg(folder.path())
        .args([format!("{scheme} {port}"), case.endpoints.to_string(), case.hosts.to_string()])
        .args([if case.messages == Messages::Fresh { "fresh" } else { "released" }, &messages.to_string()])
        .output()
        .expect("a process");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [rate, cpu] = numbers[..] else { panic!("it printed {text:?}") };
    assert!(seen.requests.load(Ordering::SeqCst) >= messages, "not all of them arrived");
    Measured { rate, cpu, connections: seen.connections.load(Ordering::SeqCst) as f64 }
}

fn middle(rounds: &[Measured], of: impl Fn(&Measured) -> f64) -> f64 {
    median(&mut rounds.iter().map(of).collect::<Vec<_>>())
}

fn line(case: Case, rounds: &[Measured], alone: &[Measured]) -> String {
    let ratio = |of: fn(&Measured) -> f64| {
        median(&mut rounds.iter().zip(alone).map(|(many, one)| of(many) / of(one)).collect::<Vec<_>>())
    };
    let (rate, cpu) = (ratio(|measured| measured.rate), ratio(|measured| measured.cpu));
    let connections = middle(rounds, |measured| measured.connections);
    let under_way = IN_FLIGHT.0.min(IN_FLIGHT.1 * case.endpoints);
    let for_each = connections / under_way.max(case.hosts) as f64;
    let (least_rate, most_cpu, most_connections) = GOALS;
    let met = if case.endpoints == 1 || case.hosts >= CONNECTIONS_DECIDE {
        ""
    } else if rate >= least_rate && cpu <= most_cpu && for_each <= most_connections {
        "yes"
    } else {
        "no"
    };
    format!(
        "| {} | {} | {} | {} | {:.0} | {rate:.2} | {:.1} | {cpu:.2} | {connections:.0} | {for_each:.2} | {met} |",
        if case.messages == Messages::Fresh { "fresh" } else { "released" },
        if case.tls { "TLS" } else { "plain" },
        case.endpoints,
        case.hosts,
        middle(rounds, |measured| measured.rate),
        middle(rounds, |measured| measured.cpu),
    )
}

fn cases() -> Vec<Vec<Case>> {
    let counts = [1, 8, 64, 1_000, 10_000];
    let family = |messages, tls| {
        let on_one = counts.iter().map(move |n| Case { messages, tls, endpoints: *n, hosts: 1 });
        let on_many = counts[1..].iter().map(move |n| Case { messages, tls, endpoints: *n, hosts: *n });
        on_one.chain(on_many).collect()
    };
    vec![family(Messages::Released, false), family(Messages::Released, true), family(Messages::Fresh, false)]
}

pub(crate) fn run(table: &mut Table) {
    // For a look at part of it: how many messages, and which endpoints at most.
    let number = |name, usual| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (messages, most) = (number("BENCH_MESSAGES", MESSAGES), number("BENCH_ENDPOINTS", usize::MAX));
    let rounds = number("BENCH_ROUNDS", ROUNDS);
    // As `1000/1`: endpoints and hosts of the one case that is measured beside a single endpoint.
    let only = std::env::var("BENCH_CASE").ok();
    let is_wanted = |case: &Case| {
        case.endpoints == 1
            || only.as_ref().is_none_or(|only| *only == format!("{}/{}", case.endpoints, case.hosts))
    };
    table.endpoints(
        "| messages | over | endpoints | hosts | a second | of one's | processor, µs | of one's | new connections | for each under way | met |"
            .to_owned(),
    );
    table.endpoints("|---|---|---|---|---|---|---|---|---|---|---|".to_owned());
    for family in cases() {
        let family: Vec<Case> =
            family.into_iter().filter(|case| case.endpoints <= most && is_wanted(case)).collect();
        let mut measured: Vec<Vec<Measured>> = vec![Vec::new(); family.len()];
        for _ in 0..rounds {
            for (case, of_case) in family.iter().zip(&mut measured) {
                of_case.push(measure(*case, messages));
            }
        }
        for (case, of_case) in family.iter().zip(&measured) {
            table.endpoints(line(*case, of_case, &measured[0]));
        }
    }
}
