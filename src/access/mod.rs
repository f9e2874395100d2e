//! Who asks, and what they may do: tokens and API keys on one side, the permission table on the other.

pub mod accounts;
pub mod actions;
pub mod api_key;
mod asker;
pub mod filter;
mod identity;
pub mod invitations;
pub mod jwks;
pub mod jwt;
mod links;
mod mutation;
mod operators;
mod permission;
pub mod providers;
mod query;
mod store;
pub mod types;
mod viewer;
pub mod visibility;

use std::sync::Arc;
use std::time::Duration;

use entity::{CompanyId, Id, api_key as stored_key};
use moka::future::Cache;
use secrecy::SecretString;

use self::accounts::store::Found;
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
pub use self::viewer::{Login, Member, Service, Viewer};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::outbox::Feed;
use crate::references::References;
use crate::scope::Scope;

/// How long an account or a key is cached. Open sockets are checked as often, so that a change on another instance takes at most twice as long.
const BELIEVED: Duration = Duration::from_secs(5);
/// How many logins and how many keys are remembered.
const REMEMBERED: u64 = 10_000;

/// What links of candidates are for, as their tokens say it.
const CANDIDATE_LINKS: &str = "candidate-consent";
/// What links of invitations are for.
const INVITATION_LINKS: &str = "invitation";

/// The links of invitations, signed with this secret.
pub fn invitation_links(secret: SecretString) -> Result<Links, JwtSettingsError> {
    Links::new(INVITATION_LINKS, secret)
}

/// Turns what a request carries into who asks.
#[derive(Clone, Debug)]
pub struct Access {
    providers: IdentityProviders,
    refused: Arc<RefusedTokens>,
    candidate_links: Links,
    invitation_links: Links,
    database: Database,
    clock: Clock,
    feed: Feed,
    accounts: Cache<(String, String), Arc<CachedAccounts>>,
    keys: Cache<String, Arc<CachedKey>>,
    companies: Cache<String, Option<CompanyId>>,
}

/// The accounts of a login, and how often rights had changed before they were read.
#[derive(Debug)]
struct CachedAccounts {
    rights_version: u64,
    accounts: Vec<Found>,
}

/// An API key, and how often rights had changed before it was read.
#[derive(Debug)]
struct CachedKey {
    rights_version: u64,
    key: stored_key::Model,
}

impl Access {
    /// Begins without anything remembered.
    pub fn new(
        settings: impl Into<IdentitySettings>,
        link_secret: SecretString,
        database: Database,
        clock: Clock,
        feed: Feed,
    ) -> Result<Self, JwtSettingsError> {
        Ok(Self {
            providers: IdentityProviders::new(settings.into(), database.clone(), clock.clone())?,
            refused: Arc::default(),
            candidate_links: Links::new(CANDIDATE_LINKS, link_secret.clone())?,
            invitation_links: invitation_links(link_secret)?,
            database,
            clock,
            feed,
            accounts: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(BELIEVED)
                .build(),
            keys: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(BELIEVED)
                .build(),
            companies: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(BELIEVED)
                .build(),
        })
    }

