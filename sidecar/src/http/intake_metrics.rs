//! The metrics of what is taken over from applications' SQLite files.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use hookbridge_core::engine::IntakeFigures;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Without its folder: whoever may scrape need not know where things are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FileLabel {
    file: String,
}

#[derive(Default)]
pub struct IntakeMetrics {
    taken: Family<FileLabel, Counter>,
    refused: Family<FileLabel, Gauge>,
    stuck: Family<FileLabel, Gauge>,
}

impl IntakeMetrics {
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "sqlite_outbox_taken",
            "Messages that this process has taken over from an application's SQLite file",
            self.taken.clone(),
        );
        registry.register(
            "sqlite_outbox_refused",
            "Messages in an application's SQLite file that the outbox refuses",
            self.refused.clone(),
        );
        registry.register(
            "sqlite_outbox_stuck",
            "1 where nothing can be taken over from an application's SQLite file",
            self.stuck.clone(),
        );
    }

    /// Files of the same name are added up.
    pub fn set(&self, figures: &[IntakeFigures]) {
        let mut by_name: BTreeMap<String, (u64, u64, bool)> = BTreeMap::new();
        for one in figures {
            let name = one.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let sum = by_name.entry(name).or_default();
            *sum = (sum.0 + one.taken, sum.1 + one.refused, sum.2 || one.has_trouble);
        }
        for (file, (taken, refused, stuck)) in by_name {
            let label = FileLabel { file };
            self.taken.get_or_create(&label).inner().store(taken, Ordering::Relaxed);
            self.refused.get_or_create(&label).set(i64::try_from(refused).unwrap_or(i64::MAX));
            self.stuck.get_or_create(&label).set(stuck.into());
        }
    }
}
