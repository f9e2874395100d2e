//! The settings, from the definition of the command line.

use clap::{Arg, CommandFactory};

use super::table::{Table, code};
use crate::config::Cli;

const INTRODUCTION: &str = "\
# Configuration

Each setting is a flag, an environment variable, or a key of the TOML file that `--config` names. A key of the file is the name of the flag
with underscores: `bind = \"127.0.0.1:8080\"`. A flag takes precedence over the environment, and the environment over the file.

The service does not start with an invalid value; the error names the setting. `alumni-api config check` reports all errors at once.

";

const OPENTELEMETRY: &str = "
## Traces

These variables are OpenTelemetry's own and have no flag. Without an endpoint, no spans are created.
See [observability](../operations/observability.md).

| Variable | Description |
| --- | --- |
| `OTEL_EXPORTER_OTLP_ENDPOINT` | URL of the collector (OTLP over HTTP), as `http://localhost:4318`. |
| `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` | URL for traces only. |
| `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_EXPORTER_OTLP_TIMEOUT` | Headers and timeout of the export. |
| `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` | Attributes of the service. |
| `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG` | Sampling. Default: the decision of the client. |
| `OTEL_BSP_…`, `OTEL_SPAN_…` | Batches and limits of spans. |
| `OTEL_SDK_DISABLED=true`, `OTEL_TRACES_EXPORTER=none` | Disable traces. |

## Identity providers

The TOML file can also define identity providers. See [identity providers](../operations/identity-providers.md).
";

pub fn page() -> String {
    let mut table = Table::new(&["Flag", "Variable", "Default", "Description"]);
    for argument in Cli::command().get_arguments() {
        if let (Some(flag), Some(variable)) = (argument.get_long(), argument.get_env()) {
            table.row(&[
                code(&format!("--{flag}")),
                code(&variable.to_string_lossy()),
                default(argument),
                description(argument),
            ]);
        }
    }
    format!("{INTRODUCTION}{}{OPENTELEMETRY}", table.finish())
}

fn default(argument: &Arg) -> String {
    if argument.is_hide_default_value_set() {
        return String::new();
    }
    let values = argument.get_default_values().iter();
    let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
    code(&values.join(","))
}

/// The help of a setting and of each of its values. clap removes the full stop at the end of each.
fn description(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let is_switch = |name: &str| ["true", "false"].contains(&name);
    let values = argument.get_possible_values().into_iter();
    let values = values
        .filter(|value| !is_switch(value.get_name()))
        .map(|value| {
            let help = value.get_help().map(ToString::to_string);
            format!("`{}`: {}", value.get_name(), help.unwrap_or_default())
        });
    let sentences = [help].into_iter().chain(values);
    let sentences: Vec<_> = sentences
        .map(|sentence| format!("{}.", sentence.trim_end_matches('.')))
        .collect();
    sentences.join(" ")
}
