//! Identity providers of the configuration file, and the settings that all of them share.

use std::time::Duration;

use entity::{Id, IdentityProviderId, SigningAlgorithm};
use jsonwebtoken::Algorithm;
use reqwest::Url;
use sha2::{Digest, Sha256};
use uuid::Builder;

use super::rules::{Definition, KeyPlace};
use crate::access::jwks::KeyLocation;
use crate::access::jwt::JwtSettings;
use crate::outbound::Network;

/// How long a server may take for one document.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Who accepts the tokens of a provider of the configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The company with this slug.
    Company(String),
    /// The operator of the service.
    Operator,
}

/// An identity provider of the configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredProvider {
    /// Who accepts its tokens.
    pub owner: Owner,
    /// What it is.
    pub definition: Definition,
    /// Whether its keys may lie at an address of a private network.
    pub private_network: bool,
    /// Whether its tokens are accepted.
    pub enabled: bool,
}

impl ConfiguredProvider {
    /// Its id: the same on every instance and after each start, because it follows from the owner and the name.
    #[must_use]
    pub fn id(&self) -> IdentityProviderId {
        let mut digest = Sha256::new();
        digest.update("identity provider of the configuration file\0");
        if let Owner::Company(slug) = &self.owner {
            digest.update(slug);
        }
        digest.update("\0");
        digest.update(&self.definition.name);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.finalize()[..16]);
        IdentityProviderId::of(Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// What holds for all identity providers.
#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// Those of the configuration file.
    pub configured: Vec<ConfiguredProvider>,
    /// Which addresses of key sets are allowed.
    pub network: Network,
    /// How long a server may take for one document.
    pub timeout: Duration,
}

impl Default for ProviderSettings {
    fn default() -> Self {
        Self {
            configured: Vec::new(),
            network: Network::default(),
            timeout: TIMEOUT,
        }
    }
}

/// Whose tokens are accepted: the issuer of the settings, and identity providers.
#[derive(Clone, Debug)]
pub struct IdentitySettings {
    /// The issuer of the `--jwt-…` settings.
    pub jwt: JwtSettings,
    /// Everything else.
    pub providers: ProviderSettings,
}

impl From<JwtSettings> for IdentitySettings {
    fn from(jwt: JwtSettings) -> Self {
        Self {
            jwt,
            providers: ProviderSettings::default(),
        }
    }
}

/// Where a server publishes keys: at an address, or where the discovery document of the issuer says. Null if the address is none.
pub(super) fn key_location(issuer: &str, jwks_url: Option<&str>) -> Option<KeyLocation> {
    match jwks_url {
        Some(url) => Url::parse(url).ok().map(KeyLocation::Jwks),
        None => Some(KeyLocation::Discovery(issuer.to_owned())),
    }
}

impl Definition {
    /// Where a server publishes the keys; null if they are in a file, or the address is none.
    pub(super) fn key_location(&self) -> Option<KeyLocation> {
        match &self.keys {
            KeyPlace::Discovery => key_location(&self.issuer, None),
            KeyPlace::Url(url) => key_location(&self.issuer, Some(url)),
            KeyPlace::File(_) => None,
        }
    }

    /// The accepted algorithms, as the verifier names them.
    pub(super) fn accepted_algorithms(&self) -> Vec<Algorithm> {
        let named = |algorithm: &SigningAlgorithm| match algorithm {
            SigningAlgorithm::Rs256 => Algorithm::RS256,
            SigningAlgorithm::Es256 => Algorithm::ES256,
            SigningAlgorithm::Eddsa => Algorithm::EdDSA,
        };
        self.algorithms.iter().map(named).collect()
    }
}
