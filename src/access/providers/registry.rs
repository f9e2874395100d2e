//! Which identity provider verifies a token. Providers are cached in the process for ten seconds; a change by mutation is effective at
//! once in this process. A cache that holds all providers also knows every issuer that there is not, so that no token causes a statement.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    Audiences, ClientIds, CompanyId, GroupRoles, IdentityProviderId, IdentityProviderKeySource,
    IdentityProviderProvisioning, IdentityProviderSource, SigningAlgorithms, identity_provider,
};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::timeout;

use super::configured::{ConfiguredProvider, IdentitySettings, Owner};
use super::rules::{
    ClaimMapping, Definition, KeyPlace, Mapped, authorized_party, differ_by_slash, mapped,
};
use super::store;
use crate::access::identity::{Binding, Identity, Provisioning};
use crate::access::jwks::{KeyLocation, KeySet, KeySetStatus};
use crate::access::jwt::{Claims, JwtSettingsError, Token, TokenRefusal, Unverified, Verifier};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::outbound::{Network, OutboundClient};

/// How long rows are used without reading them again.
const FRESH: TimeDelta = TimeDelta::seconds(10);
/// Key sets that are kept in memory, at most.
const MOST_KEY_SETS: usize = 10_000;
/// How long the keys of other candidates are waited for once one provider has accepted a token.
const GRACE: Duration = Duration::from_secs(1);

/// The identity providers of this process. Clones share the cache.
#[derive(Clone, Debug)]
pub struct IdentityProviders(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The issuer of the `--jwt-…` settings, which comes first for its own issuer and audience.
    settings: Verifier,
    settings_issuer: String,
    settings_audiences: Vec<String>,
    leeway_seconds: u32,
    configured: Vec<Configured>,
    client: OutboundClient,
    private_client: OutboundClient,
    database: Database,
    clock: Clock,
    state: RwLock<State>,
    /// Locked while rows are read.
    loading: tokio::sync::Mutex<()>,
    /// Key sets by where they are: companies that register one issuer share its keys.
    key_sets: Mutex<HashMap<KeyLocation, KeySet>>,
}

/// A provider of the configuration file, with its keys.
#[derive(Debug)]
struct Configured {
    id: IdentityProviderId,
    provider: ConfiguredProvider,
    keys: KeySet,
}

#[derive(Debug, Default)]
struct State {
    snapshot: Option<Arc<Snapshot>>,
    read_at: Option<DateTime<Utc>>,
    /// Grows whenever what was read may be outdated.
    generation: u64,
}

/// The enabled providers, by issuer.
#[derive(Debug, Default)]
struct Snapshot {
    by_issuer: HashMap<String, Vec<Arc<Provider>>>,
    /// Those of the configuration file whose company exists.
    published: Vec<IdentityProviderId>,
}

/// A provider, ready to verify tokens.
#[derive(Debug)]
pub(super) struct Provider {
    pub id: IdentityProviderId,
    /// Null: the operator.
    pub company: Option<CompanyId>,
    pub definition: Definition,
    pub verifier: Verifier,
    version: i32,
}

/// What a provider makes of a token that it accepts.
pub(super) fn read_claims(provider: &Provider, token: &Token<'_>) -> Result<Mapped, TokenRefusal> {
    let claims = token.claims()?;
    let parties = &provider.definition.authorized_parties;
    let listed = |party: &str| parties.iter().any(|listed| listed == party);
    if !parties.is_empty() && !authorized_party(&claims).is_some_and(listed) {
        return Err(TokenRefusal::WrongClient);
    }
    Ok(mapped(&provider.definition, &claims))
}

impl Provider {
    pub(super) fn binding(&self) -> Binding {
        self.company.map_or(Binding::Operator, Binding::Company)
    }

    pub(super) fn identity(&self, claims: Claims, mapped: Mapped) -> Identity {
        Identity {
            issuer: claims.iss,
            subject: claims.sub,
            binding: self.binding(),
            email: mapped.verified_email().map(str::to_owned),
            employee_number: mapped.employee_number,
            roles: mapped.roles,
            provisioning: match self.definition.provisioning {
                IdentityProviderProvisioning::Off => Provisioning::Off,
                IdentityProviderProvisioning::WorkEmail => Provisioning::WorkEmail,
                IdentityProviderProvisioning::EmployeeNumber => Provisioning::EmployeeNumber,
            },
            provider: Some(self.id),
            purpose: Some(self.definition.purpose),
            expires_at: claims.exp,
        }
    }

