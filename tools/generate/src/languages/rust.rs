//! Sources in Rust, as `rustfmt` leaves them.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The text as `rustfmt` leaves it.
pub fn formatted(root: &Path, text: &str) -> Result<String, String> {
    let failed = |cause: std::io::Error| format!("rustfmt: {cause}");
    let mut running = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    // It reads all before it writes: neither waits for the other.
    running.stdin.take().ok_or("rustfmt has no stdin")?.write_all(text.as_bytes()).map_err(failed)?;
    let ended = running.wait_with_output().map_err(failed)?;
    if !ended.status.success() {
        return Err(format!("rustfmt: {}", String::from_utf8_lossy(&ended.stderr)));
    }
    String::from_utf8(ended.stdout).map_err(|wrong| format!("rustfmt: {wrong}"))
}
