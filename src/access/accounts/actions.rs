//! What is done to accounts, each in one transaction. The last enabled admin of a company stays, and nobody grants what they may not.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use entity::{AccountId, CompanyId, PersonId, Role, Roles, Standing, SubjectKind, account};
use sea_orm::ConnectionTrait;

use super::rules::{self, AccountState};
use super::store::{self, By, Found};
use crate::access::permission::Permission;
use crate::access::{Identity, Provisioning, Viewer, operators};
use crate::checks::{Checks, Edit, same_version};
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};

/// Longest name of an account.
pub const LONGEST_NAME: usize = 200;
/// The furthest end of an external account that may be set.
const LONGEST_EXTERNAL: TimeDelta = TimeDelta::days(400);

/// An edit of an account: what is undefined stays.
#[derive(Clone, Debug, Default)]
pub struct AccountEdit {
    /// Display name of an account without a person.
    pub name: Edit<String>,
    /// The person it belongs to.
    pub person: Edit<PersonId>,
    /// When an external account's roles end.
    pub expires_at: Edit<DateTime<Utc>>,
}

/// Roles as they are stored: in the order of their declaration, each once.
#[must_use]
pub fn sorted(mut roles: Vec<Role>) -> Vec<Role> {
    roles.sort_unstable_by_key(|role| *role as u8);
    roles.dedup();
    roles
}

/// Refuses roles that the viewer may not grant.
pub fn check_grant(scope: &Scope, checks: &mut Checks, roles: &[Role]) {
    let own = match scope.viewer() {
        Viewer::Member(member) => member.roles.clone(),
        // the command line and the service itself
        Viewer::System(_) => vec![Role::Operator],
        _ => Vec::new(),
    };
    let refused = rules::not_grantable(&own, roles);
    if !refused.is_empty() {
        checks.refuse(
            UserErrorCode::Refused,
            "roles",
            format!(
                "{} cannot be granted by you; grantable: {}",
                words(&refused),
                words(&rules::GRANTABLE)
            ),
        );
    }
}

fn words(roles: &[Role]) -> String {
    let words: Vec<String> = roles.iter().map(|role| role.word()).collect();
    words.join(", ")
}

/// Refuses an end of an external account that is past or too far away.
pub fn check_end(checks: &mut Checks, field: &str, end: DateTime<Utc>, now: DateTime<Utc>) {
    if end <= now {
        checks.refuse(UserErrorCode::Invalid, field, "must be in the future");
    } else if end > now + LONGEST_EXTERNAL {
        let message = format!("must be at most {} days ahead", LONGEST_EXTERNAL.num_days());
        checks.refuse(UserErrorCode::Invalid, field, message);
    }
}

/// Replaces the granted roles of an account. Requires `accounts:manage`.
pub async fn set_roles(
    scope: &Scope,
    id: AccountId,
    expected: Option<i32>,
    roles: Vec<Role>,
) -> Result<account::Model> {
    scope.require(Permission::AccountsManage)?;
    let transaction = scope.begin().await?;
    let (found, admins) = for_update(scope, &transaction, id).await?;
    same_version(expected, found.version)?;
    let roles = sorted(roles);
    let added: Vec<Role> = roles
        .iter()
        .filter(|role| !found.roles.0.contains(role))
        .copied()
        .collect();
    let mut checks = Checks::default();
    check_grant(scope, &mut checks, &added);
    if is_own(scope, id) && !added.is_empty() {
        let message = "you cannot add roles to your own account; another admin can";
        checks.refuse(UserErrorCode::Refused, "roles", message);
    }
    checks.done()?;
    if found.roles.0.contains(&Role::Admin) && !roles.contains(&Role::Admin) {
        keeps_an_admin(scope, &admins, id, "roles")?;
    }
    if roles == found.roles.0 {
        return Ok(found);
    }
    let changed = account::Model {
        roles: Roles(roles),
        ..found
    };
    write(
        scope,
        transaction,
        changed,
        "account.roles_changed",
        &["roles"],
    )
    .await
}

/// Disables an account: it can no longer sign in, its open sockets end. Requires `accounts:manage`.
pub async fn disable(scope: &Scope, id: AccountId) -> Result<account::Model> {
    scope.require(Permission::AccountsManage)?;
    let transaction = scope.begin().await?;
    let (found, admins) = for_update(scope, &transaction, id).await?;
    if found.disabled_at.is_some() {
        return Ok(found);
    }
    if found.roles.0.contains(&Role::Admin) {
        keeps_an_admin(scope, &admins, id, "id")?;
    }
    let changed = account::Model {
        disabled_at: Some(scope.now()),
        ..found
    };
    write(
        scope,
        transaction,
        changed,
        "account.disabled",
        &["disabledAt"],
    )
    .await
}

