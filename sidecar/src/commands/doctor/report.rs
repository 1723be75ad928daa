//! What `doctor` finds, and how it is printed.

use std::process::ExitCode;

use serde::Serialize;
use serde_json::json;

use crate::colour::{Piece, Tone};
use crate::output::{self, Form};
use crate::terminal;

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

impl Finding {
    fn lines(&self) -> Vec<Vec<Piece>> {
        let (mark, tone) = if self.well { ("ok  ", Tone::Good) } else { ("BAD ", Tone::Bad) };
        let said = Piece::plain(format!(" {:12} {}", self.check, self.says));
        let advice =
            self.advice.iter().map(|advice| vec![Piece::plain(format!("     {:12} -> {advice}", ""))]);
        std::iter::once(vec![Piece::new(mark, tone), said]).chain(advice).collect()
    }
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
    pub fn print(&self, form: Form) -> ExitCode {
        let all_well = self.0.iter().all(|finding| finding.well);
        if form.json {
            output::print(&json!({"well": all_well, "findings": self.0}).to_string(), None, form);
        } else {
            let lines: Vec<Vec<Piece>> = self.0.iter().flat_map(Finding::lines).collect();
            let _ = terminal::print_pieces(&lines);
        }
        if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
