//! How long a call may wait.

use std::time::Duration;

/// A number of seconds, which the package has checked.
pub(crate) fn patience(seconds: f64) -> Duration {
    const LONGEST: f64 = 100.0 * 365.0 * 86_400.0;
    Duration::from_secs_f64(if seconds > 0.0 { seconds.min(LONGEST) } else { 0.0 })
}
