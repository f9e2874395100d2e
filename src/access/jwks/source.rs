//! Where a key set comes from: a file beside the service or an address of the identity provider. Nothing a token says reaches this place.
//! Both are read within fixed bounds: one megabyte, five seconds, no redirect, and an address outside this machine only over TLS.

use std::{
    fs::File,
    io::{self, Read},
    net::IpAddr,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use chrono::TimeDelta;
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{ACCEPT, CACHE_CONTROL, HeaderMap},
    redirect::Policy,
};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::key::{VerificationKey, read_key_set};
use crate::outbound::{OutboundClient, OutboundError};

/// The largest key set that is read; real ones have some thousand bytes.
const LARGEST_SET_BYTES: u64 = 1_024 * 1_024;
/// How long the identity provider may take, from connecting to the last byte.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How long a set holds at least and at most, whatever its `Cache-Control` says, and how long when that says nothing.
const SHORTEST_LIFETIME: TimeDelta = TimeDelta::minutes(1);
const LONGEST_LIFETIME: TimeDelta = TimeDelta::hours(24);
const USUAL_LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// Why a key set cannot be used or could not be read. For the operator of the service, never for a client.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    #[error("the address of the key set must begin with https:// (http:// only on this machine)")]
    NotOverTls,
    #[error("the address of the key set must not carry a user name or a password")]
    CarriesCredentials,
    #[error("the HTTP client for the key set cannot be built: {0}")]
    Client(#[source] reqwest::Error),
    #[error("the key set file {path} cannot be read: {source}", path = path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the identity provider did not answer with its key set: {0}")]
    Request(#[from] reqwest::Error),
    #[error("the identity provider answered with status {0} instead of its key set")]
    Status(StatusCode),
    #[error("the key set is larger than 1 MB")]
    TooLarge,
    #[error("this is not a JWK set: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("the key set has no key for RS256 (from 2048 bits), ES256 or EdDSA (Ed25519)")]
    NoUsableKey,
    #[error("the request for {0} failed: {1}")]
    Outbound(&'static str, #[source] OutboundError),
    #[error("this is not a discovery document: {0}")]
    Discovery(#[source] serde_json::Error),
    #[error("the discovery document names another issuer")]
    OtherIssuer,
    #[error("the discovery document names another issuer: the trailing slash differs")]
    OtherSlash,
    #[error("the discovery document names no valid address of the key set")]
    NoKeySetAddress,
}

impl KeySetError {
    /// The sentence for those who administer an identity provider: fixed, without a word of what the server said.
    #[must_use]
    pub const fn sentence(&self) -> &'static str {
        match self {
            Self::NotOverTls | Self::CarriesCredentials => {
                "The address of the key set is not allowed."
            }
            Self::Client(_) => "The HTTP client cannot be built.",
            Self::File { .. } => "The key set file cannot be read.",
            Self::Request(_) | Self::Outbound(_, OutboundError::Unreachable) => {
                "The server cannot be reached, or its address is not allowed."
            }
            Self::Status(_) | Self::Outbound(_, OutboundError::Status(_)) => {
                "The server answered with a status other than 200."
            }
            Self::TooLarge | Self::Outbound(_, OutboundError::TooLarge) => {
                "The answer of the server is larger than 1 MB."
            }
            Self::Malformed(_) => "The answer of the server is not a JWK set.",
            Self::NoUsableKey => "The key set has no usable key.",
            Self::Outbound(_, OutboundError::Address(_)) | Self::NoKeySetAddress => {
                "The address of the key set in the discovery document is not allowed."
            }
            Self::Outbound(_, OutboundError::TooSlow) => "The server took too long.",
            Self::Outbound(_, OutboundError::Redirect) => {
                "The server answered with a redirect, which is not followed."
            }
            Self::Discovery(_) => "The answer of the server is not a discovery document.",
            Self::OtherIssuer => "The discovery document names another issuer.",
            Self::OtherSlash => {
                "The discovery document names another issuer: the trailing slash differs."
            }
        }
    }
}

/// Where a server publishes its key set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyLocation {
    /// At this address.
    Jwks(Url),
    /// At the address that the discovery document of this issuer names.
    Discovery(String),
}

/// A place to read the key set from.
#[derive(Debug)]
pub enum KeySetSource {
    File(PathBuf),
    Url {
        client: Client,
        url: Url,
    },
    /// A server that an administrator of a company may have chosen.
    Remote {
        client: OutboundClient,
        location: KeyLocation,
    },
}

/// By what a file is taken for unchanged.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FileStamp {
    modified_at: Option<SystemTime>,
    length: u64,
}

