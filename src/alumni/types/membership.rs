//! A membership as a client sees one.

use async_graphql::{Context, ContextSelectionSet, Object, Result, Value};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{CompanyId, MembershipId, MembershipState, PersonId, PersonalField, membership};

use crate::access_log;
use crate::alumni::rules::term;
use crate::companies::Company;
use crate::graphql::ahead::Ahead;
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level};
use crate::graphql::node::{Node, Tree};
use crate::graphql::reference;
use crate::graphql::shown::Shown;
use crate::row;

row!(
    Membership of membership {
        id: MembershipId = Id,
        company_id: CompanyId = CompanyId,
        person_id: PersonId = PersonId,
        state: MembershipState = State,
        invited_at: Option<DateTime<Utc>> = InvitedAt,
        joined_at: Option<DateTime<Utc>> = JoinedAt,
        paused_at: Option<DateTime<Utc>> = PausedAt,
        ended_at: Option<DateTime<Utc>> = EndedAt,
        expires_on: Option<NaiveDate> = ExpiresOn,
        version: i32 = Version,
    }
);

impl Tree for Membership {
    type Wants = ();

    fn ahead(_: &Ahead<'_>) {}

    fn edges((): &(), _: Level<'_>) -> Vec<Edge> {
        vec![]
    }
}

impl Node for Membership {
    type Id = MembershipId;
    const ID: membership::Column = membership::Column::Id;

    fn id(&self) -> MembershipId {
        self.id
    }
}

/// Reading it by any path counts as reading its person.
impl Shown for Membership {
    fn answered<'f>(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: impl Iterator<Item = (&'f str, &'f Value)>,
    ) {
        access_log::touched(ctx, self.person_id, PersonalField::Membership);
    }
}

/// An alumnus's membership in the programme. Visible to the alumnus and with `alumni:read`.
#[Object]
impl Membership {
    /// Id.
    pub async fn id(&self) -> Gid<MembershipId> {
        Gid(self.id)
    }

    /// Current state of the membership.
    async fn state(&self) -> MembershipState {
        self.state
    }

    /// When the person was last invited to join. Null if never invited.
    async fn invited_at(&self) -> Option<DateTime<Utc>> {
        self.invited_at
    }

    /// When the alumnus first joined. Null if never joined.
    async fn joined_at(&self) -> Option<DateTime<Utc>> {
        self.joined_at
    }

    /// When the membership was paused. Null if it is not paused.
    async fn paused_at(&self) -> Option<DateTime<Utc>> {
        self.paused_at
    }

    /// When the membership ended. Null if it has not ended.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.ended_at
    }

    /// Last day of the membership in the company's time zone. Null: no end.
    async fn expires_on(&self) -> Option<NaiveDate> {
        self.expires_on
    }

    /// First day on which `membershipRenew` is allowed, in the company's time zone: `membershipNoticeDays` before `expiresOn`. Null if
    /// there is no end, or the state is neither `ACTIVE` nor `PAUSED`.
    async fn renewable_from(&self, ctx: &Context<'_>) -> Result<Option<NaiveDate>> {
        if self.expires_on.is_none() {
            return Ok(None);
        }
        let company = reference::company::<Company>(ctx, None, Some(self.company_id)).await?;
        let days = company.0.membership_notice_days;
        Ok(term::renewable_from(self.state, self.expires_on, days))
    }

    /// Increases by one with each change. Pass it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.version
    }
}
