//! Sessions, login codes and addresses of consoles.

use std::time::Duration;

use super::harness::*;
use crate::error::Result;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::sign_in::{CONSOLES_KEPT, LoginCode};

pub(super) fn the_secret_of_sessions_is_kept_until_it_is_replaced(h: &Harness) -> Result<()> {
    assert_eq!(h.outbox.session_secret()?, None);
    assert_eq!(h.outbox.keep_session_secret([1; 32], false)?, [1; 32]);
    assert_eq!(h.outbox.keep_session_secret([2; 32], false)?, [1; 32]);
    assert_eq!(h.outbox.session_secret()?, Some([1; 32]));
    assert_eq!(h.outbox.keep_session_secret([3; 32], true)?, [3; 32]);
    assert_eq!(h.outbox.session_secret()?, Some([3; 32]));
    Ok(())
}

pub(super) fn a_login_code_is_taken_once_and_in_time(h: &Harness) -> Result<()> {
    let (now, minute) = (now(), Duration::from_secs(60));
    let code = |number: u8, expires_at| LoginCode {
        sha256: [number; 32],
        key: ApiKeyId::from_bytes([number; 16]),
        expires_at,
    };
    let at = now.plus(minute);
    for number in [1, 2] {
        h.outbox.add_login_code(code(number, at), now)?;
    }
    assert_eq!(h.outbox.take_login_code([9; 32], now)?, None);
    assert_eq!(h.outbox.take_login_code([1; 32], now)?, Some(ApiKeyId::from_bytes([1; 16])));
    assert_eq!(h.outbox.take_login_code([1; 32], now)?, None);
    // One that comes too late is gone too.
    assert_eq!(h.outbox.take_login_code([2; 32], at)?, None);
    assert_eq!(h.outbox.take_login_code([2; 32], now)?, None);
    // A new code drops those that expired.
    h.outbox.add_login_code(code(3, at), now)?;
    h.outbox.add_login_code(code(4, at.plus(minute)), at)?;
    assert_eq!(h.outbox.take_login_code([3; 32], now)?, None);
    assert_eq!(h.outbox.take_login_code([4; 32], at)?, Some(ApiKeyId::from_bytes([4; 16])));
    Ok(())
}

pub(super) fn the_newest_consoles_are_remembered(h: &Harness) -> Result<()> {
    assert_eq!(h.outbox.consoles()?, Vec::<String>::new());
    let at = |second: i64| Timestamp::from_millis(second * 1000);
    for number in 0..=CONSOLES_KEPT as i64 {
        h.outbox.note_console(format!("http://127.0.0.1:{number}"), at(number))?;
    }
    h.outbox.note_console("http://127.0.0.1:2".to_owned(), at(100))?;
    let consoles = h.outbox.consoles()?;
    assert_eq!(consoles.len(), CONSOLES_KEPT);
    assert_eq!(consoles[0], "http://127.0.0.1:2");
    assert_eq!(consoles.last().map(String::as_str), Some("http://127.0.0.1:1"));
    Ok(())
}