/// What reading the source brought.
#[derive(Debug)]
pub enum Reading {
    /// The file is the one already read.
    Unchanged,
    Changed {
        keys: Vec<VerificationKey>,
        stamp: Option<FileStamp>,
        /// How long the set may be used before it is asked for again; none where looking again is cheap.
        lifetime: Option<TimeDelta>,
    },
}

impl KeySetSource {
    /// An address, refused when the way to it is open to others.
    pub fn at(url: Url) -> Result<Self, KeySetError> {
        if url.scheme() != "https" && !(url.scheme() == "http" && is_this_machine(&url)) {
            return Err(KeySetError::NotOverTls);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(KeySetError::CarriesCredentials);
        }
        Ok(Self::Url {
            client: client(ANSWER_WITHIN).map_err(KeySetError::Client)?,
            url,
        })
    }

    pub async fn read(&self, known: Option<FileStamp>) -> Result<Reading, KeySetError> {
        match self {
            Self::File(path) => {
                let (path, owned) = (path.clone(), path.clone());
                let broke_off = |error| KeySetError::File {
                    path,
                    source: io::Error::other(error),
                };
                spawn_blocking(move || read_file(&owned, known))
                    .await
                    .map_err(broke_off)?
            }
            Self::Url { client, url } => request(client, url).await,
            Self::Remote { client, location } => match location {
                KeyLocation::Jwks(url) => fetch(client, url).await,
                KeyLocation::Discovery(issuer) => {
                    let url = discover(client, issuer).await?;
                    fetch(client, &url).await
                }
            },
        }
    }
}

const LARGEST_DOCUMENT_BYTES: usize = 1_024 * 1_024;

async fn fetch(client: &OutboundClient, url: &Url) -> Result<Reading, KeySetError> {
    let accept = "application/jwk-set+json, application/json";
    let document = client
        .get(url, accept, LARGEST_DOCUMENT_BYTES)
        .await
        .map_err(|error| KeySetError::Outbound("the key set", error))?;
    Ok(Reading::Changed {
        keys: read_key_set(&document.body)?,
        stamp: None,
        lifetime: Some(lifetime(&document.headers)),
    })
}

/// The address of an issuer's discovery document (OpenID Connect Discovery 1.0, section 4); null if the issuer is not an address.
#[must_use]
pub fn discovery_url(issuer: &str) -> Option<Url> {
    let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
    let url = Url::parse(&format!("{issuer}/.well-known/openid-configuration")).ok()?;
    (url.query().is_none() && url.fragment().is_none() && url.has_host()).then_some(url)
}

/// The address of the key set by the discovery document, which must name the very issuer.
async fn discover(client: &OutboundClient, issuer: &str) -> Result<Url, KeySetError> {
    #[derive(Deserialize)]
    struct Discovered {
        issuer: String,
        jwks_uri: String,
    }
    let url = discovery_url(issuer).ok_or(KeySetError::NoKeySetAddress)?;
    let document = client
        .get(&url, "application/json", LARGEST_DOCUMENT_BYTES)
        .await
        .map_err(|error| KeySetError::Outbound("the discovery document", error))?;
    let found: Discovered =
        serde_json::from_slice(&document.body).map_err(KeySetError::Discovery)?;
    if found.issuer != issuer {
        let same = found.issuer.trim_end_matches('/') == issuer.trim_end_matches('/');
        return Err(if same {
            KeySetError::OtherSlash
        } else {
            KeySetError::OtherIssuer
        });
    }
    let url = Url::parse(&found.jwks_uri).map_err(|_| KeySetError::NoKeySetAddress)?;
    client
        .network()
        .check(&url)
        .map_err(|_| KeySetError::NoKeySetAddress)?;
    Ok(url)
}

/// The host is compared as a name and never looked up: a name that resolves to this machine today may not do so tomorrow.
fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The environment's proxy settings are not followed: what they name would see and could change the keys of a plain-text address.
fn client(answer_within: Duration) -> reqwest::Result<Client> {
    Client::builder()
        .user_agent(concat!("alumni-api/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(answer_within)
        .timeout(answer_within)
        .build()
}

async fn request(client: &Client, url: &Url) -> Result<Reading, KeySetError> {
    let mut response = client
        .get(url.clone())
        .header(ACCEPT, "application/jwk-set+json, application/json")
        .send()
        .await
        .map_err(reqwest::Error::without_url)?;
    if response.status() != StatusCode::OK {
        return Err(KeySetError::Status(response.status()));
    }
    let lifetime = Some(lifetime(response.headers()));
    let document = bounded_body(&mut response).await?;
    Ok(Reading::Changed {
        keys: read_key_set(&document)?,
        stamp: None,
        lifetime,
    })
}

async fn bounded_body(response: &mut Response) -> Result<Vec<u8>, KeySetError> {
    let mut document: Vec<u8> = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(reqwest::Error::without_url)?
    {
        if (document.len() + chunk.len()) as u64 > LARGEST_SET_BYTES {
            return Err(KeySetError::TooLarge);
        }
        document.extend_from_slice(&chunk);
    }
    Ok(document)
}

fn lifetime(headers: &HeaderMap) -> TimeDelta {
    let mut stated = None;
    let values = headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok());
    for directive in values.flat_map(|value| value.split(',')) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return SHORTEST_LIFETIME,
            "max-age" => stated = seconds(value.trim().trim_matches('"')).or(stated),
            _ => {}
        }
    }
    stated
        .unwrap_or(USUAL_LIFETIME)
        .clamp(SHORTEST_LIFETIME, LONGEST_LIFETIME)
}

