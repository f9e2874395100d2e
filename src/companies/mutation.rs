//! Root writes of companies.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, Result};
use entity::CompanyId;

use super::actions::{self, CompanyEdit, NewCompany};
use super::types::Company;
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::payload;

/// A company to make.
#[derive(InputObject)]
pub struct CompanyCreateInput {
    /// Short name in addresses and on the command line: 2 to 40 small letters, digits and single hyphens, beginning with a letter. Unique; stays.
    slug: String,
    /// As the company writes itself. At most 200 characters.
    name: String,
    /// BCP 47 tag of the programme's first language, as `ja`.
    locale: String,
    /// IANA time zone, as `Asia/Tokyo`.
    time_zone: String,
    /// ISO 4217 code, as `JPY`.
    currency: String,
    /// What the company says of its programme. At most 5,000 characters.
    description: Option<String>,
    /// An https address.
    website: Option<String>,
}

/// An edit of a company. A field left out stays; null clears it where it may be empty.
#[derive(InputObject)]
pub struct CompanyUpdateInput {
    /// Which company.
    id: Gid<CompanyId>,
    /// Refuse where the stored version is another; without it the last write wins.
    expected_version: Option<i32>,
    /// As the company writes itself. At most 200 characters.
    name: Option<String>,
    /// BCP 47 tag of the programme's first language, as `ja`.
    locale: Option<String>,
    /// IANA time zone, as `Asia/Tokyo`.
    time_zone: Option<String>,
    /// ISO 4217 code, as `JPY`.
    currency: Option<String>,
    /// What the company says of its programme. At most 5,000 characters.
    description: MaybeUndefined<String>,
    /// An https address.
    website: MaybeUndefined<String>,
    /// Name that messages of the company are sent under, at most 200 characters; null: the company's name.
    mail_sender_name: MaybeUndefined<String>,
    /// Address that messages of the company are sent from; null: the service's address. Its domain must be one of the company's sender domains (setting of the operator `ALUMNI_MAIL_SENDER_DOMAINS`); otherwise messages are sent from the service's address and this one is used for replies.
    mail_sender_address: MaybeUndefined<String>,
    /// Address that replies to messages go to; null: the address they are sent from.
    mail_reply_to: MaybeUndefined<String>,
    /// Page that opens the links of messages: `?token=…` is added to it, except in the notice before the end of a membership. An https URL, or http on the local machine; null: the service's page.
    portal_url: MaybeUndefined<String>,
    /// Whether an invited person may join without the link, by a login whose verified e-mail address is the private one of exactly one person.
    join_by_email: Option<bool>,
    /// Whether people without an invitation may apply to join by `membershipApply`. False for a new company.
    applications: Option<bool>,
    /// How many months a membership lasts from joining, 1 to 600; null: no end. Memberships that exist keep their last day.
    membership_months: MaybeUndefined<i32>,
    /// How many days before its last day a membership can be renewed, and the member is notified by e-mail: 1 to 180; 30 for a new company.
    membership_notice_days: Option<i32>,
}

payload!(
    /// What `companyCreate` came to.
    CompanyCreatePayload {
        /// The company made; null where the input was refused.
        company: Company,
    }
);

payload!(
    /// What `companyUpdate` came to.
    CompanyUpdatePayload {
        /// The company as it is now; null where the input was refused.
        company: Company,
    }
);

/// Root writes of companies.
#[derive(Default)]
pub struct CompaniesMutation;

#[Object]
impl CompaniesMutation {
    /// Makes a company. Requires `companies:manage`.
    async fn company_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The company to make.")] input: CompanyCreateInput,
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

    /// Edits a company's own facts. Requires `company:write`.
    async fn company_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edit.")] input: CompanyUpdateInput,
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
