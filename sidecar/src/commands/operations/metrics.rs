//! Counts of the last hour, day, week or month.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::Args;
use serde_json::Value;

use crate::commands::call::Operation;
use crate::commands::flags::given;
use crate::output::Table;

/// What `hookbridge metrics get` takes.
#[derive(Debug, Args)]
pub struct MetricsGet {
    /// `1h`, `24h`, `7d` or `30d`; `24h` where absent.
    #[arg(long, value_parser = ["1h", "24h", "7d", "30d"])]
    pub window: Option<String>,
    /// Only messages and attempts of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
}

impl Operation for MetricsGet {
    const NAME: &'static str = "metrics.get";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("window", given(&self.window)), ("endpoint_id", given(&self.endpoint_id))]
    }
}

/// What `hookbridge metrics timeseries` takes.
#[derive(Debug, Args)]
pub struct MetricsTimeseries {
    /// `1h`, `24h`, `7d` or `30d`; `24h` where absent.
    #[arg(long, value_parser = ["1h", "24h", "7d", "30d"])]
    pub window: Option<String>,
    /// Only messages and attempts of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
}

impl Operation for MetricsTimeseries {
    const NAME: &'static str = "metrics.timeseries";
    const TABLE: Option<Table> = Some(Table {
        items: "buckets",
        columns: &["timestamp", "total", "succeeded", "failed", "retrying", "avg_latency_ms"],
    });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("window", given(&self.window)), ("endpoint_id", given(&self.endpoint_id))]
    }
}
