//! Actions on opportunities, each in one transaction.

use chrono::NaiveDate;
use entity::{
    CompanyId, DepartmentId, OpportunityId, OpportunityKind, OpportunityState, PersonId,
    SubjectKind, department, opportunity, person,
};
use sea_orm::ConnectionTrait;

use super::{rules, store};
use crate::access::Permission;
use crate::checks::{Checks, Edit, same_version};
use crate::error::{Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};

/// An opportunity to be.
#[derive(Clone, Debug)]
pub struct NewOpportunity {
    pub kind: OpportunityKind,
    pub title: String,
    pub summary: Option<String>,
    /// All of it.
    pub description: Option<String>,
    pub department: Option<DepartmentId>,
    pub contact: Option<PersonId>,
    pub location: Option<String>,
    /// Whether it can be done from anywhere.
    pub remote: bool,
    /// Last day for referrals.
    pub closes_on: Option<NaiveDate>,
}

/// An edit of an opportunity. Undefined fields keep their value.
#[derive(Clone, Debug, Default)]
pub struct OpportunityEdit {
    pub kind: Option<OpportunityKind>,
    pub title: Option<String>,
    pub summary: Edit<String>,
    /// All of it.
    pub description: Edit<String>,
    pub department: Edit<DepartmentId>,
    pub contact: Edit<PersonId>,
    pub location: Edit<String>,
    /// Whether it can be done from anywhere.
    pub remote: Option<bool>,
    /// Last day for referrals.
    pub closes_on: Edit<NaiveDate>,
}

const TITLE: usize = 200;
const SUMMARY: usize = 500;
const DESCRIPTION: usize = 20_000;
const LOCATION: usize = 200;

