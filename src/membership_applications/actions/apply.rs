//! The applicant's side: a login without an account in the company applies, and may withdraw until the application is reviewed.

use chrono::NaiveDate;
use entity::{
    MembershipApplicationId, MembershipApplicationState, company, membership_application,
};
use sea_orm::SqlErr;
use unicode_normalization::UnicodeNormalization;

use super::{change, refused};
use crate::access::accounts::store as account_store;
use crate::access::invitations::actions as invitations;
use crate::access::invitations::store as invitation_store;
use crate::access::{Identity, Login};
use crate::alumni::fields;
use crate::checks::{Checks, same_version};
use crate::companies::is_language_tag;
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::membership_applications::{rules, store};
use crate::scope::Scope;

/// What the applicant states.
#[derive(Clone, Debug, Default)]
pub struct NewApplication {
    /// Family name, or the single name.
    pub family_name: String,
    /// Given name.
    pub given_name: Option<String>,
    /// Reading of the family name.
    pub family_name_kana: Option<String>,
    /// Reading of the given name.
    pub given_name_kana: Option<String>,
    /// A former or other name.
    pub other_name: Option<String>,
    /// Employee number.
    pub employee_number: Option<String>,
    /// Approximate first day.
    pub worked_from: Option<NaiveDate>,
    /// Approximate last day.
    pub worked_until: Option<NaiveDate>,
    /// Department.
    pub department: Option<String>,
    /// Message to the reviewers.
    pub message: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// An address that the identity provider did not verify.
    pub email: Option<String>,
}

/// Applies to join the programme of the company that the request names, or the login's identity provider belongs to. Requires a login without an account
/// in the company, and that the company takes applications.
pub async fn apply(
    scope: &Scope,
    new: NewApplication,
) -> Result<(membership_application::Model, company::Model)> {
    let login = invitations::login(scope)?;
    let company = company(scope, &login).await?;
    let scope = scope.by_link(company.id);
    let row = row(&scope, &company, &login.identity, &new)?;
    let transaction = scope.begin().await?;
    let own = (row.issuer.as_str(), row.subject.as_str());
    let account = account_store::of_login_for_update(&*transaction, Some(company.id), own);
    if account.await?.is_some() {
        return Err(refused(
            "",
            "your login has an account in this company already",
        ));
    }
    let open = invitation_store::open_of_login(&*transaction, company.id, own, scope.now());
    if open.await?.is_some() {
        let why = "your application was approved: join by `membershipJoin`";
        return Err(refused("", why));
    }
    let earlier = store::own(&*transaction, Some(company.id), &login.identity).await?;
    let earlier: Vec<_> = earlier.into_iter().map(|(row, _)| row).collect();
    rules::may_apply(&earlier, scope.now()).map_err(|why| refused("", why))?;
    let mut writes = transaction.writes();
    writes.insert(vec![row.clone()]);
    let submitted = change(&row, "membership_application.submitted");
    match transaction.write(writes, vec![submitted]).await {
        // the same login applied in the same moment
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            return Err(refused("", rules::ALREADY));
        }
        done => done?,
    }
    transaction.commit().await?;
    Ok((row, company))
}

/// The company, if it takes applications and accepts the login. One answer otherwise: whether a company exists is not said.
async fn company(scope: &Scope, login: &Login) -> Result<company::Model> {
    let none = || {
        let message = "no company that takes applications was found for your login: name it in the header `Alumni-Company`";
        Error::from(Refusal::new(UserErrorCode::NotFound, "", message))
    };
    let id = login.company.ok_or_else(none)?;
    if !login.identity.binding.allows(Some(id)) {
        return Err(none());
    }
    let found = invitation_store::company(&scope.database().reader(), id).await?;
    found
        .filter(|company| company.applications)
        .ok_or_else(none)
}

