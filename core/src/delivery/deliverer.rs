//! The delivery thread: it waits until this process leads, then runs the loop until it is stopped.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
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

/// The pause before the next try, where something keeps this process from delivering.
const HINDERED_PAUSE: Duration = Duration::from_millis(250);
/// How often a process that delivers checks that it still leads.
const KEEP_POLL: Duration = Duration::from_millis(50);
/// How often unfinished and expired exports are looked for.
const EXPORTS_POLL: Duration = Duration::from_secs(10);
/// The same while some are unfinished.
const UNFINISHED_EXPORTS_POLL: Duration = Duration::from_secs(1);
/// Threads for exports. Resolving names and loading trust stores have threads of their own.
const BLOCKING_THREADS: usize = 16;

/// The loop is to stop. Attempts under way have until `deadline`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop {
    pub deadline: Instant,
}

/// Everything that delivery works with.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub config: Arc<Config>,
    pub outbox: Arc<dyn Outbox>,
    pub link: Arc<DeliveryLink>,
    pub events: Arc<EventHub>,
    pub client: Arc<HttpClient>,
    pub exporter: Arc<Exporter>,
    pub targets: Arc<dyn Targets>,
    /// Set before the thread ends where the deadline of a stop came before the attempts under way had ended.
    pub cut_off: Arc<AtomicBool>,
}

impl Delivery {
    /// Runs the delivery thread until it is stopped.
    pub(crate) fn run(
        self,
        notices: mpsc::UnboundedReceiver<Notice>,
        stopped: watch::Receiver<Option<Stop>>,
    ) {
        let Some(runtime) = self.runtime(&stopped) else { return };
        runtime.block_on(self.deliver(notices, stopped));
        // Not awaited: a blocking call that hangs must not delay the stop.
        runtime.shutdown_background();
    }

    /// Creates the runtime. Where the system lacks descriptors or memory for it, tries again until stopped.
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

    /// Logs and publishes why this process cannot deliver, once for each reason.
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
            let exports = tokio::spawn(resume_and_sweep_exports(self.exporter.clone()));
            let ended = tokio::select! {
                () = Driver::new(self.clone()).run(&mut notices, &mut stopped) => None,
                why = self.until_leadership_is_lost() => Some(why),
            };
            exports.abort();
            self.link.set_leading(false);
            self.outbox.resign();
            match ended {
                None => {
                    tracing::info!(target: "hookbridge::delivery", "this process no longer delivers");
                    return;
                }
                // The attempts under way cannot be recorded; the next deliverer makes them again. If that is this process,
                // its next try to lead meets the same error and reports it.
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

    /// Returns once this process may no longer lead, with the reason.
    async fn until_leadership_is_lost(&self) -> Error {
        loop {
            tokio::time::sleep(KEEP_POLL).await;
            if let Err(error) = self.outbox.keep_leading() {
                return error;
            }
        }
    }
}

/// Runs until the loop's runtime ends.
async fn resume_and_sweep_exports(exporter: Arc<Exporter>) {
    loop {
        let exporter = exporter.clone();
        // After a panic in the exporter the next look is made all the same.
        let unfinished = tokio::task::spawn_blocking(move || exporter.resume_and_sweep()).await;
        let soon = unfinished.unwrap_or(false);
        tokio::time::sleep(if soon { UNFINISHED_EXPORTS_POLL } else { EXPORTS_POLL }).await;
    }
}
