//! Where numbers are kept until somebody asks for `/metrics`.

use metrics::Recorder;
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use super::names::{ALL, Kind};

/// Keeps every number there is, with its description.
pub fn recorder() -> Result<PrometheusRecorder, BuildError> {
    let mut builder = PrometheusBuilder::new();
    for metric in ALL {
        if let Kind::Histogram(bounds) = metric.kind {
            let name = Matcher::Full(metric.name.to_owned());
            builder = builder.set_buckets_for_metric(name, bounds)?;
        }
    }
    let recorder = builder.build_recorder();
    for metric in ALL {
        let (name, unit) = (metric.name.into(), Some(metric.unit));
        let description = metric.description.into();
        match metric.kind {
            Kind::Counter => recorder.describe_counter(name, unit, description),
            Kind::Gauge => recorder.describe_gauge(name, unit, description),
            Kind::Histogram(_) => recorder.describe_histogram(name, unit, description),
        }
    }
    Ok(recorder)
}

/// The process's own; installed once.
pub fn install() -> Result<PrometheusHandle, Box<dyn std::error::Error>> {
    let recorder = recorder()?;
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder)?;
    Ok(handle)
}
