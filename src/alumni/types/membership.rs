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
    /// One alumnus's membership.
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

/// However it is come by, it is its person's.
impl Shown for Membership {
    fn answered<'f>(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: impl Iterator<Item = (&'f str, &'f Value)>,
    ) {
        access_log::touched(ctx, self.person_id, PersonalField::Membership);
    }
}

/// An alumnus's standing in the programme. Seen by the alumnus and with `alumni:read`.
#[Object]
impl Membership {
    /// The id.
    pub async fn id(&self) -> Gid<MembershipId> {
        Gid(self.id)
    }

    /// Where it stands.
    async fn state(&self) -> MembershipState {
        self.state
    }

    /// When last asked to join; null where never.
    async fn invited_at(&self) -> Option<DateTime<Utc>> {
        self.invited_at
    }

    /// When the alumnus first said yes; null where never.
    async fn joined_at(&self) -> Option<DateTime<Utc>> {
        self.joined_at
    }

    /// Since when it is paused; null where it is not.
    async fn paused_at(&self) -> Option<DateTime<Utc>> {
        self.paused_at
    }

    /// When it ended; null while it goes on.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.ended_at
    }

    /// Last day of the membership in the company's time zone; null: no end.
    async fn expires_on(&self) -> Option<NaiveDate> {
        self.expires_on
    }

    /// First day on which the membership can be renewed by `membershipRenew`, in the company's time zone: the company's `membershipNoticeDays` before
    /// `expiresOn`. Null if there is no end, and if the state is neither `ACTIVE` nor `PAUSED`.
    async fn renewable_from(&self, ctx: &Context<'_>) -> Result<Option<NaiveDate>> {
        if self.expires_on.is_none() {
            return Ok(None);
        }
        let company = reference::company::<Company>(ctx, None, Some(self.company_id)).await?;
        let days = company.0.membership_notice_days;
        Ok(term::renewable_from(self.state, self.expires_on, days))
    }

    /// Grows by one with each change; for `expectedVersion`.
    async fn version(&self) -> i32 {
        self.version
    }
}
