//! The company's side: an application is approved for a known person or a new one, or rejected with a reason.

use chrono::NaiveDate;
use entity::{
    EmploymentType, LeaveType, MembershipApplicationId, MembershipApplicationRejection,
    MembershipApplicationState, PersonId, membership_application,
};

use super::{change, refused};
use crate::access::invitations::actions::OnlyLogin;
use crate::access::invitations::store as invitation_store;
use crate::access::{Links, Permission, Viewer};
use crate::alumni::{self, Applicant, whole_name};
use crate::checks::{Checks, same_version};
use crate::deliveries::{self, Message, NewDelivery};
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::hris::{self, RowStatus, Told, Worker};
use crate::membership_applications::{rules, store};
use crate::scope::{Scope, Transaction};

/// What new people are recorded under, as an HR system's name would be.
const SOURCE: &str = "membership-application";

/// Whose application it is.
#[derive(Clone, Debug)]
pub enum Target {
    /// A person of the company.
    Known(PersonId),
    /// Somebody of whom the company has no record yet.
    New(Box<NewPerson>),
}

/// Neither or both ways to say whose application it is are refused.
pub fn target(person: Option<PersonId>, new: Option<NewPerson>) -> Result<Target> {
    match (person, new) {
        (Some(person), None) => Ok(Target::Known(person)),
        (None, Some(new)) => Ok(Target::New(Box::new(new))),
        _ => {
            let message = "give either `personId` or `asNew`";
            Err(Refusal::new(UserErrorCode::Invalid, "personId", message).into())
        }
    }
}

/// A person to record with an employment that has ended. What is null is taken from the application.
#[derive(Clone, Debug, Default)]
pub struct NewPerson {
    /// Family name.
    pub family_name: Option<String>,
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
    /// First day of the employment.
    pub started_on: NaiveDate,
    /// Last working day.
    pub last_working_day: NaiveDate,
    /// Type of leave.
    pub leave_type: Option<LeaveType>,
    /// How the person was employed.
    pub employment_type: Option<EmploymentType>,
    /// Department by its name.
    pub department: Option<String>,
    /// Position.
    pub position: Option<String>,
}

/// Approves an application: the person is invited, and the login that applied, and no other, can join. Requires `alumni:write` and `alumni:read`, for a
/// new person also `workers:sync`.
pub async fn approve(
    scope: &Scope,
    links: &Links,
    id: MembershipApplicationId,
    expected: Option<i32>,
    target: Target,
) -> Result<membership_application::Model> {
    store::require(scope)?;
    let _turn = match target {
        Target::Known(_) => None,
        Target::New(_) => {
            scope.require(Permission::WorkersSync)?;
            scope.database().turn().await
        }
    };
    let transaction = scope.begin().await?;
    // others lock the person first and the application second
    let stated = store::get(scope, &*transaction, id).await?;
    reviewable(&stated, expected)?;
    let person = match target {
        Target::Known(person) => person,
        Target::New(new) => record(scope, &transaction, &stated, *new).await?,
    };
    let mut writes = transaction.writes();
    let applicant = applicant(&stated);
    let admitted = alumni::admit(scope, &transaction, &mut writes, links, person, applicant);
    let mut changes = admitted.await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    reviewable(&found, expected)?;
    let approved = membership_application::Model {
        state: MembershipApplicationState::Approved,
        person_id: Some(person),
        ..reviewed(scope, found)
    };
    writes.save(approved.clone())?;
    changes.push(change(&approved, "membership_application.approved"));
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok(approved)
}

/// Rejects an application, and tells the applicant why. Requires `alumni:write` and `alumni:read`.
pub async fn reject(
    scope: &Scope,
    id: MembershipApplicationId,
    expected: Option<i32>,
    reason: MembershipApplicationRejection,
    note: Option<&str>,
) -> Result<membership_application::Model> {
    store::require(scope)?;
    let mut checks = Checks::default();
    let note = checks.text("note", note, rules::LONGEST_NOTE);
    checks.done()?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    reviewable(&found, expected)?;
    let rejected = membership_application::Model {
        state: MembershipApplicationState::Rejected,
        rejection: Some(reason),
        rejection_note: note.clone(),
        ..reviewed(scope, found)
    };
    let mut writes = transaction.writes();
    writes.save(rejected.clone())?;
    let mut changes = vec![change(&rejected, "membership_application.rejected")];
    let Applicant {
        name,
        email,
        language,
        ..
    } = applicant(&rejected);
    if let Some(recipient) = email {
        let company = invitation_store::company(&*transaction, rejected.company_id).await?;
        let company = company.ok_or(Error::NotFound)?;
        let mail = NewDelivery {
            message: Message::MembershipApplicationRejected { name, reason, note },
            recipient,
            locale: language.unwrap_or(company.locale),
            person: None,
            subject: Some(rejected.id.0),
            purpose: None,
            dedupe_key: format!("membership-application:{}:rejected", rejected.id),
            not_after: None,
        };
        let queued = deliveries::queue(scope, &transaction, &mut writes, vec![mail]).await?;
        changes.extend(queued.changes);
    }
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok(rejected)
}

