//! Negotiation of the response type by the `Accept` header: `application/graphql-response+json` (its status says whether the request was valid),
//! `application/json` (for older clients), an event stream, or a page for a browser.

use async_graphql::parser::types::OperationType;
use axum::http::{HeaderMap, HeaderValue, header};

pub(super) const EVENT_STREAM: &str = "text/event-stream";

/// Accepted response types of a client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Accepted {
    /// Type of a single response, and of errors before a stream starts.
    pub document: MediaType,
    streams: Streams,
}

/// Operations whose response is a stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Streams {
    Nothing,
    /// Only subscriptions: the client accepts streams but prefers single responses.
    Subscriptions,
    Everything,
}

impl Accepted {
    /// Whether the response to such an operation is a stream.
    pub fn in_stream(self, kind: OperationType) -> bool {
        match self.streams {
            Streams::Nothing => false,
            Streams::Subscriptions => kind == OperationType::Subscription,
            Streams::Everything => true,
        }
    }

    /// Whether the error of a rejected operation is sent as a stream.
    pub fn refusals_in_stream(self) -> bool {
        self.streams == Streams::Everything
    }
}

/// Types of a single response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum MediaType {
    /// `application/json`: every well-formed request has status 200.
    Json,
    /// `application/graphql-response+json`: a rejected request has an error status and no `data`.
    GraphqlResponse,
}

impl MediaType {
    pub const fn header_value(self) -> HeaderValue {
        match self {
            Self::Json => HeaderValue::from_static("application/json; charset=utf-8"),
            Self::GraphqlResponse => {
                HeaderValue::from_static("application/graphql-response+json; charset=utf-8")
            }
        }
    }
}

/// One range of an `Accept` header.
struct Range {
    /// Lower case, without parameters: `application/json`, `application/*`, `*/*`.
    essence: String,
    /// In thousandths; 0 excludes the type.
    quality: u16,
}

/// Preference for a type: quality, then specificity.
type Wish = (u16, u8);

/// The negotiated response; none if no supported type is accepted.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<Accepted> {
    let json = Accepted {
        document: MediaType::Json,
        streams: Streams::Nothing,
    };
    if headers
        .get_all(header::ACCEPT)
        .iter()
        .all(|value| value.as_bytes().trim_ascii().is_empty())
    {
        return Some(json);
    }
    let ranges = ranges(headers);
    let document = document(&ranges);
    // Streams are for those who name them: `*/*` is what a client says that has not thought of them.
    let stream = wish(&ranges, EVENT_STREAM).filter(|(_, exactness)| *exactness == 2);
    let streams = match (stream, document) {
        (None, None) => return None,
        (None, Some(_)) => Streams::Nothing,
        (Some(stream), Some((document, _))) if stream <= document => Streams::Subscriptions,
        (Some(_), _) => Streams::Everything,
    };
    Some(Accepted {
        document: document.map_or(MediaType::Json, |(_, media_type)| media_type),
        streams,
    })
}

/// The preferred type of a single response, with its preference.
fn document(ranges: &[Range]) -> Option<(Wish, MediaType)> {
    let json = wish(ranges, "application/json");
    let graphql = wish(ranges, "application/graphql-response+json");
    match (graphql, json) {
        // Named alike, the one that says more; when neither is named (`*/*`), the one everybody understands.
        (Some(graphql @ (_, 2)), json) if Some(graphql) >= json => {
            Some((graphql, MediaType::GraphqlResponse))
        }
        (Some(graphql), json) if Some(graphql) > json => {
            Some((graphql, MediaType::GraphqlResponse))
        }
        (_, json) => json.map(|json| (json, MediaType::Json)),
    }
}

/// Whether the client is a browser that navigates: it prefers HTML.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    let ranges = ranges(headers);
    let Some(page @ (_, 2)) = wish(&ranges, "text/html") else {
        return false;
    };
    let rest = ["application/json", "application/graphql-response+json"]
        .into_iter()
        .filter_map(|essence| wish(&ranges, essence))
        .max();
    rest.is_none_or(|rest| page >= rest)
}

/// The preference by the most specific range that matches the type.
fn wish(ranges: &[Range], essence: &str) -> Option<Wish> {
    let family = essence.split_once('/').map_or("", |(family, _)| family);
    let decides = |range: &Range| match range.essence.as_str() {
        "*/*" => Some((range.quality, 0)),
        named if named == essence => Some((range.quality, 2)),
        named if named.strip_suffix("/*") == Some(family) => Some((range.quality, 1)),
        _ => None,
    };
    ranges
        .iter()
        .filter_map(decides)
        .max_by_key(|(quality, exactness)| (*exactness, *quality))
        .filter(|(quality, _)| *quality > 0)
}

