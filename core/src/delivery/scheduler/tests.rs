//! Histories over the scheduler.
