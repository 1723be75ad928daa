//! `hookbridge listen`: a receiver for development. It verifies both signatures, prints each delivery, and fails at request.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use clap::Args;
use hookbridge_core::model::signing_key::SigningSecret;
use hookbridge_core::model::timestamp::Timestamp;
use hookbridge_core::wire::signature::{Signer, sign};
use http_body_util::{BodyExt, Limited};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::colour::{Piece, Tone};
use crate::terminal;

/// The largest body that is taken; a delivery has at most 1 MiB.
const BODY_BYTES: usize = 4 * 1024 * 1024;
/// How many characters of a body are printed.
const PRINTED_CHARACTERS: usize = 2000;
/// How far a signed moment may be from now (Standard Webhooks suggests five minutes).
const TOLERANCE: Duration = Duration::from_secs(300);

/// Flags of `hookbridge listen`.
#[derive(Args)]
pub struct ListenFlags {
    /// The address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9000")]
    listen: SocketAddr,
    /// A signing secret of the endpoint; may be said again. Without one signatures are not verified.
    #[arg(long = "secret", value_name = "WHSEC", env = "HOOKBRIDGE_SIGNING_SECRET", hide_env_values = true)]
    secrets: Vec<String>,
    /// The status to answer with; a delivery whose signature is not valid is answered 401.
    #[arg(long, default_value = "200", value_parser = clap::value_parser!(u16).range(200..600))]
    status: u16,
    /// How many of the deliveries fail with 503, 0 to 1.
    #[arg(long, default_value = "0", value_name = "RATE", value_parser = rate)]
    fail_rate: f64,
    /// Makes the same deliveries fail in every run.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// How long to wait before each answer, as 500ms or 2s.
    #[arg(long, default_value = "0s", value_name = "TIME", value_parser = time)]
    delay: Duration,
    /// Print a line of JSON for each delivery.
    #[arg(long)]
    json: bool,
}

fn rate(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|rate| (0.0..=1.0).contains(rate))
        .ok_or_else(|| "a number from 0 to 1".to_owned())
}

/// `2s`, `500ms`, or a number of seconds.
fn time(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    let seconds = number.trim().parse::<f64>().ok().map(|number| number * unit);
    let seconds = seconds.filter(|seconds| (0.0..=3600.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "a time as 500ms or 2s, at most 3600s".to_owned())
}

struct Receiver {
    signers: Vec<Signer>,
    status: StatusCode,
    fail_rate: f64,
    chance: Mutex<fastrand::Rng>,
    delay: Duration,
    as_json: bool,
}

/// Whether the two signatures of a delivery are valid.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Verdict {
    webhook: bool,
    standard: bool,
    /// The signed timestamp is near enough to now.
    fresh: bool,
}

/// Listens until a signal.
pub fn run(flags: &ListenFlags) -> ExitCode {
    let ended = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .and_then(|runtime| runtime.block_on(listen(flags)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            terminal::say(format_args!("hookbridge: cannot listen on {}: {cause}", flags.listen));
            ExitCode::FAILURE
        }
    }
}

/// A receiver that takes what is signed with this secret, and prints it.
pub fn verifying(secret: String) -> axum::Router {
    answering(Receiver {
        signers: vec![Signer::new(&SigningSecret::from_stored(secret))],
        status: StatusCode::OK,
        fail_rate: 0.0,
        chance: Mutex::new(fastrand::Rng::new()),
        delay: Duration::ZERO,
        as_json: false,
    })
}

fn answering(receiver: Receiver) -> axum::Router {
    axum::Router::new().fallback(receive).with_state(Arc::new(receiver))
}

async fn listen(flags: &ListenFlags) -> io::Result<()> {
    let signers = flags.secrets.iter().map(|secret| Signer::new(&SigningSecret::from_stored(secret.clone())));
    let receiver = Receiver {
        signers: signers.collect(),
        status: StatusCode::from_u16(flags.status).map_err(io::Error::other)?,
        fail_rate: flags.fail_rate,
        chance: Mutex::new(flags.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed)),
        delay: flags.delay,
        as_json: flags.json,
    };
    let listener = TcpListener::bind(flags.listen).await?;
    let verifying =
        if receiver.signers.is_empty() { "without verifying signatures" } else { "verifying signatures" };
    terminal::say(format_args!("listening on http://{} {verifying}", listener.local_addr()?));
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stopped = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    let router = answering(receiver);
    tokio::select! {
        served = axum::serve(listener, router) => served,
        // Requests under way end with their connections.
        () = stopped => Ok(()),
    }
}

