//! The metrics, from their definitions.

use metrics::Unit;

use super::table::{Table, code};
use crate::telemetry::names::{ALL, Kind};

const INTRODUCTION: &str = "\
# Metrics

`GET /metrics` returns these metrics in the format of Prometheus. A label is described with its values in parentheses.
`deploy/prometheus/alerts.yml` and `deploy/grafana/alumni-api.json` use them.

";

pub fn page() -> String {
    let mut table = Table::new(&["Metric", "Type", "Unit", "Description"]);
    for metric in ALL {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        let unit = match metric.unit {
            Unit::Count => "",
            unit => unit.as_str(),
        };
        table.row(&[
            code(metric.name),
            kind.to_owned(),
            unit.to_owned(),
            format!("{}.", metric.description),
        ]);
    }
    format!("{INTRODUCTION}{}", table.finish())
}
