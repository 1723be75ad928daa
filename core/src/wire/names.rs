//! Looking host names up with the system's resolver, on threads of our own. A name has one look-up at a time, which all
//! callers share. The resolver cannot be interrupted: a look-up that hangs keeps its thread until the system gives it up.
//! So the threads are bounded, and so are the callers that wait for names that hang. A look-up that gets no thread is a
//! shortage of ours, not the receiver's failure.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hookbridge_names::look_up;
use nix::sys::resource::{Resource, getrlimit};
use tokio::sync::watch;

use super::failure::Reason;
use super::lookup_places::{HANGS_AFTER, NameStanding, PlacesTaken};
use super::patience::Patience;
use super::remembered::Remembered;
use super::resolver::Answers;
use crate::host::threads;
use crate::model::shortage::Shortage;

/// The most look-ups under way, where the limit of descriptors allows so many: each look-up holds one or two.
const MOST: usize = 256;
const LEAST: usize = 16;
/// Look-ups may hold one in so many of the process's descriptors.
const PART_OF_DESCRIPTORS: u64 = 4;
/// The most callers that wait for names that hang, all names together. Each such name has one such caller.
const MOST_PATIENT: usize = 32;
/// How long a caller waits for a place.
const PLACE_PATIENCE: Duration = Duration::from_secs(1);
/// How often a caller without a place looks again. A place can come free by time alone: a look-up of an unknown name that
/// begins to hang counts among the hanging ones from then on.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// How long an idle thread waits for another name before it ends.
const IDLE: Duration = Duration::from_secs(10);

/// The result of a look-up, shared by its callers. The port of each address is 0.
pub(super) type Found = Result<Arc<[SocketAddr]>, Reason>;

/// The look-ups of one client. A forked child makes its own.
pub(crate) struct Names(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// Notified when there is work for a thread, and at the end.
    work: Condvar,
    /// Notified when a look-up has ended.
    ended: Condvar,
    most: usize,
    answers: Answers,
}

#[derive(Default)]
struct State {
    look_ups: HashMap<Arc<str>, LookUp>,
    /// The names that wait for a place, oldest first.
    queue: VecDeque<Arc<str>>,
    /// The names with a place that no thread has begun to look up.
    ready: VecDeque<Arc<str>>,
    standings: Remembered<Arc<str>, NameStanding>,
    idle: usize,
    /// How many callers wait for names that hang.
    patient: usize,
    closed: bool,
}

struct LookUp {
    standing: NameStanding,
    /// When the look-up got its place.
    begun: Option<Instant>,
    /// How many callers wait for it.
    waiting: usize,
    /// Whether one of them goes on waiting although the name hangs.
    patient: bool,
    found: watch::Sender<Option<Found>>,
}

impl LookUp {
    fn hangs(&self) -> bool {
        self.begun
            .is_some_and(|begun| self.standing == NameStanding::Hanging || begun.elapsed() >= HANGS_AFTER)
    }
}

/// What a waiting caller does next.
enum Step {
    Done(Found),
    /// Looks again at this time, or when the look-up has ended.
    WaitUntil(Instant),
}

impl Names {
    pub(crate) fn new() -> Self {
        let descriptors = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft);
        let part = usize::try_from(descriptors / PART_OF_DESCRIPTORS).unwrap_or(MOST);
        Self::with_places(part.clamp(LEAST, MOST))
    }

    fn with_places(most: usize) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::default(),
            work: Condvar::new(),
            ended: Condvar::new(),
            most,
            answers: Answers::default(),
        }))
    }

    /// The addresses of a host.
    pub(super) async fn look_up(&self, host: &str, patience: Patience) -> Found {
        let mut waiting = Waiting::new(&self.0, host, patience)?;
        loop {
            match waiting.step() {
                Step::Done(found) => return found,
                Step::WaitUntil(then) => {
                    // The next step finds out whether the look-up has ended.
                    let _ = tokio::time::timeout_at(then.into(), waiting.found.changed()).await;
                }
            }
        }
    }

    /// The addresses of a host, for a thread that may block.
    pub(super) fn look_up_here(&self, host: &str, patience: Patience) -> Found {
        let mut waiting = Waiting::new(&self.0, host, patience)?;
        loop {
            match waiting.step() {
                Step::Done(found) => return found,
                Step::WaitUntil(then) => {
                    let state = self.0.lock();
                    if waiting.found.borrow().is_none() {
                        let left = then.saturating_duration_since(Instant::now());
                        drop(self.0.ended.wait_timeout(state, left));
                    }
                }
            }
        }
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.work.notify_all();
    }
}

impl Shared {
    /// Ignores poisoning: every section is a plain change of the state, which no panic leaves half done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives free places to waiting names, and starts threads for the names with a place.
    fn give_places(self: &Arc<Self>, state: &mut State) {
        let begun = |look_up: &LookUp| look_up.begun.map(|begun| (look_up.standing, begun));
        let mut taken = PlacesTaken::count(state.look_ups.values().filter_map(begun));
        let mut without = VecDeque::new();
        while let Some(name) = state.queue.pop_front() {
            let Some(look_up) = state.look_ups.get_mut(&name) else { continue };
            if taken.has_room(look_up.standing, self.most) {
                taken.add(look_up.standing);
                look_up.begun = Some(Instant::now());
                state.ready.push_back(name);
            } else {
                without.push_back(name);
            }
        }
        state.queue = without;
        while state.ready.len() > state.idle {
            let shared = self.clone();
            // The thread counts as idle until it takes a name.
            state.idle += 1;
            if threads::start("hookbridge-names", move || shared.run_thread()).is_err() {
                state.idle -= 1;
                let Some(name) = state.ready.pop_back() else { return };
                let reason = Reason::lacking(Shortage::Threads, &format!("{name} cannot be looked up"));
                self.end(state, &name, Err(reason));
            }
        }
        if !state.ready.is_empty() {
            self.work.notify_all();
        }
    }

