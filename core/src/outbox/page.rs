//! Cursors of lists that are read page by page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The end of a page, where the next one begins. Only the store knows what the number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor(pub(in crate::outbox) i64);

/// The kind of a list. A cursor of one kind is refused by the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    Endpoints,
    Messages,
    Activities,
    Events,
    EventMessages,
    /// By name.
    EventTypes,
}

impl Listed {
    /// The prefix of an encoded cursor: a letter for the kind, and a version.
    const fn mark(self) -> &'static str {
        match self {
            Self::Endpoints => "e1:",
            Self::Messages => "m1:",
            Self::Activities => "a1:",
            Self::Events => "v1:",
            Self::EventMessages => "w1:",
            Self::EventTypes => "t1:",
        }
    }
}

impl Listed {
    /// The cursor of a list that is in the order of names.
    pub(crate) fn encode_text(self, last: &str) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}{last}", self.mark()))
    }

    /// The name at which a page ended; `None` where the text is not a cursor of this kind.
    pub(crate) fn decode_text(self, text: &str) -> Option<String> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        text.strip_prefix(self.mark()).map(str::to_owned)
    }
}

impl Cursor {
    /// The text that a caller passes for the next page.
    pub(crate) fn encode(self, listed: Listed) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}{}", listed.mark(), self.0))
    }

    /// Reads a caller's text; `None` where it is not a cursor of this kind.
    pub(crate) fn decode(text: &str, listed: Listed) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        text.strip_prefix(listed.mark())?.parse().ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_in_its_own_list_and_in_no_other() {
        // Callers keep cursors, so their form must not change.
        for (text, listed, other) in [
            ("ZTE6MTc", Listed::Endpoints, Listed::Messages),
            ("bTE6MTc", Listed::Messages, Listed::Activities),
            ("YTE6MTc", Listed::Activities, Listed::Endpoints),
        ] {
            assert_eq!(Cursor::decode(text, listed), Some(Cursor(17)));
            assert_eq!(Cursor(17).encode(listed), text);
            assert_eq!(Cursor::decode(text, other), None);
        }
        for text in ["", "17", "bTE6", "bTE6MTc=", "\u{e9}"] {
            assert_eq!(Cursor::decode(text, Listed::Messages), None, "{text:?}");
        }
    }
}