    /// Who sends this `Authorization` header, for the company that the request names by slug or id; anonymous without a header. An invalid header is refused.
    pub async fn authenticate(
        &self,
        authorization: Option<&str>,
        company: Option<&str>,
    ) -> Result<Viewer> {
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
            self.member(credentials, company).await
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

    /// The links of invitations.
    #[must_use]
    pub fn invitation_links(&self) -> &Links {
        &self.invitation_links
    }

    async fn member(&self, token: &str, company: Option<&str>) -> Result<Viewer> {
        let named = match company {
            Some(named) => self.company_named(named).await?,
            None => None,
        };
        let identity = self
            .identify(token, named)
            .await
            .map_err(|refusal| match refusal {
                TokenRefusal::ProvidersUnavailable => Error::internal(refusal),
                TokenRefusal::KeysUnavailable => Error::Unavailable(refusal.sentence()),
                refused => Error::Unauthenticated(refused.sentence()),
            })?;
        let cached = self.accounts_of(&identity).await?;
        let usable = || {
            let accounts = cached.accounts.iter();
            accounts.filter(|found| identity.binding.allows(found.company_id))
        };
        let chosen = match company {
            Some(named) => usable().find(|found| is_named(found, named)),
            // an operator's account is of no company, so that it cannot be named
            None => usable()
                .find(|found| found.company_id.is_none())
                .or_else(|| usable().next().filter(|_| usable().count() == 1)),
        };
        let Some(account) = chosen else {
            let company = match identity.binding {
                Binding::Company(own) => Some(own),
                Binding::Any => named,
                Binding::Operator => None,
            };
            return Ok(Viewer::Login(Arc::new(Login { identity, company })));
        };
        let now = self.clock.now();
        if account.disabled_at.is_some_and(|at| at <= now) {
            return Err(Error::Unauthenticated("The account is disabled."));
        }
        Ok(Viewer::Member(Member {
            account: account.id,
            company: account.company_id,
            person: account.person_id,
            roles: account.facts(now).roles(&identity.roles),
            expires_at: identity.expires_at,
            login: Arc::new(Login {
                company: account.company_id,
                identity,
            }),
        }))
    }

    /// The accounts of a login: cached for a few seconds, and not beyond a change of rights in this process. A first sign-in may create one.
    async fn accounts_of(&self, identity: &Identity) -> Result<Arc<CachedAccounts>> {
        let key = (identity.issuer.clone(), identity.subject.clone());
        // before the read: what is read during a change counts as read before it
        let rights_version = self.feed.rights_version();
        if let Some(cached) = self.accounts.get(&key).await
            && cached.rights_version == rights_version
        {
            return Ok(cached);
        }
        let mut accounts =
            accounts::store::of_login(&self.database, &identity.issuer, &identity.subject).await?;
        if let Binding::Company(company) = identity.binding
            && identity.provisioning != Provisioning::Off
            && accounts
                .iter()
                .all(|found| found.company_id != Some(company))
            && self.provision(company, identity).await?
        {
            accounts =
                accounts::store::of_login(&self.database, &identity.issuer, &identity.subject)
                    .await?;
        }
        let cached = Arc::new(CachedAccounts {
            rights_version,
            accounts,
        });
        self.accounts.insert(key, Arc::clone(&cached)).await;
        Ok(cached)
    }

    /// Creates the account of an employee at their first sign-in; false if exactly one current employee does not match.
    async fn provision(&self, company: CompanyId, identity: &Identity) -> Result<bool> {
        let scope = Scope::new(
            Viewer::System(company),
            "sign-in",
            self.clock.clone(),
            self.database.clone(),
            self.feed.clone(),
            References::default(),
        );
        accounts::provision(&scope, company, identity).await
    }

    /// The id of a company that a request names by slug or id, cached like an account; null if there is none.
    async fn company_named(&self, named: &str) -> Result<Option<CompanyId>> {
        if let Some(id) = CompanyId::parse(named) {
            return Ok(Some(id));
        }
        if let Some(known) = self.companies.get(named).await {
            return Ok(known);
        }
        let found = invitations::store::company_named(&self.database.reader(), named).await?;
        let id = found.map(|company| company.id);
        self.companies.insert(named.to_owned(), id).await;
        Ok(id)
    }

    async fn service(&self, text: &str) -> Result<Viewer> {
        const UNKNOWN: Error = Error::Unauthenticated("The API key is not known here.");
        let secret =
            ApiKeySecret::parse(text).ok_or(Error::Unauthenticated("The API key is mistyped."))?;
        let cached = self.key_of(secret.lookup()).await?.ok_or(UNKNOWN)?;
        let now = self.clock.now();
        match &cached.key {
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

    /// An API key: cached for a few seconds, and not beyond a change of rights in this process. Unknown keys are not cached.
    async fn key_of(&self, lookup: &str) -> Result<Option<Arc<CachedKey>>> {
        // before the read: what is read during a change counts as read before it
        let rights_version = self.feed.rights_version();
        if let Some(cached) = self.keys.get(lookup).await
            && cached.rights_version == rights_version
        {
            return Ok(Some(cached));
        }
        let Some(key) = store::api_key_by_lookup(&self.database, lookup).await? else {
            return Ok(None);
        };
        let cached = Arc::new(CachedKey {
            rights_version,
            key,
        });
        self.keys
            .insert(lookup.to_owned(), Arc::clone(&cached))
            .await;
        Ok(Some(cached))
    }
}

/// Whether the account is of the company named by slug or id.
fn is_named(found: &Found, named: &str) -> bool {
    found.slug.as_deref() == Some(named)
        || (found.company_id.is_some() && CompanyId::parse(named) == found.company_id)
}
