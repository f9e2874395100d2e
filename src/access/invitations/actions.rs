//! What is done to invitations, each in one transaction. A link is shown to the caller once; the row keeps the hash of its secret part.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use entity::{
    AccountId, CompanyId, InvitationId, InvitationKind, PersonId, Role, Roles, Standing,
    SubjectKind, account, company, invitation, person,
};

use super::rules::{self, InvitationState, MOST_DAYS};
use super::store;
use crate::access::accounts::actions::{
    LONGEST_NAME, NewAccount, bind, check_end, check_grant, sorted,
};
use crate::access::permission::Permission;
use crate::access::{Identity, Link, Links, Login, Member, Viewer, accounts, operators};
use crate::alumni::whole_name;
use crate::checks::Checks;
use crate::deliveries::{self, Message, NewDelivery};
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};

/// An invitation to an account.
#[derive(Clone, Debug, Default)]
pub struct NewInvitation {
    /// Granted roles; at least one, unless a person is given.
    pub roles: Vec<Role>,
    /// The person who will sign in; null for an external account.
    pub person: Option<PersonId>,
    /// Display name of an external account.
    pub name: Option<String>,
    /// The e-mail address the link is sent to.
    pub email: Option<String>,
    /// When the roles of an external account end. Only the command line may leave it out.
    pub account_expires_at: Option<DateTime<Utc>>,
    /// How many days the link is valid.
    pub days: Option<i32>,
}

/// An invitation with its link, which is shown this once.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The row.
    pub invitation: invitation::Model,
    /// Token of the link.
    pub token: String,
}

/// Invites somebody to an account. Requires `accounts:manage`.
pub async fn invite(scope: &Scope, links: &Links, new: NewInvitation) -> Result<Invited> {
    scope.require(Permission::AccountsManage)?;
    let now = scope.now();
    let company = scope.company()?;
    let mut checks = Checks::default();
    let roles = sorted(new.roles);
    check_grant(scope, &mut checks, &roles);
    if roles.is_empty() && new.person.is_none() {
        let message = "must name at least one role, unless `personId` is given";
        checks.refuse(UserErrorCode::Required, "roles", message);
    }
    let name = checks.text("name", new.name.as_deref(), LONGEST_NAME);
    let email = new.email.as_deref().map(|text| checks.email("email", text));
    let days = days(&mut checks, new.days, rules::ACCOUNT_DAYS);
    let end = new.account_expires_at.map(|end| end.trunc_subsecs(6));
    if let Some(end) = end {
        check_end(&mut checks, "accountExpiresAt", end, now);
    }
    let transaction = scope.begin().await?;
    let mut external = end.is_some();
    match new.person {
        None => {
            external = true;
            let by_command = matches!(scope.viewer(), Viewer::System(_));
            if end.is_none() && !by_command {
                let message = "is required without `personId`: when the external account ends";
                checks.refuse(UserErrorCode::Required, "accountExpiresAt", message);
            }
        }
        Some(id) => match store::person(&*transaction, company, id).await? {
            None => checks.refuse(
                UserErrorCode::NotFound,
                "personId",
                "there is no such person",
            ),
            Some(person) if person.standing == Standing::Erased => checks.refuse(
                UserErrorCode::NotFound,
                "personId",
                "there is no such person",
            ),
            Some(person) => {
                if person.standing != Standing::Employee && !roles.is_empty() && !external {
                    let message = "has no current employment; give `accountExpiresAt` for an external account";
                    checks.refuse(UserErrorCode::Refused, "personId", message);
                }
            }
        },
    }
    checks.done()?;
    let row = Row {
        company: Some(company),
        kind: InvitationKind::Account,
        person: new.person,
        roles,
        name,
        email,
        only: None,
        external,
        account_expires_at: end,
        days,
    };
    let invited = row.make(scope, links)?;
    let mut writes = transaction.writes();
    writes.insert(vec![invited.invitation.clone()]);
    let mut changes: Vec<Change> = change(&invited.invitation, "invitation.created")
        .into_iter()
        .collect();
    let mail = mail(scope, &transaction, &invited).await?;
    changes.extend(
        deliveries::queue(scope, &transaction, &mut writes, mail)
            .await?
            .changes,
    );
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok(invited)
}