fn ranges(headers: &HeaderMap) -> Vec<Range> {
    let values = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .filter_map(range)
        .collect()
}

fn range(text: &str) -> Option<Range> {
    let mut parts = text.split(';').map(str::trim);
    let essence = parts
        .next()
        .filter(|essence| !essence.is_empty())?
        .to_ascii_lowercase();
    let mut quality = 1000;
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => quality = thousandths(value)?,
            // Answers are UTF-8, so a range that names another charset holds none of them.
            "charset" if !value.eq_ignore_ascii_case("utf-8") => return None,
            _ => {}
        }
    }
    Some(Range { essence, quality })
}

/// `0`, `0.25`, `1`, `1.000` in thousandths.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(accept: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))])
    }

    #[test]
    fn the_better_liked_type_is_chosen() {
        use MediaType::{GraphqlResponse, Json};
        for (accept, chosen) in [
            ("application/json", Some(Json)),
            ("application/graphql-response+json", Some(GraphqlResponse)),
            (
                "APPLICATION/GraphQL-Response+JSON; charset=UTF-8",
                Some(GraphqlResponse),
            ),
            (
                "application/graphql-response+json, application/json;q=0.9",
                Some(GraphqlResponse),
            ),
            (
                "application/graphql-response+json;q=0.8, application/json;q=0.9",
                Some(Json),
            ),
            (
                "application/json, application/graphql-response+json",
                Some(GraphqlResponse),
            ),
            ("application/graphql-response+json;q=0.5, */*", Some(Json)),
            ("application/json;q=0, */*;q=0.1", Some(GraphqlResponse)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            (
                "application/*;q=0.2, application/json;q=0.1",
                Some(GraphqlResponse),
            ),
            ("", Some(Json)),
            ("text/html", None),
            ("application/json;q=0", None),
            (
                "application/json;q=0.000, application/graphql-response+json;q=0",
                None,
            ),
            ("application/json;q=high", None),
            ("application/json; charset=iso-8859-1", None),
            ("text/*, image/*", None),
        ] {
            let accepted = negotiate(&headers(accept));
            assert_eq!(
                accepted.map(|accepted| accepted.document),
                chosen,
                "{accept}"
            );
            let streams = accepted.map(|accepted| accepted.streams);
            assert_eq!(streams, chosen.and(Some(Streams::Nothing)), "{accept}");
        }
        assert_eq!(negotiate(&HeaderMap::new()).unwrap().document, Json);
    }

    #[test]
    fn a_stream_is_for_those_who_name_it_and_like_it_better() {
        use MediaType::{GraphqlResponse, Json};
        use Streams::{Everything, Nothing, Subscriptions};
        for (accept, document, streams) in [
            ("text/event-stream", Json, Everything),
            ("Text/Event-Stream; charset=utf-8", Json, Everything),
            ("text/event-stream, */*", Json, Everything),
            (
                "text/event-stream, application/graphql-response+json;q=0.9",
                GraphqlResponse,
                Everything,
            ),
            ("text/event-stream, multipart/mixed", Json, Everything),
            ("application/json, text/event-stream", Json, Subscriptions),
            (
                "application/graphql-response+json, text/event-stream;q=0.5",
                GraphqlResponse,
                Subscriptions,
            ),
            ("text/event-stream;q=0.5, */*", Json, Subscriptions),
            ("text/event-stream;q=0, */*", Json, Nothing),
            ("text/*, application/json", Json, Nothing),
        ] {
            let accepted = Accepted { document, streams };
            assert_eq!(negotiate(&headers(accept)), Some(accepted), "{accept}");
        }
    }

    #[test]
    fn several_accept_headers_are_one() {
        let mut both = headers("text/plain");
        both.append(header::ACCEPT, HeaderValue::from_static("application/json"));
        assert_eq!(negotiate(&both).unwrap().document, MediaType::Json);
    }

    #[test]
    fn a_browser_gets_the_page_and_a_program_does_not() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        for (accept, page) in [
            (browser, true),
            ("text/html", true),
            ("text/html, application/json", true),
            ("text/html;q=0.5, application/json", false),
            ("text/html;q=0", false),
            ("text/*", false),
            ("*/*", false),
            ("application/json", false),
        ] {
            assert_eq!(wants_page(&headers(accept)), page, "{accept}");
        }
        assert!(!wants_page(&HeaderMap::new()));
    }
}