/// Prepares an opportunity. Requires `opportunities:write`.
pub async fn create(scope: &Scope, new: NewOpportunity) -> Result<opportunity::Model> {
    scope.require(Permission::OpportunitiesWrite)?;
    let company = scope.company()?;
    let mut checks = Checks::default();
    let now = scope.now();
    let model = opportunity::Model {
        id: scope.new_id(),
        company_id: company,
        kind: new.kind,
        state: OpportunityState::Draft,
        title: checks.line("title", &new.title, TITLE),
        summary: checks.text("summary", new.summary.as_deref(), SUMMARY),
        description: checks.text("description", new.description.as_deref(), DESCRIPTION),
        department_id: new.department,
        contact_id: new.contact,
        location: checks.text("location", new.location.as_deref(), LOCATION),
        remote: new.remote,
        opened_at: None,
        closes_on: new.closes_on,
        closed_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let transaction = scope.begin().await?;
    known(
        scope,
        &*transaction,
        &mut checks,
        company,
        (new.department, new.contact),
    )
    .await?;
    checks.done()?;
    let mut writes = transaction.writes();
    writes.insert(vec![model.clone()]);
    let change = change(&model, "opportunity.created", vec![]);
    transaction.write(writes, vec![change]).await?;
    transaction.commit().await?;
    Ok(model)
}

/// Edits an opportunity. Requires `opportunities:write`.
pub async fn update(
    scope: &Scope,
    id: OpportunityId,
    expected: Option<i32>,
    edit: OpportunityEdit,
) -> Result<opportunity::Model> {
    scope.require(Permission::OpportunitiesWrite)?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    same_version(expected, found.version)?;
    let mut checks = Checks::default();
    let mut fields: Vec<&str> = Vec::new();
    let mut row = found.clone();
    if let Some(kind) = edit.kind {
        row.kind = kind;
        fields.push("kind");
    }
    if let Some(title) = edit.title {
        row.title = checks.line("title", &title, TITLE);
        fields.push("title");
    }
    if let Some(summary) = checks.edit("summary", &edit.summary, SUMMARY) {
        row.summary = summary;
        fields.push("summary");
    }
    if let Some(description) = checks.edit("description", &edit.description, DESCRIPTION) {
        row.description = description;
        fields.push("description");
    }
    if let Some(location) = checks.edit("location", &edit.location, LOCATION) {
        row.location = location;
        fields.push("location");
    }
    if let Some(remote) = edit.remote {
        row.remote = remote;
        fields.push("remote");
    }
    let named = (
        edit.department.value().copied(),
        edit.contact.value().copied(),
    );
    known(scope, &*transaction, &mut checks, found.company_id, named).await?;
    if !edit.department.is_undefined() {
        row.department_id = named.0;
        fields.push("department");
    }
    if !edit.contact.is_undefined() {
        row.contact_id = named.1;
        fields.push("contact");
    }
    if !edit.closes_on.is_undefined() {
        let closes_on = edit.closes_on.value().copied();
        if found.state == OpportunityState::Open && closes_on.is_some() {
            let today = store::today(scope, &*transaction, found.company_id).await?;
            if let Some(day) = rules::over(closes_on, today) {
                checks.refuse(
                    UserErrorCode::Refused,
                    "closesOn",
                    rules::too_late(day, today),
                );
            }
        }
        row.closes_on = closes_on;
        fields.push("closesOn");
    }
    checks.done()?;
    if fields.is_empty() {
        return Ok(found);
    }
    row.updated_at = scope.now();
    row.version = found.version + 1;
    finish(transaction, row, "opportunity.updated", fields).await
}

/// Lets an opportunity take referrals. Requires `opportunities:write`.
pub async fn open(
    scope: &Scope,
    id: OpportunityId,
    expected: Option<i32>,
) -> Result<opportunity::Model> {
    scope.require(Permission::OpportunitiesWrite)?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    same_version(expected, found.version)?;
    rules::moves(found.state, OpportunityState::Open)?;
    let today = store::today(scope, &*transaction, found.company_id).await?;
    if let Some(day) = rules::over(found.closes_on, today) {
        let message = rules::too_late(day, today);
        return Err(Refusal::new(UserErrorCode::Refused, "id", message).into());
    }
    let now = scope.now();
    let mut row = found.clone();
    row.state = OpportunityState::Open;
    row.opened_at = found.opened_at.or(Some(now));
    row.closed_at = None;
    row.updated_at = now;
    row.version = found.version + 1;
    finish(transaction, row, "opportunity.opened", vec!["state"]).await
}

/// Ends referrals for an opportunity. Requires `opportunities:write`.
pub async fn close(
    scope: &Scope,
    id: OpportunityId,
    expected: Option<i32>,
) -> Result<opportunity::Model> {
    scope.require(Permission::OpportunitiesWrite)?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    same_version(expected, found.version)?;
    rules::moves(found.state, OpportunityState::Closed)?;
    let now = scope.now();
    let mut row = found.clone();
    row.state = OpportunityState::Closed;
    row.closed_at = Some(now);
    row.updated_at = now;
    row.version = found.version + 1;
    finish(transaction, row, "opportunity.closed", vec!["state"]).await
}

/// Notes a department or contact that the company does not have, as far as the viewer sees it.
async fn known(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    checks: &mut Checks,
    company: CompanyId,
    (department, contact): (Option<DepartmentId>, Option<PersonId>),
) -> Result<()> {
    if let Some(id) = department {
        let column = department::Column::Id;
        if !store::exists::<department::Entity>(scope, connection, company, column, id.0).await? {
            checks.refuse(
                UserErrorCode::NotFound,
                "departmentId",
                "the company has no such department",
            );
        }
    }
    if let Some(id) = contact {
        let column = person::Column::Id;
        if !store::exists::<person::Entity>(scope, connection, company, column, id.0).await? {
            checks.refuse(
                UserErrorCode::NotFound,
                "contactId",
                "there is no such person for you in the company",
            );
        }
    }
    Ok(())
}

/// Stores a locked opportunity with its change record, and commits.
async fn finish(
    transaction: Transaction<'_>,
    opportunity: opportunity::Model,
    kind: &'static str,
    fields: Vec<&str>,
) -> Result<opportunity::Model> {
    let mut writes = transaction.writes();
    writes.save(opportunity.clone())?;
    let change = change(&opportunity, kind, fields);
    transaction.write(writes, vec![change]).await?;
    transaction.commit().await?;
    Ok(opportunity)
}

fn change(opportunity: &opportunity::Model, kind: &'static str, fields: Vec<&str>) -> Change {
    Change {
        company: opportunity.company_id,
        kind,
        subject: SubjectKind::Opportunity,
        id: opportunity.id.0,
        person: None,
        fields: fields.into_iter().map(str::to_owned).collect(),
    }
}
