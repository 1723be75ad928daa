//! What became of calls, on its way to the event loop: the thread that knows leaves it in a list and rings once;
//! the loop takes all that has gathered, or has taken it by itself before. JavaScript is never touched from another thread.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookbridge_core::operations::messages::SendReceipt;
use hookbridge_core::{AnswerSink, CompletionSink, Result};
use napi::bindgen_prelude::{FnArgs, Function, ToNapiValue};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Status, sys};
use napi_derive::napi;

use crate::errors::Failure;

/// What a call came to: a text, yes or no, or a failure.
pub enum Answer {
    /// A message id, or an operation's JSON.
    Text(String),
    /// Whether it was done in time.
    Done(bool),
    /// What went wrong.
    Failed(Failure),
}

impl Answer {
    pub(crate) fn of<T>(outcome: Result<T>, answer: impl FnOnce(T) -> Answer) -> Self {
        outcome.map_or_else(|error| Self::Failed(error.into()), answer)
    }
}

impl ToNapiValue for Answer {
    unsafe fn to_napi_value(env: sys::napi_env, answer: Self) -> napi::Result<sys::napi_value> {
        // SAFETY: `env` is handed on as it came.
        unsafe {
            match answer {
                Self::Text(text) => String::to_napi_value(env, text),
                Self::Done(done) => bool::to_napi_value(env, done),
                Self::Failed(failure) => Failure::to_napi_value(env, failure),
            }
        }
    }
}

/// Tags, and the answer to each.
pub(crate) type Answers = FnArgs<(Vec<f64>, Vec<Answer>)>;

/// Tags and answers that the loop took by itself.
#[napi(object, object_from_js = false)]
pub struct Taken {
    pub tags: Vec<f64>,
    pub answers: Vec<Answer>,
}

/// Where threads leave what the loop takes.
#[derive(Clone, Default)]
struct Waiting(Arc<Mutex<Vec<(u64, Answer)>>>);

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Vec<(u64, Answer)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> (Vec<f64>, Vec<Answer>) {
        std::mem::take(&mut *self.lock()).into_iter().map(|(tag, answer)| (tag as f64, answer)).unzip()
    }
}

/// Weak: what waits for nothing holds no process open. Who waits is counted in JavaScript.
type Bell = ThreadsafeFunction<(), (), Answers, Status, false, true>;

/// Where the answers to one engine's calls arrive.
pub(crate) struct Completions {
    waiting: Waiting,
    bell: Bell,
}

impl Completions {
    /// `complete` is called on the event loop with whatever has gathered.
    pub(crate) fn new(complete: &Function<'_, Answers, ()>) -> napi::Result<Arc<Self>> {
        let waiting = Waiting::default();
        let gathered = waiting.clone();
        let bell = complete
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .callee_handled::<false>()
            .build_callback(move |_| Ok(FnArgs::from(gathered.take())))?;
        Ok(Arc::new(Self { waiting, bell }))
    }

    /// Leaves the answer to the call `tag`.
    pub(crate) fn answer(&self, tag: u64, answer: Answer) {
        self.leave(vec![(tag, answer)]);
    }

    /// What has gathered, before the bell is heard.
    pub(crate) fn look(&self) -> Option<Taken> {
        let (tags, answers) = self.waiting.take();
        (!tags.is_empty()).then_some(Taken { tags, answers })
    }

    fn leave(&self, mut answers: Vec<(u64, Answer)>) {
        let mut waiting = self.waiting.lock();
        let first = waiting.is_empty();
        waiting.append(&mut answers);
        drop(waiting);
        if first {
            // Refused where the event loop has ended: then nobody waits.
            let _ = self.bell.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

impl AnswerSink for Completions {
    fn answered(&self, tag: u64, outcome: Result<String>) {
        self.answer(tag, Answer::of(outcome, Answer::Text));
    }
}

impl CompletionSink for Completions {
    fn complete(&self, outcomes: Vec<(u64, Result<SendReceipt>)>) {
        let answer = |outcome| {
            Answer::of(outcome, |receipt: SendReceipt| Answer::Text(receipt.message_id.to_string()))
        };
        self.leave(outcomes.into_iter().map(|(tag, outcome)| (tag, answer(outcome))).collect());
    }
}