fn row(
    scope: &Scope,
    company: &company::Model,
    login: &Identity,
    new: &NewApplication,
) -> Result<membership_application::Model> {
    let mut checks = Checks::default();
    let now = scope.now();
    let kana = |checks: &mut Checks, field, text: &Option<String>| {
        let text = text.as_deref()?;
        fields::kana(checks, field, text)
    };
    let line = |checks: &mut Checks, field, text: &Option<String>| {
        let text = text.as_deref()?;
        fields::line(checks, field, text)
    };
    let (email, email_verified) = email(&mut checks, login, new.email.as_deref());
    let number = line(&mut checks, "employeeNumber", &new.employee_number);
    check_days(&mut checks, new, scope.today(&company.time_zone));
    if let Some(tag) = &new.language
        && !is_language_tag(tag)
    {
        let message = format!("`{tag}` must be a BCP 47 language tag, as `ja`");
        checks.refuse(UserErrorCode::Invalid, "language", message);
    }
    let row = membership_application::Model {
        id: scope.new_id(),
        company_id: company.id,
        issuer: login.issuer.clone(),
        subject: login.subject.clone(),
        email,
        email_verified,
        family_name: checks.line("familyName", &new.family_name, 200),
        given_name: line(&mut checks, "givenName", &new.given_name).unwrap_or_default(),
        family_name_kana: kana(&mut checks, "familyNameKana", &new.family_name_kana),
        given_name_kana: kana(&mut checks, "givenNameKana", &new.given_name_kana),
        other_name: line(&mut checks, "otherName", &new.other_name),
        employee_number: number.map(|number| number.nfkc().collect()),
        worked_from: new.worked_from,
        worked_until: new.worked_until,
        department: line(&mut checks, "department", &new.department),
        message: checks.text("message", new.message.as_deref(), rules::LONGEST_MESSAGE),
        language: new.language.clone(),
        state: MembershipApplicationState::Pending,
        person_id: None,
        rejection: None,
        rejection_note: None,
        reviewer_account_id: None,
        reviewed_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    checks.done()?;
    Ok(row)
}

/// The login's verified address, else the one that the applicant states, which is not verified.
fn email(checks: &mut Checks, login: &Identity, stated: Option<&str>) -> (Option<String>, bool) {
    let stated = stated.map(|text| checks.email("email", text));
    match (&login.email, stated) {
        (Some(verified), Some(stated)) if verified.to_lowercase() != stated.to_lowercase() => {
            let message = format!(
                "must be left out, or be the address that your identity provider verified: `{verified}`"
            );
            checks.refuse(UserErrorCode::Invalid, "email", message);
            (None, false)
        }
        (Some(verified), _) => (Some(verified.clone()), true),
        (None, stated) => (stated, false),
    }
}

fn check_days(checks: &mut Checks, new: &NewApplication, today: NaiveDate) {
    if let Some(from) = new.worked_from
        && from > today
    {
        let message = format!("`{from}` must not be after today, {today}");
        checks.refuse(UserErrorCode::Invalid, "workedFrom", message);
    }
    if let (Some(from), Some(until)) = (new.worked_from, new.worked_until)
        && until < from
    {
        let message = format!("`{until}` must not be before `workedFrom`, {from}");
        checks.refuse(UserErrorCode::Invalid, "workedUntil", message);
    }
}

/// Withdraws the viewer's own application before it is reviewed. Requires the login that applied.
pub async fn withdraw(
    scope: &Scope,
    id: MembershipApplicationId,
    expected: Option<i32>,
) -> Result<(membership_application::Model, company::Model)> {
    let login = invitations::login(scope)?;
    let transaction = scope.begin().await?;
    let found = store::own_for_update(&*transaction, id, &login.identity).await?;
    same_version(expected, found.version)?;
    rules::is_pending(&found).map_err(|why| refused("id", why))?;
    let withdrawn = membership_application::Model {
        state: MembershipApplicationState::Withdrawn,
        updated_at: scope.now(),
        version: found.version + 1,
        ..found
    };
    let company = invitation_store::company(&*transaction, withdrawn.company_id).await?;
    let company = company.ok_or(Error::NotFound)?;
    let mut writes = transaction.writes();
    writes.save(withdrawn.clone())?;
    let changes = vec![change(&withdrawn, "membership_application.withdrawn")];
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok((withdrawn, company))
}