    fn accepted(&self, token: &Token<'_>, claims: Claims) -> Result<Identity, TokenRefusal> {
        let mapped = read_claims(self, token)?;
        Ok(self.identity(claims, mapped))
    }

    async fn verify(
        &self,
        token: &Token<'_>,
        now: DateTime<Utc>,
    ) -> Result<Identity, TokenRefusal> {
        let claims = self.verifier.verify_read(token, now).await?;
        self.accepted(token, claims)
    }

    fn verify_cached(
        &self,
        token: &Token<'_>,
        now: DateTime<Utc>,
    ) -> Option<Result<Identity, TokenRefusal>> {
        let claims = self.verifier.verify_cached(token, now)?;
        Some(claims.and_then(|claims| self.accepted(token, claims)))
    }
}

impl IdentityProviders {
    /// Reads the settings; no server is asked before the first token comes.
    pub fn new(
        settings: IdentitySettings,
        database: Database,
        clock: Clock,
    ) -> Result<Self, JwtSettingsError> {
        let IdentitySettings { jwt, providers } = settings;
        let client = |network| {
            OutboundClient::new(network, providers.timeout).map_err(JwtSettingsError::Client)
        };
        let mut inner = Inner {
            settings_issuer: jwt.issuer.clone(),
            settings_audiences: vec![jwt.audience.clone()],
            leeway_seconds: jwt.leeway_seconds,
            settings: Verifier::new(jwt)?,
            configured: Vec::new(),
            client: client(providers.network)?,
            private_client: client(Network::PublicOrPrivate)?,
            database,
            clock,
            state: RwLock::default(),
            loading: tokio::sync::Mutex::default(),
            key_sets: Mutex::default(),
        };
        for provider in providers.configured {
            let keys = match (
                &provider.definition.keys,
                provider.definition.key_location(),
            ) {
                (KeyPlace::File(path), _) => {
                    KeySet::in_file(path.clone()).map_err(|error| JwtSettingsError::Provider {
                        name: provider.definition.name.clone(),
                        error,
                    })?
                }
                (_, Some(location)) if provider.private_network => {
                    KeySet::remote(inner.private_client.clone(), location)
                }
                (_, Some(location)) => inner.key_set(location),
                // refused by `rules::check`
                (_, None) => continue,
            };
            inner.configured.push(Configured {
                id: provider.id(),
                provider,
                keys,
            });
        }
        Ok(Self(Arc::new(inner)))
    }

    /// Whether the issuer is the one of the `--jwt-…` settings, or differs from it by a trailing slash only.
    #[must_use]
    pub fn is_of_settings(&self, issuer: &str) -> bool {
        let own = &self.0.settings_issuer;
        own == issuer || differ_by_slash(own, issuer)
    }

    /// Whether the token is one of the issuer and the audience of the `--jwt-…` settings.
    pub(super) fn is_for_settings(&self, token: &Unverified) -> bool {
        token.issuer == self.0.settings_issuer && token.is_for(&self.0.settings_audiences)
    }

    pub(super) fn settings(&self) -> &Verifier {
        &self.0.settings
    }

    /// Which addresses of key sets a mutation may name.
    #[must_use]
    pub fn network(&self) -> Network {
        self.0.client.network()
    }

    /// Verifies a token against the provider that its issuer and audience name. The claims are read before the token is verified to
    /// choose the provider, and for nothing else. If the request names a company, no provider of another company is asked.
    pub async fn identify(
        &self,
        token: &str,
        company: Option<CompanyId>,
    ) -> Result<Identity, TokenRefusal> {
        let now = self.0.clock.now();
        let token = Token::read(token)?;
        let by_settings = || async {
            let claims = self.0.settings.verify_read(&token, now).await?;
            Ok(of_settings(claims))
        };
        let unverified = match token.unverified() {
            Ok(unverified) if !self.is_for_settings(&unverified) => unverified,
            // what cannot be read is refused there, with the right reason
            Ok(_) | Err(_) => return by_settings().await,
        };
        let snapshot = self.snapshot(now).await?;
        let own = |provider: &&Arc<Provider>| match company {
            Some(named) => provider.company.is_none_or(|own| own == named),
            None => true,
        };
        let of_issuer = snapshot.by_issuer.get(&unverified.issuer);
        let of_issuer: Vec<&Arc<Provider>> = of_issuer.into_iter().flatten().filter(own).collect();
        if of_issuer.is_empty() {
            if unverified.issuer == self.0.settings_issuer {
                return by_settings().await;
            }
            return Err(TokenRefusal::WrongIssuer);
        }
        let candidates: Vec<&Arc<Provider>> = of_issuer
            .into_iter()
            .filter(|provider| unverified.is_for(&provider.definition.audiences))
            .collect();
        match candidates[..] {
            [] => Err(TokenRefusal::WrongAudience),
            [only] => only.verify(&token, now).await,
            ref several => choose(verify_each(several, &token, now).await, company.is_some()),
        }
    }

