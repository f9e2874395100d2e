//! Bearer tokens: a JWT signed by the company's identity provider, or in development by this service itself. Every check is written out
//! here, against the time handed in; the library below only computes signatures. A token is believed in nothing before its signature
//! holds, and never chooses its own key material or algorithm: those come from `jwks` or from the configured secret.

mod parts;
mod settings;

use std::{fmt, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde::Serialize;
use serde_json::{Map, Value};

use super::jwks::{KeyAbsent, KeySet, VerificationKey, is_public_key_algorithm};
pub use parts::Unverified;
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
    /// Providers of several companies accept the token, and the request does not say which company is meant.
    CompanyNeeded,
    /// The token was issued to a client that the provider does not list.
    WrongClient,
    /// The providers cannot be read.
    ProvidersUnavailable,
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
            Self::KeysUnavailable | Self::ProvidersUnavailable => {
                "Tokens cannot be checked at the moment; try again shortly."
            }
            Self::CompanyNeeded => {
                "Several companies accept the token: the request must name the company."
            }
            Self::WrongClient => "The token was issued to another client.",
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

/// A token taken apart. Nothing of it is believed yet.
pub struct Token<'t> {
    header: Header,
    signed: &'t str,
    payload: &'t str,
    signature: &'t str,
}

impl<'t> Token<'t> {
    /// Takes a token apart, if it has the form of an access token.
    pub fn read(token: &'t str) -> Result<Self, TokenRefusal> {
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
        Ok(Self {
            header,
            signed,
            payload,
            signature,
        })
    }

    /// The algorithm that it names.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        &self.header.alg
    }

    /// The key that it names.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// What it says of itself, to choose who verifies it.
    pub fn unverified(&self) -> Result<Unverified, TokenRefusal> {
        read_part(self.payload)
    }

    /// All its claims. Only for a token whose signature is valid.
    pub fn claims(&self) -> Result<Map<String, Value>, TokenRefusal> {
        read_part(self.payload)
    }

    /// Whether its signature is one of this key.
    pub fn is_signed_by(&self, key: &VerificationKey) -> Result<(), TokenRefusal> {
        if !key.goes_by(&self.header.alg) {
            return Err(TokenRefusal::WrongAlgorithm);
        }
        let signed = self.signed.as_bytes();
        match crypto::verify(self.signature, signed, &key.decoding, key.algorithm) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(TokenRefusal::BadSignature),
        }
    }
}

/// Decides whether a token is believed. Clones share the key set.
#[derive(Clone, Debug)]
pub struct Verifier {
    issuer: String,
    audiences: Vec<String>,
    /// The accepted algorithms; none: each key's own.
    algorithms: Option<Vec<Algorithm>>,
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
            audiences: vec![settings.audience],
            algorithms: None,
            leeway,
            keys,
        })
    }

    /// Verifies the tokens of an identity provider, by these algorithms alone.
    #[must_use]
    pub fn of_provider(
        issuer: String,
        audiences: Vec<String>,
        algorithms: Vec<Algorithm>,
        leeway_seconds: u32,
        keys: KeySet,
    ) -> Self {
        Self {
            issuer,
            audiences,
            algorithms: Some(algorithms),
            leeway: TimeDelta::seconds(leeway_seconds.into()),
            keys: Keys::Set(keys),
        }
    }

    /// Believes a token or says why not. The cheap refusals come first; claims are read only from under a signature that holds.
    pub async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, TokenRefusal> {
        self.verify_read(&Token::read(token)?, now).await
    }

    /// The same, of a token taken apart.
    pub async fn verify_read(
        &self,
        token: &Token<'_>,
        now: DateTime<Utc>,
    ) -> Result<Claims, TokenRefusal> {
        let key = self.key(token, now).await?;
        self.verify_by(token, &key, now)
    }

    /// The same, with the keys that are known without asking their source; null if the token's is not among them.
    #[must_use]
    pub fn verify_cached(
        &self,
        token: &Token<'_>,
        now: DateTime<Utc>,
    ) -> Option<Result<Claims, TokenRefusal>> {
        let key = match &self.keys {
            Keys::Secret(key) => Arc::clone(key),
            Keys::Set(_) if !self.may_be_signed_by(token.algorithm()) => {
                return Some(Err(TokenRefusal::WrongAlgorithm));
            }
            Keys::Set(set) => set.cached(token.key_id(), now)?,
        };
        Some(self.verify_by(token, &key, now))
    }

    /// The same, whatever the token says of when it begins and ends.
    pub async fn verify_whenever(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Claims, TokenRefusal> {
        let token = Token::read(token)?;
        let key = self.key(&token, now).await?;
        self.accepts(&token, &key)?;
        self.claims(&token)
    }

    fn verify_by(
        &self,
        token: &Token<'_>,
        key: &VerificationKey,
        now: DateTime<Utc>,
    ) -> Result<Claims, TokenRefusal> {
        self.accepts(token, key)?;
        let claims = self.claims(token)?;
        self.check_time(&claims, now)?;
        Ok(claims)
    }

    /// Whether a token is valid at this time.
    pub fn check_time(&self, claims: &Claims, now: DateTime<Utc>) -> Result<(), TokenRefusal> {
        if now - claims.exp >= self.leeway {
            return Err(TokenRefusal::Expired);
        }
        if claims.nbf.is_some_and(|begins| begins - now > self.leeway) {
            return Err(TokenRefusal::NotYetValid);
        }
        Ok(())
    }

    /// The key a token names. An algorithm that no key could have is refused before it can cause a request for the key set.
    pub async fn key(
        &self,
        token: &Token<'_>,
        now: DateTime<Utc>,
    ) -> Result<Arc<VerificationKey>, TokenRefusal> {
        match &self.keys {
            Keys::Secret(key) => Ok(Arc::clone(key)),
            Keys::Set(_) if !self.may_be_signed_by(token.algorithm()) => {
                Err(TokenRefusal::WrongAlgorithm)
            }
            Keys::Set(set) => set
                .find(token.key_id(), now)
                .await
                .map_err(|absent| match absent {
                    KeyAbsent::Unknown => TokenRefusal::UnknownKey,
                    KeyAbsent::Unavailable => TokenRefusal::KeysUnavailable,
                }),
        }
    }

    /// Whether the algorithm that a token names is an accepted one.
    fn may_be_signed_by(&self, name: &str) -> bool {
        is_public_key_algorithm(name)
            && self.algorithms.as_ref().is_none_or(|accepted| {
                let named = match name {
                    "RS256" => Algorithm::RS256,
                    "ES256" => Algorithm::ES256,
                    _ => Algorithm::EdDSA,
                };
                accepted.contains(&named)
            })
    }

    /// Whether the token is signed by this key, with an accepted algorithm.
    pub fn accepts(&self, token: &Token<'_>, key: &VerificationKey) -> Result<(), TokenRefusal> {
        if let Some(accepted) = &self.algorithms
            && !accepted.contains(&key.algorithm)
        {
            return Err(TokenRefusal::WrongAlgorithm);
        }
        token.is_signed_by(key)
    }

    /// The claims of a token that is signed; its time is not looked at.
    pub fn claims(&self, token: &Token<'_>) -> Result<Claims, TokenRefusal> {
        let payload: Payload = read_part(token.payload)?;
        if payload.iss != self.issuer {
            return Err(TokenRefusal::WrongIssuer);
        }
        if !payload.aud.includes_one_of(&self.audiences) {
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
