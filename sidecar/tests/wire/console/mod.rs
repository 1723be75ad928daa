//! The console's half of the server, as a browser uses it.

mod browser;
mod events;
mod page;
mod redaction;
mod rights;
mod sessions;

pub use browser::Browser;