    /// Whether an accepted issuer differs from the token's by a trailing slash only.
    #[must_use]
    pub fn has_slash_twin_of(&self, token: &str) -> bool {
        let token = Token::read(token).and_then(|token| token.unverified());
        token.is_ok_and(|token| self.has_slash_twin(&token.issuer))
    }

    fn has_slash_twin(&self, issuer: &str) -> bool {
        let twin = match issuer.strip_suffix('/') {
            Some(without) => without.to_owned(),
            None => format!("{issuer}/"),
        };
        let state = self.0.state.read().unwrap_or_else(PoisonError::into_inner);
        let snapshot = state.snapshot.as_ref();
        twin == self.0.settings_issuer
            || snapshot.is_some_and(|snapshot| snapshot.by_issuer.contains_key(&twin))
    }

    /// Reads the rows again at the next token: they were changed in this process.
    pub fn forget(&self) {
        let mut state = self.0.state.write().unwrap_or_else(PoisonError::into_inner);
        state.generation += 1;
        state.read_at = None;
    }

    /// What is known of the keys of a provider: of the configuration file by its id, otherwise by where its keys are.
    #[must_use]
    pub fn key_status(
        &self,
        id: IdentityProviderId,
        source: IdentityProviderSource,
        location: Option<&KeyLocation>,
    ) -> KeySetStatus {
        let keys = match source {
            IdentityProviderSource::Configuration => {
                self.configured(id).map(|own| own.keys.clone())
            }
            IdentityProviderSource::Database => location.and_then(|location| {
                let sets = self.0.key_sets.lock();
                let sets = sets.unwrap_or_else(PoisonError::into_inner);
                sets.get(location).cloned()
            }),
        };
        keys.map(|keys| keys.status()).unwrap_or_default()
    }

    fn configured(&self, id: IdentityProviderId) -> Option<&Configured> {
        self.0.configured.iter().find(|own| own.id == id)
    }

    /// A provider for a test of a token, enabled or not; null if it is of a configuration file that this process does not have.
    pub(super) fn provider(&self, row: &identity_provider::Model) -> Option<Provider> {
        match row.source {
            IdentityProviderSource::Configuration => {
                let own = self.configured(row.id)?;
                Some(self.0.of_configuration(own, row.company_id))
            }
            IdentityProviderSource::Database => self.0.of_row(row),
        }
    }

    /// Writes the providers of the configuration file into the database, where lists and tests find them. At the start of a process.
    pub async fn publish(&self) -> Result<()> {
        let companies = self.0.companies().await?;
        let now = self.0.clock.now();
        for own in &self.0.configured {
            if let Owner::Company(slug) = &own.provider.owner
                && !companies.contains_key(slug)
            {
                let name = &own.provider.definition.name;
                tracing::warn!(
                    name,
                    company = slug,
                    "an identity provider of the configuration file waits for its company, which does not exist yet"
                );
            }
        }
        let known = self.0.configured.iter().filter_map(|own| {
            let binding = own.provider.owner.binding(&companies)?;
            Some(row(own, binding, now))
        });
        store::publish_without_scope(&self.0.database, known.collect(), true).await
    }

    async fn snapshot(&self, now: DateTime<Utc>) -> Result<Arc<Snapshot>, TokenRefusal> {
        if let Some(fresh) = self.0.fresh(now) {
            return Ok(fresh);
        }
        let _loading = self.0.loading.lock().await;
        if let Some(fresh) = self.0.fresh(now) {
            return Ok(fresh);
        }
        Box::pin(self.0.load(now)).await.map_err(|error| {
            tracing::error!(%error, "the identity providers cannot be read");
            TokenRefusal::ProvidersUnavailable
        })
    }
}

