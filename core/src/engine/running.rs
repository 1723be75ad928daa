//! The three ways to run an engine: it delivers from a file, it calls a server, or it forwards a file's messages to a
//! server. Every public call of [`crate::Engine`] leads here.

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use super::process::Process;
use super::store::Place;
use crate::config::Config;
use crate::delivery::events::EventHub;
use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::{Pending, PendingSend, Reply, Slot, Tell};
use crate::operations;
use crate::operations::context::Context;
use crate::operations::messages::{SendReceipt, SendRequest};
use crate::outbox::accept::Caller;
use crate::relay;
use crate::remote::{Remote, calls};

/// A running engine.
pub(crate) enum Running {
    /// The engine delivers from its file.
    Embedded(Process),
    /// The engine has no file: every call is a request to the server.
    Remote(Remote),
    /// The engine forwards its file's messages to the server.
    Relay { process: Process, remote: Remote },
}

impl Running {
    /// Opens the file or the database, where there is one, and starts the threads. Call inside the gate.
    pub(crate) fn start(config: &Arc<Config>, place: &Place, events: &Arc<EventHub>) -> Result<Self> {
        match &config.server {
            None => Process::start(config, place, events).map(Self::Embedded),
            Some(server) if server.relay => Ok(Self::Relay {
                process: Process::start(config, place, events)?,
                remote: Remote::start(config, server)?,
            }),
            Some(server) => Remote::start(config, server).map(Self::Remote),
        }
    }

    /// The context of the file, for calls that a server does not offer.
    pub(crate) fn context(&self) -> Result<&Context> {
        match self {
            Self::Embedded(process) | Self::Relay { process, .. } => Ok(&process.context),
            Self::Remote(_) => Err(Error::new(
                ErrorCode::NotSupported,
                "this engine has no file: it works with the server at `base_url`",
            )),
        }
    }

    pub(crate) fn begin_send(&self, request: SendRequest) -> Result<PendingSend> {
        match self {
            Self::Embedded(process) | Self::Relay { process, .. } => {
                process.context.begin_send(request).map_err(Error::in_process)
            }
            Self::Remote(remote) => {
                let slot = Slot::new();
                remote.send(&request, Reply::Thread(slot.clone()))?;
                Ok(Pending(slot))
            }
        }
    }

    pub(crate) fn send_here(&self, request: SendRequest, reply: Reply) -> Result<()> {
        match self {
            Self::Embedded(process) | Self::Relay { process, .. } => {
                process.context.accept(request, Caller::MayCommit, reply).map_err(Error::in_process)
            }
            Self::Remote(remote) => remote.send(&request, reply),
        }
    }

    pub(crate) fn send_now(&self, request: SendRequest, reply: Reply) -> Result<()> {
        match self {
            Self::Embedded(process) | Self::Relay { process, .. } => {
                process.context.accept(request, Caller::MustNotWait, reply).map_err(Error::in_process)
            }
            Self::Remote(remote) => remote.send(&request, reply),
        }
    }

    pub(crate) fn send_batch(&self, requests: Vec<SendRequest>) -> Result<Vec<Result<SendReceipt>>> {
        let requests = requests.into_iter().map(Ok).collect();
        match self {
            Self::Embedded(process) | Self::Relay { process, .. } => {
                operations::messages::accept_batch(&process.context, requests).map_err(Error::in_process)
            }
            Self::Remote(remote) => calls::send_batch(remote, requests),
        }
    }

    pub(crate) fn call(&self, operation: &str, request: &str) -> Result<String> {
        match self {
            Self::Embedded(process) => {
                operations::call(&process.context, operation, request).map_err(Error::in_process)
            }
            Self::Remote(remote) => calls::call(remote, operation, request),
            Self::Relay { process, remote } => {
                relay::call(&process.context, remote, operation, request).map_err(Error::in_process)
            }
        }
    }

    /// Begins `events.send`. `tell` gets the answer, unless the event is refused at once.
    pub(crate) fn begin_send_event(&self, request: &str, caller: Caller, tell: Tell) -> Result<()> {
        match self {
            Self::Embedded(process) | Self::Relay { process, .. } => {
                operations::events::begin_send(&process.context, request, caller, tell)
                    .map_err(Error::in_process)
            }
            Self::Remote(remote) => calls::begin_send_event(remote, request, tell),
        }
    }

    pub(crate) fn download_export(&self, export_id: &str, into: &mut dyn Write) -> Result<u64> {
        match self {
            Self::Embedded(process) => operations::exports::copy(&process.context, export_id, into),
            Self::Remote(remote) | Self::Relay { remote, .. } => remote.download(export_id, into),
        }
    }

    /// Waits until nothing is due. An engine without a file has nothing to wait for.
    pub(crate) fn flush(&self, deadline: Instant) -> Result<bool> {
        match self {
            Self::Embedded(process) | Self::Relay { process, .. } => process.flush(deadline),
            Self::Remote(_) => Ok(true),
        }
    }

    pub(crate) fn deliver_own(&self, deadline: Instant) {
        match self {
            Self::Embedded(process) | Self::Relay { process, .. } => process.deliver_own(deadline),
            Self::Remote(_) => {}
        }
    }

    pub(crate) fn close(&self, deadline: Instant) -> bool {
        match self {
            Self::Embedded(process) => process.close(deadline),
            Self::Remote(remote) => remote.close(deadline),
            Self::Relay { process, remote } => {
                let forwarded = process.close(deadline);
                remote.close(deadline) && forwarded
            }
        }
    }
}
