//! The two fields of every list: `limit` and `cursor` (docs/contract.md#pages).

use super::invalid_request;
use crate::error::Result;
use crate::outbox::page::{Cursor, Listed};

/// A limit from 1 to `most`; `default` where the request has none.
pub(super) fn checked_limit(limit: Option<i64>, default: usize, most: usize) -> Result<usize> {
    let Some(limit) = limit else { return Ok(default) };
    usize::try_from(limit)
        .ok()
        .filter(|limit| (1..=most).contains(limit))
        .ok_or_else(|| invalid_request(format!("`limit` must be 1 to {most}")))
}

/// The cursor of a list of this kind; none where the request has none, or an empty one.
pub(super) fn read_cursor(cursor: Option<&str>, listed: Listed) -> Result<Option<Cursor>> {
    let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
    Cursor::decode(cursor, listed).map(Some).ok_or_else(|| invalid_request("`cursor` is not one of ours"))
}

/// The name that the cursor of a list in the order of names has.
pub(super) fn read_cursor_text(cursor: Option<&str>, listed: Listed) -> Result<Option<String>> {
    let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
    listed.decode_text(cursor).map(Some).ok_or_else(|| invalid_request("`cursor` is not one of ours"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_from_one_to_the_most() {
        assert_eq!(checked_limit(None, 50, 100), Ok(50));
        assert_eq!((checked_limit(Some(1), 50, 100), checked_limit(Some(100), 50, 100)), (Ok(1), Ok(100)));
        for wrong in [0, -1, 101, i64::MIN, i64::MAX] {
            let refused = checked_limit(Some(wrong), 50, 100).unwrap_err();
            assert_eq!(refused, invalid_request("`limit` must be 1 to 100"), "{wrong}");
        }
    }

    #[test]
    fn an_empty_cursor_is_none_and_a_cursor_of_another_list_is_refused() {
        assert_eq!(read_cursor(None, Listed::Messages), Ok(None));
        assert_eq!(read_cursor(Some(""), Listed::Messages), Ok(None));
        let cursor = read_cursor(Some("bTE6MTc"), Listed::Messages).unwrap().unwrap();
        assert_eq!(cursor.encode(Listed::Messages), "bTE6MTc");
        assert!(read_cursor(Some("bTE6MTc"), Listed::Endpoints).is_err());
    }
}
