//! Checks of what is around the file: clock, DNS, disk space, and certificate authorities.

use std::net::ToSocketAddrs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hookbridge_core::inspection::{self, Inspection};
use nix::sys::statvfs::statvfs;

use super::files::beside;
use super::report::Report;

/// How far the newest message may lie in the future.
const CLOCK_SLACK: Duration = Duration::from_secs(60);
/// 2025-01-01: a clock before it is wrong.
const CLOCK_BEGINNING: u64 = 1_735_689_600;
/// Less free space than this is a problem.
const SPACE: u64 = 256 * 1024 * 1024;
/// How many hosts are looked up.
const HOSTS: usize = 50;

const TRUST_ADVICE: &str =
    "let the user that delivers read it; SSL_CERT_FILE and SSL_CERT_DIR name another, and `ca_file` one more";

pub(super) fn look(report: &mut Report, found: &Inspection, database: &Path) {
    clock(report, found);
    names(report, found);
    space(report, database);
}

fn clock(report: &mut Report, found: &Inspection) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let newest = found.newest_message_at.map_or(0, |at| u64::try_from(at.as_millis()).unwrap_or(0));
    let ahead = Duration::from_millis(newest).saturating_sub(now);
    const ADVICE: &str = "set the clock (NTP): signatures, certificates and metrics go by it";
    if now.as_secs() < CLOCK_BEGINNING {
        report.problem("clock", "the clock is years behind", ADVICE);
    } else if ahead > CLOCK_SLACK {
        report.problem("clock", format!("the newest message is {} s in the future", ahead.as_secs()), ADVICE);
    } else {
        report.ok("clock", "agrees with the newest message");
    }
}

fn names(report: &mut Report, found: &Inspection) {
    let mut hosts: Vec<(String, u16)> = Vec::new();
    for endpoint in &found.endpoints {
        let (scheme, rest) = endpoint.url.split_once("://").unwrap_or(("", ""));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let port = if scheme == "http" { 80 } else { 443 };
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        };
        let host = (host.trim_matches(['[', ']']).to_owned(), port);
        if !host.0.is_empty() && !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    let lost: Vec<String> = hosts
        .iter()
        .take(HOSTS)
        .filter(|(host, port)| (host.as_str(), *port).to_socket_addrs().map_or(0, Iterator::count) == 0)
        .map(|(host, _)| host.clone())
        .collect();
    if lost.is_empty() {
        report.ok("dns", format!("{} hosts of endpoints resolve", hosts.len().min(HOSTS)));
    } else {
        report.problem(
            "dns",
            format!("do not resolve: {}", lost.join(", ")),
            "mend the resolver, or the endpoints' URLs",
        );
    }
}

fn space(report: &mut Report, database: &Path) {
    let size: u64 = ["", "-wal"]
        .iter()
        .filter_map(|suffix| std::fs::metadata(beside(database, suffix)).ok())
        .map(|known| known.len())
        .sum();
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match statvfs(folder) {
        Ok(disk) => {
            let free = disk.blocks_available() * disk.fragment_size();
            let says = format!("the outbox has {} MiB, the disk {} MiB free", size >> 20, free >> 20);
            if free < SPACE.max(size / 10) {
                report.problem("space", says, "make room: where the disk is full, nothing is accepted; a lower payload retention keeps the file smaller");
            } else {
                report.ok("space", says);
            }
        }
        Err(cause) => report.problem("space", format!("unknown: {cause}"), "look at the file system"),
    }
}

/// The authorities of the system and of `ca_file`, as far as this user can read them.
pub(super) fn trust(report: &mut Report, ca_file: Option<&Path>) {
    const CHECK: &str = "trust";
    let found = inspection::trust();
    let mut wrong = false;
    if let Some(Err(error)) = ca_file.map(inspection::check_ca_file) {
        wrong = true;
        report.problem(
            CHECK,
            error.message(),
            "what it held when it was read whole last is used; without that nothing opens",
        );
    }
    if let [first, others @ ..] = &found.unread[..] {
        wrong = true;
        let more = if others.is_empty() { String::new() } else { format!(", and {} more", others.len()) };
        report.problem(CHECK, format!("the trust store cannot be read: {first}{more}"), TRUST_ADVICE);
    }
    if wrong {
        return;
    }
    if found.authorities == 0 && ca_file.is_none() {
        let advice = "install the system's (ca-certificates), or name a file of them with `ca_file`";
        report.problem(CHECK, "no authority is trusted: no receiver with https is reached", advice);
        return;
    }
    let passed_over = match &found.passed_over[..] {
        [] => String::new(),
        [first, ..] => format!(", and {} parts are passed over: {first}", found.passed_over.len()),
    };
    let own = if ca_file.is_some() { ", beside those of `ca_file`" } else { "" };
    report
        .ok(CHECK, format!("{} authorities of the system are trusted{own}{passed_over}", found.authorities));
}
