//! Trace context (W3C Trace Context, `traceparent`), from the sender of a message to its deliveries.
//!
//! A message's header `traceparent` is delivered like any other. A host that records traces may set a [`Carrier`]: then
//! each attempt's span becomes a part of the message's trace, and the delivery carries the attempt's own `traceparent`.

use std::sync::OnceLock;

/// The name of the header.
pub const TRACEPARENT: &str = "traceparent";

/// Joins attempts to traces.
pub trait Carrier: Send + Sync {
    /// Called when an attempt at a message with this `traceparent` begins; `span` is the attempt's span. The returned value
    /// is delivered in place of `traceparent`; `None` leaves it unchanged. Runs on the thread that delivers, so it must not
    /// block.
    fn attempt_begins(&self, span: &tracing::Span, traceparent: &str) -> Option<String>;
}

static CARRIER: OnceLock<Box<dyn Carrier>> = OnceLock::new();

/// Sets the process's carrier. Returns false, and changes nothing, where one was set before.
pub fn carry(carrier: impl Carrier + 'static) -> bool {
    CARRIER.set(Box::new(carrier)).is_ok()
}

/// The value to deliver in place of `traceparent`, where the carrier gives one.
pub(crate) fn attempt_begins(span: &tracing::Span, traceparent: &str) -> Option<String> {
    CARRIER.get().filter(|_| is_traceparent(traceparent))?.attempt_begins(span, traceparent)
}

/// Whether `text` is a `traceparent` of a version that can be read: `00-<32 hex>-<16 hex>-<2 hex>`, in lower case, with
/// ids that are not all zero. Later versions may have more fields behind these.
pub fn is_traceparent(text: &str) -> bool {
    let hex = |part: &str, length: usize| {
        part.len() == length
            && part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let id = |part: &str, length| hex(part, length) && part.bytes().any(|byte| byte != b'0');
    let mut parts = text.split('-');
    let (Some(version), Some(trace), Some(parent), Some(flags)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    hex(version, 2)
        && version != "ff"
        && id(trace, 32)
        && id(parent, 16)
        && hex(flags, 2)
        && (version != "00" || parts.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_recommendation_allows_is_a_traceparent() {
        assert!(is_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        assert!(is_traceparent("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
        for wrong in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        ] {
            assert!(!is_traceparent(wrong), "{wrong}");
        }
    }
}
