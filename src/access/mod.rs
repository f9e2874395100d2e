//! Who asks, and what they may do: tokens and API keys on one side, the permission table on the other.

pub mod actions;
pub mod api_key;
mod asker;
pub mod filter;
mod identity;
pub mod jwks;
pub mod jwt;
mod links;
mod mutation;
mod permission;
pub mod providers;
mod query;
mod store;
pub mod types;
mod viewer;
pub mod visibility;

use std::sync::Arc;
use std::time::Duration;

use entity::{CompanyId, account, api_key as stored_key};
use moka::future::Cache;
use secrecy::SecretString;

use self::api_key::{ApiKeySecret, ServiceScope};
pub use self::asker::{Asker, NoAsker};
pub use self::identity::{Binding, Identity, Provisioning};
use self::jwt::{JwtSettingsError, TokenRefusal};
pub use self::links::{Link, Links};
pub use self::mutation::AccessMutation;
pub use self::permission::Permission;
use self::providers::IdentityProviders;
use self::providers::refused::RefusedTokens;
pub use self::providers::{IdentityProvider, IdentitySettings};
pub use self::query::AccessQuery;
pub use self::types::ApiKey;
pub use self::viewer::{Member, Service, Viewer};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result};

/// How long a login or key is believed without looking again: the longest a revocation takes to be felt.
const BELIEVED: Duration = Duration::from_secs(10);
/// How many logins and how many keys are remembered.
const REMEMBERED: u64 = 10_000;

/// What links of candidates are for, as their tokens say it.
const CANDIDATE_LINKS: &str = "candidate-consent";

/// Turns what a request carries into who asks.
#[derive(Clone, Debug)]
pub struct Access {
    providers: IdentityProviders,
    refused: Arc<RefusedTokens>,
    candidate_links: Links,
    database: Database,
    clock: Clock,
    accounts: Cache<(String, String), Arc<account::Model>>,
    keys: Cache<String, Arc<stored_key::Model>>,
}

impl Access {
    /// Begins without anything remembered.
    pub fn new(
        settings: impl Into<IdentitySettings>,
        link_secret: SecretString,
        database: Database,
        clock: Clock,
    ) -> Result<Self, JwtSettingsError> {
        Ok(Self {
            providers: IdentityProviders::new(settings.into(), database.clone(), clock.clone())?,
            refused: Arc::default(),
            candidate_links: Links::new(CANDIDATE_LINKS, link_secret)?,
            database,
            clock,
            accounts: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(BELIEVED)
                .build(),
            keys: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(BELIEVED)
                .build(),
        })
    }

    /// Who sends this `Authorization` header; nobody, where there is none. A bad one is refused, never taken for nobody.
    pub async fn authenticate(&self, authorization: Option<&str>) -> Result<Viewer> {
        let Some(header) = authorization else {
            return Ok(Viewer::Anonymous);
        };
        let credentials = match header.split_once(' ') {
            Some((kind, credentials)) if kind.eq_ignore_ascii_case("bearer") => credentials.trim(),
            _ => {
                return Err(Error::Unauthenticated(
                    "The Authorization header must read `Bearer …`.",
                ));
            }
        };
        if credentials.starts_with("ak_") {
            self.service(credentials).await
        } else {
            self.member(credentials).await
        }
    }

    /// The links by which people outside say whether they want to be recommended.
    #[must_use]
    pub fn candidate_links(&self) -> &Links {
        &self.candidate_links
    }

    /// The identity providers.
    #[must_use]
    pub fn providers(&self) -> &IdentityProviders {
        &self.providers
    }

    /// Verifies a token, and logs a refused one. If the request names a company, only that company's providers, the operator's and the
    /// issuer of the settings are asked.
    pub async fn identify(
        &self,
        token: &str,
        company: Option<CompanyId>,
    ) -> Result<Identity, TokenRefusal> {
        // boxed: every request's future would grow by it
        let identified = Box::pin(self.providers.identify(token, company)).await;
        if let Err(refusal) = identified {
            let slash =
                refusal == TokenRefusal::WrongIssuer && self.providers.has_slash_twin_of(token);
            self.refused.log(token, refusal, slash, self.clock.now());
        }
        identified
    }

    async fn member(&self, token: &str) -> Result<Viewer> {
        const NO_ACCOUNT: Error =
            Error::Unauthenticated("The token is good, but its subject has no account here.");
        let identity = self
            .identify(token, None)
            .await
            .map_err(|refusal| match refusal {
                TokenRefusal::ProvidersUnavailable => Error::internal(refusal),
                TokenRefusal::KeysUnavailable => Error::Unavailable(refusal.sentence()),
                refused => Error::Unauthenticated(refused.sentence()),
            })?;
        let key = (identity.issuer, identity.subject);
        let account = if let Some(account) = self.accounts.get(&key).await {
            account
        } else {
            let found = store::account_of_subject(&self.database, &key.0, &key.1).await?;
            let found = Arc::new(found.ok_or(NO_ACCOUNT)?);
            self.accounts.insert(key, Arc::clone(&found)).await;
            found
        };
        if !identity.binding.allows(account.company_id) {
            return Err(NO_ACCOUNT);
        }
        if account.disabled_at.is_some_and(|at| at <= self.clock.now()) {
            return Err(Error::Unauthenticated("The account is disabled."));
        }
        Ok(Viewer::Member(Member {
            account: account.id,
            company: account.company_id,
            person: account.person_id,
            roles: account.roles.0.clone(),
            expires_at: identity.expires_at,
        }))
    }

    async fn service(&self, text: &str) -> Result<Viewer> {
        const UNKNOWN: Error = Error::Unauthenticated("The API key is not known here.");
        let secret =
            ApiKeySecret::parse(text).ok_or(Error::Unauthenticated("The API key is mistyped."))?;
        let key = if let Some(key) = self.keys.get(secret.lookup()).await {
            key
        } else {
            let found = Arc::new(
                store::api_key_by_lookup(&self.database, secret.lookup())
                    .await?
                    .ok_or(UNKNOWN)?,
            );
            self.keys
                .insert(secret.lookup().to_owned(), Arc::clone(&found))
                .await;
            found
        };
        let now = self.clock.now();
        match &*key {
            key if !secret.matches(&key.hash) => Err(UNKNOWN),
            key if key.revoked_at.is_some_and(|at| at <= now) => {
                Err(Error::Unauthenticated("The API key was revoked."))
            }
            key if key.expires_at.is_some_and(|at| at <= now) => {
                Err(Error::Unauthenticated("The API key has expired."))
            }
            key => Ok(Viewer::Service(Service {
                key: key.id,
                company: key.company_id,
                scopes: key
                    .scopes
                    .0
                    .iter()
                    .filter_map(|scope| scope.parse::<ServiceScope>().ok())
                    .collect(),
                expires_at: key.expires_at,
            })),
        }
    }

    /// Forgets what was remembered of a login, so that its end is felt at once in this process.
    pub async fn forget_login(&self, issuer: String, subject: String) {
        self.accounts.invalidate(&(issuer, subject)).await;
    }

    /// Forgets what was remembered of a key, so that its revocation is felt at once in this process.
    pub async fn forget_key(&self, lookup: &str) {
        self.keys.invalidate(lookup).await;
    }
}
