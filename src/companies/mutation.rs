//! Root writes of companies.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, Result};
use entity::CompanyId;

use super::actions::{self, CompanyEdit, NewCompany};
use super::types::Company;
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::payload;

/// A company to create.
#[derive(InputObject)]
pub struct CompanyCreateInput {
    /// Short unique name for URLs and the command line. 2 to 40 lowercase letters, digits and single hyphens; starts with a letter. Cannot be changed.
    slug: String,
    /// Name in the company's own spelling. At most 200 characters.
    name: String,
    /// BCP 47 language tag of the programme's first language, for example `ja`.
    locale: String,
    /// IANA time zone, for example `Asia/Tokyo`.
    time_zone: String,
    /// ISO 4217 currency code, for example `JPY`.
    currency: String,
    /// The company's description of its programme. At most 5,000 characters.
    description: Option<String>,
    /// HTTPS URL. At most 2,000 characters.
    website: Option<String>,
}

/// Changes to a company. Omitted fields keep their value; `null` clears the field if it may be empty.
#[derive(InputObject)]
pub struct CompanyUpdateInput {
    /// Id of the company.
    id: Gid<CompanyId>,
    /// `STALE_VERSION` if the stored version differs. Without it, the last write wins.
    expected_version: Option<i32>,
    /// Name in the company's own spelling. At most 200 characters.
    name: Option<String>,
    /// BCP 47 language tag of the programme's first language, for example `ja`.
    locale: Option<String>,
    /// IANA time zone, for example `Asia/Tokyo`.
    time_zone: Option<String>,
    /// ISO 4217 currency code, for example `JPY`.
    currency: Option<String>,
    /// The company's description of its programme. At most 5,000 characters.
    description: MaybeUndefined<String>,
    /// HTTPS URL. At most 2,000 characters.
    website: MaybeUndefined<String>,
    /// Sender name of the company's messages. At most 200 characters. Null: the company's name.
    mail_sender_name: MaybeUndefined<String>,
    /// Sender address of the company's messages. Null: the service's address. Its domain must be one of the company's sender domains
    /// (operator setting `ALUMNI_MAIL_SENDER_DOMAINS`). Otherwise messages are sent from the service's address, and this address receives
    /// the replies.
    mail_sender_address: MaybeUndefined<String>,
    /// Reply address of the company's messages. Null: the sender address.
    mail_reply_to: MaybeUndefined<String>,
    /// Page that the links in messages open, with `?token=…` appended. The notice before the end of a membership has no token. An HTTPS
    /// URL, or HTTP on the local machine. Null: the service's page.
    portal_url: MaybeUndefined<String>,
    /// Whether invited people may join without the link. Their verified e-mail address must be the private address of exactly one person.
    join_by_email: Option<bool>,
    /// Whether people without an invitation may apply by `membershipApply`. False for a new company.
    applications: Option<bool>,
    /// Duration of a membership from joining, in months. 1 to 600; null: no end. Existing memberships keep their last day.
    membership_months: MaybeUndefined<i32>,
    /// Days before the end of a membership from which it can be renewed and the member is notified by e-mail. 1 to 180; 30 for a new company.
    membership_notice_days: Option<i32>,
}

payload!(
    /// Result of `companyCreate`.
    CompanyCreatePayload {
        /// The created company. Null if the input was rejected.
        company: Company,
    }
);

payload!(
    /// Result of `companyUpdate`.
    CompanyUpdatePayload {
        /// The company after the change. Null if the input was rejected.
        company: Company,
    }
);

#[derive(Default)]
pub struct CompaniesMutation;

#[Object]
impl CompaniesMutation {
    /// Creates a company. Requires `companies:manage`.
    async fn company_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The company to create.")] input: CompanyCreateInput,
    ) -> Result<CompanyCreatePayload> {
        let CompanyCreateInput {
            slug,
            name,
            locale,
            time_zone,
            currency,
            description,
            website,
        } = input;
        let new = NewCompany {
            slug,
            name,
            locale,
            time_zone,
            currency,
            description,
            website,
        };
        CompanyCreatePayload::of(actions::create(scope(ctx)?, new).await)
    }

    /// Updates a company. Requires `company:write`.
    async fn company_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fields to change.")] input: CompanyUpdateInput,
    ) -> Result<CompanyUpdatePayload> {
        let CompanyUpdateInput {
            id,
            expected_version,
            name,
            locale,
            time_zone,
            currency,
            description,
            website,
            mail_sender_name,
            mail_sender_address,
            mail_reply_to,
            portal_url,
            join_by_email,
            applications,
            membership_months,
            membership_notice_days,
        } = input;
        let edit = CompanyEdit {
            name,
            locale,
            time_zone,
            currency,
            description,
            website,
            mail_sender_name,
            mail_sender_address,
            mail_reply_to,
            portal_url,
            join_by_email,
            applications,
            membership_months,
            membership_notice_days,
        };
        CompanyUpdatePayload::of(actions::update(scope(ctx)?, id.0, expected_version, edit).await)
    }
}
