//! The API key of a request.

use axum::http::{HeaderMap, header};
use hookbridge_core::{Error, ErrorCode, Result};

/// The key in `Authorization: Bearer <key>`.
///
/// # Errors
/// `UNAUTHORIZED` if there is no key.
pub fn bearer(headers: &HeaderMap) -> Result<&str> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = given.and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    key.ok_or_else(|| {
        Error::new(ErrorCode::Unauthorized, "an API key is needed: `Authorization: Bearer <key>`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_is_found_and_nothing_else_is_taken_for_one() {
        let found = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(found("Bearer hb_test_a").unwrap(), "hb_test_a");
        assert_eq!(found("bearer  hb_test_a").unwrap(), "hb_test_a");
        for wrong in ["Bearer", "Basic hb_test_a", "hb_test_a"] {
            assert_eq!(found(wrong).unwrap_err().code(), ErrorCode::Unauthorized, "{wrong}");
        }
        assert!(bearer(&HeaderMap::new()).is_err());
    }
}
