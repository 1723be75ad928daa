//! A counter on a terminal while a command works through many messages.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal;

const TICK: Duration = Duration::from_millis(200);

/// A counter on stderr. Draws nothing if stderr is not a terminal.
pub fn progress(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, terminal::progress());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} {msg}, {per_sec}, {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar.enable_steady_tick(TICK);
    bar
}
