//! The changes that operations make. Each is a command whose decision is a pure function of the stored state: it is alike
//! in every store, and may be made again.

mod endpoint;
mod message;
mod signing_key;

pub(crate) use endpoint::{EndpointChange, EndpointSettings};
pub(crate) use message::{Decision, MessageCommand, REPLAY_LIMIT, check_payload};
pub(crate) use signing_key::{KeyChange, KeyDecision};
