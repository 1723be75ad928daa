//! The cause of a failure, without what differs from one to the next: dead letters are grouped by it.

use std::net::{IpAddr, SocketAddr};

/// The longest cause. A longer one is cut off.
pub const CAUSE_CHARACTERS: usize = 255;
/// Stands for the cause where nothing is known of one.
const NO_ATTEMPT: &str = "no attempt was made";

/// The cause of a failure: `HTTP 503` where a receiver answered, else the text of the error without numbers and addresses.
pub fn failure_cause(response_status: Option<u16>, last_error: Option<&str>) -> String {
    if let Some(status) = response_status {
        return format!("HTTP {status}");
    }
    let Some(text) = last_error else { return NO_ATTEMPT.to_owned() };
    let words: Vec<String> = text.split_whitespace().map(word).collect();
    words.join(" ").chars().take(CAUSE_CHARACTERS).collect()
}

/// A word with `#` for a number and `*` for an address.
fn word(word: &str) -> String {
    let bare = word.trim_matches(|letter: char| "()[]{}<>,;:.'\"`".contains(letter));
    let is_address =
        bare.parse::<IpAddr>().is_ok() || word_address(word) || bare.parse::<SocketAddr>().is_ok();
    if is_address && !bare.is_empty() {
        return "*".to_owned();
    }
    let mut written = String::with_capacity(word.len());
    for letter in word.chars() {
        match letter {
            '0'..='9' if written.ends_with('#') => {}
            '0'..='9' => written.push('#'),
            other => written.push(other),
        }
    }
    written
}

/// Whether it is an IPv6 address with its brackets and a port.
fn word_address(word: &str) -> bool {
    word.trim_end_matches([',', ';', '.', ':', ')']).trim_start_matches('(').parse::<SocketAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_one_failure_to_the_next_is_left_out() {
        assert_eq!(failure_cause(Some(503), Some("the receiver answered 503")), "HTTP 503");
        assert_eq!(failure_cause(None, None), NO_ATTEMPT);
        for (text, cause) in [
            ("10.0.0.7:443 refused the connection", "* refused the connection"),
            ("[2001:db8::1]:443 refused the connection", "* refused the connection"),
            ("connecting to 192.0.2.1, took 10000 ms", "connecting to * took # ms"),
            ("no answer within 30.5 s (after 2 tries)", "no answer within #.# s (after # tries)"),
            ("the name does not exist", "the name does not exist"),
        ] {
            assert_eq!(failure_cause(None, Some(text)), cause);
        }
        assert_eq!(failure_cause(None, Some(&"ä".repeat(1000))).chars().count(), CAUSE_CHARACTERS);
    }
}
