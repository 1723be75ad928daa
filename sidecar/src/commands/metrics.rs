//! `hookbridge metrics`: counts in all, or over time.

use std::process::ExitCode;

use clap::Args;

use super::call::Call;
use super::operations::metrics::{MetricsGet, MetricsTimeseries};
use super::outbox::OutboxFlags;
use super::run;

/// Which metrics.
#[derive(Debug, Args)]
pub struct MetricsFlags {
    #[command(flatten)]
    which: MetricsGet,
    /// Over time instead of in all.
    #[arg(long)]
    series: bool,
}

/// Runs `hookbridge metrics`.
pub fn metrics(outbox: &OutboxFlags, flags: MetricsFlags) -> ExitCode {
    let MetricsFlags { which, series } = flags;
    if !series {
        return run(outbox, &Call::of(&which));
    }
    // Both take the same.
    let MetricsGet { window, endpoint_id } = which;
    run(outbox, &Call::of(&MetricsTimeseries { window, endpoint_id }))
}
