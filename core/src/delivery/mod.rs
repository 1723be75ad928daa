//! From the outbox to the wire and back: the scheduler decides, the shell around it acts.

mod attempt;
pub(crate) mod deliverer;
mod due_clock;
pub(crate) mod events;
mod lack;
mod lane_loads;
mod lookout;
mod outcome;
mod reader;
pub mod retry_policy;
pub mod scheduler;
mod shell;
pub(crate) mod targets;
