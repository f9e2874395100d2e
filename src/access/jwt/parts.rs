//! The two JSON parts of a token, read strictly: unpadded base64url around one object in which no name that matters stands twice, times
//! that are times, and nothing taken from a header that could point at another key.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, IgnoredAny},
};

use super::TokenRefusal;

/// The part of a token's header that is read. Keys and addresses of keys in it (`jwk`, `jku`, `x5c`, `x5u`) are not even parsed.
#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    typ: Option<String>,
    pub(super) kid: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

impl Header {
    /// Extensions that must be understood are not; and a token made for another use (logout, proof of possession, …) is no access token.
    pub(super) fn check(&self) -> Result<(), TokenRefusal> {
        let kind = self.typ.as_deref().map(str::to_ascii_lowercase);
        let access_token = matches!(
            kind.as_deref(),
            None | Some("jwt" | "at+jwt" | "application/at+jwt")
        );
        if self.crit || !access_token {
            Err(TokenRefusal::Malformed)
        } else {
            Ok(())
        }
    }
}

/// True for any value, `null` too, which an `Option` would take for absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

#[derive(Deserialize)]
pub(super) struct Payload {
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) aud: Audience,
    pub(super) exp: NumericDate,
    pub(super) nbf: Option<NumericDate>,
    pub(super) jti: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    pub(super) fn includes_one_of(&self, audiences: &[String]) -> bool {
        match self {
            Self::One(one) => audiences.contains(one),
            Self::Several(several) => several.iter().any(|one| audiences.contains(one)),
        }
    }
}

/// What a token says of itself before anything of it is believed: enough to choose who verifies it.
#[derive(Deserialize)]
pub struct Unverified {
    /// Its `iss`.
    #[serde(rename = "iss")]
    pub issuer: String,
    #[serde(rename = "aud")]
    audience: Audience,
}

impl Unverified {
    /// Whether its `aud` has one of these.
    #[must_use]
    pub fn is_for(&self, audiences: &[String]) -> bool {
        self.audience.includes_one_of(audiences)
    }
}

/// Seconds since 1970, whole or with a fraction, which is cut off.
#[derive(Clone, Copy)]
pub(super) struct NumericDate(pub(super) DateTime<Utc>);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "cutting the fraction off is the purpose; a value out of range ends at the bound and is refused below"
        )]
        let seconds = number
            .as_i64()
            .or_else(|| number.as_f64().map(|seconds| seconds as i64));
        let instant = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        instant
            .map(Self)
            .ok_or_else(|| de::Error::custom("not a time"))
    }
}

/// Decodes one part of a token: strict base64url around one JSON object in which no name that matters stands twice.
pub(super) fn read_part<T: DeserializeOwned>(encoded: &str) -> Result<T, TokenRefusal> {
    let decoded = URL_SAFE_NO_PAD
        .decode(encoded)
        .map_err(|_| TokenRefusal::Malformed)?;
    if !decoded.trim_ascii_start().starts_with(b"{") {
        return Err(TokenRefusal::Malformed);
    }
    serde_json::from_slice(&decoded).map_err(|_| TokenRefusal::Malformed)
}