impl Inner {
    fn fresh(&self, now: DateTime<Utc>) -> Option<Arc<Snapshot>> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let read_at = state.read_at?;
        let fresh = (now - read_at).abs() < FRESH;
        state.snapshot.clone().filter(|_| fresh)
    }

    async fn load(&self, now: DateTime<Utc>) -> Result<Arc<Snapshot>> {
        let (before, generation) = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            (state.snapshot.clone().unwrap_or_default(), state.generation)
        };
        let rows = store::enabled_without_scope(&self.database).await?;
        let companies = self.companies().await?;
        let mut snapshot = Snapshot::default();
        let mut late = Vec::new();
        for own in &self.configured {
            let Some(binding) = own.provider.owner.binding(&companies) else {
                continue;
            };
            snapshot.published.push(own.id);
            if !before.published.contains(&own.id) {
                late.push(row(own, binding, now));
            }
            if own.provider.enabled {
                snapshot.add(Arc::new(self.of_configuration(own, binding.company())));
            }
        }
        for row in &rows {
            let known = before.by_issuer.get(&row.issuer);
            let known = known.into_iter().flatten();
            let same = |known: &&Arc<Provider>| known.id == row.id && known.version == row.version;
            match known.into_iter().find(same) {
                Some(same) => snapshot.add(Arc::clone(same)),
                None => match self.of_row(row) {
                    Some(provider) => snapshot.add(Arc::new(provider)),
                    None => {
                        tracing::warn!(id = %row.id, "an identity provider has an address that cannot be read");
                    }
                },
            }
        }
        self.forget_key_sets(&snapshot);
        // a company of the configuration file may have come into being since
        if !late.is_empty()
            && let Err(error) = store::publish_without_scope(&self.database, late, false).await
        {
            tracing::warn!(%error, "the identity providers of the configuration file cannot be listed");
        }
        let snapshot = Arc::new(snapshot);
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.snapshot = Some(Arc::clone(&snapshot));
        // what was changed while it was read is read again
        state.read_at = (state.generation == generation).then_some(now);
        Ok(snapshot)
    }

    async fn companies(&self) -> Result<HashMap<String, CompanyId>> {
        let slugs = self.configured.iter();
        let slugs: Vec<&str> = slugs
            .filter_map(|own| match &own.provider.owner {
                Owner::Company(slug) => Some(slug.as_str()),
                Owner::Operator => None,
            })
            .collect();
        store::companies_without_scope(&self.database, &slugs).await
    }

    fn of_configuration(&self, own: &Configured, company: Option<CompanyId>) -> Provider {
        let definition = own.provider.definition.clone();
        Provider {
            id: own.id,
            company,
            verifier: self.verifier(&definition, own.keys.clone()),
            definition,
            version: 0,
        }
    }

    fn of_row(&self, row: &identity_provider::Model) -> Option<Provider> {
        let definition = definition(row);
        let keys = self.key_set(definition.key_location()?);
        Some(Provider {
            id: row.id,
            company: Some(row.company_id?),
            verifier: self.verifier(&definition, keys),
            definition,
            version: row.version,
        })
    }

    fn verifier(&self, definition: &Definition, keys: KeySet) -> Verifier {
        Verifier::of_provider(
            definition.issuer.clone(),
            definition.audiences.clone(),
            definition.accepted_algorithms(),
            self.leeway_seconds,
            keys,
        )
    }

    fn key_set(&self, location: KeyLocation) -> KeySet {
        let mut sets = self.key_sets.lock().unwrap_or_else(PoisonError::into_inner);
        // those of providers that are disabled or changed by now are of no use
        if sets.len() >= MOST_KEY_SETS {
            sets.clear();
        }
        let new = || KeySet::remote(self.client.clone(), location.clone());
        sets.entry(location.clone()).or_insert_with(new).clone()
    }

    /// Key sets of no provider any more.
    fn forget_key_sets(&self, snapshot: &Snapshot) {
        let providers = snapshot.by_issuer.values().flatten();
        let used: Vec<KeyLocation> = providers
            .map(|provider| &provider.definition)
            .chain(self.configured.iter().map(|own| &own.provider.definition))
            .filter_map(Definition::key_location)
            .collect();
        let mut sets = self.key_sets.lock().unwrap_or_else(PoisonError::into_inner);
        sets.retain(|location, _| used.contains(location));
    }
}

impl Snapshot {
    fn add(&mut self, provider: Arc<Provider>) {
        let issuer = provider.definition.issuer.clone();
        self.by_issuer.entry(issuer).or_default().push(provider);
    }
}

impl Owner {
    /// Who it is; null if the company does not exist.
    fn binding(&self, companies: &HashMap<String, CompanyId>) -> Option<Binding> {
        match self {
            Self::Company(slug) => companies.get(slug).copied().map(Binding::Company),
            Self::Operator => Some(Binding::Operator),
        }
    }
}

