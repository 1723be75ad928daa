//! `hookbridge health`: whether a sidecar answers, for containers without another HTTP client.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::terminal;

/// Which sidecar.
#[derive(Debug, Args)]
pub struct HealthFlags {
    /// Where the sidecar listens, without TLS.
    #[arg(long, env = "HOOKBRIDGE_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Ask whether it is ready (a send can be committed, and somebody delivers) instead of whether it is alive.
    #[arg(long)]
    ready: bool,
    /// Seconds to wait.
    #[arg(long, value_name = "SECONDS", default_value = "5")]
    timeout: u64,
}

/// Exits with 0 if the sidecar answers 200, otherwise with 1.
pub fn run(flags: &HealthFlags) -> ExitCode {
    match ask(flags) {
        Ok(200) => ExitCode::SUCCESS,
        Ok(status) => {
            terminal::say(format_args!("hookbridge: not well: {status}"));
            ExitCode::FAILURE
        }
        Err(cause) => {
            terminal::say(format_args!("hookbridge: no answer: {cause}"));
            ExitCode::FAILURE
        }
    }
}

fn ask(flags: &HealthFlags) -> std::io::Result<u16> {
    let patience = Duration::from_secs(flags.timeout.max(1));
    // A wildcard address is no address to connect to.
    let address = flags.listen.replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:");
    let no_address = || std::io::Error::other("no such address");
    let address = address.to_socket_addrs()?.next().ok_or_else(no_address)?;
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    let path = if flags.ready { "/readyz" } else { "/healthz" };
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| std::io::Error::other("an answer that is no HTTP"))
}
