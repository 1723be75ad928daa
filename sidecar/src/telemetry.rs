//! OpenTelemetry: traces and metrics by OTLP over HTTP, where `OTEL_EXPORTER_OTLP_ENDPOINT` is set. The other `OTEL_`
//! variables mean what the specification says. A collector that is slow or gone costs spans, and nothing else.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, header::HeaderName};
use hookbridge_core::operations::stats::Stats;
use hookbridge_core::trace::{Carrier, TRACEPARENT, carry, is_traceparent};
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::TracerProvider;
use opentelemetry::{Context, global};
use opentelemetry_otlp::{MetricExporter, SpanExporter};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

const ENDPOINTS: [&str; 3] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
];

/// What is sent to a collector. Ended by [`Telemetry::end`].
pub struct Telemetry {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
}

/// Where a collector is named, everything to send to it.
///
/// # Errors
/// Where the exporters cannot be built from the `OTEL_` variables.
pub fn begin() -> Result<Option<Telemetry>, Box<dyn Error>> {
    let named = |name: &&str| std::env::var(name).is_ok_and(|endpoint| !endpoint.trim().is_empty());
    if !ENDPOINTS.iter().any(named) {
        return Ok(None);
    }
    // What is installed already serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let resource = match std::env::var_os("OTEL_SERVICE_NAME") {
        Some(_) => Resource::builder().build(),
        None => Resource::builder().with_service_name("hookbridge").build(),
    };
    let spans = SpanExporter::builder().with_http().build()?;
    let traces =
        SdkTracerProvider::builder().with_resource(resource.clone()).with_batch_exporter(spans).build();
    let counts = MetricExporter::builder().with_http().build()?;
    let metrics = SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(PeriodicReader::builder(counts).build())
        .build();
    global::set_meter_provider(metrics.clone());
    carry(Spans);
    Ok(Some(Telemetry { traces, metrics }))
}

impl Telemetry {
    /// What hands spans over: ours alone, also those that are too fine for the log.
    pub fn layer<S: Subscriber + for<'span> LookupSpan<'span>>(&self) -> impl Layer<S> + use<S> {
        let ours = Targets::new()
            .with_target("hookbridge::http", LevelFilter::INFO)
            .with_target("hookbridge::operations", LevelFilter::DEBUG)
            .with_target("hookbridge::delivery", LevelFilter::DEBUG);
        let tracer = self.traces.tracer("hookbridge");
        tracing_opentelemetry::layer().with_tracer(tracer).with_filter(ours)
    }

    /// Sends what is left, for at most so long.
    pub fn end(&self, patience: Duration) {
        let half = patience / 2;
        if let Err(error) = self.traces.shutdown_with_timeout(half) {
            tracing::warn!(%error, "the last spans were not sent");
        }
        if let Err(error) = self.metrics.shutdown_with_timeout(half) {
            tracing::warn!(%error, "the last metrics were not sent");
        }
    }
}

/// Reads how the outbox stands whenever metrics are sent.
pub fn watch(stats: impl Fn() -> Option<Stats> + Send + Sync + 'static) {
    let stats: Arc<dyn Fn() -> Option<Stats> + Send + Sync> = Arc::new(stats);
    let meter = global::meter("hookbridge");
    let gauge = |name: &'static str, says: &'static str, read: fn(&Stats) -> f64| {
        let stats = stats.clone();
        meter
            .f64_observable_gauge(name)
            .with_description(says)
            .with_callback(move |seen| {
                if let Some(stats) = stats() {
                    seen.observe(read(&stats), &[]);
                }
            })
            .build();
    };
    gauge(
        "hookbridge.messages.queued",
        "Messages not attempted since they were accepted or replayed",
        |stats| stats.queued as f64,
    );
    gauge("hookbridge.messages.pending_retry", "Messages that wait for a retry", |stats| {
        stats.waiting_for_retry as f64
    });
    gauge("hookbridge.messages.dead", "Messages in the dead letter queue", |stats| stats.dead as f64);
    gauge("hookbridge.attempts.in_flight", "Attempts of this process under way", |stats| {
        stats.in_flight as f64
    });
    gauge("hookbridge.oldest_due.age", "Age of the oldest message that is due, in seconds", |stats| {
        stats.oldest_due_age_seconds.unwrap_or(0.0)
    });
    gauge("hookbridge.outbox.size", "The file and its log, in bytes", |stats| stats.bytes_on_disk as f64);
}

/// The headers of a request, for who looks for a trace in them.
struct Asked<'a>(&'a HeaderMap);

impl Extractor for Asked<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

/// One `traceparent` on its way in or out.
#[derive(Default)]
struct Carried(Option<String>);

impl Extractor for Carried {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.as_deref().filter(|_| name == TRACEPARENT)
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}

impl Injector for Carried {
    fn set(&mut self, name: &str, value: String) {
        if name == TRACEPARENT {
            self.0 = Some(value);
        }
    }
}

/// A request's span goes on with the trace that the client is in.
pub fn join(span: &tracing::Span, headers: &HeaderMap) {
    if headers.contains_key(TRACEPARENT) {
        // A span that nobody records has no place in a trace.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&Asked(headers)));
    }
}

/// The `traceparent` with which a message goes on: that of `span` where spans are recorded, else the client's own, where
/// it is one.
pub fn traceparent(span: &tracing::Span, headers: &HeaderMap) -> Option<String> {
    let mut carried = Carried::default();
    TraceContextPropagator::new().inject_context(&span.context(), &mut carried);
    let given = || headers.get(TRACEPARENT)?.to_str().ok().map(str::to_owned);
    carried.0.or_else(given).filter(|text| is_traceparent(text))
}

/// Attempts become parts of their message's trace.
struct Spans;

impl Carrier for Spans {
    fn attempt_begins(&self, span: &tracing::Span, traceparent: &str) -> Option<String> {
        let propagator = TraceContextPropagator::new();
        let parent = propagator.extract_with_context(&Context::new(), &Carried(Some(traceparent.to_owned())));
        span.set_parent(parent).ok()?;
        let mut carried = Carried::default();
        propagator.inject_context(&span.context(), &mut carried);
        carried.0
    }
}
