//! Settings of the transports.

use std::{fmt, str::FromStr, time::Duration};

use axum::http::{HeaderValue, Uri};
use serde::{Deserialize, Serialize};

use super::TrustedOnly;
use crate::budget::BudgetSettings;
use crate::graphql::limits::Limits;

/// Settings of the transports.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpSettings {
    /// Limits of one request.
    pub limits: Limits,
    /// Rate limits.
    #[serde(skip)]
    pub budgets: BudgetSettings,
    /// Number of trusted proxies in front of the service. Each adds the address of its peer to `X-Forwarded-For`.
    pub trusted_proxies: usize,
    /// Web origins whose pages may call this service, for example `https://alumni.example.com`. Default: none, so that pages of other origins cannot read
    /// responses. Other clients than browsers are not affected.
    pub allowed_origins: Vec<Origin>,
    /// Development mode: error messages name development commands. If no origin is listed, pages of `http://localhost`, `http://127.0.0.1` and
    /// `http://[::1]` may call, on any port.
    pub development: bool,
    /// Whether introspection is allowed. If not, error messages suggest no names either.
    pub introspection: bool,
    /// Whether browsers get the playground.
    pub playground: bool,
    /// Callers who may execute trusted documents only.
    pub trusted_only: TrustedOnly,
    /// Operations slower than this are logged; null: none.
    pub slow_operation: Option<Duration>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            budgets: BudgetSettings::default(),
            trusted_proxies: 0,
            allowed_origins: Vec::new(),
            development: false,
            introspection: true,
            playground: true,
            trusted_only: TrustedOnly::default(),
            slow_operation: Some(Duration::from_secs(1)),
        }
    }
}

/// A web origin: scheme, host and, unless it is the scheme's own, port.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// An invalid web origin.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no web origin: write scheme, host and port alone, as in `https://alumni.example.com`")]
pub struct NoOrigin;

impl Origin {
    /// Whether it is a plain HTTP origin on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        let Some(authority) = self.0.strip_prefix("http://") else {
            return false;
        };
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| {
            authority
                .strip_prefix(host)
                .is_some_and(|port| port.is_empty() || port.starts_with(':'))
        })
    }

    pub(super) fn header_value(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).expect("what parses as an address is a header value too")
    }
}

impl FromStr for Origin {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let address: Uri = text.parse().map_err(|_| NoOrigin)?;
        let (Some("http" | "https"), Some(authority)) = (address.scheme_str(), address.authority())
        else {
            return Err(NoOrigin);
        };
        // Compared as text with what browsers send, which is nothing but these parts.
        let sent = format!("{}://{authority}", address.scheme_str().unwrap_or_default());
        if sent == text && !authority.as_str().contains(['@', '*']) {
            Ok(Self(sent))
        } else {
            Err(NoOrigin)
        }
    }
}

impl TryFrom<String> for Origin {
    type Error = NoOrigin;

    fn try_from(text: String) -> Result<Self, NoOrigin> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for text in [
            "https://alumni.example.com",
            "http://localhost:5173",
            "https://[::1]:8443",
        ] {
            assert_eq!(
                text.parse::<Origin>().unwrap().header_value(),
                text,
                "{text}"
            );
        }
        assert_eq!(
            "HTTPS://Alumni.Example.com/"
                .parse::<Origin>()
                .unwrap()
                .to_string(),
            "https://alumni.example.com"
        );
    }

    #[test]
    fn a_loopback_origin_is_one_of_three_hosts_on_any_port_over_http() {
        let loopback = |text: &str| text.parse::<Origin>().unwrap().is_loopback();
        for text in [
            "http://localhost",
            "http://localhost:5173",
            "http://127.0.0.1:3000",
            "http://[::1]:8080",
        ] {
            assert!(loopback(text), "{text}");
        }
        for text in [
            "https://localhost:5173",
            "http://localhost.example.com",
            "http://localhostile.example",
            "http://127.0.0.1.example.com:80",
            "http://127.0.0.2",
            "http://[::1].example.com",
            "http://example.com:80",
        ] {
            assert!(
                !text
                    .parse::<Origin>()
                    .is_ok_and(|origin| origin.is_loopback()),
                "{text}"
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "*",
            "null",
            "example.com",
            "ftp://example.com",
            "https://*.example.com",
            "https://a@example.com",
            "https://example.com/path",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(NoOrigin), "{text}");
        }
    }
}
