//! Delivery: from the outbox to the wire and back. The scheduler decides, the loop around it holds the messages, and the
//! driver does the I/O.

mod attempt;
pub(crate) mod deliverer;
pub(crate) mod delivery_loop;
mod driver;
pub(crate) mod due_clock;
pub(crate) mod events;
mod lane_loads;
mod lookout;
mod ongoing_shortage;
mod outcome;
pub(crate) mod reader;
pub mod retry_policy;
pub mod scheduler;
pub(crate) mod targets;
