//! What the operator says about tokens: whose they are, for whom, and where the keys come from. Refuses what would make every later check
//! worthless: no issuer, no audience, a secret short enough to guess, a leeway that outlives the token.

use std::path::PathBuf;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::access::jwks::KeySetError;

/// The secret that a fresh checkout signs its tokens with. It is public, so production refuses to start with it.
pub const DEVELOPMENT_SECRET: &str = "development-only-secret-known-to-everyone";

/// HS256 wants a secret at least as long as its hash (RFC 7518, section 3.2).
const SHORTEST_SECRET_BYTES: usize = 32;
const LONGEST_LEEWAY_SECONDS: u32 = 300;

/// Whose tokens are believed, and with which keys they are checked.
#[derive(Clone, Debug)]
pub struct JwtSettings {
    /// The `iss` a token must carry, compared as text.
    pub issuer: String,
    /// The `aud` a token must carry, alone or among others.
    pub audience: String,
    /// How far the clocks of the issuer and of this service may differ; at most 300.
    pub leeway_seconds: u32,
    /// Where the keys come from.
    pub source: KeySource,
}

impl JwtSettings {
    pub(super) fn check(&self) -> Result<(), JwtSettingsError> {
        if self.issuer.is_empty() {
            return Err(JwtSettingsError::NoIssuer);
        }
        if self.audience.is_empty() {
            return Err(JwtSettingsError::NoAudience);
        }
        if self.leeway_seconds > LONGEST_LEEWAY_SECONDS {
            return Err(JwtSettingsError::LeewayTooLong);
        }
        Ok(())
    }
}

/// Where the keys that tokens are checked with come from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// One shared secret, for HS256: development, and a proxy that issues tokens beside this service.
    Secret(SecretString),
    /// A JWK set in a file, looked at again when it changes.
    JwksFile(PathBuf),
    /// A JWK set at an address of the identity provider.
    JwksUrl(Url),
}

/// Why the settings cannot be used, or cannot be used for what was asked.
#[derive(Debug, thiserror::Error)]
pub enum JwtSettingsError {
    #[error("the issuer of tokens must not be empty")]
    NoIssuer,
    #[error("the audience of tokens must not be empty")]
    NoAudience,
    #[error("the leeway must not be longer than {LONGEST_LEEWAY_SECONDS} seconds")]
    LeewayTooLong,
    #[error("the secret for tokens must be at least {SHORTEST_SECRET_BYTES} bytes long")]
    SecretTooShort,
    #[error(transparent)]
    KeySet(#[from] KeySetError),
    #[error(
        "tokens can only be signed here when a secret is configured; with a key set, the identity provider issues them"
    )]
    NothingToSignWith,
    #[error("the identity provider `{name}`: {error}")]
    Provider {
        name: String,
        #[source]
        error: KeySetError,
    },
    #[error("the HTTP client for identity providers cannot be built: {0}")]
    Client(#[source] reqwest::Error),
    #[error("the token cannot be signed: {0}")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

/// Whether this is the secret everyone knows.
#[must_use]
pub fn is_development_secret(secret: &SecretString) -> bool {
    secret.expose_secret() == DEVELOPMENT_SECRET
}

/// The bytes of a secret that may sign tokens.
pub(super) fn long_enough(secret: &SecretString) -> Result<&[u8], JwtSettingsError> {
    let secret = secret.expose_secret().as_bytes();
    if secret.len() < SHORTEST_SECRET_BYTES {
        Err(JwtSettingsError::SecretTooShort)
    } else {
        Ok(secret)
    }
}
