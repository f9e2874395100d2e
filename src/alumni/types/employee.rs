//! An employee as a client sees one.

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};
use entity::PersonId;

use super::{Employment, PersonRow, PersonSkill};
use crate::access::Permission;
use crate::companies::Company;
use crate::engagement::{Participation, ParticipationFilter, ParticipationOrder};
use crate::graphql::connection::Connection;
use crate::graphql::shown::{Kept, Many};
use crate::graphql::{id::Gid, scope};
use crate::page::PageArgs;
use crate::referrals::{Referral, ReferralFilter, ReferralOrder};

#[derive(Clone, Debug, serde::Deserialize)]
#[serde(transparent)]
pub struct Employee(pub PersonRow);

/// A person who works at the company. Visible to the person and with `employees:read`.
#[Object]
impl Employee {
    /// Id. Stays the same if the person leaves.
    pub async fn id(&self) -> Gid<PersonId> {
        Gid(self.0.id)
    }

    /// Company that employs the person.
    async fn company(&self, ctx: &Context<'_>) -> Result<Kept<Company>> {
        super::company(ctx, &self.0).await
    }

    /// Full name in its own order. Family name first if written in Japanese or Chinese characters.
    pub async fn display_name(&self) -> String {
        self.0.display_name()
    }

    /// Family name.
    pub async fn family_name(&self) -> &str {
        &self.0.family_name
    }

    /// Given name. Empty for people with a single name.
    pub async fn given_name(&self) -> &str {
        &self.0.given_name
    }

    /// Katakana reading of the family name. Null if unknown.
    async fn family_name_kana(&self) -> Option<&str> {
        self.0.family_name_kana.as_deref()
    }

    /// Katakana reading of the given name. Null if unknown.
    async fn given_name_kana(&self) -> Option<&str> {
        self.0.given_name_kana.as_deref()
    }

    /// Former or business name by which colleagues know the person. Null if there is none.
    async fn other_name(&self) -> Option<&str> {
        self.0.other_name.as_deref()
    }

    /// Work e-mail address. Null if unknown, or without `employees:read`.
    async fn work_email(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Ok(scope(ctx)?
            .may(Permission::EmployeesRead)
            .then_some(self.0.work_email.as_deref())
            .flatten())
    }

    /// Employee number. Null if unknown. Visible only to the employee and with `alumni:read`.
    async fn employee_number(&self) -> Option<&str> {
        self.0.employee_number.as_deref()
    }

    /// Employments at the company, latest first.
    async fn employments(&self, ctx: &Context<'_>) -> Result<Many<'_, Employment>> {
        super::employments(ctx, &self.0).await
    }

    /// Skills stated by the person, strongest first. At most 100.
    async fn skills(&self, ctx: &Context<'_>) -> Result<Many<'_, PersonSkill>> {
        super::skills(ctx, &self.0).await
    }

    /// Referrals made by the person. With `referrals:read` all of them, otherwise only your own.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn referrals_made(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<ReferralFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<ReferralOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Referral>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        super::referrals_made(ctx, &self.0, (filter, order_by, page)).await
    }

    /// Responses to engagement events. Complete for the person and with `events:write`; otherwise only `GOING`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn participations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<ParticipationFilter>,
        #[graphql(desc = "Sort order. Default: by first response, earliest first.")]
        order_by: Option<ParticipationOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Participation>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        super::participations(ctx, &self.0, (filter, order_by, page)).await
    }

    /// Time of creation of the record.
    async fn created_at(&self) -> DateTime<Utc> {
        *self.0.created_at
    }

    /// Increases by one with each change. Pass it as `expectedVersion`.
    async fn version(&self) -> i32 {
        *self.0.version
    }
}
