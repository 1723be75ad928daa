//! OpenTelemetry: traces and metrics by OTLP over HTTP, where `OTEL_EXPORTER_OTLP_ENDPOINT` is set. The other `OTEL_`
//! variables mean what the specification says. A collector that is slow or gone loses spans and delays nothing.

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

/// The exporters to a collector. [`Telemetry::shutdown`] sends what they still hold.
pub struct Telemetry {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
}

/// Starts the exporters, if the environment names a collector.
///
/// # Errors
/// If the exporters cannot be built from the `OTEL_` variables.
pub fn begin() -> Result<Option<Telemetry>, Box<dyn Error>> {
    let named = |name: &&str| std::env::var(name).is_ok_and(|endpoint| !endpoint.trim().is_empty());
    if !ENDPOINTS.iter().any(named) {
        return Ok(None);
    }
    // Fails if a provider is installed already, which serves as well.
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
    /// The layer that exports HookBridge's own spans, also those below the log's level.
    pub fn layer<S: Subscriber + for<'span> LookupSpan<'span>>(&self) -> impl Layer<S> + use<S> {
        let ours = Targets::new()
            .with_target("hookbridge::http", LevelFilter::INFO)
            .with_target("hookbridge::operations", LevelFilter::DEBUG)
            .with_target("hookbridge::delivery", LevelFilter::DEBUG);
        let tracer = self.traces.tracer("hookbridge");
        tracing_opentelemetry::layer().with_tracer(tracer).with_filter(ours)
    }

    /// Sends the last spans and metrics, for at most `patience`.
    pub fn shutdown(&self, patience: Duration) {
        let half = patience / 2;
        if let Err(error) = self.traces.shutdown_with_timeout(half) {
            tracing::warn!(%error, "the last spans were not sent");
        }
        if let Err(error) = self.metrics.shutdown_with_timeout(half) {
            tracing::warn!(%error, "the last metrics were not sent");
        }
    }
}

/// Adds gauges of the outbox, which are read whenever metrics are sent.
pub fn add_gauges(stats: impl Fn() -> Option<Stats> + Send + Sync + 'static) {
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

/// Reads the trace context from a request's headers.
struct RequestHeaders<'a>(&'a HeaderMap);

impl Extractor for RequestHeaders<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

/// Reads or writes a trace context that is one `traceparent`.
#[derive(Default)]
struct Traceparent(Option<String>);

impl Extractor for Traceparent {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.as_deref().filter(|_| name == TRACEPARENT)
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}

impl Injector for Traceparent {
    fn set(&mut self, name: &str, value: String) {
        if name == TRACEPARENT {
            self.0 = Some(value);
        }
    }
}

/// Makes the client's span the parent of `span`, if the request names it.
pub fn join_trace(span: &tracing::Span, headers: &HeaderMap) {
    if headers.contains_key(TRACEPARENT) {
        // Fails if no layer records the span.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&RequestHeaders(headers)));
    }
}

/// The `traceparent` for a message: that of `span` if spans are recorded, otherwise the client's, if it is valid.
pub fn traceparent(span: &tracing::Span, headers: &HeaderMap) -> Option<String> {
    let mut context = Traceparent::default();
    TraceContextPropagator::new().inject_context(&span.context(), &mut context);
    let of_client = || headers.get(TRACEPARENT)?.to_str().ok().map(str::to_owned);
    context.0.or_else(of_client).filter(|text| is_traceparent(text))
}

/// Puts the spans of attempts into the traces of their messages.
struct Spans;

impl Carrier for Spans {
    fn attempt_begins(&self, span: &tracing::Span, traceparent: &str) -> Option<String> {
        let propagator = TraceContextPropagator::new();
        let parent =
            propagator.extract_with_context(&Context::new(), &Traceparent(Some(traceparent.to_owned())));
        span.set_parent(parent).ok()?;
        let mut context = Traceparent::default();
        propagator.inject_context(&span.context(), &mut context);
        context.0
    }
}
