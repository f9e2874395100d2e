//! What is done to identity providers: each in one transaction. Those of the configuration file are not changed here.

use entity::{
    CompanyId, GroupRole, IdentityProviderId, IdentityProviderProvisioning,
    IdentityProviderPurpose, IdentityProviderSource, SigningAlgorithm, SubjectKind,
    identity_provider,
};
use sea_orm::ConnectionTrait;

use super::explain::{Explanation, explain};
use super::registry::{IdentityProviders, blank, definition, put};
use super::rules::{ClaimMapping, Definition, KeyPlace, check, overlap};
use super::store;
use crate::access::Permission;
use crate::checks::{Checks, Edit, same_version};
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};

/// Providers of one company, at most.
const MOST_PROVIDERS: usize = 50;

/// A change of an identity provider: what is undefined or null stays, unless it says otherwise.
#[derive(Clone, Debug, Default)]
pub struct ProviderEdit {
    /// Name.
    pub name: Option<String>,
    /// Purpose of the provider: sign-in of employees or of alumni.
    pub purpose: Option<IdentityProviderPurpose>,
    /// The issuer.
    pub issuer: Option<String>,
    /// Accepted audiences.
    pub audiences: Option<Vec<String>>,
    /// The address of the key set; null: discovery.
    pub jwks_url: Edit<String>,
    /// Accepted algorithms.
    pub algorithms: Option<Vec<SigningAlgorithm>>,
    /// Accepted clients.
    pub authorized_parties: Option<Vec<String>>,
    /// What its claims mean.
    pub claims: Option<ClaimMapping>,
    /// Roles by group.
    pub group_roles: Option<Vec<GroupRole>>,
    /// How a first sign-in is matched to an employee.
    pub provisioning: Option<IdentityProviderProvisioning>,
}

/// Creates an identity provider of the company. Requires `identity-providers:manage`.
pub async fn create(
    scope: &Scope,
    providers: &IdentityProviders,
    given: Definition,
    enabled: bool,
) -> Result<identity_provider::Model> {
    scope.require(Permission::IdentityProvidersManage)?;
    let company = scope.company()?;
    let now = scope.now();
    let source = IdentityProviderSource::Database;
    let mut row = blank(scope.new_id(), Some(company), source, now);
    row.disabled_at = (!enabled).then_some(now);
    let transaction = scope.begin().await?;
    let mut checks = Checks::default();
    let others = accept(scope, &transaction, &mut checks, providers, given, &mut row).await?;
    if others >= MOST_PROVIDERS {
        let message = format!("a company has at most {MOST_PROVIDERS} identity providers");
        checks.refuse(UserErrorCode::Refused, "", message);
    }
    checks.done()?;
    let mut writes = transaction.writes();
    writes.insert(vec![row.clone()]);
    finish(
        scope,
        transaction,
        providers,
        writes,
        &row,
        ("identity_provider.created", vec![]),
    )
    .await?;
    Ok(row)
}

/// Changes an identity provider. Requires `identity-providers:manage`.
pub async fn update(
    scope: &Scope,
    providers: &IdentityProviders,
    id: IdentityProviderId,
    expected: Option<i32>,
    edit: ProviderEdit,
) -> Result<identity_provider::Model> {
    let (transaction, found) = lock(scope, id).await?;
    same_version(expected, found.version)?;
    let stored = definition(&found);
    let ProviderEdit {
        name,
        purpose,
        issuer,
        audiences,
        jwks_url,
        algorithms,
        authorized_parties,
        claims,
        group_roles,
        provisioning,
    } = edit;
    let given = Definition {
        name: name.unwrap_or_else(|| stored.name.clone()),
        purpose: purpose.unwrap_or(stored.purpose),
        issuer: issuer.unwrap_or_else(|| stored.issuer.clone()),
        audiences: audiences.unwrap_or_else(|| stored.audiences.clone()),
        keys: match jwks_url {
            Edit::Undefined => stored.keys.clone(),
            Edit::Null => KeyPlace::Discovery,
            Edit::Value(url) => KeyPlace::Url(url),
        },
        algorithms: algorithms.unwrap_or_else(|| stored.algorithms.clone()),
        authorized_parties: authorized_parties.unwrap_or_else(|| stored.authorized_parties.clone()),
        claims: claims.unwrap_or_else(|| stored.claims.clone()),
        group_roles: group_roles.unwrap_or_else(|| stored.group_roles.clone()),
        provisioning: provisioning.unwrap_or(stored.provisioning),
    };
    let mut row = found.clone();
    let mut checks = Checks::default();
    accept(scope, &transaction, &mut checks, providers, given, &mut row).await?;
    checks.done()?;
    let fields = changed(&found, &row);
    if fields.is_empty() {
        return Ok(found);
    }
    save(
        scope,
        transaction,
        providers,
        row,
        ("identity_provider.updated", fields),
    )
    .await
}

/// Accepts or refuses tokens of an identity provider; one that already does stays as it is. Requires `identity-providers:manage`.
pub async fn set_enabled(
    scope: &Scope,
    providers: &IdentityProviders,
    id: IdentityProviderId,
    expected: Option<i32>,
    enabled: bool,
) -> Result<identity_provider::Model> {
    let (transaction, found) = lock(scope, id).await?;
    same_version(expected, found.version)?;
    if found.disabled_at.is_none() == enabled {
        return Ok(found);
    }
    let mut row = found;
    row.disabled_at = (!enabled).then(|| scope.now());
    let kind = if enabled {
        "identity_provider.enabled"
    } else {
        "identity_provider.disabled"
    };
    save(scope, transaction, providers, row, (kind, vec!["enabled"])).await
}