/// The identity of a token of the `--jwt-…` settings.
pub(super) fn of_settings(claims: Claims) -> Identity {
    Identity {
        issuer: claims.iss,
        subject: claims.sub,
        binding: Binding::Any,
        email: None,
        employee_number: None,
        roles: Vec::new(),
        provisioning: Provisioning::Off,
        provider: None,
        purpose: None,
        expires_at: claims.exp,
    }
}

/// What each candidate makes of a token. Keys that are known decide first, so that no company can slow down the tokens of another one
/// by registering the same issuer with a server that does not answer.
async fn verify_each(
    candidates: &[&Arc<Provider>],
    token: &Token<'_>,
    now: DateTime<Utc>,
) -> Vec<Result<Identity, TokenRefusal>> {
    let mut verdicts = Vec::new();
    let mut waiting = FuturesUnordered::new();
    for provider in candidates {
        match provider.verify_cached(token, now) {
            Some(verdict) => verdicts.push(verdict),
            None => waiting.push(provider.verify(token, now)),
        }
    }
    loop {
        let accepted = verdicts.iter().any(Result::is_ok);
        let next = if accepted {
            timeout(GRACE, waiting.next()).await.unwrap_or_default()
        } else {
            waiting.next().await
        };
        match next {
            Some(verdict) => verdicts.push(verdict),
            None => return verdicts,
        }
    }
}

/// The one identity. If the request names a company, the company's comes first; otherwise the operator's, so that no company can take the
/// operator's sign-ins away. If several companies accept the token, the request must name one.
fn choose(
    verdicts: Vec<Result<Identity, TokenRefusal>>,
    named: bool,
) -> Result<Identity, TokenRefusal> {
    let (mut of_operator, mut of_companies, mut refusal) = (Vec::new(), Vec::new(), None);
    for verdict in verdicts {
        match verdict {
            Ok(identity) if identity.binding == Binding::Operator => of_operator.push(identity),
            Ok(identity) => of_companies.push(identity),
            Err(other) => {
                if refusal.is_none_or(|refusal| progress(other) > progress(refusal)) {
                    refusal = Some(other);
                }
            }
        }
    }
    let mut accepted = if of_operator.is_empty() || (named && !of_companies.is_empty()) {
        of_companies
    } else {
        of_operator
    };
    // of one company's, the oldest
    accepted.sort_by_key(|identity| identity.provider);
    let mut accepted = accepted.into_iter();
    let Some(first) = accepted.next() else {
        return Err(refusal.unwrap_or(TokenRefusal::WrongIssuer));
    };
    if accepted.all(|other| other.binding == first.binding) {
        Ok(first)
    } else {
        Err(TokenRefusal::CompanyNeeded)
    }
}

/// How far a token came: of several refusals the one that came furthest says most.
fn progress(refusal: TokenRefusal) -> u8 {
    match refusal {
        TokenRefusal::WrongAlgorithm => 1,
        TokenRefusal::UnknownKey => 2,
        TokenRefusal::KeysUnavailable => 3,
        TokenRefusal::BadSignature => 4,
        TokenRefusal::Malformed => 5,
        TokenRefusal::WrongClient => 6,
        TokenRefusal::NotYetValid => 7,
        TokenRefusal::Expired => 8,
        _ => 0,
    }
}

/// The definition of a stored provider.
pub(super) fn definition(row: &identity_provider::Model) -> Definition {
    Definition {
        name: row.name.clone(),
        purpose: row.purpose,
        issuer: row.issuer.clone(),
        audiences: row.audiences.0.clone(),
        keys: match &row.jwks_url {
            Some(url) => KeyPlace::Url(url.clone()),
            None => KeyPlace::Discovery,
        },
        algorithms: row.algorithms.0.clone(),
        authorized_parties: row.authorized_parties.0.clone(),
        claims: ClaimMapping {
            email: row.email_claim.clone(),
            email_verified: row.email_verified_claim.clone(),
            email_always_verified: row.email_always_verified,
            employee_number: row.employee_number_claim.clone(),
            groups: row.groups_claim.clone(),
        },
        group_roles: row.group_roles.0.clone(),
        provisioning: row.provisioning,
    }
}

