//! Bearer tokens: a JWT signed by the company's identity provider, or in development by this service itself. Every check is written out
//! here, against the time handed in; the library below only computes signatures. A token is believed in nothing before its signature
//! holds, and never chooses its own key material or algorithm: those come from `jwks` or from the configured secret.

mod parts;
mod settings;

use std::{fmt, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{EncodingKey, crypto};
use serde::Serialize;

use super::jwks::{KeyAbsent, KeySet, VerificationKey, is_public_key_algorithm};
use parts::{Header, Payload, read_part};
use settings::long_enough;
pub use settings::{
    DEVELOPMENT_SECRET, JwtSettings, JwtSettingsError, KeySource, is_development_secret,
};

/// The longest token that is looked at; identity providers stay well under it.
const LONGEST_TOKEN_BYTES: usize = 8 * 1_024;
/// Why a token is not believed. Its text is fixed, says nothing about the token or the keys, and is safe for any client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenRefusal {
    TooLong,
    Malformed,
    WrongAlgorithm,
    UnknownKey,
    BadSignature,
    WrongIssuer,
    WrongAudience,
    Expired,
    NotYetValid,
    /// The one refusal that is not the token's fault: the key set cannot be had.
    KeysUnavailable,
}

impl TokenRefusal {
    /// The sentence for the client.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::TooLong => "The token is longer than 8192 bytes.",
            Self::Malformed => "The token is not a well-formed access token.",
            Self::WrongAlgorithm => {
                "The token is signed with an algorithm that is not accepted for its key."
            }
            Self::UnknownKey => "The token is signed with a key that is not known here.",
            Self::BadSignature => "The token's signature does not hold.",
            Self::WrongIssuer => "The token comes from another issuer.",
            Self::WrongAudience => "The token is meant for another audience.",
            Self::Expired => "The token has expired.",
            Self::NotYetValid => "The token is not valid yet.",
            Self::KeysUnavailable => "Tokens cannot be checked at the moment; try again shortly.",
        }
    }
}

impl fmt::Display for TokenRefusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.sentence())
    }
}

impl std::error::Error for TokenRefusal {}

/// What a token that was believed says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claims {
    /// Who issued it: the configured issuer.
    pub iss: String,
    /// Whom it speaks for, by the issuer's name for them; not empty, without control characters.
    pub sub: String,
    /// When it ends, leeway not included.
    pub exp: DateTime<Utc>,
    /// When it begins, if it says so.
    pub nbf: Option<DateTime<Utc>>,
    /// Its own name, if it has one.
    pub jti: Option<String>,
}

/// Decides whether a token is believed. Clones share the key set.
#[derive(Clone, Debug)]
pub struct Verifier {
    issuer: String,
    audience: String,
    leeway: TimeDelta,
    keys: Keys,
}

#[derive(Clone, Debug)]
enum Keys {
    Secret(Arc<VerificationKey>),
    Set(KeySet),
}

impl Verifier {
    /// Takes the settings, or says what is wrong with them. A key set file is read here once; an address is asked when a token comes.
    pub fn new(settings: JwtSettings) -> Result<Self, JwtSettingsError> {
        settings.check()?;
        let keys = match settings.source {
            KeySource::Secret(secret) => {
                Keys::Secret(Arc::new(VerificationKey::of_secret(long_enough(&secret)?)))
            }
            KeySource::JwksFile(path) => Keys::Set(KeySet::in_file(path)?),
            KeySource::JwksUrl(url) => Keys::Set(KeySet::at_url(url)?),
        };
        let leeway = TimeDelta::seconds(settings.leeway_seconds.into());
        Ok(Self {
            issuer: settings.issuer,
            audience: settings.audience,
            leeway,
            keys,
        })
    }

    /// Believes a token or says why not. The cheap refusals come first; claims are read only from under a signature that holds.
    pub async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, TokenRefusal> {
        let claims = self.verify_whenever(token, now).await?;
        if now - claims.exp >= self.leeway {
            return Err(TokenRefusal::Expired);
        }
        if claims.nbf.is_some_and(|begins| begins - now > self.leeway) {
            return Err(TokenRefusal::NotYetValid);
        }
        Ok(claims)
    }

