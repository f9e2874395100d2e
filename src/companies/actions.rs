//! What is done to companies: each in one transaction.

use entity::{CompanyId, SubjectKind, company};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

use super::{rules, store};
use crate::access::visibility::Visibility;
use crate::access::{Permission, Viewer};
use crate::checks::{Checks, Edit, same_version};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Refusal, Result, UserErrorCode, lines};
use crate::outbox::{Change, Feed};
use crate::references::References;
use crate::scope::Scope;

/// A company to be.
#[derive(Clone, Debug)]
pub struct NewCompany {
    /// See [`rules::slug`].
    pub slug: String,
    /// Name in the company's own spelling.
    pub name: String,
    /// BCP 47.
    pub locale: String,
    /// IANA.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// What it says of its programme.
    pub description: Option<String>,
    /// HTTPS URL.
    pub website: Option<String>,
}

/// An edit of a company: what is undefined stays.
#[derive(Clone, Debug, Default)]
pub struct CompanyEdit {
    /// Name in the company's own spelling.
    pub name: Option<String>,
    /// BCP 47.
    pub locale: Option<String>,
    /// IANA.
    pub time_zone: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// What it says of its programme.
    pub description: Edit<String>,
    /// HTTPS URL.
    pub website: Edit<String>,
    /// Name that messages are sent under.
    pub mail_sender_name: Edit<String>,
    /// Address that messages are sent from.
    pub mail_sender_address: Edit<String>,
    /// Address that replies go to.
    pub mail_reply_to: Edit<String>,
    /// Page that opens the links of messages.
    pub portal_url: Edit<String>,
    /// Whether an invited person may join by a verified e-mail address.
    pub join_by_email: Option<bool>,
    /// Whether people without an invitation may apply to join.
    pub applications: Option<bool>,
    /// How many months a membership lasts.
    pub membership_months: Edit<i32>,
    /// How many days before the end of a membership its notice is sent.
    pub membership_notice_days: Option<i32>,
}

/// Creates a company. Requires `companies:manage`.
pub async fn create(scope: &Scope, new: NewCompany) -> Result<company::Model> {
    scope.require(Permission::CompaniesManage)?;
    let mut checks = Checks::default();
    let now = scope.now();
    let model = company::Model {
        id: scope.new_id(),
        slug: rules::slug(&mut checks, &new.slug),
        name: checks.line("name", &new.name, 200),
        description: checks.text("description", new.description.as_deref(), 5_000),
        website: checks.address("website", new.website.as_deref()),
        locale: rules::locale(&mut checks, &new.locale),
        time_zone: rules::time_zone(&mut checks, &new.time_zone),
        currency: rules::currency(&mut checks, &new.currency),
        created_at: now,
        updated_at: now,
        version: 1,
        reference_edition: 0,
        seen_by_hr: Visibility::CAREFUL.hr,
        seen_by_employees: Visibility::CAREFUL.employees,
        seen_by_alumni: Visibility::CAREFUL.alumni,
        mail_sender_name: None,
        mail_sender_address: None,
        mail_reply_to: None,
        portal_url: None,
        join_by_email: false,
        applications: false,
        membership_months: None,
        membership_notice_days: rules::NOTICE_DAYS,
    };
    checks.done()?;
    let transaction = scope.begin().await?;
    let id = model.id;
    if !store::insert(&*transaction, model.clone()).await? {
        return Err(Refusal::new(
            UserErrorCode::Taken,
            "slug",
            "another company has this slug",
        )
        .into());
    }
    transaction
        .record(vec![change(id, "company.created", vec![])])
        .await?;
    transaction.commit().await?;
    Ok(model)
}

/// Makes a company by the command line, where the first one comes from.
pub async fn create_by_command(
    database: &Database,
    clock: &Clock,
    new: NewCompany,
) -> Result<company::Model, CompanyCommandError> {
    let id: CompanyId = clock.new_id();
    let scope = Scope::new(
        Viewer::System(id),
        "command",
        clock.clone(),
        database.clone(),
        Feed::default(),
        References::default(),
    );
    Ok(create(&scope, new).await?)
}

/// Why a company was not made by the command line.
#[derive(Debug, thiserror::Error)]
pub enum CompanyCommandError {
    /// The input was refused.
    #[error("{0}")]
    Refused(String),
    /// Anything else.
    #[error(transparent)]
    Stopped(Error),
}

