//! From the outbox to the wire and back: the scheduler decides, the loop around it keeps, the driver acts.

mod attempt;
pub(crate) mod deliverer;
pub(crate) mod delivery_loop;
mod driver;
pub(crate) mod due_clock;
pub(crate) mod events;
mod lack;
mod lane_loads;
mod lookout;
mod outcome;
pub(crate) mod reader;
pub mod retry_policy;
pub mod scheduler;
pub(crate) mod targets;