async fn receive(State(receiver): State<Arc<Receiver>>, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    if head.method != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, "deliveries are POSTed\n").into_response();
    }
    let body = match Limited::new(body, BODY_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => {
            return (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large or broke off\n").into_response();
        }
    };
    let verdict = receiver.verify(&head.headers, &body, Timestamp::now());
    tokio::time::sleep(receiver.delay).await;
    let status = receiver.answer(verdict);
    receiver.print(head.uri.path(), &head.headers, &body, verdict, status);
    status.into_response()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

impl Receiver {
    /// `None` if no secret was given.
    fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Option<Verdict> {
        if self.signers.is_empty() {
            return None;
        }
        let (id, moment) = (header(headers, "webhook-id"), header(headers, "webhook-timestamp"));
        let ours = sign(&self.signers, id, moment, body);
        let signed_now = moment == header(headers, "x-webhook-timestamp");
        let distance = moment.parse::<i64>().map_or(u64::MAX, |at| now.as_seconds().abs_diff(at));
        Some(Verdict {
            webhook: signed_now && any_same(&ours.webhook, header(headers, "x-webhook-signature"), ','),
            standard: any_same(&ours.standard, header(headers, "webhook-signature"), ' '),
            fresh: distance <= TOLERANCE.as_secs(),
        })
    }

    fn answer(&self, verdict: Option<Verdict>) -> StatusCode {
        if verdict.is_some_and(|verdict| !(verdict.webhook && verdict.standard && verdict.fresh)) {
            return StatusCode::UNAUTHORIZED;
        }
        let drawn = self.chance.lock().unwrap_or_else(PoisonError::into_inner).f64();
        if drawn < self.fail_rate { StatusCode::SERVICE_UNAVAILABLE } else { self.status }
    }

    fn print(
        &self,
        path: &str,
        headers: &HeaderMap,
        body: &Bytes,
        verdict: Option<Verdict>,
        status: StatusCode,
    ) {
        let (verdict, tone) = match verdict {
            None => ("not verified", Tone::Plain),
            Some(Verdict { webhook: true, standard: true, fresh: true }) => ("verified", Tone::Good),
            Some(Verdict { webhook: true, standard: true, fresh: false }) => ("too old", Tone::Bad),
            Some(_) => ("WRONG SIGNATURE", Tone::Bad),
        };
        let (id, attempt) = (header(headers, "x-webhook-id"), header(headers, "x-webhook-attempt"));
        let text = String::from_utf8_lossy(body);
        // A closed stdout is no reason to refuse deliveries.
        if self.as_json {
            let headers: serde_json::Map<String, Value> = headers
                .iter()
                .map(|(name, value)| (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes()))))
                .collect();
            let line = json!({
                "message_id": id,
                "attempt": attempt,
                "path": path,
                "signature": verdict,
                "answered": status.as_u16(),
                "headers": headers,
                "body": text,
            });
            let _ = terminal::print_json(&line.to_string());
        } else {
            let shown: String = text.chars().take(PRINTED_CHARACTERS).collect();
            let answered = if status.is_success() { Tone::Good } else { Tone::Bad };
            let head = vec![
                Piece::plain(format!("{id} attempt {attempt} {path} ")),
                Piece::new(verdict, tone),
                Piece::plain(" -> "),
                Piece::new(status.as_str(), answered),
            ];
            let body = format!("  {shown}");
            let body = body.split('\n').map(|line| vec![Piece::plain(line)]);
            let _ = terminal::print_pieces(&std::iter::once(head).chain(body).collect::<Vec<_>>());
        }
    }
}

/// Whether one of our signatures is among those of the header. Compares in constant time.
fn any_same(ours: &str, theirs: &str, separator: char) -> bool {
    ours.split(separator).any(|ours| {
        theirs
            .split(separator)
            .fold(false, |found, theirs| found | bool::from(ours.as_bytes().ct_eq(theirs.as_bytes())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_rates_are_read_and_refused() {
        assert_eq!(time("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(
            (time("2s"), time("2"), time("0.5s")),
            (Ok(Duration::from_secs(2)), Ok(Duration::from_secs(2)), Ok(Duration::from_millis(500)))
        );
        for wrong in ["", "s", "-1s", "soon", "inf", "NaN", "4000s"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
        assert!(rate("0.3").is_ok() && rate("1.1").is_err() && rate("NaN").is_err());
    }

    #[test]
    fn one_of_several_signatures_is_enough() {
        assert!(any_same("b", "a,b", ',') && any_same("a,b", "b", ','));
        assert!(!any_same("a", "", ',') && !any_same("a", "ab", ','));
    }
}