impl From<Error> for CompanyCommandError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusals) => Self::Refused(lines(&refusals)),
            other => Self::Stopped(other),
        }
    }
}

/// Edits a company. Requires `company:write`.
pub async fn update(
    scope: &Scope,
    id: CompanyId,
    expected: Option<i32>,
    edit: CompanyEdit,
) -> Result<company::Model> {
    scope.require(Permission::CompanyWrite)?;
    let scope = scope.within(id).ok_or(Error::NotFound)?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(&scope, &*transaction, id).await?;
    same_version(expected, found.version)?;
    let mut checks = Checks::default();
    let mut fields = Vec::new();
    let mut row = found.clone().into_active_model();
    if let Some(name) = edit.name {
        row.name = Set(checks.line("name", &name, 200));
        fields.push("name".to_owned());
    }
    if let Some(locale) = edit.locale {
        row.locale = Set(rules::locale(&mut checks, &locale));
        fields.push("locale".to_owned());
    }
    if let Some(time_zone) = edit.time_zone {
        row.time_zone = Set(rules::time_zone(&mut checks, &time_zone));
        fields.push("timeZone".to_owned());
    }
    if let Some(currency) = edit.currency {
        row.currency = Set(rules::currency(&mut checks, &currency));
        fields.push("currency".to_owned());
    }
    if let Some(description) = checks.edit("description", &edit.description, 5_000) {
        row.description = Set(description);
        fields.push("description".to_owned());
    }
    if !edit.website.is_undefined() {
        row.website = Set(checks.address("website", edit.website.value().map(String::as_str)));
        fields.push("website".to_owned());
    }
    if let Some(name) = checks.edit("mailSenderName", &edit.mail_sender_name, 200) {
        row.mail_sender_name = Set(name.map(|name| checks.line("mailSenderName", &name, 200)));
        fields.push("mailSenderName".to_owned());
    }
    if !edit.mail_sender_address.is_undefined() {
        let address = edit.mail_sender_address.value().map(String::as_str);
        row.mail_sender_address = Set(rules::mail_address(
            &mut checks,
            "mailSenderAddress",
            address,
        ));
        fields.push("mailSenderAddress".to_owned());
    }
    if !edit.mail_reply_to.is_undefined() {
        let address = edit.mail_reply_to.value().map(String::as_str);
        row.mail_reply_to = Set(rules::mail_address(&mut checks, "mailReplyTo", address));
        fields.push("mailReplyTo".to_owned());
    }
    if !edit.portal_url.is_undefined() {
        let url = edit.portal_url.value().map(String::as_str);
        row.portal_url = Set(rules::portal_url(&mut checks, url));
        fields.push("portalUrl".to_owned());
    }
    if let Some(join_by_email) = edit.join_by_email {
        row.join_by_email = Set(join_by_email);
        fields.push("joinByEmail".to_owned());
    }
    if let Some(applications) = edit.applications {
        row.applications = Set(applications);
        fields.push("applications".to_owned());
    }
    if !edit.membership_months.is_undefined() {
        let months = edit.membership_months.value().copied();
        if months.is_some_and(|months| !(1..=600).contains(&months)) {
            let message = "must be from 1 to 600 months, or null for no end";
            checks.refuse(UserErrorCode::Invalid, "membershipMonths", message);
        }
        row.membership_months = Set(months);
        fields.push("membershipMonths".to_owned());
    }
    if let Some(days) = edit.membership_notice_days {
        row.membership_notice_days = Set(rules::notice_days(&mut checks, days));
        fields.push("membershipNoticeDays".to_owned());
    }
    checks.done()?;
    if fields.is_empty() {
        return Ok(found);
    }
    row.updated_at = Set(scope.now());
    row.version = Set(found.version + 1);
    let updated = row.update(&*transaction).await?;
    transaction
        .record(vec![change(id, "company.updated", fields)])
        .await?;
    transaction.commit().await?;
    Ok(updated)
}

fn change(id: CompanyId, kind: &'static str, fields: Vec<String>) -> Change {
    Change {
        company: id,
        kind,
        subject: SubjectKind::Company,
        id: id.0,
        person: None,
        fields,
    }
}