/// Writes a definition onto a row.
pub(super) fn put(definition: Definition, row: &mut identity_provider::Model) {
    let Definition {
        name,
        purpose,
        issuer,
        audiences,
        keys,
        algorithms,
        authorized_parties,
        claims,
        group_roles,
        provisioning,
    } = definition;
    (row.name, row.purpose, row.issuer) = (name, purpose, issuer);
    row.audiences = Audiences(audiences);
    (row.key_source, row.jwks_url) = match keys {
        KeyPlace::Discovery => (IdentityProviderKeySource::Discovery, None),
        KeyPlace::Url(url) => (IdentityProviderKeySource::JwksUrl, Some(url)),
        KeyPlace::File(_) => (IdentityProviderKeySource::JwksFile, None),
    };
    row.algorithms = SigningAlgorithms(algorithms);
    row.authorized_parties = ClientIds(authorized_parties);
    row.email_claim = claims.email;
    row.email_verified_claim = claims.email_verified;
    row.email_always_verified = claims.email_always_verified;
    row.employee_number_claim = claims.employee_number;
    row.groups_claim = claims.groups;
    row.group_roles = GroupRoles(group_roles);
    row.provisioning = provisioning;
}

/// A row with nothing but its id and times, to put a definition onto.
pub(super) fn blank(
    id: IdentityProviderId,
    company: Option<CompanyId>,
    source: IdentityProviderSource,
    now: DateTime<Utc>,
) -> identity_provider::Model {
    identity_provider::Model {
        id,
        company_id: company,
        name: String::new(),
        purpose: entity::IdentityProviderPurpose::Employees,
        source,
        issuer: String::new(),
        audiences: Audiences::default(),
        key_source: IdentityProviderKeySource::Discovery,
        jwks_url: None,
        algorithms: SigningAlgorithms::default(),
        authorized_parties: ClientIds::default(),
        email_claim: None,
        email_verified_claim: None,
        email_always_verified: false,
        employee_number_claim: None,
        groups_claim: None,
        group_roles: GroupRoles::default(),
        provisioning: IdentityProviderProvisioning::Off,
        disabled_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// A provider of the configuration file as a row.
fn row(own: &Configured, binding: Binding, now: DateTime<Utc>) -> identity_provider::Model {
    let source = IdentityProviderSource::Configuration;
    let mut row = blank(own.id, binding.company(), source, now);
    put(own.provider.definition.clone(), &mut row);
    row.disabled_at = (!own.provider.enabled).then_some(now);
    row
}

#[cfg(test)]
mod tests {
    use entity::Id;
    use uuid::Uuid;

    use super::*;

    fn identity(binding: Binding, number: u128) -> Identity {
        let claims = Claims {
            iss: "https://login.example.com".into(),
            sub: "subject".into(),
            exp: DateTime::UNIX_EPOCH,
            nbf: None,
            jti: None,
        };
        Identity {
            binding,
            provider: Some(IdentityProviderId::of(Uuid::from_u128(number))),
            ..of_settings(claims)
        }
    }

    #[test]
    fn the_provider_that_accepts_a_token_binds_it() {
        let [one, two] = [1, 2].map(|number| CompanyId(Uuid::from_u128(number)));
        let of_one = identity(Binding::Company(one), 1);
        let refused = Err(TokenRefusal::BadSignature);
        assert_eq!(
            choose(vec![refused.clone(), Ok(of_one.clone())], false),
            Ok(of_one.clone())
        );
        let of_two = identity(Binding::Company(two), 2);
        assert_eq!(
            choose(vec![Ok(of_one.clone()), Ok(of_two.clone())], false),
            Err(TokenRefusal::CompanyNeeded)
        );
        // a company cannot take the operator's tokens away
        let operator = identity(Binding::Operator, 3);
        assert_eq!(
            choose(
                vec![Ok(of_one.clone()), Ok(operator.clone()), Ok(of_two)],
                false
            ),
            Ok(operator.clone())
        );
        // unless the request names the company
        let both = vec![Ok(operator.clone()), Ok(of_one.clone())];
        assert_eq!(choose(both, true), Ok(of_one.clone()));
        let again = identity(Binding::Company(one), 4);
        assert_eq!(
            choose(vec![Ok(again), Ok(of_one.clone())], false),
            Ok(of_one)
        );
        assert_eq!(
            choose(vec![Err(TokenRefusal::Expired), refused.clone()], false),
            Err(TokenRefusal::Expired)
        );
        assert_eq!(
            choose(vec![refused, Err(TokenRefusal::UnknownKey)], false),
            Err(TokenRefusal::BadSignature)
        );
    }
}