/// Deletes an identity provider. Its accounts stay, but can no longer sign in through it. Requires `identity-providers:manage`.
pub async fn delete(
    scope: &Scope,
    providers: &IdentityProviders,
    id: IdentityProviderId,
    expected: Option<i32>,
) -> Result<IdentityProviderId> {
    let (transaction, found) = lock(scope, id).await?;
    same_version(expected, found.version)?;
    let mut writes = transaction.writes();
    writes.also(store::deletion(id));
    finish(
        scope,
        transaction,
        providers,
        writes,
        &found,
        ("identity_provider.deleted", vec![]),
    )
    .await?;
    Ok(id)
}

/// What a token would resolve to. Requires `identity-providers:read`.
pub async fn test(
    scope: &Scope,
    providers: &IdentityProviders,
    token: &str,
    id: Option<IdentityProviderId>,
) -> Result<Explanation> {
    scope.require(Permission::IdentityProvidersRead)?;
    let token = token.trim();
    if token.is_empty() {
        let message = "must not be empty: a token, as a client sends it after `Bearer`";
        return Err(Refusal::new(UserErrorCode::Required, "token", message).into());
    }
    explain(scope, providers, token, id).await
}

/// The row for a change, in a transaction.
async fn lock(
    scope: &Scope,
    id: IdentityProviderId,
) -> Result<(Transaction<'_>, identity_provider::Model)> {
    scope.require(Permission::IdentityProvidersManage)?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    if found.source == IdentityProviderSource::Configuration {
        let message =
            "the provider is of the configuration file of the service, and is changed there";
        return Err(Refusal::new(UserErrorCode::Refused, "id", message).into());
    }
    Ok((transaction, found))
}

/// Checks a definition and puts it onto its row; how many other providers the company has.
async fn accept(
    scope: &Scope,
    transaction: &impl std::ops::Deref<Target = impl ConnectionTrait>,
    checks: &mut Checks,
    providers: &IdentityProviders,
    given: Definition,
    row: &mut identity_provider::Model,
) -> Result<usize> {
    let accepted = check(checks, given, providers.network(), false);
    if providers.is_of_settings(&accepted.issuer) {
        checks.refuse(
            UserErrorCode::Taken,
            "issuer",
            "is the issuer of the settings of the service, which every company accepts",
        );
    }
    let others = store::own(scope, &**transaction).await?;
    let others: Vec<_> = others.iter().filter(|other| other.id != row.id).collect();
    for other in &others {
        if other.source == row.source && other.name == accepted.name {
            let message = format!("another provider of the company is named `{}`", other.name);
            checks.refuse(UserErrorCode::Taken, "name", message);
        }
        let theirs = (other.issuer.as_str(), other.audiences.0.as_slice());
        if overlap((&accepted.issuer, &accepted.audiences), theirs) {
            let message = format!(
                "the provider `{}` of the company already accepts this issuer with one of these audiences",
                other.name
            );
            checks.refuse(UserErrorCode::Taken, "audiences", message);
        }
    }
    put(accepted, row);
    Ok(others.len())
}

/// Stores a changed row.
async fn save(
    scope: &Scope,
    transaction: Transaction<'_>,
    providers: &IdentityProviders,
    mut row: identity_provider::Model,
    change: (&'static str, Vec<&str>),
) -> Result<identity_provider::Model> {
    row.updated_at = scope.now();
    row.version += 1;
    let mut writes = transaction.writes();
    writes.save(row.clone())?;
    finish(scope, transaction, providers, writes, &row, change).await?;
    Ok(row)
}

/// Writes, commits, and has the providers of this process read again.
async fn finish(
    scope: &Scope,
    transaction: Transaction<'_>,
    providers: &IdentityProviders,
    writes: crate::writes::Writes,
    row: &identity_provider::Model,
    (kind, fields): (&'static str, Vec<&str>),
) -> Result<()> {
    let company: CompanyId = row
        .company_id
        .ok_or_else(|| Error::internal("an identity provider of no company was changed"))?;
    let change = Change {
        company,
        kind,
        subject: SubjectKind::IdentityProvider,
        id: row.id.0,
        person: None,
        fields: fields.into_iter().map(str::to_owned).collect(),
    };
    if let Err(error) = transaction.write(writes, vec![change]).await {
        if store::name_is_taken(&error) {
            let message = "another provider of the company has this name";
            return Err(Refusal::new(UserErrorCode::Taken, "name", message).into());
        }
        return Err(error.into());
    }
    transaction.commit().await?;
    let (providers, feed) = (providers.clone(), scope.feed().clone());
    let effective = async move {
        providers.forget();
        // after it: open sockets are checked against the new definition
        feed.rights_changed();
    };
    scope.database().after_commit(effective).await;
    Ok(())
}

/// The fields in which two rows differ, as the schema names them.
fn changed(
    before: &identity_provider::Model,
    after: &identity_provider::Model,
) -> Vec<&'static str> {
    let (before, after) = (definition(before), definition(after));
    [
        ("name", before.name != after.name),
        ("purpose", before.purpose != after.purpose),
        ("issuer", before.issuer != after.issuer),
        ("audiences", before.audiences != after.audiences),
        ("jwksUrl", before.keys != after.keys),
        ("algorithms", before.algorithms != after.algorithms),
        (
            "authorizedParties",
            before.authorized_parties != after.authorized_parties,
        ),
        ("claims", before.claims != after.claims),
        ("groupRoles", before.group_roles != after.group_roles),
        ("provisioning", before.provisioning != after.provisioning),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}
