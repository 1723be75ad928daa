//! The engine as a Node.js addon. It translates and decides nothing; the classes that a user sees are
//! JavaScript, in `lib/`.

// In a test build the macro leaves out what Node would call, and then nobody calls the rest.
#![cfg_attr(test, allow(dead_code, unused_imports))]

mod calls;
mod completions;
mod engine;
mod errors;
mod events;
mod timeout;

// Under `cfg(test)` napi registers nothing, so that nobody else would name it.
pub use engine::open_engine;
