//! Logs to standard error, and spans to an OpenTelemetry collector where one is named.

use anyhow::Context;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use std::io::{IsTerminal, stderr};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer, filter::filter_fn, fmt, layer::SubscriberExt, registry::LookupSpan, util::SubscriberInitExt,
};

/// Names the collector; without it nothing is exported.
const ENDPOINT: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object per line.
    Json,
}

/// Sends what is left when it is dropped.
#[derive(Debug)]
pub struct Telemetry(Option<SdkTracerProvider>);

impl Telemetry {
    /// Begins to log, and to export if a collector is named. Once per process, outside of the async runtime.
    pub fn start(format: LogFormat, level: &str) -> anyhow::Result<Self> {
        let filter = EnvFilter::try_new(level).with_context(|| format!("the log level '{level}'"))?;
        let lines = match format {
            LogFormat::Human => {
                fmt::layer().with_ansi(stderr().is_terminal()).with_target(false).with_writer(stderr).boxed()
            }
            LogFormat::Json => fmt::layer()
                .json()
                .flatten_event(true)
                .with_current_span(true)
                .with_span_list(false)
                .with_writer(stderr)
                .boxed(),
        };
        let provider = exporter()?;
        tracing_subscriber::registry().with(lines.with_filter(filter)).with(provider.as_ref().map(spans)).try_init()?;
        Ok(Self(provider))
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.as_ref().map(SdkTracerProvider::shutdown) {
            tracing::warn!(%error, "not all spans were exported");
        }
    }
}

fn exporter() -> anyhow::Result<Option<SdkTracerProvider>> {
    let named = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
    if !ENDPOINT.iter().any(|name| named(name)) {
        return Ok(None);
    }
    // Address, headers and time limits are read from the variables that OpenTelemetry defines.
    let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).build();
    let exporter = exporter.context("OpenTelemetry's exporter")?;
    let mut resource = Resource::builder();
    if std::env::var("OTEL_SERVICE_NAME").is_err() {
        resource = resource.with_service_name("mock-jira");
    }
    Ok(Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build()))
}

fn spans<S: Subscriber + for<'a> LookupSpan<'a>>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S> {
    // Spans of the exporter's own requests would make it export without end.
    let ours = filter_fn(|metadata: &Metadata| metadata.is_span() && metadata.target().starts_with("mock_jira"));
    tracing_opentelemetry::layer().with_tracer(provider.tracer("mock-jira")).with_filter(ours)
}
