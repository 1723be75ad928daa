//! `hookbridge doctor`: checks a file and its surroundings, or a server, and says what to do. Changes nothing.

mod files;
mod report;
mod sqlite_outbox;
mod stale_files;
mod surroundings;

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hookbridge_core::inspection::{Inspection, inspect};
use hookbridge_core::{Engine, Result};
use serde_json::{Value, json};

use files::all_files;
use report::Report;

use super::call::call;
use crate::output::{Clock, Form};

/// A message that is due for so long, although a process delivers, is stuck.
const STUCK: Duration = Duration::from_secs(300);

const BACKLOG_ADVICE: &str = "look at what waits (`hookbridge messages list --status pending_retry`): dead, slow or rate-limited \
    endpoints hold their own messages up; a deliverer that is overloaded holds up all";

/// Checks a file, and the certificate authorities that a deliverer would trust.
pub fn of_file(database: &Path, sqlite_outboxes: &[PathBuf], ca_file: Option<&Path>, form: Form) -> ExitCode {
    let mut report = Report::default();
    // If `database` is a link, the log and the other files lie beside its target.
    let resolved = std::fs::canonicalize(database).unwrap_or_else(|_| database.to_owned());
    stale(&mut report, &resolved);
    match inspect(database) {
        Ok(found) => {
            let database = &resolved;
            permissions(&mut report, database);
            contents(&mut report, &found);
            backlog(&mut report, &found, form.clock());
            surroundings::look(&mut report, &found, database);
            report.ok("exports", format!("{} exports take {} KiB", found.exports, found.export_bytes >> 10));
        }
        Err(error) => report.problem(
            "file",
            error.message(),
            "name the outbox with --database; as root or its owner where it cannot be read; from a backup where it is no database",
        ),
    }
    sqlite_outbox::look(&mut report, sqlite_outboxes);
    surroundings::trust(&mut report, ca_file);
    report.print(form)
}

/// Checks what a server says of its outbox.
pub fn of_server(engine: &Engine, sqlite_outboxes: &[PathBuf], form: Form) -> Result<ExitCode> {
    let mut report = Report::default();
    let stats = call(engine, "stats", json!({}));
    match &stats {
        Ok(stats) => {
            report.ok("server", "answers, and takes the API key");
            server_backlog(&mut report, stats);
        }
        Err(error) => report.problem(
            "server",
            error.to_string(),
            "start `hookbridge serve`, mend --url, or show a key that it knows (`hookbridge api-keys create` on the file)",
        ),
    }
    if stats.is_ok() {
        let page = call(engine, "endpoints.list", json!({"limit": 100}))?;
        let paused = page["data"]
            .as_array()
            .map_or(0, |endpoints| endpoints.iter().filter(|endpoint| endpoint["paused"] == true).count());
        paused_and_dead(&mut report, paused, stats.map_or(0, |stats| stats["dead"].as_u64().unwrap_or(0)));
    }
    sqlite_outbox::look(&mut report, sqlite_outboxes);
    Ok(report.print(form))
}

const STOPPED_ADVICE: &str = "let it go on (`kill -CONT`, or unpause its container), or end it: another process that may deliver takes over at once";

fn server_backlog(report: &mut Report, stats: &Value) {
    if let Some(why) = stats["not_delivering"].as_str() {
        report.problem(
            "delivery",
            format!("the server should deliver and cannot: {why}"),
            "mend what it names; it goes on by itself",
        );
    }
    let number = |name: &str| stats[name].as_u64().unwrap_or(0);
    let waiting = number("queued") + number("waiting_for_retry");
    match stats["deliverer"]["pid"].as_u64() {
        Some(pid) if stats["deliverer"]["stopped"] == true => report.problem(
            "deliverer",
            format!("process {pid} should deliver and is stopped"),
            STOPPED_ADVICE,
        ),
        Some(pid) => report.ok("deliverer", format!("process {pid} delivers")),
        None if waiting > 0 => report.problem(
            "deliverer",
            format!("nobody delivers, and {waiting} messages wait"),
            "start the sidecar without --delivery off",
        ),
        None => report.ok("deliverer", "nobody delivers, and nothing waits"),
    }
    if let Some(text) = stats["shortage"]["text"].as_str() {
        report.problem(
            "shortage",
            format!("attempts wait, and none is counted: {text}"),
            "give the process that delivers what it lacks; it tries again by itself",
        );
    }
    let late = stats["oldest_due_age_seconds"].as_f64().unwrap_or(0.0);
    let says = format!("{waiting} wait, the oldest that is due was accepted {late:.0} s ago");
    if late > STUCK.as_secs_f64() {
        report.problem("backlog", says, BACKLOG_ADVICE);
    } else {
        report.ok("backlog", says);
    }
}

