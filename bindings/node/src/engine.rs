//! The engine's handle. Every call but [`open_engine`] returns at once; its answer arrives under its tag.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use hookbridge_core::model::header_map::HeaderMap;
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{AnswerSink, CompletionSink, Config, Engine, EventQueue, Result};
use napi::Either;
use napi::bindgen_prelude::{Function, Uint8Array};
use napi_derive::napi;

use crate::calls::{self, Calls};
use crate::completions::{Answer, Answers, Completions, Taken};
use crate::errors::{Failure, caught};
use crate::events::NativeEvents;
use crate::timeout::patience;

/// An open engine.
#[napi]
pub struct NativeEngine {
    engine: Engine,
    completions: Arc<Completions>,
    sink: Arc<dyn CompletionSink>,
    answers: Arc<dyn AnswerSink>,
    calls: Calls,
    finishing: Mutex<Option<JoinHandle<()>>>,
}

/// Opens an engine with a configuration as JSON. `complete` is called with tags and answers.
#[napi(catch_unwind)]
pub fn open_engine(
    configuration: String,
    complete: Function<'_, Answers, ()>,
) -> napi::Result<Either<NativeEngine, Failure>> {
    let opened = caught(|| Engine::open(Config::from_json(&configuration)?));
    let engine = match opened {
        Ok(engine) => engine,
        Err(error) => return Ok(Either::B(error.into())),
    };
    let completions = Completions::new(&complete)?;
    Ok(Either::A(NativeEngine {
        engine,
        sink: completions.clone(),
        answers: completions.clone(),
        completions,
        calls: Calls::default(),
        finishing: Mutex::default(),
    }))
}

/// Names and values in turn.
fn header_map(flat: Vec<String>) -> HeaderMap {
    let mut flat = flat.into_iter();
    HeaderMap::from_iter(std::iter::from_fn(move || Some((flat.next()?, flat.next()?))))
}

#[napi]
impl NativeEngine {
    /// Accepts a message. What is wrong with it before it is written is returned, and then no answer comes.
    #[napi(catch_unwind)]
    pub fn send(
        &self,
        endpoint_id: String,
        payload: Either<String, Uint8Array>,
        headers: Option<Vec<String>>,
        idempotency_key: Option<String>,
        retention_hours: Option<u32>,
        tag: f64,
    ) -> Option<Failure> {
        let payload = match payload {
            Either::A(text) => text.into_bytes(),
            Either::B(bytes) => bytes.to_vec(),
        };
        let sent = caught(|| {
            let request = SendRequest {
                headers: headers.map(header_map),
                idempotency_key,
                retention_hours,
                ..SendRequest::new(endpoint_id, payload)?
            };
            self.engine.send_to(request, tag as u64, &self.sink)
        });
        sent.err().map(Failure::from)
    }

    /// The answers that are there, which `complete` will not get any more.
    #[napi(catch_unwind)]
    pub fn look(&self) -> Option<Taken> {
        self.completions.look()
    }

    /// Runs an operation.
    #[napi(catch_unwind)]
    pub fn call(&self, operation: String, request: String, tag: f64) {
        match caught(|| self.engine.call_to(&operation, &request, tag as u64, &self.answers)) {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => return self.completions.answer(tag as u64, Answer::Failed(error.into())),
        }
        let (engine, completions) = (self.engine.clone(), self.completions.clone());
        let started = self.calls.run(move || {
            let outcome = caught(|| engine.call(&operation, &request));
            completions.answer(tag as u64, Answer::of(outcome, Answer::Text));
        });
        self.refused(started, tag);
    }

    /// Waits until nothing is due.
    #[napi(catch_unwind)]
    pub fn flush(&self, timeout: f64, tag: f64) {
        self.wait(tag, move |engine| engine.flush(patience(timeout)));
    }

    /// Stops the threads.
    #[napi(catch_unwind)]
    pub fn close(&self, timeout: f64, tag: f64) {
        self.wait(tag, move |engine| engine.close(patience(timeout)));
    }

    /// Begins to end the engine as at a normal exit of the program, on a thread of its own. Where there is none to be had,
    /// what is undelivered stays for the next run.
    #[napi(catch_unwind)]
    pub fn begin_finish(&self) {
        let engine = self.engine.clone();
        let thread = std::thread::Builder::new().name("hookbridge-finish".to_owned());
        // Nobody is left to tell what became of it.
        let finishing = thread.spawn(move || drop(caught(|| engine.finish()))).ok();
        *self.finishing.lock().unwrap_or_else(PoisonError::into_inner) = finishing;
    }

    /// Waits for what `begin_finish` began.
    #[napi(catch_unwind)]
    pub fn end_finish(&self) {
        let finishing = self.finishing.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = finishing {
            drop(thread.join());
        }
    }

    /// A queue of events.
    #[napi(catch_unwind)]
    pub fn events(&self) -> Either<NativeEvents, Failure> {
        self.queue(Engine::events)
    }

    /// A queue of what happens to the outbox, whichever process does it.
    #[napi(catch_unwind)]
    pub fn watch(&self) -> Either<NativeEvents, Failure> {
        self.queue(Engine::watch)
    }
}

impl NativeEngine {
    fn queue(&self, open: impl FnOnce(&Engine) -> Result<EventQueue>) -> Either<NativeEvents, Failure> {
        match caught(|| open(&self.engine)) {
            Ok(queue) => Either::A(NativeEvents::new(queue, self.completions.clone())),
            Err(error) => Either::B(error.into()),
        }
    }

    fn wait(&self, tag: f64, wait: impl FnOnce(&Engine) -> Result<bool> + Send + 'static) {
        let (engine, completions) = (self.engine.clone(), self.completions.clone());
        let started = calls::start(move || {
            let outcome = caught(|| wait(&engine));
            completions.answer(tag as u64, Answer::of(outcome, Answer::Done));
        });
        self.refused(started, tag);
    }

    fn refused(&self, started: Result<()>, tag: f64) {
        if let Err(error) = started {
            self.completions.answer(tag as u64, Answer::Failed(error.into()));
        }
    }
}
