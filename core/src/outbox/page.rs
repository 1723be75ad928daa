//! Lists that are read a page at a time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Where a page ended and the next begins. What it holds is the store's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor(pub(in crate::outbox) i64);

/// What a list is of. A cursor of one list means nothing in another, and is refused there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    Endpoints,
    Messages,
}

impl Listed {
    /// The letter and the version before what is encoded.
    const fn mark(self) -> &'static str {
        match self {
            Self::Endpoints => "e1:",
            Self::Messages => "m1:",
        }
    }
}

impl Cursor {
    /// What a caller passes for the next page.
    pub(crate) fn encode(self, listed: Listed) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}{}", listed.mark(), self.0))
    }

    /// What a caller has passed; `None` where it is not from this list.
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
        // As they were written since the first version: callers keep them.
        for (text, listed, other) in [
            ("ZTE6MTc", Listed::Endpoints, Listed::Messages),
            ("bTE6MTc", Listed::Messages, Listed::Endpoints),
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
