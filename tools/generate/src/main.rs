//! Writes what repeats the definition of the operations (`core/src/operations/definition`): types, methods, errors and tables
//! of each language, and the tables of the documents. The files are checked in.
//!
//! `hookbridge-generate` writes them. `hookbridge-generate --check` writes nothing and fails where one is not what would be
//! written.

mod definition;
mod languages;
mod names;
mod output;
mod schemas;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let checks = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => {
            eprintln!("usage: hookbridge-generate [--check]");
            return ExitCode::from(2);
        }
    };
    let root = std::env::var_os("HOOKBRIDGE_ROOT")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), PathBuf::from);
    match run(&root, checks) {
        Ok(stale) if stale.is_empty() => ExitCode::SUCCESS,
        Ok(stale) => {
            let names: Vec<String> = stale.iter().map(|path| path.display().to_string()).collect();
            eprintln!(
                "not as the definition says; run `cargo run --package hookbridge-generate`:\n{}",
                names.join("\n")
            );
            ExitCode::FAILURE
        }
        Err(wrong) => {
            eprintln!("hookbridge-generate: {wrong}");
            ExitCode::FAILURE
        }
    }
}

/// Writes every file that changed, or only names those that would change.
fn run(root: &Path, checks: bool) -> Result<Vec<PathBuf>, String> {
    let definition = definition::Definition::read()?;
    let mut stale = Vec::new();
    for file in languages::files(root, &definition)? {
        let path = root.join(&file.path);
        let current = std::fs::read_to_string(&path).unwrap_or_default();
        if current == file.text {
            continue;
        }
        if checks {
            stale.push(file.path);
        } else {
            output::write(&path, &file.text)?;
            println!("{}", file.path.display());
        }
    }
    Ok(stale)
}
