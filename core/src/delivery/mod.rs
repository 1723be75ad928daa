//! From the outbox to the wire and back: the scheduler decides, the shell around it acts.

pub(crate) mod deliverer;
mod due_clock;
mod holder;
mod lack;
mod lane_cache;
pub mod leadership;
pub(crate) mod link;
mod lookout;
mod outcome;
mod reader;
pub mod retry_policy;
pub mod scheduler;
mod shell;
pub mod wire;
