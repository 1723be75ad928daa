//! `Retry-After`: how long a receiver or a server asks to wait (RFC 9110, 10.2.3).

use std::time::Duration;

use crate::model::timestamp::Timestamp;

/// The longest delay that a `Retry-After` causes.
const RETRY_AFTER_CAP: Duration = Duration::from_secs(24 * 3600);

/// Reads a `Retry-After` header: seconds, or a date. The result is at most 24 hours, and zero for a date before `now`. Any
/// other text is ignored.
pub fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(RETRY_AFTER_CAP));
    }
    let date = Timestamp::from(httpdate::parse_http_date(value).ok()?);
    Some(date.since(now).min(RETRY_AFTER_CAP))
}

/// When an answer was given, by the answering server's clock. A date in `Retry-After` is by that clock too, and ours may
/// differ. Without a readable `Date` header it is `now`, by our clock.
pub fn answered_at(date: Option<&str>, now: Timestamp) -> Timestamp {
    date.and_then(|date| httpdate::parse_http_date(date.trim()).ok()).map_or(now, Timestamp::from)
}

/// The longest wait that the `Retry-After` headers of an answer ask for. A header that proxies have joined by commas counts
/// as its parts.
pub fn retry_after<'a>(values: impl Iterator<Item = &'a str>, now: Timestamp) -> Option<Duration> {
    let parts = |value: &str| value.split(',').filter_map(|part| parse_retry_after(part, now)).max();
    values.filter_map(|value| parse_retry_after(value, now).or_else(|| parts(value))).max()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[test]
    fn retry_after_has_two_forms_and_a_cap() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(parse_retry_after("120", NOW), seconds(120));
        assert_eq!(parse_retry_after(" 0 ", NOW), seconds(0));
        assert_eq!(parse_retry_after("99999999999999999999999", NOW), seconds(86_400));
        let later = std::time::UNIX_EPOCH + Duration::from_millis(1_800_000_060_000);
        assert_eq!(parse_retry_after(&httpdate::fmt_http_date(later), NOW), seconds(60));
        assert_eq!(parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", NOW), seconds(0));
        // By the receiver's clock, which is a day behind.
        let date = |seconds: u64| {
            httpdate::fmt_http_date(
                std::time::UNIX_EPOCH + Duration::from_secs(1_800_000_000 - 86_400 + seconds),
            )
        };
        let answered = answered_at(Some(&date(0)), NOW);
        assert_eq!(parse_retry_after(&date(90), answered), seconds(90));
        assert_eq!(answered_at(Some("yesterday"), NOW), NOW);
        assert_eq!(answered_at(None, NOW), NOW);
        for garbage in ["", "soon", "-1", "1.5", "1e3", "\u{661}"] {
            assert_eq!(parse_retry_after(garbage, NOW), None, "{garbage}");
        }
    }

    proptest! {
        #[test]
        fn no_header_text_breaks_the_reader(text in ".*") {
            let read = parse_retry_after(&text, NOW);
            prop_assert!(read.is_none_or(|delay| delay <= RETRY_AFTER_CAP));
        }
    }
}
