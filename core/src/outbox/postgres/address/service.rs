//! Service files: sections of parameters under a name.

use std::path::{Path, PathBuf};

use super::Environment;
use crate::config::database_url::Given;

/// The folder of the system's file, as Debian has it.
const SYSTEM: &str = "/etc/postgresql-common";

/// The parameters of a service: from the user's file, or else from the system's.
///
/// # Errors
/// A sentence that names the file.
pub(super) fn read(name: &str, environment: Environment<'_>) -> Result<Given, String> {
    let variable = |name: &str| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || variable("HOME").map(|home| home.join(".pg_service.conf"));
    let named = variable("PGSERVICEFILE");
    let is_named = named.is_some();
    let system = variable("PGSYSCONFDIR").unwrap_or_else(|| PathBuf::from(SYSTEM)).join("pg_service.conf");
    let files: Vec<PathBuf> = named.or_else(home).into_iter().chain([system]).collect();
    for (place, file) in files.iter().enumerate() {
        match std::fs::read_to_string(file) {
            Ok(text) => {
                if let Some(given) = section(&text, name, file)? {
                    return Ok(given);
                }
            }
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound && !(is_named && place == 0) => {}
            Err(cause) => return Err(format!("the service file {} cannot be read: {cause}", file.display())),
        }
    }
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    Err(format!("no service file has the service `{name}`: {}", files.join(", ")))
}

fn section(text: &str, name: &str, file: &Path) -> Result<Option<Given>, String> {
    let mut found: Option<Given> = None;
    for (number, line) in text.lines().enumerate().map(|(place, line)| (place + 1, line.trim())) {
        let wrong = |why: &str| Err(format!("line {number} of the service file {} {why}", file.display()));
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            if header.strip_suffix(']') == Some(name) {
                found = Some(Given::new());
            }
            continue;
        }
        let Some(given) = &mut found else { continue };
        match line.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
            None => return wrong("has no `=`"),
            Some(("service", _)) => return wrong("is refused: a service cannot name another"),
            Some((name, value)) => given.push((name.to_owned(), value.to_owned())),
        }
    }
    Ok(found)
}
