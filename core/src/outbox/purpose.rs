//! The purpose of an outbox: messages are delivered from it, or it is a relay's and they are forwarded. The two must not mix: an
//! endpoint id names a row of the outbox in the one, and an endpoint of the server in the other.

use crate::config::{Config, Delivery};
use crate::error::{Error, ErrorCode, Result};

/// Whether an outbox becomes a relay's by being opened.
///
/// # Errors
/// `INVALID_CONFIGURATION` where it has the other purpose; what `has_endpoints` says.
pub(in crate::outbox) fn becomes_relay(
    config: &Config,
    is_relay: bool,
    has_endpoints: impl FnOnce() -> Result<bool>,
) -> Result<bool> {
    let refused = |message| Err(Error::new(ErrorCode::InvalidConfiguration, message));
    match (&config.server, is_relay) {
        (Some(_), true) | (None, false) => Ok(false),
        // With `delivery` off the outbox is only read, or messages are added for the relay to forward.
        (None, true) if config.delivery == Delivery::Off => Ok(false),
        (None, true) => refused(
            "this outbox is a relay's: open it with the `base_url` that it forwards to, or with `delivery` off",
        ),
        (Some(_), false) if has_endpoints()? => refused(
            "this outbox has endpoints of its own and cannot be a relay's: name another file or database",
        ),
        (Some(_), false) => Ok(true),
    }
}
