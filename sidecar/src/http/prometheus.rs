//! The metrics of `/metrics`, and the same counters for an OpenTelemetry collector.

use std::collections::HashSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hookbridge_core::engine::IntakeFigures;
use hookbridge_core::model::event::EventKind;
use hookbridge_core::operations::stats::Stats;
use hookbridge_core::{EventQueue, Result};
use opentelemetry::metrics as otel;
use opentelemetry::{KeyValue, global};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::intake_metrics::IntakeMetrics;

/// The media type of `/metrics`.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const LATENCIES: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 10.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabel {
    route: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TypeLabel {
    event_type: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TypeOutcomeLabels {
    event_type: String,
    outcome: &'static str,
}

/// The most event types that are counted apart. A label with any number of values would fill this process's memory, and
/// that of whoever collects it.
const TYPES: usize = 200;
/// What the types beyond those are counted as. No type has this name.
const OTHER_TYPES: &str = "(other)";

/// The event types that are counted apart: the first that are met.
#[derive(Default)]
struct KnownTypes(Mutex<HashSet<String>>);

impl KnownTypes {
    /// The label of a type.
    fn label(&self, event_type: &str) -> String {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains(event_type) {
            if known.len() >= TYPES {
                return OTHER_TYPES.to_owned();
            }
            known.insert(event_type.to_owned());
        }
        event_type.to_owned()
    }
}

/// Counters of this process, and gauges of the file that are set at each scrape.
pub struct Metrics {
    registry: Registry,
    /// The counters by event type, which only whoever has an API key is shown.
    by_type: Registry,
    accepted: Counter,
    attempts: Family<OutcomeLabel, Counter>,
    types: KnownTypes,
    events: Family<TypeLabel, Counter>,
    event_messages: Family<TypeLabel, Counter>,
    event_attempts: Family<TypeOutcomeLabels, Counter>,
    queued: Gauge,
    pending: Gauge,
    in_flight: Gauge,
    dead: Gauge,
    oldest_due: Gauge<f64, AtomicU64>,
    stopped: Gauge,
    not_delivering: Gauge,
    shortage: Gauge,
    disk: Gauge,
    intake: IntakeMetrics,
    requests: Family<RequestLabels, Counter>,
    latency: Family<RouteLabel, Histogram>,
    collector: Option<CollectorMetrics>,
}

/// The counters as a collector gets them.
struct CollectorMetrics {
    accepted: otel::Counter<u64>,
    attempts: otel::Counter<u64>,
    events: otel::Counter<u64>,
    event_messages: otel::Counter<u64>,
    latency: otel::Histogram<f64>,
}

impl CollectorMetrics {
    fn new() -> Self {
        let meter = global::meter("hookbridge");
        Self {
            accepted: meter.u64_counter("hookbridge.messages.accepted").build(),
            attempts: meter.u64_counter("hookbridge.attempts").build(),
            events: meter.u64_counter("hookbridge.events.accepted").build(),
            event_messages: meter.u64_counter("hookbridge.events.messages").build(),
            latency: meter.f64_histogram("http.server.request.duration").with_unit("s").build(),
        }
    }
}

impl Metrics {
    pub fn new(has_collector: bool) -> Self {
        let mut registry = Registry::with_prefix("hookbridge");
        let metrics = Self {
            accepted: Counter::default(),
            attempts: Family::default(),
            types: KnownTypes::default(),
            events: Family::default(),
            event_messages: Family::default(),
            event_attempts: Family::default(),
            queued: Gauge::default(),
            pending: Gauge::default(),
            in_flight: Gauge::default(),
            dead: Gauge::default(),
            oldest_due: Gauge::default(),
            stopped: Gauge::default(),
            not_delivering: Gauge::default(),
            shortage: Gauge::default(),
            disk: Gauge::default(),
            intake: IntakeMetrics::default(),
            requests: Family::default(),
            latency: Family::new_with_constructor(|| Histogram::new(LATENCIES)),
            registry: Registry::default(),
            by_type: Registry::default(),
            collector: has_collector.then(CollectorMetrics::new),
        };
        registry.register("messages_accepted", "Messages accepted by this server", metrics.accepted.clone());
        registry.register("attempts", "Attempts of this process that ended", metrics.attempts.clone());
        let mut by_type = Registry::with_prefix("hookbridge");
        by_type.register(
            "events_accepted",
            "Events accepted by this server, by type",
            metrics.events.clone(),
        );
        by_type.register(
            "event_messages_accepted",
            "Messages of the events that this server accepted, by the event's type",
            metrics.event_messages.clone(),
        );
        by_type.register(
            "event_attempts",
            "Attempts of this process that ended for messages of events, by the event's type",
            metrics.event_attempts.clone(),
        );
        registry.register(
            "messages_queued",
            "Messages not attempted since they were accepted or replayed",
            metrics.queued.clone(),
        );
        registry.register(
            "messages_pending_retry",
            "Messages that wait for a retry",
            metrics.pending.clone(),
        );
        registry.register(
            "attempts_in_flight",
            "Attempts of this process under way",
            metrics.in_flight.clone(),
        );
        registry.register("messages_dead", "Messages in the dead letter queue", metrics.dead.clone());
        registry.register_with_unit(
            "oldest_due_age",
            "Age of the oldest message that is due",
            Unit::Seconds,
            metrics.oldest_due.clone(),
        );
        registry.register(
            "deliverer_stopped",
            "1 where the process that delivers is stopped, by a signal or with its container",
            metrics.stopped.clone(),
        );
        registry.register(
            "not_delivering",
            "1 where this process should deliver and cannot",
            metrics.not_delivering.clone(),
        );
        registry.register(
            "shortage",
            "1 where attempts wait for something that this process lacks, such as descriptors",
            metrics.shortage.clone(),
        );
        registry.register_with_unit("outbox_disk", "The file and its log", Unit::Bytes, metrics.disk.clone());
        metrics.intake.register(&mut registry);
        registry.register("http_requests", "HTTP requests answered", metrics.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "From a request's headers to its answer",
            Unit::Seconds,
            metrics.latency.clone(),
        );
        Self { registry, by_type, ..metrics }
    }

    pub fn message_accepted(&self) {
        self.accepted.inc();
        if let Some(collector) = &self.collector {
            collector.accepted.add(1, &[]);
        }
    }

    /// Counts an event with its messages, which count as accepted messages too.
    pub fn event_accepted(&self, event_type: &str, messages: u64) {
        let event_type = self.types.label(event_type);
        self.accepted.inc_by(messages);
        if let Some(collector) = &self.collector {
            let labels = [KeyValue::new("event_type", event_type.clone())];
            collector.accepted.add(messages, &[]);
            collector.events.add(1, &labels);
            collector.event_messages.add(messages, &labels);
        }
        let label = TypeLabel { event_type };
        self.events.get_or_create(&label).inc();
        self.event_messages.get_or_create(&label).inc_by(messages);
    }

    pub fn request_answered(&self, method: &'static str, route: &'static str, status: u16, took: Duration) {
        if let Some(collector) = &self.collector {
            let labels = [
                KeyValue::new("http.request.method", method),
                KeyValue::new("http.route", route),
                KeyValue::new("http.response.status_code", i64::from(status)),
            ];
            collector.latency.record(took.as_secs_f64(), &labels);
        }
        self.latency.get_or_create(&RouteLabel { route }).observe(took.as_secs_f64());
        self.requests.get_or_create(&RequestLabels { method, route, status }).inc();
    }

    /// Counts attempts until the engine is closed. Blocks.
    ///
    /// # Errors
    /// If the queue's descriptor cannot be watched.
    pub fn count_attempts(&self, events: &EventQueue) -> Result<()> {
        while !events.is_closed() {
            let Some(event) = events.next(Duration::from_secs(60))? else { continue };
            let outcome = match event.kind {
                EventKind::MessageDelivered => "succeeded",
                EventKind::AttemptFailed => "failed",
                EventKind::MessageDead => "dead",
                EventKind::NotDelivering
                | EventKind::MessageAccepted
                | EventKind::AttemptStarted
                | EventKind::EndpointChanged => continue,
            };
            self.attempts.get_or_create(&OutcomeLabel { outcome }).inc();
            let mut labels = vec![KeyValue::new("outcome", outcome)];
            if let Some(event_type) = &event.event_type {
                let event_type = self.types.label(event_type.as_str());
                labels.push(KeyValue::new("event_type", event_type.clone()));
                self.event_attempts.get_or_create(&TypeOutcomeLabels { event_type, outcome }).inc();
            }
            if let Some(collector) = &self.collector {
                collector.attempts.add(1, &labels);
            }
        }
        Ok(())
    }

    /// Sets the metrics of applications' files for the next text.
    pub fn set_intakes(&self, figures: &[IntakeFigures]) {
        self.intake.set(figures);
    }

    /// The text of `/metrics`, with the counters by event type if so.
    pub fn text(&self, stats: &Stats, by_type: bool) -> String {
        let set = |gauge: &Gauge, value: u64| gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        set(&self.queued, stats.queued);
        set(&self.pending, stats.waiting_for_retry);
        set(&self.in_flight, stats.in_flight);
        set(&self.dead, stats.dead);
        set(&self.disk, stats.bytes_on_disk);
        set(&self.stopped, stats.deliverer.as_ref().is_some_and(|deliverer| deliverer.stopped).into());
        set(&self.not_delivering, stats.not_delivering.is_some().into());
        set(&self.shortage, stats.shortage.is_some().into());
        self.oldest_due.set(stats.oldest_due_age_seconds.unwrap_or(0.0));
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode_registry(&mut text, &self.registry);
        if by_type {
            let _ = encode_registry(&mut text, &self.by_type);
        }
        let _ = encode_eof(&mut text);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_without_end_are_counted_together() {
        let metrics = Metrics::new(false);
        for number in 0..TYPES + 50 {
            metrics.event_accepted(&format!("type.{number}"), 2);
            metrics.event_accepted("type.0", 0);
        }
        let mut text = String::new();
        encode_registry(&mut text, &metrics.registry).unwrap();
        encode_registry(&mut text, &metrics.by_type).unwrap();
        let counted = |name: &str| text.lines().filter(|line| line.starts_with(name)).collect::<Vec<_>>();
        assert_eq!(counted("hookbridge_events_accepted_total").len(), TYPES + 1);
        assert!(text.contains(r#"hookbridge_events_accepted_total{event_type="(other)"} 50"#), "{text}");
        assert!(text.contains(r#"hookbridge_events_accepted_total{event_type="type.0"} 251"#), "{text}");
        assert!(text.contains(r#"hookbridge_event_messages_accepted_total{event_type="(other)"} 100"#));
        assert!(text.contains("hookbridge_messages_accepted_total 500"), "{text}");
    }
}
