//! What operations do to what is stored. Each is a command, whose decision is a pure function of what was found: it is the
//! same in every store, and may be asked again.

mod endpoint;
mod message;
mod signing_key;

pub(crate) use endpoint::{EndpointChange, EndpointSettings};
pub(crate) use message::{Decision, MessageCommand};
pub(crate) use signing_key::{KeyChange, KeyDecision};