/// Enables a disabled account. Requires `accounts:manage`.
pub async fn enable(scope: &Scope, id: AccountId) -> Result<account::Model> {
    scope.require(Permission::AccountsManage)?;
    let transaction = scope.begin().await?;
    let (found, _) = for_update(scope, &transaction, id).await?;
    if found.disabled_at.is_none() {
        return Ok(found);
    }
    let mut checks = Checks::default();
    // enabling gives the stored roles back
    check_grant(scope, &mut checks, &found.roles.0);
    checks.done()?;
    let changed = account::Model {
        disabled_at: None,
        ..found
    };
    write(
        scope,
        transaction,
        changed,
        "account.enabled",
        &["disabledAt"],
    )
    .await
}

/// Edits an account's name, person, or end. Requires `accounts:manage`.
pub async fn update(
    scope: &Scope,
    id: AccountId,
    expected: Option<i32>,
    edit: AccountEdit,
) -> Result<account::Model> {
    scope.require(Permission::AccountsManage)?;
    let transaction = scope.begin().await?;
    let (found, admins) = for_update(scope, &transaction, id).await?;
    same_version(expected, found.version)?;
    let mut checks = Checks::default();
    let mut fields = Vec::new();
    let mut changed = found.clone();
    let mut employed = false;
    if let Some(name) = checks.edit("name", &edit.name, LONGEST_NAME)
        && name != found.name
    {
        changed.name = name;
        fields.push("name");
    }
    if !edit.person.is_undefined() {
        let person = edit.person.value().copied();
        if person != found.person_id {
            if is_own(scope, id) && found.person_id.is_some() {
                let message = "you cannot move your own account to another person";
                checks.refuse(UserErrorCode::Refused, "personId", message);
            }
            if let Some(person) = person {
                let standing = standing(scope, &*transaction, person).await?;
                match standing {
                    None | Some(Standing::Erased) => checks.refuse(
                        UserErrorCode::NotFound,
                        "personId",
                        "there is no such person",
                    ),
                    // with a person who works here the account needs no end of its own
                    Some(Standing::Employee) => {
                        employed = true;
                        changed.external = false;
                        changed.expires_at = None;
                    }
                    Some(_) => {}
                }
            }
            changed.person_id = person;
            fields.push("person");
        }
    }
    match edit.expires_at {
        Edit::Undefined => {}
        Edit::Null => {
            let message = "an external account needs an end; set a time, or name the person";
            checks.refuse(UserErrorCode::Required, "expiresAt", message);
        }
        Edit::Value(end) => {
            let end = end.trunc_subsecs(6);
            check_end(&mut checks, "expiresAt", end, scope.now());
            if Some(end) != found.expires_at || !found.external {
                (changed.external, changed.expires_at) = (true, Some(end));
                fields.push("expiresAt");
            }
        }
    }
    checks.done()?;
    if fields.is_empty() {
        return Ok(found);
    }
    if found.roles.0.contains(&Role::Admin)
        && fields.contains(&"person")
        && !employed
        && !changed.external
    {
        keeps_an_admin(scope, &admins, id, "personId")?;
    }
    write(scope, transaction, changed, "account.updated", &fields).await
}

