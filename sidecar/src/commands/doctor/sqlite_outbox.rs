//! Applications' SQLite files, from which a sidecar takes messages over.

use std::path::PathBuf;
use std::time::Duration;

use hookbridge_core::inspection::inspect_sqlite_outbox;
use hookbridge_core::model::timestamp::Timestamp;

use super::report::Report;

/// A row that waits for so long is taken over by nobody.
const LATE: Duration = Duration::from_secs(60);
const CHECK: &str = "sqlite outbox";

pub(super) fn look(report: &mut Report, files: &[PathBuf]) {
    for file in files {
        let shown = file.display();
        let found = match inspect_sqlite_outbox(file) {
            Ok(found) => found,
            Err(error) => {
                report.problem(CHECK, error.message(), "name the application's file, with the table that `hookbridge sqlite-outbox --print` prints");
                continue;
            }
        };
        let late = found.oldest_at.map(|at| Timestamp::now().since(at)).unwrap_or_default();
        let says = format!(
            "{shown}: {} messages wait to be taken over, the oldest for {} s",
            found.waiting,
            late.as_secs()
        );
        if late > LATE {
            report.problem(
                CHECK,
                says,
                "start `hookbridge serve --sqlite-outbox` with this file, or read what its log says",
            );
        } else {
            report.ok(CHECK, says);
        }
        if let Some(example) = found.example {
            report.problem(
                CHECK,
                format!("{shown}: {} messages are refused, one of them for {example}", found.refused),
                "SELECT * FROM hookbridge_send WHERE refused IS NOT NULL shows them; mend and set `refused` to null, or delete them",
            );
        }
    }
}
