//! A queue of events, taken by the handful.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hookbridge_core::model::event::Event;
use hookbridge_core::{Error, ErrorCode, EventQueue, Result};
use napi_derive::napi;

use crate::calls;
use crate::completions::{Answer, Completions};
use crate::errors::caught;
use crate::timeout::patience;

/// Events that cross to JavaScript at once.
const HANDFUL: usize = 256;
/// How soon a wait notices that nobody wants it any more.
const SLICE: Duration = Duration::from_millis(50);

/// A queue of events.
#[napi]
pub struct NativeEvents {
    queue: Arc<EventQueue>,
    completions: Arc<Completions>,
    unwanted: Arc<AtomicBool>,
}

impl NativeEvents {
    pub(crate) fn new(queue: EventQueue, completions: Arc<Completions>) -> Self {
        Self { queue: Arc::new(queue), completions, unwanted: Arc::default() }
    }
}

#[napi]
impl NativeEvents {
    /// Waits for events; the answer is a JSON array, empty where none came in time.
    #[napi(catch_unwind)]
    pub fn wait(&self, timeout: f64, tag: f64) {
        let (queue, unwanted) = (self.queue.clone(), self.unwanted.clone());
        let completions = self.completions.clone();
        let started = calls::start(move || {
            let found = caught(|| json(&handful(&queue, &unwanted, patience(timeout))?));
            completions.answer(tag as u64, Answer::of(found, Answer::Text));
        });
        if let Err(error) = started {
            self.completions.answer(tag as u64, Answer::Failed(error.into()));
        }
    }

    /// What waits now, as a JSON array.
    #[napi(catch_unwind)]
    pub fn take(&self) -> String {
        let found = caught(|| json(&handful(&self.queue, &self.unwanted, Duration::ZERO)?));
        found.unwrap_or_else(|_| "[]".to_owned())
    }

    /// Ends a wait.
    #[napi(catch_unwind)]
    pub fn cancel(&self) {
        self.unwanted.store(true, Ordering::Release);
    }

    /// Whether nothing will come any more.
    #[napi(getter, catch_unwind)]
    pub fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }

    /// How many were dropped because nobody took them.
    #[napi(getter, catch_unwind)]
    pub fn dropped(&self) -> f64 {
        self.queue.dropped() as f64
    }
}

impl Drop for NativeEvents {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// The first event that comes, and what has come with it.
fn handful(queue: &EventQueue, unwanted: &AtomicBool, timeout: Duration) -> Result<Vec<Event>> {
    let deadline = Instant::now() + timeout;
    let mut found = Vec::new();
    while found.len() < HANDFUL {
        let left = match found.is_empty() {
            true => deadline.saturating_duration_since(Instant::now()),
            false => Duration::ZERO,
        };
        match queue.next(left.min(SLICE))? {
            Some(event) => found.push(event),
            None if left.is_zero() || queue.is_closed() || unwanted.load(Ordering::Acquire) => break,
            None => {}
        }
    }
    Ok(found)
}

fn json(events: &[Event]) -> Result<String> {
    serde_json::to_string(events).map_err(|cause| Error::new(ErrorCode::Internal, cause.to_string()))
}
