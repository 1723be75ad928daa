//! Decides who is to blame where a name is not answered: the receiver's name server, or this machine's resolver.
//!
//! The system's resolver says "no answer for now" (EAI_AGAIN), or nothing at all, in both cases. The blame is ours if no
//! name at all was answered since the look-up began, and if a probe fails too: a name that every resolver can answer by
//! itself.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hookbridge_names::{Failure, Kind, look_up};

use super::failure::{Reason, shortage_of_errno};
use super::lookup_places::HANGS_AFTER;
use super::patience::Patience;
use crate::host::threads;
use crate::model::shortage::Shortage;

/// A name of which every resolver knows that it does not exist (RFC 6761).
const PROBE: &str = "hookbridge.invalid";
/// How long the probe's result is trusted.
const PROBE_HOLDS: Duration = Duration::from_secs(5);

/// When names were last answered, and the state of the probe.
#[derive(Clone, Default)]
pub(super) struct Answers(Arc<Mutex<ResolverState>>);

#[derive(Default)]
struct ResolverState {
    /// When a name was last answered. "There is no such name" is an answer too.
    answered: Option<Instant>,
    /// When the probe that is under way began.
    probing_since: Option<Instant>,
    /// When the probe last got no answer.
    unanswered: Option<Instant>,
}

impl Answers {
    /// Ignores poisoning: every section is a plain assignment.
    fn lock(&self) -> MutexGuard<'_, ResolverState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Turns the result of a look-up that began at `begun` into addresses, or into the reason why there are none.
    pub(super) fn judge(
        &self,
        name: &str,
        looked_up: Result<Vec<SocketAddr>, Failure>,
        begun: Instant,
    ) -> Result<Arc<[SocketAddr]>, Reason> {
        let failure = match looked_up {
            Ok(addresses) => {
                self.answered(name);
                return Ok(addresses.into());
            }
            Err(failure) => failure,
        };
        if let Some(shortage) = shortage_of_errno(failure.errno) {
            return Err(Reason::lacking(shortage, &format!("{name} cannot be looked up")));
        }
        let text = match failure.kind {
            Kind::NoSuchName => {
                self.answered(name);
                format!("the host {name} does not resolve")
            }
            Kind::NoAddress => {
                self.answered(name);
                format!(
                    "the host {name} has no address: the name exists, but has neither an A nor an AAAA record"
                )
            }
            Kind::Refused => {
                self.answered(name);
                format!("the host {name} does not resolve: its name server answered with an error")
            }
            Kind::Memory => {
                return Err(Reason::lacking(Shortage::Memory, &format!("{name} cannot be looked up")));
            }
            Kind::System => {
                let cause = io::Error::from_raw_os_error(failure.errno);
                return Err(Reason::lacking(
                    Shortage::Resolver,
                    &format!("{name} cannot be looked up ({cause})"),
                ));
            }
            Kind::Temporary if self.is_reached(begun) => format!(
                "the host {name} does not resolve for now: its name server did not answer, or answered with a failure"
            ),
            Kind::Temporary => return Err(unreachable(name)),
            Kind::Other(code) => {
                format!("the host {name} does not resolve: the system's resolver failed with code {code}")
            }
        };
        Err(text.into())
    }

    fn answered(&self, name: &str) {
        // `localhost` is answered without asking a resolver.
        if name != "localhost" {
            self.lock().answered = Some(Instant::now());
        }
    }

    /// Whether the resolver answers any name. May block for as long as the probe takes.
    fn is_reached(&self, begun: Instant) -> bool {
        {
            let known = self.lock();
            if known.answered.is_some_and(|at| at >= begun) {
                return true;
            }
            if known.unanswered.is_some_and(|at| at.elapsed() < PROBE_HOLDS) {
                return false;
            }
        }
        self.probe()
    }

    fn probe(&self) -> bool {
        let answered = match look_up(PROBE) {
            Ok(_) => true,
            Err(failure) => matches!(failure.kind, Kind::NoSuchName | Kind::NoAddress | Kind::Refused),
        };
        let mut known = self.lock();
        let at = if answered { &mut known.answered } else { &mut known.unanswered };
        *at = Some(Instant::now());
        answered
    }

    /// Call when a name hangs: starts the probe, unless a name was answered just now.
    pub(super) fn doubt(&self) {
        let mut known = self.lock();
        if known.probing_since.is_some() || known.answered.is_some_and(|at| at.elapsed() < HANGS_AFTER) {
            return;
        }
        known.probing_since = Some(Instant::now());
        drop(known);
        let answers = self.clone();
        let started = threads::start("hookbridge-names", move || {
            answers.probe();
            answers.lock().probing_since = None;
        });
        if started.is_err() {
            self.lock().probing_since = None;
        }
    }

    /// The reason where a name, whose look-up began at `begun`, was not answered within `patience`.
    pub(super) fn of_hanging(&self, name: &str, begun: Instant, patience: Patience) -> Reason {
        let known = self.lock();
        let others_answered = known.answered.is_some_and(|at| at >= begun);
        let probe_hangs = known.probing_since.is_some_and(|since| since.elapsed() >= HANGS_AFTER / 2);
        if !others_answered && probe_hangs {
            return unreachable(name);
        }
        patience.over(&format!("the name server of {name} did not answer")).into()
    }
}

fn unreachable(name: &str) -> Reason {
    Reason::lacking(Shortage::Resolver, &format!("neither {name} nor any other name is answered"))
}
