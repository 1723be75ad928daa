//! `hookbridge console`: opens the console of an outbox in a browser, signed in.

use std::net::{TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use hookbridge_core::operations::sessions::CreateLoginCodeResponse;
use hookbridge_core::{Engine, Error, ErrorCode, Result};

use super::outbox::OutboxFlags;
use crate::terminal;

/// How long a server may take to accept a connection.
const PATIENCE: Duration = Duration::from_secs(2);

/// Flags of `hookbridge console`.
#[derive(Debug, Args)]
pub struct ConsoleFlags {
    /// Print the link instead of opening it. It signs in whoever opens it first, within a minute.
    #[arg(long)]
    print: bool,
}

/// Makes a link that works once, and opens it.
pub fn run(outbox: &OutboxFlags, flags: &ConsoleFlags) -> ExitCode {
    outbox.with(|engine| {
        let link = link(engine, outbox)?;
        if flags.print {
            return terminal::print(&link).map(|_| ExitCode::SUCCESS).map_err(|cause| {
                Error::new(ErrorCode::Internal, format!("stdout cannot be written: {cause}"))
            });
        }
        open(&link)
    })
}

/// Opens a link in the browser that this user prefers. The link is not in the browser's command line, which other users of the
/// machine can read: a file that only this user can read leads there.
pub fn open(link: &str) -> Result<ExitCode> {
    let failed = |cause: std::io::Error| {
        Error::new(
            ErrorCode::Internal,
            format!("no browser can be opened ({cause}): `hookbridge console --print` prints a link"),
        )
    };
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">\
         <meta http-equiv=\"refresh\" content=\"0;url={link}\"><title>HookBridge</title>"
    );
    let file = tempfile::Builder::new().prefix("hookbridge-").suffix(".html").tempfile().map_err(failed)?;
    std::fs::write(file.path(), page).map_err(failed)?;
    // The browser reads it after this process has ended. In a minute the link in it is worth nothing.
    let (_, path) = file.keep().map_err(|kept| failed(kept.error))?;
    open::that(&path).map_err(failed)?;
    Ok(ExitCode::SUCCESS)
}

fn link(engine: &Engine, outbox: &OutboxFlags) -> Result<String> {
    let answer = engine.call("login_codes.create", "{}")?;
    let made: CreateLoginCodeResponse = serde_json::from_str(&answer)
        .map_err(|cause| Error::new(ErrorCode::Internal, format!("the answer cannot be read: {cause}")))?;
    let served = match outbox.server() {
        Some(url) => Some(url.trim_end_matches('/').to_owned()),
        None => made.consoles.into_iter().find(|url| answers(url)),
    };
    let served = served.ok_or_else(|| {
        let file = outbox.shown();
        Error::new(
            ErrorCode::NotFound,
            format!("no console of {file} answers: start `hookbridge serve --database {file}` first"),
        )
    })?;
    Ok(format!("{served}/console#login={}", made.code))
}

/// Whether somebody accepts connections at a URL.
fn answers(url: &str) -> bool {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let authority = rest.split('/').next().unwrap_or_default();
    let has_port = authority.rsplit(']').next().is_some_and(|after| after.contains(':'));
    let port = if scheme == "https" { 443 } else { 80 };
    let address = if has_port { authority.to_owned() } else { format!("{authority}:{port}") };
    let addresses = address.to_socket_addrs().into_iter().flatten();
    addresses.into_iter().any(|address| TcpStream::connect_timeout(&address, PATIENCE).is_ok())
}