    /// The same, whatever the token says of when it begins and ends.
    pub async fn verify_whenever(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Claims, TokenRefusal> {
        if token.len() > LONGEST_TOKEN_BYTES {
            return Err(TokenRefusal::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenRefusal::Malformed)?;
        let (header, payload) = signed
            .split_once('.')
            .filter(|(_, payload)| !payload.contains('.'))
            .ok_or(TokenRefusal::Malformed)?;
        let header: Header = read_part(header)?;
        header.check()?;
        let key = self.key(&header, now).await?;
        if !key.goes_by(&header.alg) {
            return Err(TokenRefusal::WrongAlgorithm);
        }
        match crypto::verify(signature, signed.as_bytes(), &key.decoding, key.algorithm) {
            Ok(true) => self.check(read_part(payload)?),
            Ok(false) | Err(_) => Err(TokenRefusal::BadSignature),
        }
    }

    /// The key a token names. An algorithm that no key could have is refused before it can cause a request for the key set.
    async fn key(
        &self,
        header: &Header,
        now: DateTime<Utc>,
    ) -> Result<Arc<VerificationKey>, TokenRefusal> {
        match &self.keys {
            Keys::Secret(key) => Ok(Arc::clone(key)),
            Keys::Set(_) if !is_public_key_algorithm(&header.alg) => {
                Err(TokenRefusal::WrongAlgorithm)
            }
            Keys::Set(set) => set
                .find(header.kid.as_deref(), now)
                .await
                .map_err(|absent| match absent {
                    KeyAbsent::Unknown => TokenRefusal::UnknownKey,
                    KeyAbsent::Unavailable => TokenRefusal::KeysUnavailable,
                }),
        }
    }

    fn check(&self, payload: Payload) -> Result<Claims, TokenRefusal> {
        if payload.iss != self.issuer {
            return Err(TokenRefusal::WrongIssuer);
        }
        if !payload.aud.includes(&self.audience) {
            return Err(TokenRefusal::WrongAudience);
        }
        let unstorable = |text: &str| text.is_empty() || text.contains(char::is_control);
        if unstorable(&payload.sub) || payload.jti.as_deref().is_some_and(unstorable) {
            return Err(TokenRefusal::Malformed);
        }
        Ok(Claims {
            iss: payload.iss,
            sub: payload.sub,
            exp: payload.exp.0,
            nbf: payload.nbf.map(|begins| begins.0),
            jti: payload.jti,
        })
    }
}

/// Signs a token for one subject with the configured secret, valid from `now` for `lifetime`: what the command `token` prints, and the
/// links of people without a login, which have a name of their own (`jti`).
pub fn issue(
    settings: &JwtSettings,
    sub: &str,
    jti: Option<&str>,
    now: DateTime<Utc>,
    lifetime: TimeDelta,
) -> Result<String, JwtSettingsError> {
    #[derive(Serialize)]
    struct Issued<'a> {
        iss: &'a str,
        sub: &'a str,
        aud: &'a str,
        iat: i64,
        nbf: i64,
        exp: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        jti: Option<&'a str>,
    }
    let KeySource::Secret(secret) = &settings.source else {
        return Err(JwtSettingsError::NothingToSignWith);
    };
    let key = EncodingKey::from_secret(long_enough(secret)?);
    let begins = now.timestamp();
    let ends = begins.saturating_add(lifetime.num_seconds());
    let issued = Issued {
        iss: &settings.issuer,
        sub,
        aud: &settings.audience,
        iat: begins,
        nbf: begins,
        exp: ends,
        jti,
    };
    Ok(jsonwebtoken::encode(
        &jsonwebtoken::Header::default(),
        &issued,
        &key,
    )?)
}

#[cfg(test)]
mod tests;