/// The message that brings an invitation to an account; none without an e-mail address.
async fn mail(
    scope: &Scope,
    transaction: &Transaction<'_>,
    invited: &Invited,
) -> Result<Vec<NewDelivery>> {
    let Invited { invitation, token } = invited;
    let (Some(company), Some(recipient)) = (invitation.company_id, invitation.email.clone()) else {
        return Ok(Vec::new());
    };
    let company = store::company(&**transaction, company).await?;
    let company = company.ok_or(Error::NotFound)?;
    let person = match invitation.person_id {
        Some(id) => store::person(&**transaction, company.id, id).await?,
        None => None,
    };
    let invited_by = match scope.viewer().person() {
        Some(id) => store::person(&**transaction, company.id, id).await?,
        None => None,
    };
    let name = |person: person::Model| whole_name(&person.family_name, &person.given_name);
    Ok(vec![NewDelivery {
        message: Message::AccountInvitation {
            roles: invitation.roles.0.clone(),
            invited_by: invited_by.map(name),
            expires_at: invitation.expires_at,
            token: token.clone().into(),
        },
        recipient,
        locale: language(person.as_ref(), &company),
        person: invitation.person_id,
        subject: Some(invitation.id.0),
        purpose: None,
        dedupe_key: dedupe_key(invitation),
        not_after: Some(invitation.expires_at),
    }])
}

/// One message for each link of an invitation.
#[must_use]
pub fn dedupe_key(invitation: &invitation::Model) -> String {
    format!("invitation:{}:{}", invitation.id, invitation.sent_count)
}

/// Invites an operator; for the command line.
pub async fn invite_operator(
    scope: &Scope,
    links: &Links,
    name: Option<String>,
    days_valid: Option<i32>,
) -> Result<Invited> {
    let mut checks = Checks::default();
    let days = days(&mut checks, days_valid, rules::ACCOUNT_DAYS);
    let name = checks.text("name", name.as_deref(), LONGEST_NAME);
    checks.done()?;
    let row = Row {
        company: None,
        kind: InvitationKind::Account,
        person: None,
        roles: vec![Role::Operator],
        name,
        email: None,
        only: None,
        external: false,
        account_expires_at: None,
        days,
    };
    let invited = row.make(scope, links)?;
    let transaction = scope.begin().await?;
    let mut writes = transaction.writes();
    writes.insert(vec![invited.invitation.clone()]);
    let id = invited.invitation.id.0;
    operators::record(scope, &mut writes, None, "invitation.created", id);
    transaction.write(writes, Vec::new()).await?;
    transaction.commit().await?;
    Ok(invited)
}

/// The only login that may use a link.
#[derive(Clone, Debug)]
pub struct OnlyLogin {
    /// The token's `iss`.
    pub issuer: String,
    /// The token's `sub`.
    pub subject: String,
}

/// What an invitation is made of.
#[derive(Clone, Debug)]
pub struct Row {
    /// The company; null for an operator.
    pub company: Option<CompanyId>,
    /// What accepting the invitation creates.
    pub kind: InvitationKind,
    /// The person.
    pub person: Option<PersonId>,
    /// Granted roles.
    pub roles: Vec<Role>,
    /// Display name.
    pub name: Option<String>,
    /// Where the link is sent.
    pub email: Option<String>,
    /// The only login that may use the link; null: any login.
    pub only: Option<OnlyLogin>,
    /// Whether the account keeps its roles without a current employment.
    pub external: bool,
    /// When the roles of an external account end.
    pub account_expires_at: Option<DateTime<Utc>>,
    /// How many days the link is valid.
    pub days: i32,
}

