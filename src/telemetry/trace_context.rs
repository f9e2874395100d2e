//! The trace a request is part of, as headers say it (W3C Trace Context, and `traceresponse` of its second level's draft).

use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

/// The header that carries it in.
const PARENT: HeaderName = HeaderName::from_static("traceparent");
/// What other systems want to find in what is sent on.
const STATE: HeaderName = HeaderName::from_static("tracestate");
/// The header that tells by which name a request was traced.
pub const RESPONSE: HeaderName = HeaderName::from_static("traceresponse");

/// Bytes of the parts that every version begins with.
const LENGTH: usize = 55;
/// Entries of a state, at most.
const MOST_ENTRIES: usize = 32;

/// The span that waits for the request; null where none is named, or not as the specification says: then a trace begins here.
pub fn parent(headers: &HeaderMap) -> Option<SpanContext> {
    let mut sent = headers.get_all(PARENT).iter();
    let (Some(value), None) = (sent.next(), sent.next()) else {
        return None;
    };
    let text = value.to_str().ok()?;
    let [version, trace, span, flags] = parts(text)?;
    if version == "ff" || version == "00" && text.len() != LENGTH {
        return None;
    }
    let flags = u8::from_str_radix(flags, 16).ok()?;
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(flags) & TraceFlags::SAMPLED,
        true,
        state(headers),
    );
    context.is_valid().then_some(context)
}

/// Version, trace, span and flags, each of so many small hexadecimal digits. A later version may have more behind them.
fn parts(text: &str) -> Option<[&str; 4]> {
    if !text.is_ascii()
        || text.len() < LENGTH
        || !matches!(text.as_bytes().get(LENGTH), None | Some(b'-'))
    {
        return None;
    }
    let mut parts = text[..LENGTH].split('-');
    let mut next = |length| {
        parts.next().filter(|part| {
            part.len() == length
                && part
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
    };
    Some([next(2)?, next(32)?, next(16)?, next(2)?])
}

/// What cannot be read of it is no reason to leave the trace.
fn state(headers: &HeaderMap) -> TraceState {
    let values = headers.get_all(STATE).iter();
    let values: Option<Vec<&str>> = values.map(|value| value.to_str().ok()).collect();
    let text = values.unwrap_or_default().join(",");
    if text.split(',').count() > MOST_ENTRIES {
        return TraceState::default();
    }
    TraceState::from_str(&text).unwrap_or_default()
}

/// What an answer says of its trace.
pub fn response(context: &SpanContext) -> Option<HeaderValue> {
    let flags = (context.trace_flags() & TraceFlags::SAMPLED).to_u8();
    let text = format!(
        "00-{}-{}-{flags:02x}",
        context.trace_id(),
        context.span_id()
    );
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    fn read(parents: &[&str], states: &[&str]) -> Option<(String, String, bool, String)> {
        let mut headers = HeaderMap::new();
        for value in parents {
            headers.append(PARENT, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        for value in states {
            headers.append(STATE, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let context = parent(&headers)?;
        assert!(context.is_remote());
        Some((
            context.trace_id().to_string(),
            context.span_id().to_string(),
            context.is_sampled(),
            context.trace_state().header(),
        ))
    }

    fn told(sampled: bool, state: &str) -> (String, String, bool, String) {
        (TRACE.to_owned(), SPAN.to_owned(), sampled, state.to_owned())
    }

    #[test]
    fn a_parent_is_taken_over() {
        for (flags, sampled) in [("00", false), ("01", true), ("03", true), ("fe", false)] {
            let sent = format!("00-{TRACE}-{SPAN}-{flags}");
            assert_eq!(
                read(&[&sent], &["a=1", "b=2"]),
                Some(told(sampled, "a=1,b=2"))
            );
        }
        let later = format!("cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like");
        assert_eq!(read(&[&later], &[]), Some(told(true, "")));
    }

    #[test]
    fn a_bad_one_is_none() {
        let good = format!("00-{TRACE}-{SPAN}-01");
        let bad = [
            String::new(),
            "00".to_owned(),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("0-{TRACE}-{SPAN}-011"),
            format!("+0-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("00-{TRACE}-{SPAN}-01-"),
            format!("cc-{TRACE}-{SPAN}-01.what"),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{TRACE}-{SPAN}-0x"),
            format!("00_{TRACE}_{SPAN}_01"),
            format!("00-{TRACE}-{SPAN}é-01"),
        ];
        for sent in &bad {
            assert_eq!(read(&[sent], &[]), None, "{sent}");
        }
        assert_eq!(read(&[&good, &good], &[]), None);
        assert_eq!(read(&[], &["a=1"]), None);
    }

    #[test]
    fn a_bad_state_is_left_out() {
        let good = format!("00-{TRACE}-{SPAN}-01");
        let long = (0..33).map(|at| format!("k{at}=v")).collect::<Vec<_>>();
        for state in ["no", "A B=1", &long.join(",")] {
            assert_eq!(read(&[&good], &[state]), Some(told(true, "")), "{state}");
        }
    }

    #[test]
    fn an_answer_names_the_span_that_worked_on_it() {
        let headers = [(PARENT, format!("00-{TRACE}-{SPAN}-03").parse().unwrap())];
        let context = parent(&HeaderMap::from_iter(headers)).unwrap();
        let said = response(&context).unwrap();
        assert_eq!(said, format!("00-{TRACE}-{SPAN}-01"));
    }
}
