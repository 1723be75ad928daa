//! What `doctor` finds, and how it is printed.

use std::process::ExitCode;

use serde::Serialize;
use serde_json::json;

use crate::{output, terminal};

/// The result of one check.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    well: bool,
    says: String,
    /// What to do, if there is a problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

#[derive(Default)]
pub struct Report(Vec<Finding>);

impl Report {
    pub fn ok(&mut self, check: &'static str, says: impl Into<String>) {
        self.0.push(Finding { check, well: true, says: says.into(), advice: None });
    }

    pub fn problem(&mut self, check: &'static str, says: impl Into<String>, advice: impl Into<String>) {
        self.0.push(Finding { check, well: false, says: says.into(), advice: Some(advice.into()) });
    }

    /// Exits with 0 if there is no problem, otherwise with 1.
    pub fn print(&self, as_json: bool) -> ExitCode {
        let all_well = self.0.iter().all(|finding| finding.well);
        if as_json {
            output::print(&json!({"well": all_well, "findings": self.0}).to_string(), &[], true);
        } else {
            for finding in &self.0 {
                let mark = if finding.well { "ok  " } else { "BAD " };
                let _ = terminal::print(format_args!("{mark} {:12} {}", finding.check, finding.says));
                if let Some(advice) = &finding.advice {
                    let _ = terminal::print(format_args!("     {:12} -> {advice}", ""));
                }
            }
        }
        if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
