//! What the process around the engine means for it: its forks, its signals and threads, and how its own threads learn of an
//! outcome.

pub(crate) mod completion;
pub(crate) mod fork;
pub(crate) mod threads;
