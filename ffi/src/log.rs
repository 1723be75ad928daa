//! The log sink of the process.

use std::ffi::{CString, c_char, c_void};
use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Once, PoisonError, RwLock};

use tracing_core::dispatcher::{self, Dispatch};
use tracing_core::field::{Field, Visit};
use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::{Event, Level, Metadata, Subscriber};

/// Receives a line of the log: level is 1 (error) to 5 (trace); target and message are UTF-8 and live for the
/// call only. Called on any engine thread: it must not block, must not call the library, must not unwind.
pub type hookbridge_log_sink = Option<
    unsafe extern "C" fn(context: *mut c_void, level: u32, target: *const c_char, message: *const c_char),
>;

struct Sink {
    call: unsafe extern "C" fn(*mut c_void, u32, *const c_char, *const c_char),
    context: *mut c_void,
    max_level: u32,
}

// SAFETY: the header says that the sink is called on any thread, so its context is made for that.
unsafe impl Send for Sink {}
// SAFETY: as above.
unsafe impl Sync for Sink {}

static SINK: RwLock<Option<Sink>> = RwLock::new(None);
static INSTALLED: Once = Once::new();

/// Hands the engine's events to [`SINK`].
struct SinkSubscriber;

fn level_number(level: &Level) -> u32 {
    match *level {
        Level::ERROR => 1,
        Level::WARN => 2,
        Level::INFO => 3,
        Level::DEBUG => 4,
        Level::TRACE => 5,
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?} "),
            name => write!(self.0, "{name}={value:?} "),
        };
    }
}

impl Subscriber for SinkSubscriber {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("hookbridge")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let sink = SINK.read().unwrap_or_else(PoisonError::into_inner);
        let level = level_number(event.metadata().level());
        let Some(sink) = sink.as_ref().filter(|sink| level <= sink.max_level) else { return };
        let mut line = Line(String::new());
        event.record(&mut line);
        let text = |text: &str| CString::new(text.trim_end().replace('\0', "\u{fffd}")).unwrap_or_default();
        let (target, message) = (text(event.metadata().target()), text(&line.0));
        // SAFETY: `hookbridge_set_log`'s caller vouches for the function and its context until the sink is replaced, which
        // waits for the lock.
        unsafe { (sink.call)(sink.context, level, target.as_ptr(), message.as_ptr()) };
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn current_span(&self) -> Current {
        Current::none()
    }
}

/// Sets the process's one log sink, for lines up to max_level (1 errors to 5 everything); NULL ends it, and once
/// that call has returned the old sink is not called any more. Must not be called from the sink.
///
/// # Safety
/// `sink` may be called on any thread with `context` until it is replaced.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_set_log(sink: hookbridge_log_sink, context: *mut c_void, max_level: u32) {
    let _ = catch_unwind(AssertUnwindSafe(|| {
        *SINK.write().unwrap_or_else(PoisonError::into_inner) =
            sink.map(|call| Sink { call, context, max_level });
        if sink.is_some() {
            // Fails if the host is written in Rust and has a subscriber of its own, which stays.
            INSTALLED.call_once(|| drop(dispatcher::set_global_default(Dispatch::new(SinkSubscriber))));
        }
    }));
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;
    use std::ptr::null_mut;
    use std::sync::Mutex;

    use super::*;

    type Lines = Mutex<Vec<(u32, String)>>;

    unsafe extern "C" fn keep(
        context: *mut c_void,
        level: u32,
        target: *const c_char,
        message: *const c_char,
    ) {
        // SAFETY: the context is the test's `Lines`, and the texts live for the call.
        let (lines, target, message) =
            unsafe { (&*context.cast::<Lines>(), CStr::from_ptr(target), CStr::from_ptr(message)) };
        assert!(target.to_bytes().starts_with(b"hookbridge"));
        lines.lock().unwrap().push((level, message.to_str().unwrap().to_owned()));
    }

    #[test]
    fn the_sink_gets_its_lines_until_it_is_replaced() {
        let lines = Lines::default();
        // SAFETY: `lines` outlives the sink, which ends below.
        unsafe { hookbridge_set_log(Some(keep), (&raw const lines).cast_mut().cast(), 3) };
        tracing::warn!(target: "hookbridge::test", answer = 42, "a\0b");
        tracing::debug!(target: "hookbridge::test", "too fine");
        tracing::warn!(target: "elsewhere", "not ours");
        // SAFETY: no sink.
        unsafe { hookbridge_set_log(None, null_mut(), 0) };
        tracing::error!(target: "hookbridge::test", "nobody listens");
        assert_eq!(*lines.lock().unwrap(), [(2, "a\u{fffd}b answer=42".to_owned())]);
    }
}
