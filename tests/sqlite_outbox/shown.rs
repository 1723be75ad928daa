//! What a person sees: the statements, the metrics, the doctor, and what the document shows.

use std::path::Path;
use std::process::Command;

use hookbridge_core::Engine;
use serde_json::Value;

use super::application::{self, Application};
use super::receiver::{self, Receiver, answer, eventually};
use super::sidecar::{Sidecar, command};

/// Above a part that another suite runs.
const OF_ANOTHER: &str = "<!-- executed by tests/transactions -->\n";

/// The documentation's parts in a language that are run here.
fn shown(language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/sqlite-outbox.md");
    let text = std::fs::read_to_string(path).unwrap();
    let begin = format!("```{language}\n");
    let parts: Vec<&str> = text.split(&begin).collect();
    let ours = parts.windows(2).filter(|pair| !pair[0].ends_with(OF_ANOTHER)).map(|pair| pair[1]);
    ours.map(|part| part.split("```").next().unwrap().to_owned()).collect()
}

/// As in the document: the statements are printed and carried out, then a message is sent in a transaction.
#[test]
fn the_document_for_python_works_as_it_stands() {
    let (program, receiver) = (command(), Receiver::start(|_, _| answer(200)));
    let folder = tempfile::tempdir().unwrap();
    let engine = receiver::engine(folder.path());
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    for (name, more) in [("hookbridge.sql", &["--print"][..]), ("both.sql", &["--print", "--endpoints"])] {
        let printed = Command::new(&program).arg("sqlite-outbox").args(more).output().unwrap();
        assert!(printed.status.success());
        std::fs::write(folder.path().join(name), printed.stdout).unwrap();
    }
    let [migration, sending] = &shown("python")[..] else { panic!("two parts") };
    let script = format!("{migration}\n{}", sending.replace("ep_...", &endpoint));
    let ran = Command::new("python3").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let id = String::from_utf8(ran.stdout).unwrap();
    engine.take_from(&[folder.path().join("app.db")]).unwrap();
    application::wait_for_status(&engine, id.trim(), "succeeded");
    eventually("one arrives", || receiver.count() == 1);
    engine.close(std::time::Duration::from_secs(10)).unwrap();
}

fn doctor(program: &Path, application: &Application) -> (Vec<String>, String) {
    let asked = Command::new(program)
        .args(["doctor", "--json", "--database"])
        .arg(application.folder.path().join("outbox.db"))
        .env("HOOKBRIDGE_SQLITE_OUTBOX", application.path())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&asked.stdout).unwrap();
    let ill = report["findings"].as_array().unwrap().iter().filter(|finding| finding["well"] == false);
    let ill = ill.map(|finding| finding["says"].as_str().unwrap().to_owned()).collect();
    (ill, report.to_string())
}

#[test]
fn a_refusal_is_seen_by_metrics_and_doctor() {
    let (program, application) = (command(), Application::new("wal"));
    let database = application.folder.path().join("outbox.db");
    let receiver = Receiver::start(|_, _| answer(200));
    let engine: Engine = receiver::engine(application.folder.path());
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    let sidecar = Sidecar::start(&program, &database, &application.path(), &[]);
    let (ill, report) = doctor(&program, &application);
    assert!(ill.is_empty() && report.contains("0 messages wait to be taken over"), "{report}");
    application.send(&endpoint, "1");
    application.send(&format!("ep_{}", "0".repeat(32)), "1");
    let lines = ["sqlite_outbox_taken_total", "sqlite_outbox_refused", "sqlite_outbox_stuck"];
    let wanted = lines.iter().zip([1, 1, 0]);
    let wanted: Vec<String> =
        wanted.map(|(line, value)| format!("hookbridge_{line}{{file=\"app.db\"}} {value}\n")).collect();
    eventually("metrics to have it", || {
        let metrics = sidecar.get("/metrics");
        wanted.iter().all(|line| metrics.contains(line))
    });
    let (ill, report) = doctor(&program, &application);
    let [says] = &ill[..] else { panic!("{report}") };
    assert!(says.contains("1 messages are refused, one of them for ENDPOINT_NOT_FOUND: "), "{says}");
    drop(sidecar);
    engine.close(std::time::Duration::from_secs(10)).unwrap();
}
