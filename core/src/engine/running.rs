//! What an engine is in one process: a file that it delivers from, a server that it asks, or a file whose messages it
//! forwards to a server. Every call of the public face finds its way here.

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use super::process::Process;
use crate::config::Config;
use crate::delivery::events::EventHub;
use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::{PendingSend, Reply, Slot};
use crate::operations;
use crate::operations::context::Context;
use crate::operations::messages::{SendReceipt, SendRequest};
use crate::outbox::accept::Caller;
use crate::outbox::sqlite::own_file::OwnFile;
use crate::relay;
use crate::remote::{Remote, calls};

/// One engine in one process.
pub(crate) enum Running {
    /// The file is the outbox.
    Embedded(Process),
    /// There is no file.
    Remote(Remote),
    /// The file is on the way to the server.
    Relay { process: Process, remote: Remote },
}

impl Running {
    /// Opens what is needed and starts the threads. Called inside the gate.
    pub(crate) fn start(
        config: &Arc<Config>,
        own: Option<&Arc<OwnFile>>,
        events: &Arc<EventHub>,
    ) -> Result<Self> {
        match &config.server {
            None => Process::start(config, own, events).map(Self::Embedded),
            Some(server) if server.relay => Ok(Self::Relay {
                process: Process::start(config, own, events)?,
                remote: Remote::start(config, server)?,
            }),
            Some(server) => Remote::start(config, server).map(Self::Remote),
        }
    }

    /// The file, for what cannot be asked of a server.
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
            Self::Embedded(process) | Self::Relay { process, .. } => process.context.begin_send(request),
            Self::Remote(remote) => {
                let slot = Slot::new();
                remote.send(&request, Reply::Thread(slot.clone()))?;
                Ok(PendingSend(slot))
            }
        }
    }

    pub(crate) fn send_here(&self, request: SendRequest, reply: Reply) -> Result<()> {
        match self {
            Self::Embedded(process) | Self::Relay { process, .. } => {
                process.context.accept(request, Caller::MayCommit, reply)
            }
            Self::Remote(remote) => remote.send(&request, reply),
        }
    }

    pub(crate) fn send_now(&self, request: SendRequest, reply: Reply) -> Result<()> {
        match self {
            Self::Embedded(process) | Self::Relay { process, .. } => {
                process.context.accept(request, Caller::MustNotWait, reply)
            }
            Self::Remote(remote) => remote.send(&request, reply),
        }
    }

    pub(crate) fn send_batch(&self, requests: Vec<SendRequest>) -> Result<Vec<Result<SendReceipt>>> {
        let requests = requests.into_iter().map(Ok).collect();
        match self {
            Self::Embedded(process) | Self::Relay { process, .. } => {
                operations::messages::accept_batch(&process.context, requests)
            }
            Self::Remote(remote) => calls::send_batch(remote, requests),
        }
    }

    pub(crate) fn call(&self, operation: &str, request: &str) -> Result<String> {
        match self {
            Self::Embedded(process) => operations::call(&process.context, operation, request),
            Self::Remote(remote) => calls::call(remote, operation, request),
            Self::Relay { process, remote } => relay::call(&process.context, remote, operation, request),
        }
    }

    pub(crate) fn download_export(&self, export_id: &str, into: &mut dyn Write) -> Result<u64> {
        match self {
            Self::Embedded(process) => operations::exports::copy(&process.context, export_id, into),
            Self::Remote(remote) | Self::Relay { remote, .. } => remote.download(export_id, into),
        }
    }

    /// Over HTTP there is nothing that this process would have to wait for.
    pub(crate) fn flush(&self, deadline: Instant) -> Result<bool> {
        match self {
            Self::Embedded(process) | Self::Relay { process, .. } => process.flush(deadline),
            Self::Remote(_) => Ok(true),
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
