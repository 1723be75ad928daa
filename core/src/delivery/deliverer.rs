//! The thread that delivers: it waits until this process leads, then runs the loop until it is stopped.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

use super::driver::Driver;
use super::lookout::Lookout;
use super::targets::Targets;
use crate::config::Config;
use crate::delivery::events::EventHub;
use crate::error::Error;
use crate::exports::Exporter;
use crate::outbox::Outbox;
use crate::outbox::link::{DeliveryLink, Notice};
use crate::wire::client::HttpClient;

/// How long it is waited where something keeps this process from delivering, before it is tried again.
const HINDERED_PAUSE: Duration = Duration::from_millis(250);
/// How often a process that delivers looks whether it still may.
const KEEP_POLL: Duration = Duration::from_millis(50);
/// How often it is looked whether an export is left unfinished or over.
const EXPORTS_POLL: Duration = Duration::from_secs(10);
/// For exports. Names and trust stores have threads of their own.
const BLOCKING_THREADS: usize = 16;

/// The loop is to end, with what is under way given until `deadline`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop {
    pub deadline: Instant,
}

/// What the loop works with.
#[derive(Clone)]
pub(crate) struct Parts {
    pub config: Arc<Config>,
    pub outbox: Arc<dyn Outbox>,
    pub link: Arc<DeliveryLink>,
    pub events: Arc<EventHub>,
    pub client: Arc<HttpClient>,
    pub exporter: Arc<Exporter>,
    pub targets: Arc<dyn Targets>,
}

impl Parts {
    /// Runs until stopped.
    pub(crate) fn run(
        self,
        notices: mpsc::UnboundedReceiver<Notice>,
        stopped: watch::Receiver<Option<Stop>>,
    ) {
        let Some(runtime) = self.runtime(&stopped) else { return };
        runtime.block_on(self.deliver(notices, stopped));
        // A resolver that hangs must not hold the end up.
        runtime.shutdown_background();
    }

    /// What the loop runs on. Where the system has nothing for it (descriptors, memory) it is tried until stopped.
    fn runtime(&self, stopped: &watch::Receiver<Option<Stop>>) -> Option<Runtime> {
        while stopped.borrow().is_none() {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .thread_name("hookbridge-io")
                .max_blocking_threads(BLOCKING_THREADS)
                .build();
            match runtime {
                Ok(runtime) => return Some(runtime),
                Err(cause) => self.hindered(&format!("the delivery's runtime cannot start: {cause}")),
            }
            std::thread::sleep(HINDERED_PAUSE);
        }
        None
    }

    /// Says once for each reason that this process cannot deliver.
    fn hindered(&self, why: &str) {
        if self.events.hinder(why) {
            tracing::error!(target: "hookbridge::delivery", error = why, "this process should deliver and cannot");
        }
    }

    async fn deliver(
        self,
        mut notices: mpsc::UnboundedReceiver<Notice>,
        mut stopped: watch::Receiver<Option<Stop>>,
    ) {
        while self.lead(&mut stopped).await {
            tracing::info!(target: "hookbridge::delivery", "this process delivers");
            self.link.set_leading(true);
            self.outbox.nudge();
            let exports = tokio::spawn(look_after_exports(self.exporter.clone()));
            let ended = tokio::select! {
                () = Driver::new(self.clone()).run(&mut notices, &mut stopped) => None,
                why = self.may_not() => Some(why),
            };
            exports.abort();
            self.link.set_leading(false);
            self.outbox.resign();
            match ended {
                None => {
                    tracing::info!(target: "hookbridge::delivery", "this process no longer delivers");
                    return;
                }
                // What is under way cannot be recorded; it is tried again by whoever delivers from the file next. Unless that is
                // another by now, the next try to lead meets the same and tells it.
                Some(error) => {
                    tracing::error!(target: "hookbridge::delivery", %error, "this process no longer delivers");
                }
            }
        }
    }

    /// Waits until this process leads; false where it is stopped before.
    async fn lead(&self, stopped: &mut watch::Receiver<Option<Stop>>) -> bool {
        let mut lookout = Lookout::new();
        loop {
            if stopped.borrow_and_update().is_some() {
                return false;
            }
            let usable = match self.outbox.try_lead() {
                Ok(true) => {
                    self.events.unhinder();
                    return true;
                }
                Ok(false) => true,
                Err(error) => {
                    self.hindered(error.message());
                    false
                }
            };
            if usable {
                self.events.unhinder();
            }
            let another_try = async {
                if usable {
                    lookout.wait(self.outbox.lead_file()).await;
                } else {
                    tokio::time::sleep(HINDERED_PAUSE).await;
                }
            };
            tokio::select! {
                () = another_try => {}
                _ = stopped.changed() => {}
            }
        }
    }

    /// Comes to an end where this process has to leave off, and says why.
    async fn may_not(&self) -> Error {
        loop {
            tokio::time::sleep(KEEP_POLL).await;
            if let Err(error) = self.outbox.keep_leading() {
                return error;
            }
        }
    }
}

/// Ends with the loop's runtime.
async fn look_after_exports(exporter: Arc<Exporter>) {
    loop {
        let exporter = exporter.clone();
        // A panic in there ends that look alone.
        let _ = tokio::task::spawn_blocking(move || exporter.look_after()).await;
        tokio::time::sleep(EXPORTS_POLL).await;
    }
}