fn reviewable(row: &membership_application::Model, expected: Option<i32>) -> Result<()> {
    rules::is_pending(row).map_err(|why| refused("id", why))?;
    same_version(expected, row.version)
}

fn reviewed(scope: &Scope, row: membership_application::Model) -> membership_application::Model {
    let now = scope.now();
    membership_application::Model {
        reviewer_account_id: match scope.viewer() {
            Viewer::Member(member) => Some(member.account),
            _ => None,
        },
        reviewed_at: Some(now),
        updated_at: now,
        version: row.version + 1,
        ..row
    }
}

/// Messages go to a verified address alone.
fn applicant(row: &membership_application::Model) -> Applicant {
    Applicant {
        login: OnlyLogin {
            issuer: row.issuer.clone(),
            subject: row.subject.clone(),
        },
        name: whole_name(&row.family_name, &row.given_name),
        email: row.email.clone().filter(|_| row.email_verified),
        language: row.language.clone(),
    }
}

/// Records the applicant as a person with an employment that has ended.
async fn record(
    scope: &Scope,
    transaction: &Transaction<'_>,
    stated: &membership_application::Model,
    new: NewPerson,
) -> Result<PersonId> {
    let company = invitation_store::company(&**transaction, stated.company_id).await?;
    let company = company.ok_or(Error::NotFound)?;
    let today = scope.today(&company.time_zone);
    let mut checks = Checks::default();
    if new.last_working_day >= today {
        let message = format!("`{}` must be before today, {today}", new.last_working_day);
        checks.refuse(UserErrorCode::Invalid, "asNew.lastWorkingDay", message);
    }
    if new.leave_type == Some(LeaveType::Death) {
        let message = "must not be DEATH: the person applied";
        checks.refuse(UserErrorCode::Invalid, "asNew.leaveType", message);
    }
    checks.done()?;
    let result = hris::record_leaver(scope, transaction, SOURCE, worker(stated, new)).await?;
    if result.status == RowStatus::Suppressed {
        let why = "somebody with the same employee number or address was erased and is not recorded again";
        return Err(refused("asNew", why));
    }
    let faults = result.faults.into_iter().map(|fault| {
        let field = format!("asNew.{}", fault.field);
        Refusal::new(UserErrorCode::Invalid, &field, fault.reason)
    });
    let faults: Vec<Refusal> = faults.collect();
    match result.person {
        Some(person) if faults.is_empty() => Ok(person),
        _ => Err(Error::Refused(faults)),
    }
}

fn worker(stated: &membership_application::Model, new: NewPerson) -> Worker {
    let given = |given: Option<String>, stated: Option<&String>| {
        given
            .or_else(|| stated.cloned())
            .map_or(Told::Absent, Told::Value)
    };
    let verified = stated.email.clone().filter(|_| stated.email_verified);
    Worker {
        external_id: stated.id.to_string(),
        employee_number: given(new.employee_number, stated.employee_number.as_ref()),
        family_name: given(new.family_name, Some(&stated.family_name)),
        given_name: given(new.given_name, Some(&stated.given_name)),
        family_name_kana: given(new.family_name_kana, stated.family_name_kana.as_ref()),
        given_name_kana: given(new.given_name_kana, stated.given_name_kana.as_ref()),
        other_name: given(new.other_name, stated.other_name.as_ref()),
        personal_email: given(verified, None),
        department: given(new.department, None),
        position: given(new.position, None),
        employment_type: new.employment_type.map_or(Told::Absent, Told::Value),
        started_on: Told::Value(new.started_on),
        last_working_day: Told::Value(new.last_working_day),
        leave_type: new.leave_type.map_or(Told::Absent, Told::Value),
        ..Worker::default()
    }
}