impl Row {
    /// The row and its link, not yet stored.
    pub fn make(self, scope: &Scope, links: &Links) -> Result<Invited> {
        let now = scope.now();
        let id: InvitationId = scope.new_id();
        let lifetime = TimeDelta::days(i64::from(self.days));
        let (token, link_hash) = links.make(id, now, lifetime)?;
        let (issuer, subject) = self.only.map(|login| (login.issuer, login.subject)).unzip();
        let invitation = invitation::Model {
            id,
            company_id: self.company,
            kind: self.kind,
            person_id: self.person,
            roles: Roles(self.roles),
            name: self.name,
            email: self.email,
            issuer,
            subject,
            external: self.external,
            account_expires_at: self.account_expires_at,
            link_hash,
            sent_at: now,
            sent_count: 1,
            expires_at: now + lifetime,
            accepted_at: None,
            account_id: None,
            revoked_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        Ok(Invited { invitation, token })
    }
}

/// The days a link is valid, as given or as usual; refuses a number out of range.
pub fn days(checks: &mut Checks, given: Option<i32>, usual: i32) -> i32 {
    let days = given.unwrap_or(usual);
    if !(1..=MOST_DAYS).contains(&days) {
        let message = format!("must be from 1 to {MOST_DAYS}");
        checks.refuse(UserErrorCode::Invalid, "expiresInDays", message);
    }
    days
}

/// The row with a new link in place of the one before.
pub fn renewed(scope: &Scope, links: &Links, row: invitation::Model) -> Result<Invited> {
    let now = scope.now();
    let lifetime = row.expires_at - row.sent_at;
    let (token, link_hash) = links.make(row.id, now, lifetime)?;
    let invitation = invitation::Model {
        link_hash,
        sent_at: now,
        sent_count: row.sent_count + 1,
        expires_at: now + lifetime,
        updated_at: now,
        version: row.version + 1,
        ..row
    };
    Ok(Invited { invitation, token })
}

/// Makes a new link; the one before no longer works. Requires `accounts:manage` for an account, `alumni:write` and `alumni:read` for a membership.
pub async fn resend(scope: &Scope, links: &Links, id: InvitationId) -> Result<Invited> {
    store::require(scope)?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    if let Err(why) = rules::may_resend(&found, scope.now()) {
        return Err(Refusal::new(UserErrorCode::Refused, "id", why).into());
    }
    if found.kind == InvitationKind::Account {
        // a new link grants the roles as the first one did
        let mut checks = Checks::default();
        check_grant(scope, &mut checks, &found.roles.0);
        checks.done()?;
    }
    let kind = found.kind;
    let invited = renewed(scope, links, found)?;
    let mut writes = transaction.writes();
    writes.save(invited.invitation.clone())?;
    let (what, row) = ("invitation.resent", &invited.invitation);
    operators::record(scope, &mut writes, row.company_id, what, row.id.0);
    let mut changes: Vec<Change> = change(row, what).into_iter().collect();
    if invited.invitation.company_id.is_some() {
        // the link of a message that waits no longer works
        let subjects = [invited.invitation.id.0];
        changes.extend(deliveries::cancel(scope, &transaction, &mut writes, &subjects).await?);
        let mail = match kind {
            InvitationKind::Account => mail(scope, &transaction, &invited).await?,
            InvitationKind::Membership => {
                let reminders = [(&invited, false)];
                membership_mail(scope, &transaction, &reminders).await?
            }
        };
        let queued = deliveries::queue(scope, &transaction, &mut writes, mail).await?;
        changes.extend(queued.changes);
    }
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok(invited)
}

/// The messages that bring invitations to memberships, or reminders of them, to the people's private addresses; none for people without one. A link
/// that only one login may use goes to the address of its application.
pub async fn membership_mail(
    scope: &Scope,
    transaction: &Transaction<'_>,
    invited: &[(&Invited, bool)],
) -> Result<Vec<NewDelivery>> {
    let company = store::company(&**transaction, scope.company()?).await?;
    let company = company.ok_or(Error::NotFound)?;
    let ids: Vec<PersonId> = invited
        .iter()
        .filter_map(|(invited, _)| invited.invitation.person_id)
        .collect();
    let people = store::people(scope, &**transaction, company.id, &ids).await?;
    let message = |(invited, reminder): &(&Invited, bool)| {
        let Invited { invitation, token } = invited;
        let person = people.get(&invitation.person_id?)?;
        let recipient = match invitation.subject {
            Some(_) => invitation.email.clone()?,
            None => person.personal_email.clone()?,
        };
        let name = whole_name(&person.family_name, &person.given_name);
        let (expires_at, token) = (invitation.expires_at, token.clone().into());
        Some(NewDelivery {
            message: if *reminder {
                Message::MembershipReminder {
                    name,
                    expires_at,
                    token,
                }
            } else {
                Message::MembershipInvitation {
                    name,
                    expires_at,
                    token,
                }
            },
            recipient,
            locale: language(Some(person), &company),
            person: invitation.person_id,
            subject: Some(invitation.id.0),
            purpose: None,
            dedupe_key: dedupe_key(invitation),
            not_after: Some(expires_at),
        })
    };
    Ok(invited.iter().filter_map(message).collect())
}

/// Revokes an open invitation: its link no longer works. A revoked one stays as it is. Requires the permission of [`resend`].
pub async fn revoke(scope: &Scope, id: InvitationId) -> Result<invitation::Model> {
    store::require(scope)?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    if found.accepted_at.is_some() {
        let message = "was accepted; disable or delete the account instead";
        return Err(Refusal::new(UserErrorCode::Refused, "id", message).into());
    }
    if found.revoked_at.is_some() {
        return Ok(found);
    }
    let revoked = revoked(scope, found);
    let mut writes = transaction.writes();
    writes.save(revoked.clone())?;
    let kind = "invitation.revoked";
    operators::record(scope, &mut writes, revoked.company_id, kind, revoked.id.0);
    let mut changes: Vec<Change> = change(&revoked, kind).into_iter().collect();
    if revoked.company_id.is_some() {
        let subjects = [revoked.id.0];
        changes.extend(deliveries::cancel(scope, &transaction, &mut writes, &subjects).await?);
    }
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok(revoked)
}

/// The row once it is revoked.
#[must_use]
pub fn revoked(scope: &Scope, row: invitation::Model) -> invitation::Model {
    let now = scope.now();
    invitation::Model {
        revoked_at: Some(now),
        updated_at: now,
        version: row.version + 1,
        ..row
    }
}

/// An open invitation behind a link, with its company.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Token of the link.
    pub link: Link<InvitationId>,
    /// The row.
    pub invitation: invitation::Model,
    /// The company; null for an operator's account.
    pub company: Option<company::Model>,
}

