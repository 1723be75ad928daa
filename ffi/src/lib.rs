//! libhookbridge: the engine behind a C ABI.
//!
//! Each function is documented for the C programmer; the header is generated from these comments. Every
//! body runs behind [`guard::guard`], which turns a panic into `HOOKBRIDGE_INTERNAL_ERROR`.
#![allow(non_camel_case_types)]

pub mod buffer;
mod cancellation;
pub mod codes;
pub mod engine;
pub mod error;
pub mod events;
mod guard;
pub mod log;
mod pointer;
pub mod slice;
pub mod version;
