//! The process around the engine: its forks, the signals and threads in it, and how a waiting caller gets the outcome of a send.

pub(crate) mod completion;
pub(crate) mod fork;
pub(crate) mod threads;