/// The open invitation behind a link; null if the token is none, expired, was used, or was replaced.
pub async fn open(scope: &Scope, links: &Links, token: &str) -> Result<Option<Opened>> {
    let Some(link) = links.read::<InvitationId>(token, scope.now()).await else {
        return Ok(None);
    };
    let found = store::linked_without_scope(scope.database(), link.id).await?;
    let found = found.filter(|(row, _)| is_open(scope, &link, row));
    Ok(found.map(|(invitation, company)| Opened {
        link,
        invitation,
        company,
    }))
}

/// Whether a link opens the row now.
#[must_use]
pub fn is_open(scope: &Scope, link: &Link<InvitationId>, row: &invitation::Model) -> bool {
    let now = scope.now();
    let state = rules::state(row.accepted_at, row.revoked_at, row.expires_at, now);
    link.is(&row.link_hash) && link.expires_at > now && state == InvitationState::Open
}

/// The one error of every link that opens nothing.
#[must_use]
pub fn no_link() -> Error {
    let message =
        "the link is not valid: it was used, revoked, replaced, or has expired; ask for a new one";
    Refusal::new(UserErrorCode::NotFound, "token", message).into()
}

/// The login that sends the request; anonymous callers and API keys have none.
pub fn login(scope: &Scope) -> Result<Login> {
    match scope.viewer().login() {
        Some(login) => Ok(login.clone()),
        None if *scope.viewer() == Viewer::Anonymous => Err(Error::LOG_IN),
        None => Err(Error::Forbidden("a login of an identity provider")),
    }
}

/// The scope in which a login accepts an invitation: as the account that it has, or that is about to be created, in the company.
pub async fn scope_of_account(
    scope: &Scope,
    login: &Login,
    company: Option<CompanyId>,
    (person, roles): (Option<PersonId>, Vec<Role>),
) -> Result<Scope> {
    let identity = &login.identity;
    let held = accounts::store::of_login(scope.database(), &identity.issuer, &identity.subject)
        .await?
        .into_iter()
        .find(|found| found.company_id == company);
    Ok(scope.signed_in(Member {
        account: held.map_or_else(|| scope.new_id(), |held| held.id),
        company,
        person,
        roles,
        expires_at: identity.expires_at,
        login: login.clone().into(),
    }))
}

