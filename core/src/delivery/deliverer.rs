//! The thread that delivers: it waits until this process leads, then runs the shell until it is stopped.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::leadership::Leadership;
use super::link::{DeliveryLink, Notice};
use super::lookout::Lookout;
use super::shell::Shell;
use super::wire::client::HttpClient;
use crate::config::Config;
use crate::engine::events::EventHub;
use crate::error::Result;
use crate::exports::Exporter;
use crate::outbox::sqlite::SqliteFile;
use crate::outbox::sqlite::writer::queue::Queue;
use crate::remote::client::ServerLink;

/// How long it is waited where it cannot even be tried to lead.
const LOCK_UNUSABLE_PAUSE: Duration = Duration::from_millis(250);
/// How often it is looked whether an export is left unfinished or over.
const EXPORTS_POLL: Duration = Duration::from_secs(10);
/// For TLS settings and exports.
const BLOCKING_THREADS: usize = 16;

/// The loop is to end, with what is under way given until `deadline`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop {
    pub deadline: Instant,
}

/// What the loop works with.
pub(crate) struct Parts {
    pub config: Arc<Config>,
    pub file: Arc<SqliteFile>,
    pub queue: Arc<Queue>,
    pub link: Arc<DeliveryLink>,
    pub leadership: Arc<Leadership>,
    pub events: Arc<EventHub>,
    pub client: Arc<HttpClient>,
    pub exporter: Arc<Exporter>,
    /// Of a relay: whom it forwards to.
    pub server: Option<Arc<ServerLink>>,
}

impl Parts {
    pub(crate) fn new(
        config: &Arc<Config>,
        file: Arc<SqliteFile>,
        queue: Arc<Queue>,
        link: Arc<DeliveryLink>,
        leadership: Arc<Leadership>,
        events: Arc<EventHub>,
        exporter: Arc<Exporter>,
    ) -> Result<Self> {
        let client = Arc::new(HttpClient::new(config)?);
        let server = config.server.as_ref().map(|server| ServerLink::new(config, server)).transpose()?;
        let server = server.map(Arc::new);
        Ok(Self { config: config.clone(), file, queue, link, leadership, events, exporter, client, server })
    }

    /// Runs until stopped.
    pub(crate) fn run(
        self,
        notices: mpsc::UnboundedReceiver<Notice>,
        stopped: watch::Receiver<Option<Stop>>,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .thread_name("hookbridge-io")
            .max_blocking_threads(BLOCKING_THREADS)
            .build();
        match runtime {
            Ok(runtime) => {
                runtime.block_on(self.deliver(notices, stopped));
                // A resolver that hangs must not hold the end up.
                runtime.shutdown_background();
            }
            Err(error) => {
                tracing::error!(target: "hookbridge::delivery", %error, "delivery cannot start");
            }
        }
    }

    async fn deliver(
        self,
        mut notices: mpsc::UnboundedReceiver<Notice>,
        mut stopped: watch::Receiver<Option<Stop>>,
    ) {
        let mut complained = false;
        let mut lookout = Lookout::new();
        loop {
            if stopped.borrow_and_update().is_some() {
                return;
            }
            let usable = match self.leadership.try_take() {
                Ok(true) => break,
                Ok(false) => true,
                Err(error) => {
                    if !complained {
                        complained = true;
                        tracing::error!(target: "hookbridge::delivery", %error, "cannot become the deliverer");
                    }
                    false
                }
            };
            let another_try = async {
                if usable {
                    lookout.wait(self.leadership.path()).await;
                } else {
                    tokio::time::sleep(LOCK_UNUSABLE_PAUSE).await;
                }
            };
            tokio::select! {
                () = another_try => {}
                _ = stopped.changed() => {}
            }
        }
        drop(lookout);
        tracing::info!(target: "hookbridge::delivery", "this process delivers");
        self.link.set_leading(true);
        self.queue.nudge();
        let (link, leadership) = (self.link.clone(), self.leadership.clone());
        tokio::spawn(look_after_exports(self.exporter.clone()));
        Shell::new(self).run(&mut notices, &mut stopped).await;
        link.set_leading(false);
        leadership.release();
        tracing::info!(target: "hookbridge::delivery", "this process no longer delivers");
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
