//! The playground: GraphiQL for whoever opens the endpoint in a browser, served from inside the binary.
//!
//! Its files are the npm project `playground/`, built by `build.rs`: a debug build reads them from disk, a release build
//! carries them. It refuses to load anything from another host: the Content-Security-Policy allows this origin alone,
//! so the page works without a network and cannot send a token elsewhere. A binary built without npm has no
//! files to serve and says so on a plain page; the API is the same.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::{Embed, EmbeddedFile};

/// What the playground's page, scripts and workers may do.
///
/// `style-src 'unsafe-inline'`: the Monaco editor writes its theme into `<style>` elements. `data:` for pictures and
/// fonts: the style sheets carry their own. `connect-src 'self'` includes WebSockets to this origin.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self'; \
    base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

/// The build names these by their content, so an address never changes its meaning.
const NAMED_BY_CONTENT: &str = "assets/";

#[derive(Embed)]
#[folder = "playground/dist/"]
#[allow_missing = true]
struct Files;

/// The playground's own addresses, to be merged into the server's router: the page and everything it loads.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/graphiql", get(async || page()))
        // The page's relative links fit the address without the slash.
        .route(
            "/graphiql/",
            get(async || Redirect::permanent("../graphiql")),
        )
        .route("/graphiql/{*path}", get(file))
}

/// The playground's page, for `GET /graphql` from a browser as well.
#[must_use]
pub fn page() -> Response {
    let body = match Files::get("index.html") {
        Some(file) => file.data.into_owned(),
        None => include_bytes!("playground_missing.html").to_vec(),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        // The same address answers other clients with JSON.
        (header::VARY, "accept"),
    ];
    guarded((headers, body).into_response())
}

async fn file(Path(path): Path<String>, request: HeaderMap) -> Response {
    let Some(file) = Files::get(&path) else {
        return guarded(StatusCode::NOT_FOUND.into_response());
    };
    let tag = entity_tag(&file);
    let caching = if path.starts_with(NAMED_BY_CONTENT) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let validators = [
        (header::ETAG, tag.as_str()),
        (header::CACHE_CONTROL, caching),
    ];
    if is_known(&request, &tag) {
        return guarded((StatusCode::NOT_MODIFIED, validators).into_response());
    }
    let content_type = content_type(file.metadata.mimetype());
    guarded(
        (
            validators,
            [(header::CONTENT_TYPE, content_type)],
            file.data,
        )
            .into_response(),
    )
}

/// Weak, because the compression layer may change the bytes but not what they mean.
fn entity_tag(file: &EmbeddedFile) -> String {
    let digest = file.metadata.sha256_hash();
    let digest = u64::from_be_bytes(std::array::from_fn(|index| digest[index]));
    format!("W/\"{digest:016x}\"")
}

/// Whether the client's copy is this very one.
fn is_known(request: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
}

fn content_type(mime: &str) -> String {
    if mime.starts_with("text/") {
        format!("{mime}; charset=utf-8")
    } else {
        mime.to_owned()
    }
}

/// Every answer of the playground carries the policy: a worker obeys the one of its own script.
fn guarded(mut response: Response) -> Response {
    const GUARDS: [(HeaderName, &str); 5] = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    let guards = GUARDS.map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(guards);
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    async fn ask(path: &str, known: Option<&str>) -> Response {
        let mut request = Request::get(path);
        if let Some(known) = known {
            request = request.header(header::IF_NONE_MATCH, known);
        }
        router()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap()
    }

    fn header_of(response: &Response, name: HeaderName) -> &str {
        response.headers()[name].to_str().unwrap()
    }

    #[tokio::test]
    async fn a_browser_gets_a_page_that_may_load_nothing_from_elsewhere() {
        let response = ask("/graphiql", None).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            header_of(&response, header::CONTENT_TYPE),
            "text/html; charset=utf-8"
        );
        let policy = header_of(&response, header::CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "));
        assert!(!policy.contains("unsafe-eval") && !policy.contains("http"));
    }

    #[tokio::test]
    async fn the_address_with_a_slash_leads_to_the_one_without() {
        let response = ask("/graphiql/", None).await;
        assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
        assert_eq!(header_of(&response, header::LOCATION), "../graphiql");
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_not_found_and_nothing_outside_is_served() {
        for path in [
            "/graphiql/nothing.js",
            "/graphiql/..%2f..%2fCargo.toml",
            "/graphiql/%2fetc%2fpasswd",
        ] {
            assert_eq!(
                ask(path, None).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }

    #[tokio::test]
    async fn a_file_is_sent_once_and_kept_for_as_long_as_its_name_means_it() {
        for name in Files::iter() {
            let path = format!("/graphiql/{name}");
            let first = ask(&path, None).await;
            assert_eq!(first.status(), StatusCode::OK, "{name}");
            let immutable = header_of(&first, header::CACHE_CONTROL).ends_with("immutable");
            assert_eq!(immutable, name.starts_with("assets/"), "{name}");
            let again = ask(&path, Some(header_of(&first, header::ETAG))).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{name}");
        }
    }

    #[test]
    fn a_copy_is_known_by_any_of_the_tags_a_client_sends() {
        let sent = |value: &'static str| {
            HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))])
        };
        assert!(is_known(&sent("W/\"1\", \"2\""), "W/\"2\""));
        assert!(is_known(&sent("*"), "W/\"2\""));
        assert!(!is_known(&sent("W/\"1\""), "W/\"2\""));
        assert!(!is_known(&HeaderMap::new(), "W/\"2\""));
    }
}
