//! The outbox on disks that fail: broken calls, a full disk, a held lock, and power cuts at every boundary of a
//! run's writes.

#[path = "../../core/tests/receiver/mod.rs"]
mod receiver;

mod faults;
mod other_copy;
mod power;
mod shim;
