//! Id of one request: in its response, its errors and its log lines.

use std::{fmt, sync::Arc};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::{NoContext, Timestamp, Uuid};

use crate::clock::Clock;

/// Request and response header.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 128;

/// Id of one request. Safe to log: generated here, or at most 128 letters, digits and `.`, `_`, `-`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A new id, sortable by time.
    #[must_use]
    pub fn fresh(clock: &Clock) -> Self {
        let now = clock.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        let time = Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos());
        Self(Uuid::new_v7(time).to_string().into())
    }

    /// The id sent by the client or a proxy, otherwise a new one.
    pub(super) fn of(headers: &HeaderMap, clock: &Clock) -> Self {
        let sent = headers
            .get(HEADER)
            .and_then(|value| value.to_str().ok())
            .filter(|text| is_sane(text));
        sent.map_or_else(|| Self::fresh(clock), |text| Self(text.into()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn header_value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn is_sane(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sent: &str) -> String {
        let sent = HeaderValue::from_bytes(sent.as_bytes()).unwrap();
        RequestId::of(&HeaderMap::from_iter([(HEADER, sent)]), &Clock::default()).to_string()
    }

    #[test]
    fn a_sane_id_is_taken_over() {
        assert_eq!(of("Front-end_1.a"), "Front-end_1.a");
    }

    #[test]
    fn what_could_break_a_log_line_is_replaced() {
        for sent in ["", "two words", "a\"b", "<script>", "日本"] {
            let made = of(sent);
            assert_eq!(
                Uuid::parse_str(&made).unwrap().get_version_num(),
                7,
                "{sent}"
            );
        }
        assert_eq!(of(&"a".repeat(129)).len(), 36);
    }
}