    /// The body of a thread: looks names up until it was idle for long.
    fn run_thread(self: Arc<Self>) {
        let mut state = self.lock();
        let mut idle_since = Instant::now();
        loop {
            if let Some(name) = state.ready.pop_front() {
                state.idle -= 1;
                drop(state);
                let begun = Instant::now();
                let looked_up = look_up(&name);
                let took = begun.elapsed();
                let found = self.answers.judge(&name, looked_up, begun);
                let standing = if took >= HANGS_AFTER { NameStanding::Hanging } else { NameStanding::Quick };
                state = self.lock();
                state.idle += 1;
                state.standings.set(name.clone(), standing);
                self.end(&mut state, &name, found);
                self.give_places(&mut state);
                idle_since = Instant::now();
                continue;
            }
            if state.closed || idle_since.elapsed() >= IDLE {
                state.idle -= 1;
                return;
            }
            state = self.work.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Ends a look-up: hands the result to every waiting caller.
    fn end(&self, state: &mut State, name: &Arc<str>, found: Found) {
        if let Some(look_up) = state.look_ups.remove(name) {
            state.patient -= usize::from(look_up.patient);
            look_up.found.send_replace(Some(found));
        }
        self.ended.notify_all();
    }
}

/// A caller that waits for a look-up.
struct Waiting<'a> {
    shared: &'a Arc<Shared>,
    name: Arc<str>,
    since: Instant,
    patience: Patience,
    found: watch::Receiver<Option<Found>>,
    /// Whether this is the caller that goes on waiting although the name hangs.
    patient: bool,
}

impl<'a> Waiting<'a> {
    fn new(shared: &'a Arc<Shared>, host: &str, patience: Patience) -> Result<Self, Reason> {
        // Names are compared without case. A dot at the end is kept: it changes what the resolver asks for.
        let name: Arc<str> = host.to_ascii_lowercase().into();
        let mut state = shared.lock();
        let found = match state.look_ups.get_mut(&name) {
            Some(look_up) => {
                look_up.waiting += 1;
                look_up.found.subscribe()
            }
            None => {
                let standing = state.standings.get(&name).unwrap_or(NameStanding::Unknown);
                let (sender, found) = watch::channel(None);
                let look_up = LookUp { standing, begun: None, waiting: 1, patient: false, found: sender };
                state.look_ups.insert(name.clone(), look_up);
                state.queue.push_back(name.clone());
                shared.give_places(&mut state);
                found
            }
        };
        drop(state);
        Ok(Self { shared, name, since: Instant::now(), patience, found, patient: false })
    }

    fn step(&mut self) -> Step {
        if let Some(found) = self.found.borrow().clone() {
            return Step::Done(found);
        }
        let now = Instant::now();
        let mut state = self.shared.lock();
        // A place may have come free by time alone.
        if state.look_ups.get(&self.name).is_some_and(|look_up| look_up.begun.is_none()) {
            self.shared.give_places(&mut state);
        }
        let State { look_ups, patient, .. } = &mut *state;
        let Some(look_up) = look_ups.get_mut(&self.name) else {
            // The look-up ended after `found` was read above.
            return Step::WaitUntil(now);
        };
        let Some(begun) = look_up.begun else {
            let until = self.patience.deadline.min(self.since + PLACE_PATIENCE);
            if now >= until || look_up.standing == NameStanding::Hanging {
                return Step::Done(Err(no_place(&self.name)));
            }
            return Step::WaitUntil(until.min(now + LOOK_AGAIN));
        };
        if now >= self.patience.deadline {
            let waited = self.patience.deadline.saturating_duration_since(self.since);
            // The name had no place for most of the time, so its name server is not to blame.
            if begun.saturating_duration_since(self.since) > waited / 2 {
                return Step::Done(Err(no_place(&self.name)));
            }
            drop(state);
            return Step::Done(Err(self.shared.answers.of_hanging(&self.name, begun, self.patience)));
        }
        if !look_up.hangs() {
            return Step::WaitUntil(self.patience.deadline.min(begun + HANGS_AFTER));
        }
        if !self.patient {
            if look_up.patient || *patient >= MOST_PATIENT {
                return Step::Done(Err(others_wait(&self.name)));
            }
            (look_up.patient, self.patient) = (true, true);
            *patient += 1;
            self.shared.answers.doubt();
        }
        Step::WaitUntil(self.patience.deadline)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        let State { look_ups, queue, patient, .. } = &mut *state;
        let Some(look_up) = look_ups.get_mut(&self.name) else { return };
        // Another look-up for the same name may have begun since ours ended.
        if !look_up.found.subscribe().same_channel(&self.found) {
            return;
        }
        look_up.waiting -= 1;
        if self.patient {
            look_up.patient = false;
            *patient -= 1;
        }
        // No caller is left, and the look-up has not begun: drop it.
        if look_up.waiting == 0 && look_up.begun.is_none() {
            look_ups.remove(&self.name);
            queue.retain(|name| *name != self.name);
        }
    }
}

fn no_place(name: &str) -> Reason {
    let text = format!("the host {name} was not looked up: names that hang hold the places for it");
    Reason { text, shortage: Some(Shortage::LookupPlaces) }
}

fn others_wait(name: &str) -> Reason {
    let text = format!(
        "the host {name} is being looked up, its name server hangs, and another attempt waits for it"
    );
    Reason { text, shortage: Some(Shortage::LookupPlaces) }
}
