//! Running an operation on a server. A batch becomes one request for each message.

use super::Remote;
use crate::error::Result;
use crate::host::completion::{Reply, Slot};
use crate::operations::messages::{SendReceipt, SendRequest, check_batch_size, send_batch_with};
use crate::operations::{read, write};

/// Runs the operation called `name`.
pub(crate) fn call(remote: &Remote, name: &str, request: &str) -> Result<String> {
    match name {
        "messages.send" => {
            let slot = Slot::new();
            remote.send(&read(request)?, Reply::Thread(slot.clone()))?;
            write(&slot.wait()?)
        }
        "messages.send_batch" => {
            write(&send_batch_with(read(request)?, |requests| send_batch(remote, requests))?)
        }
        _ => remote.call(name, request),
    }
}

/// Sends each message of a batch with a request of its own.
pub(crate) fn send_batch(
    remote: &Remote,
    requests: Vec<Result<SendRequest>>,
) -> Result<Vec<Result<SendReceipt>>> {
    check_batch_size(requests.len())?;
    Ok(remote.send_batch(requests))
}
