//! What happens to messages, for everybody who listens: one watcher looks at the outbox for every stream of the process, and only
//! while there is one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use hookbridge_core::model::event::Event;
use hookbridge_core::model::ids::EndpointId;
use hookbridge_core::{Engine, Error, ErrorCode, EventQueue, Result};
use tokio::sync::broadcast;

/// How many events wait for a stream whose reader is slow. Past that it is told that there is a gap.
const WAITING: usize = 4_096;
/// How long it may take to notice that nobody listens.
const PATIENCE: Duration = Duration::from_secs(1);

/// What streams are told.
#[derive(Clone)]
pub enum Told {
    /// An event, and how it is written into a stream.
    Event { endpoint: Option<EndpointId>, frame: Bytes },
    /// Something was left out.
    Gap,
}

/// The sender of the one watcher, while there is one.
type Watcher = Mutex<Option<broadcast::Sender<Told>>>;

/// The streams of a process.
#[derive(Default)]
pub struct Streams(Arc<Watcher>);

impl Streams {
    /// What is told from now on. Blocks for the first of several streams: the outbox is looked at once.
    pub fn subscribe(&self, engine: &Engine) -> Result<broadcast::Receiver<Told>> {
        let mut sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = &*sender {
            return Ok(sender.subscribe());
        }
        let watch = engine.watch()?;
        let (made, receiver) = broadcast::channel(WAITING);
        let (watcher, told) = (self.0.clone(), made.clone());
        std::thread::Builder::new()
            .name("hookbridge-watch".to_owned())
            .spawn(move || tell(&watch, &told, &watcher))
            .map_err(|cause| {
                Error::new(ErrorCode::Internal, format!("a thread cannot be started: {cause}"))
            })?;
        *sender = Some(made);
        Ok(receiver)
    }
}

/// Tells what happens until nobody listens.
fn tell(watch: &EventQueue, told: &broadcast::Sender<Told>, watcher: &Watcher) {
    let mut dropped = watch.dropped();
    loop {
        let next = watch.next(PATIENCE);
        // Locked while it is decided, so that no stream subscribes to what has ended.
        let mut sender = watcher.lock().unwrap_or_else(PoisonError::into_inner);
        if told.receiver_count() == 0 || watch.is_closed() {
            *sender = None;
            return;
        }
        drop(sender);
        let before = std::mem::replace(&mut dropped, watch.dropped());
        if before != dropped {
            let _ = told.send(Told::Gap);
        }
        match next {
            Ok(Some(event)) => {
                let _ = told.send(Told::Event { endpoint: event.endpoint_id, frame: frame(&event) });
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "events are not told");
                let _ = told.send(Told::Gap);
                std::thread::sleep(PATIENCE);
            }
        }
    }
}

/// An event as it is written into a stream. Its JSON has no line breaks.
fn frame(event: &Event) -> Bytes {
    let data = serde_json::to_string(event).unwrap_or_default();
    Bytes::from(format!("event: {}\ndata: {data}\n\n", event.kind.name()))
}