/// Deletes an account. Requires `accounts:manage`.
pub async fn delete(scope: &Scope, id: AccountId) -> Result<AccountId> {
    scope.require(Permission::AccountsManage)?;
    let transaction = scope.begin().await?;
    let (found, admins) = for_update(scope, &transaction, id).await?;
    if found.roles.0.contains(&Role::Admin) {
        keeps_an_admin(scope, &admins, id, "id")?;
    }
    let (kind, mut writes) = ("account.deleted", transaction.writes());
    operators::record(scope, &mut writes, found.company_id, kind, id.0);
    transaction.write(writes, Vec::new()).await?;
    remove(&transaction, vec![found], kind).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Ends every login of people, as part of the act by which they leave the programme; external accounts have an end of their own. Answers how many there were.
pub async fn end_of(
    transaction: &Transaction<'_>,
    company: CompanyId,
    people: &[PersonId],
) -> Result<usize> {
    if people.is_empty() {
        return Ok(0);
    }
    let accounts = store::of_people(&**transaction, company, people).await?;
    let accounts: Vec<_> = accounts.into_iter().filter(|row| !row.external).collect();
    let count = accounts.len();
    remove(transaction, accounts, "account.deleted").await?;
    Ok(count)
}

/// What an HR system's changes mean for accounts, in the same transaction: granted roles are suspended when their person leaves and effective again
/// when they are back, and a person who died leaves no login behind.
pub async fn follow_standing(
    transaction: &Transaction<'_>,
    company: CompanyId,
    changes: &[Change],
) -> Result<Vec<Change>> {
    let of = |kinds: &[&str]| -> Vec<PersonId> {
        let changes = changes.iter().filter(|change| kinds.contains(&change.kind));
        changes.filter_map(|change| change.person).collect()
    };
    let left = of(&["person.left"]);
    let back = of(&["person.rehired", "person.reinstated"]);
    // nobody but who died is withdrawn by an HR system
    let died = of(&["membership.withdrawn"]);
    let all = [&left[..], &back, &died].concat();
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let accounts = store::of_people(&**transaction, company, &all).await?;
    let among = |account: &account::Model, people: &[PersonId]| {
        account
            .person_id
            .is_some_and(|person| people.contains(&person))
    };
    let (gone, stay): (Vec<_>, Vec<_>) = accounts
        .into_iter()
        .filter(|account| !account.external)
        .partition(|account| among(account, &died));
    remove(transaction, gone, "account.deleted").await?;
    let granted = stay.iter().filter(|account| !account.roles.0.is_empty());
    Ok(granted
        .filter_map(|account| {
            let kind = if among(account, &left) {
                "account.suspended"
            } else {
                "account.reinstated"
            };
            change(account, kind, &[])
        })
        .collect())
}

async fn remove(
    transaction: &Transaction<'_>,
    accounts: Vec<account::Model>,
    kind: &'static str,
) -> Result<()> {
    if accounts.is_empty() {
        return Ok(());
    }
    let changes = accounts
        .iter()
        .filter_map(|account| change(account, kind, &[]))
        .collect();
    let mut writes = transaction.writes();
    writes.also(store::deletion(accounts.iter().map(|account| account.id)));
    transaction.write(writes, changes).await?;
    Ok(())
}

/// The account, and the company's accounts with the role `ADMIN`, all locked in the order of their ids.
async fn for_update(
    scope: &Scope,
    transaction: &Transaction<'_>,
    id: AccountId,
) -> Result<(account::Model, Vec<Found>)> {
    let admins = match scope.only_company() {
        Some(company) => {
            store::with_role_for_update(&**transaction, Some(company), Role::Admin).await?
        }
        None => Vec::new(),
    };
    let found = store::get_for_update(scope, &**transaction, id).await?;
    let admins = match (scope.only_company(), found.company_id) {
        (None, Some(company)) => {
            store::with_role_for_update(&**transaction, Some(company), Role::Admin).await?
        }
        _ => admins,
    };
    Ok((found, admins))
}

/// Refuses to take the last effective admin from a company.
fn keeps_an_admin(scope: &Scope, admins: &[Found], id: AccountId, field: &str) -> Result<()> {
    let effective = |found: &&Found| found.facts(scope.now()).state() == AccountState::Active;
    let is_effective = admins.iter().filter(effective).any(|found| found.id == id);
    let others = admins.iter().filter(effective).any(|found| found.id != id);
    if is_effective && !others {
        let message = "is the last admin of the company; grant ADMIN to another account first";
        return Err(Refusal::new(UserErrorCode::Refused, field, message).into());
    }
    Ok(())
}

fn is_own(scope: &Scope, id: AccountId) -> bool {
    matches!(scope.viewer(), Viewer::Member(member) if member.account == id)
}

async fn standing(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    person: PersonId,
) -> Result<Option<Standing>> {
    let found = store::standings(connection, scope.company()?, &[person]).await?;
    Ok(found.first().map(|found| found.standing))
}

/// Disables or enables an operator's account. Checks no permission: only the command line calls it, which has the database.
pub(super) async fn set_operator_enabled(
    scope: &Scope,
    id: AccountId,
    enabled: bool,
) -> Result<account::Model> {
    let transaction = scope.begin().await?;
    let found = store::operator_for_update(&*transaction, id).await?;
    let found = found.ok_or(Error::NotFound)?;
    if found.disabled_at.is_none() == enabled {
        return Ok(found);
    }
    let changed = account::Model {
        disabled_at: (!enabled).then(|| scope.now()),
        ..found
    };
    let kind = if enabled {
        "account.enabled"
    } else {
        "account.disabled"
    };
    write(scope, transaction, changed, kind, &["disabledAt"]).await
}

async fn write(
    scope: &Scope,
    transaction: Transaction<'_>,
    changed: account::Model,
    kind: &'static str,
    fields: &[&str],
) -> Result<account::Model> {
    let changed = account::Model {
        updated_at: scope.now(),
        version: changed.version + 1,
        ..changed
    };
    let mut writes = transaction.writes();
    writes.save(changed.clone())?;
    operators::record(scope, &mut writes, changed.company_id, kind, changed.id.0);
    let changes = change(&changed, kind, fields).into_iter().collect();
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok(changed)
}

/// What happened to an account; null for an operator's, which belongs to no company.
#[must_use]
pub fn change(account: &account::Model, kind: &'static str, fields: &[&str]) -> Option<Change> {
    Some(Change {
        company: account.company_id?,
        kind,
        subject: SubjectKind::Account,
        id: account.id.0,
        person: account.person_id,
        fields: fields.iter().map(ToString::to_string).collect(),
    })
}

/// What an account is made of.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its id; null: a new one.
    pub id: Option<AccountId>,
    /// The company; null for an operator.
    pub company: Option<CompanyId>,
    /// The person.
    pub person: Option<PersonId>,
    /// Granted roles.
    pub roles: Vec<Role>,
    /// Display name.
    pub name: Option<String>,
    /// Whether it needs no current employment.
    pub external: bool,
    /// When an external account's roles end.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The account of a login, made or extended within a transaction: an account the login already has in the company gains the roles and the person.
pub async fn bind(
    scope: &Scope,
    transaction: &Transaction<'_>,
    identity: &Identity,
    new: NewAccount,
) -> Result<(account::Model, Vec<Change>)> {
    let now = scope.now();
    let login = (identity.issuer.as_str(), identity.subject.as_str());
    let mut writes = transaction.writes();
    let held = store::of_login_for_update(&**transaction, new.company, login).await?;
    if let Some(held) = held {
        let refuse = |message: &str| Refusal::new(UserErrorCode::Refused, "token", message);
        if held.disabled_at.is_some() {
            return Err(refuse("your account in this company is disabled").into());
        }
        if let (Some(own), Some(person)) = (held.person_id, new.person)
            && own != person
        {
            return Err(refuse("your login already belongs to another person").into());
        }
        // the roles that end with the employment would outlive it
        if new.external && !held.external && !held.roles.0.is_empty() {
            let message = "the roles of your account in this company end with your employment; an admin can make it external by `accountUpdate`";
            return Err(refuse(message).into());
        }
        let gained: Vec<Role> = held.roles.0.iter().chain(&new.roles).copied().collect();
        let bound = account::Model {
            roles: Roles(sorted(gained)),
            person_id: held.person_id.or(new.person),
            name: held.name.clone().or(new.name),
            email: identity.email.clone().or_else(|| held.email.clone()),
            external: held.external || new.external,
            expires_at: if new.external {
                new.expires_at
            } else {
                held.expires_at
            },
            updated_at: now,
            version: held.version + 1,
            ..held
        };
        writes.save(bound.clone())?;
        let kind = "account.roles_changed";
        operators::record(scope, &mut writes, bound.company_id, kind, bound.id.0);
        transaction.write(writes, Vec::new()).await?;
        let changes = change(&bound, kind, &["roles"]);
        return Ok((bound, changes.into_iter().collect()));
    }
    let id = new.id.unwrap_or_else(|| scope.new_id());
    let made = account::Model {
        id,
        company_id: new.company,
        person_id: new.person,
        issuer: identity.issuer.clone(),
        subject: identity.subject.clone(),
        roles: Roles(sorted(new.roles)),
        name: new.name,
        email: identity.email.clone(),
        external: new.external,
        expires_at: new.expires_at,
        disabled_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    writes.insert(vec![made.clone()]);
    let kind = "account.created";
    operators::record(scope, &mut writes, made.company_id, kind, id.0);
    match transaction.write(writes, Vec::new()).await {
        Err(error) if store::exists_already(&error) => {
            return Err(Error::Conflict(
                "your login got its account in the same moment; send it again",
            ));
        }
        done => done?,
    }
    let changes = change(&made, kind, &[]);
    Ok((made, changes.into_iter().collect()))
}

/// Creates the account of an employee at their first sign-in, as the identity provider's provisioning says. False if not exactly one current employee
/// matches: an address or a number that two people share never matches.
pub async fn provision(scope: &Scope, company: CompanyId, identity: &Identity) -> Result<bool> {
    let by = match (
        identity.provisioning,
        &identity.email,
        &identity.employee_number,
    ) {
        (Provisioning::WorkEmail, Some(address), _) => By::WorkEmail(address),
        (Provisioning::EmployeeNumber, _, Some(number)) => By::EmployeeNumber(number),
        _ => return Ok(false),
    };
    let transaction = scope.begin().await?;
    let found = store::matches(&*transaction, company, by).await?;
    let [only] = &found[..] else {
        return Ok(false);
    };
    if only.standing != Standing::Employee {
        return Ok(false);
    }
    let new = NewAccount {
        id: None,
        company: Some(company),
        person: Some(only.id),
        roles: Vec::new(),
        name: None,
        external: false,
        expires_at: None,
    };
    match bind(scope, &transaction, identity, new).await {
        // another request of the same login was first
        Err(Error::Conflict(_)) => Ok(true),
        Err(error) => Err(error),
        Ok((_, changes)) => {
            transaction.record(changes).await?;
            transaction.commit().await?;
            Ok(true)
        }
    }
}
