//! What this process lacks for its attempts (descriptors, threads, memory). Logged once when it begins and once when it is over.

use std::time::Duration;

use super::due_clock::Moment;
use crate::model::shortage::Shortage;
use crate::model::shortage::ShortageReport;
use crate::outbox::link::DeliveryLink;

/// A shortage is over once nothing was missing for the first duration and no lane waits for it; or, in any case, for the
/// second, since the messages of the lanes that wait may have been withdrawn.
const OVER_AFTER: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(15));

/// What is missing, and when that was last met.
pub(super) struct OngoingShortage {
    kind: Shortage,
    last: Duration,
}

/// Something was missing. Logs and publishes it, unless that was done already.
pub(super) fn begin(
    ongoing: &mut Option<OngoingShortage>,
    kind: Shortage,
    text: Option<String>,
    link: &DeliveryLink,
    moment: &Moment,
) {
    let known = ongoing.as_ref().is_some_and(|ongoing| ongoing.kind == kind);
    *ongoing = Some(OngoingShortage { kind, last: moment.mono });
    if known {
        return;
    }
    let text = text.unwrap_or_else(|| kind.to_string());
    tracing::warn!(
        target: "hookbridge::delivery",
        shortage = %kind,
        "attempts wait, and none is counted: {text}"
    );
    link.set_shortage(Some(ShortageReport { kind, text, since: moment.wall }));
}

/// Ends the shortage where it is over, and logs that.
pub(super) fn end(
    ongoing: &mut Option<OngoingShortage>,
    short_lanes: usize,
    link: &DeliveryLink,
    moment: &Moment,
) {
    let Some(OngoingShortage { kind, last }) = ongoing else { return };
    let after = if short_lanes == 0 { OVER_AFTER.0 } else { OVER_AFTER.1 };
    if moment.mono.saturating_sub(*last) < after {
        return;
    }
    tracing::info!(target: "hookbridge::delivery", shortage = %kind, "attempts are made again");
    *ongoing = None;
    link.set_shortage(None);
}
