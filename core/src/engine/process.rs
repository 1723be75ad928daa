//! An engine's parts in one process: the open file, the writer, the delivery loop. A forked child makes its own at its first use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::store::{Opened as OpenedStore, Place};
use crate::config::{Config, Delivery};
use crate::delivery::deliverer::{self, Stop};
use crate::delivery::events::EventHub;
use crate::delivery::targets::{Receivers, Targets};
use crate::error::{Error, ErrorCode, Result};
use crate::exports::Exporter;
use crate::host::threads::{self, Ended};
use crate::model::timestamp::Timestamp;
use crate::operations::context::{Context, Opened};
use crate::outbox::Outbox;
use crate::outbox::link::DeliveryLink;
use crate::relay::forward::Servers;
use crate::wire::client::HttpClient;

/// How long a flush goes on while this process cannot deliver, since the reason may pass.
const HINDERED_PATIENCE: Duration = Duration::from_secs(1);
/// The pause between two checks of a flush: the first and the longest.
const FLUSH_POLL: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(10));

pub(crate) struct Process {
    /// The context of operations.
    pub context: Context,
    stop: watch::Sender<Option<Stop>>,
    delivery: Option<Ended>,
    /// Whether attempts were under way when the delivery thread stopped.
    cut_off: Arc<AtomicBool>,
}

/// The targets of deliveries: the endpoints' receivers, or a relay's server.
fn targets(config: &Config) -> Result<Arc<dyn Targets>> {
    Ok(match &config.server {
        None => Arc::new(Receivers { allow_local: config.allow_local_endpoints }),
        Some(server) => Arc::new(Servers::new(config, server)?),
    })
}

impl Process {
    /// Opens the store and starts the threads. Call inside the gate.
    pub(crate) fn start(config: &Arc<Config>, place: &Place, events: &Arc<EventHub>) -> Result<Self> {
        let (stop, stopped) = watch::channel(None);
        let (inbox, notices) = mpsc::unbounded_channel();
        let delivers = config.delivery == Delivery::Auto;
        let link = Arc::new(DeliveryLink::new(delivers.then_some(inbox)));
        let store = OpenedStore::open(config, place, &link)?;
        let outbox: Arc<dyn Outbox> = store.outbox();
        let exporter = Arc::new(Exporter::new(config.clone(), outbox.clone()));
        let cut_off = Arc::new(AtomicBool::new(false));
        // Everything that a wrong setting can make fail comes before the first thread.
        let loop_parts = if delivers {
            let targets = targets(config)?;
            Some(deliverer::Delivery {
                config: config.clone(),
                outbox: outbox.clone(),
                link: link.clone(),
                events: events.clone(),
                client: Arc::new(HttpClient::new(config, targets.may_be_local())?),
                exporter: exporter.clone(),
                targets,
                cut_off: cut_off.clone(),
            })
        } else {
            None
        };
        store.begin_to_write()?;
        let delivery = match loop_parts {
            Some(parts) => {
                let started = threads::start("hookbridge-delivery", move || parts.run(notices, stopped));
                if started.is_err() {
                    outbox.refuse_changes();
                }
                Some(started?)
            }
            None => None,
        };
        let events = events.clone();
        let context = Context::new(Opened {
            config: config.clone(),
            outbox,
            link,
            exporter,
            not_delivering: Box::new(move || events.hindrance()),
        });
        Ok(Self { context, stop, delivery, cut_off })
    }

    /// Why nobody delivers; `None` where this process can, or another process delivers.
    fn nobody_delivers(&self) -> Option<String> {
        self.context
            .not_delivering()
            .filter(|_| self.context.deliverer().is_none_or(|deliverer| deliverer.stopped))
    }

    /// Waits until no message is due, whichever process delivers. Fails where this process should deliver and cannot.
    pub(crate) fn flush(&self, deadline: Instant) -> Result<bool> {
        let (mut pause, longest) = FLUSH_POLL;
        let mut hindered = None;
        loop {
            if !self.context.reading().anything_due(Timestamp::now())? {
                return Ok(true);
            }
            match self.nobody_delivers() {
                None => hindered = None,
                Some(why) if hindered.get_or_insert_with(Instant::now).elapsed() > HINDERED_PATIENCE => {
                    let text = format!("messages wait, and this process cannot deliver them: {why}");
                    return Err(Error::new(ErrorCode::StorageUnavailable, text));
                }
                Some(_) => {}
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(longest);
        }
    }

    /// Waits until nothing is due that this process could deliver, where it has accepted anything. Whether it came so far does
    /// not matter to the caller: the file has the rest.
    pub(crate) fn deliver_own(&self, deadline: Instant) {
        if self.delivery.is_none() || !self.context.awaits_delivery() {
            return;
        }
        let (mut pause, longest) = FLUSH_POLL;
        loop {
            let another_delivers = self
                .context
                .deliverer()
                .is_some_and(|deliverer| !deliverer.this_engine && !deliverer.stopped)
                || self.context.outbox.others_deliver();
            let left = deadline.saturating_duration_since(Instant::now());
            if another_delivers || left.is_zero() || self.context.not_delivering().is_some() {
                return;
            }
            if !self.context.reading().anything_due(Timestamp::now()).unwrap_or(false) {
                return;
            }
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(longest);
        }
    }

    /// Stops the threads. The delivery loop is first, so that its last outcomes are still written.
    pub(crate) fn close(&self, deadline: Instant) -> bool {
        self.context.exporter.stop();
        self.stop.send_replace(Some(Stop { deadline }));
        // That the thread has ended in time does not say that the attempts under way had.
        let delivered = self.delivery.as_ref().is_none_or(|ended| ended.wait(deadline))
            && !self.cut_off.load(Ordering::Acquire);
        let written = self.context.outbox.close(deadline);
        delivered && written
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The engine was not closed: the threads end by themselves, and nobody waits for them.
        self.context.exporter.stop();
        self.stop.send_replace(Some(Stop { deadline: Instant::now() }));
        self.context.outbox.refuse_changes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations;

    /// The delivery thread may be done before the close looks at it.
    #[test]
    fn a_close_says_that_an_attempt_was_cut_off_though_its_thread_has_ended() {
        let receiver = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config = Arc::new(Config {
            database: folder.path().join("outbox.db"),
            allow_local_endpoints: true,
            ..Config::default()
        });
        let process = Process::start(&config, &Place::File(None), &Arc::default()).unwrap();
        let url = format!(r#"{{"url": "http://{}/"}}"#, receiver.local_addr().unwrap());
        let endpoint = operations::call(&process.context, "endpoints.create", &url).unwrap();
        let endpoint: serde_json::Value = serde_json::from_str(&endpoint).unwrap();
        let message = serde_json::json!({"endpoint_id": endpoint["id"], "payload": 1}).to_string();
        operations::call(&process.context, "messages.send", &message).unwrap();
        let _attempt = receiver.accept().unwrap();
        process.stop.send_replace(Some(Stop { deadline: Instant::now() }));
        let patience = Instant::now() + Duration::from_secs(30);
        assert!(process.delivery.as_ref().unwrap().wait(patience), "the thread goes on");
        assert!(!process.close(patience));
    }
}
