//! Log lines on stderr, and spans for a collector.

mod line;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::serve_flags::{LogFormat, LogLevel};
use crate::telemetry::Telemetry;
use crate::terminal;
use line::Line;

/// Installs the subscriber. Everything that is traced before is lost.
pub fn start(format: LogFormat, level: LogLevel, telemetry: Option<&Telemetry>) {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(terminal::log(format == LogFormat::Json))
        .fmt_fields(JsonFields::new())
        .event_format(Line { format })
        .with_filter(level);
    tracing_subscriber::registry().with(lines).with(telemetry.map(Telemetry::layer)).init();
}
