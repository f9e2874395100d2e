//! Root writes of opportunities.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, Result};
use chrono::NaiveDate;
use entity::{DepartmentId, OpportunityId, OpportunityKind, PersonId};

use super::actions::{self, NewOpportunity, OpportunityEdit};
use super::types::Opportunity;
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::payload;

/// An opportunity to prepare.
#[derive(InputObject)]
pub struct OpportunityCreateInput {
    /// What kind of offer it is.
    kind: OpportunityKind,
    /// Its name, one line. At most 200 characters.
    title: String,
    /// It in one line. At most 500 characters.
    summary: Option<String>,
    /// All about it. At most 20,000 characters.
    description: Option<String>,
    /// A department of the company.
    department_id: Option<Gid<DepartmentId>>,
    /// Whom to ask: a person of the company whom you see.
    contact_id: Option<Gid<PersonId>>,
    /// At which place. At most 200 characters.
    location: Option<String>,
    /// Whether it can be done from anywhere.
    #[graphql(default)]
    remote: bool,
    /// Last day for referrals, in the company's time zone; no end if not given.
    closes_on: Option<NaiveDate>,
}

/// An edit of an opportunity. A field left out stays; null clears it where it may be empty.
#[derive(InputObject)]
pub struct OpportunityUpdateInput {
    /// Which opportunity.
    id: Gid<OpportunityId>,
    /// Refuse where the stored version is another; without it the last write wins.
    expected_version: Option<i32>,
    /// What kind of offer it is.
    kind: Option<OpportunityKind>,
    /// Its name, one line. At most 200 characters.
    title: Option<String>,
    /// It in one line. At most 500 characters.
    summary: MaybeUndefined<String>,
    /// All about it. At most 20,000 characters.
    description: MaybeUndefined<String>,
    /// A department of the company.
    department_id: MaybeUndefined<Gid<DepartmentId>>,
    /// Whom to ask: a person of the company whom you see.
    contact_id: MaybeUndefined<Gid<PersonId>>,
    /// At which place. At most 200 characters.
    location: MaybeUndefined<String>,
    /// Whether it can be done from anywhere.
    remote: Option<bool>,
    /// Last day for referrals, in the company's time zone. Of an open one it may not lie in the past: close it instead.
    closes_on: MaybeUndefined<NaiveDate>,
}

/// An opportunity to open.
#[derive(InputObject)]
pub struct OpportunityOpenInput {
    /// Which opportunity.
    id: Gid<OpportunityId>,
    /// Refuse where the stored version is another.
    expected_version: Option<i32>,
}

/// An opportunity to close.
#[derive(InputObject)]
pub struct OpportunityCloseInput {
    /// Which opportunity.
    id: Gid<OpportunityId>,
    /// Refuse where the stored version is another.
    expected_version: Option<i32>,
}

payload!(
    /// What `opportunityCreate` came to.
    OpportunityCreatePayload {
        /// The draft made; null where the input was refused.
        opportunity: Opportunity,
    }
);

payload!(
    /// What `opportunityUpdate` came to.
    OpportunityUpdatePayload {
        /// The opportunity as it is now; null where the input was refused.
        opportunity: Opportunity,
    }
);

payload!(
    /// What `opportunityOpen` came to.
    OpportunityOpenPayload {
        /// The opportunity as it is now; null where it was refused.
        opportunity: Opportunity,
    }
);

payload!(
    /// What `opportunityClose` came to.
    OpportunityClosePayload {
        /// The opportunity as it is now; null where it was refused.
        opportunity: Opportunity,
    }
);

/// Root writes of opportunities.
#[derive(Default)]
pub struct OpportunitiesMutation;

#[Object]
impl OpportunitiesMutation {
    /// Prepares an opportunity of your company as a draft. Requires `opportunities:write`.
    async fn opportunity_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity to prepare.")] input: OpportunityCreateInput,
    ) -> Result<OpportunityCreatePayload> {
        let new = NewOpportunity {
            kind: input.kind,
            title: input.title,
            summary: input.summary,
            description: input.description,
            department: input.department_id.map(|id| id.0),
            contact: input.contact_id.map(|id| id.0),
            location: input.location,
            remote: input.remote,
            closes_on: input.closes_on,
        };
        OpportunityCreatePayload::of(actions::create(scope(ctx)?, new).await)
    }

    /// Edits an opportunity in any state. Requires `opportunities:write`.
    async fn opportunity_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edit.")] input: OpportunityUpdateInput,
    ) -> Result<OpportunityUpdatePayload> {
        let edit = OpportunityEdit {
            kind: input.kind,
            title: input.title,
            summary: input.summary,
            description: input.description,
            department: input.department_id.map_value(|id| id.0),
            contact: input.contact_id.map_value(|id| id.0),
            location: input.location,
            remote: input.remote,
            closes_on: input.closes_on,
        };
        let (id, expected) = (input.id.0, input.expected_version);
        OpportunityUpdatePayload::of(actions::update(scope(ctx)?, id, expected, edit).await)
    }

    /// Lets a draft or a closed opportunity take referrals. Refused where its `closesOn` has passed in the company's time zone. Requires `opportunities:write`.
    async fn opportunity_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: OpportunityOpenInput,
    ) -> Result<OpportunityOpenPayload> {
        let (id, expected) = (input.id.0, input.expected_version);
        OpportunityOpenPayload::of(actions::open(scope(ctx)?, id, expected).await)
    }

    /// Ends referrals for an open opportunity. Those handed in go on; it may be opened again. Requires `opportunities:write`.
    async fn opportunity_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: OpportunityCloseInput,
    ) -> Result<OpportunityClosePayload> {
        let (id, expected) = (input.id.0, input.expected_version);
        OpportunityClosePayload::of(actions::close(scope(ctx)?, id, expected).await)
    }
}
