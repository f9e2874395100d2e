//! How long a company keeps what.

use entity::SubjectKind;

use crate::access::Permission;
use crate::checks::{Checks, Edit, same_version};
use crate::error::{Error, Result, UserErrorCode};
use crate::outbox::Change;
use crate::privacy::rules::Policy;
use crate::privacy::store;
use crate::scope::Scope;

/// An edit of the rules: what is undefined stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct PolicyEdit {
    /// Years from leaving for which the facts of an employment are kept.
    pub employment_record_years: Option<i32>,
    /// Months from leaving after which who never joined is erased.
    pub never_joined_months: Edit<i32>,
    /// Months from its end after which the person of an ended membership is erased.
    pub ended_months: Edit<i32>,
    /// Months from its end after which a referral no longer says who the outside candidate was.
    pub outside_candidate_months: Edit<i32>,
    /// Months for which ended data requests are kept.
    pub data_request_months: Option<i32>,
    /// Months for which entries of the access log are kept.
    pub access_log_months: Edit<i32>,
}

/// The company's rules; the usual where it has said nothing. Requires `data-requests:manage`.
pub async fn policy(scope: &Scope) -> Result<Policy> {
    scope.require(Permission::DataRequestsManage)?;
    let found = store::policy_whoever_asks(&scope.database().reader(), scope.company()?).await?;
    Ok(found.as_ref().map(Policy::from).unwrap_or_default())
}

/// Edits the company's rules. Requires `data-requests:manage`.
pub async fn update_policy(
    scope: &Scope,
    expected: Option<i32>,
    edit: PolicyEdit,
) -> Result<Policy> {
    scope.require(Permission::DataRequestsManage)?;
    let company = scope.company()?;
    let transaction = scope.begin().await?;
    let mut salt = vec![0_u8; 32];
    getrandom::fill(&mut salt).map_err(Error::internal)?;
    let found = store::policy_for_update(scope, &*transaction, company, salt).await?;
    same_version(expected, found.version)?;
    let mut checks = Checks::default();
    let mut fields = Vec::new();
    let mut row = found.clone();
    let mut within = |field: &str, value: i32, least: i32, most: i32| {
        if !(least..=most).contains(&value) {
            let why = format!("must be between {least} and {most}, is {value}");
            checks.refuse(UserErrorCode::Invalid, field, why);
        }
        fields.push(field.to_owned());
    };
    if let Some(years) = edit.employment_record_years {
        within("employmentRecordYears", years, 0, 30);
        row.employment_record_years = years;
    }
    if let Some(months) = edit.data_request_months {
        within("dataRequestMonths", months, 12, 600);
        row.data_request_months = months;
    }
    for (field, least, edit, slot) in [
        (
            "neverJoinedMonths",
            1,
            edit.never_joined_months,
            &mut row.never_joined_months,
        ),
        ("endedMonths", 1, edit.ended_months, &mut row.ended_months),
        (
            "outsideCandidateMonths",
            1,
            edit.outside_candidate_months,
            &mut row.outside_candidate_months,
        ),
        (
            "accessLogMonths",
            12,
            edit.access_log_months,
            &mut row.access_log_months,
        ),
    ] {
        if edit.is_undefined() {
            continue;
        }
        let value = edit.take();
        within(field, value.unwrap_or(least), least, 600);
        *slot = value;
    }
    checks.done()?;
    if fields.is_empty() {
        return Ok(Policy::from(&found));
    }
    (row.updated_at, row.version) = (scope.now(), found.version + 1);
    let mut writes = transaction.writes();
    writes.save(row.clone())?;
    let change = Change {
        company,
        kind: "company.retention_updated",
        subject: SubjectKind::Company,
        id: company.0,
        person: None,
        fields,
    };
    transaction.write(writes, vec![change]).await?;
    transaction.commit().await?;
    Ok(Policy::from(&row))
}