/// A number of seconds; one too large for any type is simply long.
fn seconds(text: &str) -> Option<TimeDelta> {
    let all_digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    all_digits.then(|| {
        text.parse()
            .ok()
            .and_then(TimeDelta::try_seconds)
            .unwrap_or(LONGEST_LIFETIME)
    })
}

/// Reads a key set file, unless it is the one already read.
pub fn read_file(path: &Path, known: Option<FileStamp>) -> Result<Reading, KeySetError> {
    let failed = |source| KeySetError::File {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    let stamp = FileStamp {
        modified_at: about.modified().ok(),
        length: about.len(),
    };
    if known == Some(stamp) {
        return Ok(Reading::Unchanged);
    }
    let mut document = Vec::new();
    file.take(LARGEST_SET_BYTES + 1)
        .read_to_end(&mut document)
        .map_err(failed)?;
    if document.len() as u64 > LARGEST_SET_BYTES {
        return Err(KeySetError::TooLarge);
    }
    Ok(Reading::Changed {
        keys: read_key_set(&document)?,
        stamp: Some(stamp),
        lifetime: None,
    })
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn lifetime_of(value: &'static str) -> TimeDelta {
        let mut headers = HeaderMap::new();
        headers.append(CACHE_CONTROL, HeaderValue::from_static("public"));
        headers.append(CACHE_CONTROL, HeaderValue::from_static(value));
        lifetime(&headers)
    }

    #[test]
    fn a_set_holds_as_long_as_its_cache_control_says_within_a_minute_and_a_day() {
        assert_eq!(
            lifetime_of("max-age=3600, must-revalidate"),
            TimeDelta::hours(1)
        );
        assert_eq!(lifetime_of("MAX-AGE = \"300\""), TimeDelta::minutes(5));
        assert_eq!(lifetime_of("max-age=0"), TimeDelta::minutes(1));
        assert_eq!(lifetime_of("max-age=604800"), TimeDelta::hours(24));
        assert_eq!(
            lifetime_of("max-age=99999999999999999999999999"),
            TimeDelta::hours(24)
        );
        assert_eq!(lifetime_of("max-age=3600, no-cache"), TimeDelta::minutes(1));
    }

    #[test]
    fn a_set_whose_cache_control_says_nothing_readable_holds_ten_minutes() {
        for value in [
            "",
            "max-age",
            "max-age=-1",
            "max-age=soon",
            "s-maxage=3600",
            "=,=,",
        ] {
            assert_eq!(lifetime_of(value), TimeDelta::minutes(10), "{value}");
        }
    }

    #[test]
    fn an_address_is_taken_over_tls_or_on_this_machine_only() {
        for taken in [
            "https://id.example/keys",
            "http://127.0.0.1:9/keys",
            "http://127.8.8.8/keys",
            "http://[::1]:9/keys",
            "http://localhost/keys",
        ] {
            assert!(KeySetSource::at(taken.parse().unwrap()).is_ok(), "{taken}");
        }
        for open in [
            "http://id.example/keys",
            "http://127.0.0.1.id.example/keys",
            "http://localhost.id.example/",
            "http://10.0.0.1/",
            "http://[::ffff:10.0.0.1]/",
            "ftp://127.0.0.1/",
            "file:///etc/keys",
            "data:application/json,{}",
        ] {
            assert!(
                matches!(
                    KeySetSource::at(open.parse().unwrap()),
                    Err(KeySetError::NotOverTls)
                ),
                "{open}"
            );
        }
        let with_password =
            KeySetSource::at("https://user:password@id.example/keys".parse().unwrap());
        assert!(matches!(
            with_password,
            Err(KeySetError::CarriesCredentials)
        ));
    }

    #[tokio::test]
    async fn a_provider_that_never_answers_is_given_up() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url: Url = format!("http://{}/keys", silent.local_addr().unwrap())
            .parse()
            .unwrap();
        let outcome = request(&client(Duration::from_millis(50)).unwrap(), &url).await;
        assert!(matches!(outcome, Err(KeySetError::Request(error)) if error.is_timeout()));
    }
}
