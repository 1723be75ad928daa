//! From an operation's JSON to values.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hookbridge_core::model::timestamp::Timestamp;
use hookbridge_core::{Error, ErrorCode};
use serde::{Deserialize, Deserializer};

/// An answer that is not what it should be.
pub(crate) fn strange(cause: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::Internal, format!("an answer cannot be read: {cause}"))
}

fn instant(moment: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(moment.as_millis()).unwrap_or(0))
}

/// Reads a moment.
pub(crate) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
    Timestamp::deserialize(deserializer).map(instant)
}

/// Reads a moment that may be absent.
pub(crate) fn maybe_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SystemTime>, D::Error> {
    Ok(Option::<Timestamp>::deserialize(deserializer)?.map(instant))
}
