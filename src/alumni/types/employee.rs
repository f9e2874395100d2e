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

/// An employee, from the person's row.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(transparent)]
pub struct Employee(pub PersonRow);

/// Someone who works at the company. Seen by colleagues (`employees:read`) and by themselves.
#[Object]
impl Employee {
    /// The id; stays when the person leaves.
    pub async fn id(&self) -> Gid<PersonId> {
        Gid(self.0.id)
    }

    /// The company they work at.
    async fn company(&self, ctx: &Context<'_>) -> Result<Kept<Company>> {
        super::company(ctx, &self.0).await
    }

    /// The whole name in its own order: family name first where it is written in Japanese or Chinese letters.
    pub async fn display_name(&self) -> String {
        self.0.display_name()
    }

    /// Family name.
    pub async fn family_name(&self) -> &str {
        &self.0.family_name
    }

    /// Given name; empty for people with one name.
    pub async fn given_name(&self) -> &str {
        &self.0.given_name
    }

    /// Reading of the family name in katakana; null where not known.
    async fn family_name_kana(&self) -> Option<&str> {
        self.0.family_name_kana.as_deref()
    }

    /// Reading of the given name in katakana; null where not known.
    async fn given_name_kana(&self) -> Option<&str> {
        self.0.given_name_kana.as_deref()
    }

    /// A former or business name under which colleagues know them; null where there is none.
    async fn other_name(&self) -> Option<&str> {
        self.0.other_name.as_deref()
    }

    /// E-mail at the company; null where not known, and for everyone without `employees:read`.
    async fn work_email(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Ok(scope(ctx)?
            .may(Permission::EmployeesRead)
            .then_some(self.0.work_email.as_deref())
            .flatten())
    }

    /// The number the company gave them; null where not known, and for everyone but the employee and `alumni:read`.
    async fn employee_number(&self) -> Option<&str> {
        self.0.employee_number.as_deref()
    }

    /// Their stints at the company, latest first.
    async fn employments(&self, ctx: &Context<'_>) -> Result<Many<'_, Employment>> {
        super::employments(ctx, &self.0).await
    }

    /// Skills they say they hold, strongest first; at most 100.
    async fn skills(&self, ctx: &Context<'_>) -> Result<Many<'_, PersonSkill>> {
        super::skills(ctx, &self.0).await
    }

    /// Referrals they made, as far as you may see them: all with `referrals:read`, else your own.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn referrals_made(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<ReferralFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            ReferralOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Referral>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        super::referrals_made(ctx, &self.0, (filter, order_by, page)).await
    }

    /// Their answers to engagement events: every one for themselves and with `events:write`, otherwise those with a place (`GOING`).
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn participations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<ParticipationFilter>,
        #[graphql(desc = "In this order; earliest first answer first, if not given.")]
        order_by: Option<ParticipationOrder>,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Participation>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        super::participations(ctx, &self.0, (filter, order_by, page)).await
    }

    /// When the company's record of them was made.
    async fn created_at(&self) -> DateTime<Utc> {
        *self.0.created_at
    }

    /// Grows by one with each change; for `expectedVersion`.
    async fn version(&self) -> i32 {
        *self.0.version
    }
}