/// Paused endpoints and dead letters.
fn paused_and_dead(report: &mut Report, paused: usize, dead: u64) {
    if paused > 0 {
        report.problem(
            "paused",
            format!("{paused} endpoints are paused"),
            "`hookbridge endpoints resume ENDPOINT_ID` delivers what is held",
        );
    }
    if dead > 0 {
        report.problem(
            "dead letters",
            format!("{dead} messages were given up"),
            "`hookbridge dlq list` says why; `hookbridge messages replay-all` queues them again",
        );
    }
}

/// Processes that still have an earlier file of this name open.
fn stale(report: &mut Report, database: &Path) {
    let pids = stale_files::holders(database);
    if let [first, others @ ..] = &pids[..] {
        let others = others.iter().map(|pid| format!(", {pid}")).collect::<String>();
        report.problem(
            "other file",
            format!("process {first}{others} has a file open that was removed, moved or replaced since"),
            "restart it: it accepts and delivers nothing until then",
        );
    }
}

fn permissions(report: &mut Report, database: &Path) {
    const CHECK: &str = "permissions";
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let writable = |path: &Path| nix::unistd::access(path, nix::unistd::AccessFlags::W_OK).is_ok();
    let owner = std::fs::metadata(database).map(|known| known.uid()).ok();
    let mut wrong = false;
    for (path, needed) in [(database.to_owned(), true), (folder.to_owned(), true)] {
        if needed && !writable(&path) {
            wrong = true;
            let says = format!("{} cannot be written by this user", path.display());
            report.problem(CHECK, says, "let the user that sends and delivers write the file and its folder (SQLite makes files beside it)");
        }
    }
    for path in all_files(database) {
        let Ok(known) = std::fs::symlink_metadata(&path) else { continue };
        if known.is_symlink() {
            wrong = true;
            let says = format!("{} is a symbolic link, which is not followed", path.display());
            report.problem(CHECK, says, format!("rm {}", path.display()));
            continue;
        }
        if Some(known.uid()) != owner {
            wrong = true;
            let says = format!("{} belongs to another user than the outbox", path.display());
            report.problem(
                CHECK,
                says,
                "run every process on the file as one user; `chown --reference` gives it to the outbox's",
            );
        }
        if known.permissions().mode() & 0o077 != 0 {
            wrong = true;
            let says = format!("{} can be read by other users", path.display());
            let mode = if known.is_dir() { "700" } else { "600" };
            report.problem(
                CHECK,
                says,
                format!("payloads and secrets are in it: chmod {mode} {}", path.display()),
            );
        }
    }
    if !wrong {
        report.ok(CHECK, "the file and its folder can be written, and read by nobody else");
    }
}

fn contents(report: &mut Report, found: &Inspection) {
    if found.damage.is_empty() {
        report.ok("integrity", "SQLite finds no damage");
    } else {
        let says = format!("damaged: {}", found.damage.join("; "));
        report.problem(
            "integrity",
            says,
            "stop every process on it, keep a copy, and restore a backup or dump it with sqlite3's .recover",
        );
    }
    match found.schema_version {
        0 => report.problem(
            "schema",
            "there are no tables of HookBridge in it",
            "name an outbox, or let a client create one",
        ),
        version if version > found.newest_schema_version => report.problem(
            "schema",
            format!("version {version}, and this program knows up to {}", found.newest_schema_version),
            "use a newer hookbridge",
        ),
        version if version < found.newest_schema_version => report.problem(
            "schema",
            format!("version {version}, older than {}", found.newest_schema_version),
            "the next process that opens it brings it up to date",
        ),
        version => report.ok("schema", format!("version {version}")),
    }
    if found.is_relay {
        report.ok("purpose", "a relay's file: its messages are forwarded to a server");
    }
}

fn since(at: hookbridge_core::model::timestamp::Timestamp) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.saturating_sub(Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or(0)))
}

fn backlog(report: &mut Report, found: &Inspection, clock: Clock) {
    match &found.deliverer {
        Some(deliverer) if deliverer.stopped => report.problem(
            "deliverer",
            format!("process {} should deliver and is stopped", deliverer.pid),
            STOPPED_ADVICE,
        ),
        Some(deliverer) => {
            let since = clock.long(deliverer.since);
            report.ok("deliverer", format!("process {} delivers; it began {since}", deliverer.pid))
        }
        None if found.waiting > 0 => report.problem(
            "deliverer",
            format!("nobody delivers, and {} messages wait", found.waiting),
            "start `hookbridge serve` on the file, or a client without delivery=off",
        ),
        None => report.ok("deliverer", "nobody delivers, and nothing waits"),
    }
    let late = found.oldest_due_at.map(since).unwrap_or_default();
    let says =
        format!("{} wait, {} of them are due, the oldest for {} s", found.waiting, found.due, late.as_secs());
    if found.deliverer.is_some() && late > STUCK {
        report.problem("backlog", says, BACKLOG_ADVICE);
    } else {
        report.ok("backlog", says);
    }
    let paused = found.endpoints.iter().filter(|endpoint| endpoint.paused).count();
    paused_and_dead(report, paused, found.dead);
}