/// Accepts an invitation to an account: the login that sends the request becomes the account. Requires a login.
pub async fn claim(scope: &Scope, links: &Links, token: &str) -> Result<account::Model> {
    let login = login(scope)?;
    let opened = open(scope, links, token).await?.ok_or_else(no_link)?;
    let Opened {
        link, invitation, ..
    } = opened;
    if invitation.kind != InvitationKind::Account {
        let message = "the link is an invitation to join the programme: use `membershipJoin`";
        return Err(Refusal::new(UserErrorCode::Refused, "token", message).into());
    }
    if !login.identity.binding.allows(invitation.company_id) {
        return Err(wrong_provider());
    }
    let own = (invitation.person_id, invitation.roles.0.clone());
    let scope = scope_of_account(scope, &login, invitation.company_id, own).await?;
    let transaction = scope.begin().await?;
    let row = store::linked_for_update(&*transaction, link.id).await?;
    let row = row.filter(|row| is_open(&scope, &link, row));
    let row = row.ok_or_else(no_link)?;
    if let (Some(company), Some(person)) = (row.company_id, row.person_id) {
        let person = store::person(&*transaction, company, person).await?;
        if person.is_none_or(|person| person.standing == Standing::Erased) {
            return Err(no_link());
        }
    }
    let new = NewAccount {
        id: own_account(&scope),
        company: row.company_id,
        person: row.person_id,
        roles: row.roles.0.clone(),
        name: row.name.clone(),
        external: row.external,
        expires_at: row.account_expires_at,
    };
    let (account, mut changes) = bind(&scope, &transaction, &login.identity, new).await?;
    changes.extend(accept(&scope, &transaction, row, &account).await?);
    transaction.record(changes).await?;
    transaction.commit().await?;
    if account.company_id.is_none() {
        // an operator's account is of no company, so that no change tells of it
        scope.feed().rights_changed();
    }
    Ok(account)
}

/// The account as which the scope acts.
#[must_use]
pub fn own_account(scope: &Scope) -> Option<AccountId> {
    match scope.viewer() {
        Viewer::Member(member) => Some(member.account),
        _ => None,
    }
}

/// Marks an invitation as accepted, within the transaction of the act that accepts it.
pub async fn accept(
    scope: &Scope,
    transaction: &Transaction<'_>,
    row: invitation::Model,
    account: &account::Model,
) -> Result<Option<Change>> {
    let now = scope.now();
    let accepted = invitation::Model {
        accepted_at: Some(now),
        account_id: Some(account.id),
        updated_at: now,
        version: row.version + 1,
        ..row
    };
    let mut writes = transaction.writes();
    writes.save(accepted.clone())?;
    let kind = "invitation.accepted";
    operators::record(scope, &mut writes, accepted.company_id, kind, accepted.id.0);
    transaction.write(writes, Vec::new()).await?;
    Ok(change(&accepted, kind))
}

/// The error of a login whose identity provider the company does not accept.
#[must_use]
pub fn wrong_provider() -> Error {
    let message =
        "your identity provider is not accepted by this company; sign in with one that is";
    Refusal::new(UserErrorCode::Refused, "token", message).into()
}

/// Refuses a login that may not use the invitation: one that was made for the login of an application.
pub fn may_use(row: &invitation::Model, identity: &Identity) -> Result<()> {
    let matches = |own: Option<&String>, given: &String| own.is_none_or(|own| own == given);
    if matches(row.issuer.as_ref(), &identity.issuer)
        && matches(row.subject.as_ref(), &identity.subject)
    {
        return Ok(());
    }
    let message = "the link is for the login that applied: sign in with that one";
    Err(Refusal::new(UserErrorCode::Refused, "token", message).into())
}

/// The language a person is addressed in: the first of theirs that we have texts in, else the company's.
#[must_use]
pub fn language(person: Option<&person::Model>, company: &company::Model) -> String {
    let own = person.and_then(|person| person.languages.0.first().cloned());
    own.unwrap_or_else(|| company.locale.clone())
}

/// What happened to an invitation; null for an operator's, which belongs to no company.
#[must_use]
pub fn change(invitation: &invitation::Model, kind: &'static str) -> Option<Change> {
    Some(Change {
        company: invitation.company_id?,
        kind,
        subject: SubjectKind::Invitation,
        id: invitation.id.0,
        person: invitation.person_id,
        fields: Vec::new(),
    })
}
