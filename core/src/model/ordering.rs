//! Order among the messages of an endpoint (docs/contract.md#order).

use serde::{Deserialize, Serialize};

use crate::error::{Result, invalid_request};

/// The longest ordering key.
pub const ORDERING_KEY_CHARACTERS: usize = 255;

/// What follows for an ordering key when one of its messages is given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::model::schema::words))]
pub enum OnFailure {
    /// The next message is delivered.
    #[default]
    Continue,
    /// The messages behind it wait until a person replays or deletes it.
    Halt,
}

impl OnFailure {
    /// Every word as it stands in JSON.
    pub const NAMES: [&'static str; 2] = ["continue", "halt"];
}

/// Checks an ordering key; none where it is empty.
///
/// # Errors
/// `INVALID_REQUEST` where it is too long or has control characters.
pub(crate) fn checked_key(key: Option<String>) -> Result<Option<String>> {
    let key = key.filter(|key| !key.is_empty());
    let fits =
        |key: &String| key.chars().count() <= ORDERING_KEY_CHARACTERS && !key.chars().any(char::is_control);
    if key.as_ref().is_some_and(|key| !fits(key)) {
        return Err(invalid_request(format!(
            "`ordering_key` must be at most {ORDERING_KEY_CHARACTERS} characters, without control characters"
        )));
    }
    Ok(key)
}
