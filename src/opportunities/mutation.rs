//! Root writes of opportunities.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, Result};
use chrono::NaiveDate;
use entity::{DepartmentId, OpportunityId, OpportunityKind, PersonId};

use super::actions::{self, NewOpportunity, OpportunityEdit};
use super::types::Opportunity;
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::payload;

/// An opportunity to create as a draft.
#[derive(InputObject)]
pub struct OpportunityCreateInput {
    /// Kind.
    kind: OpportunityKind,
    /// Title. One line, at most 200 characters.
    title: String,
    /// Short summary. At most 500 characters.
    summary: Option<String>,
    /// Full description. At most 20,000 characters.
    description: Option<String>,
    /// Id of a department of the company.
    department_id: Option<Gid<DepartmentId>>,
    /// Id of the contact person, a person of the company visible to you.
    contact_id: Option<Gid<PersonId>>,
    /// Place of work. At most 200 characters.
    location: Option<String>,
    /// Whether the work can be done remotely.
    #[graphql(default)]
    remote: bool,
    /// Last day for referrals, in the company's time zone. No end if omitted.
    closes_on: Option<NaiveDate>,
}

/// Changes to an opportunity. Omitted fields keep their value; `null` clears an optional field.
#[derive(InputObject)]
pub struct OpportunityUpdateInput {
    /// Id of the opportunity.
    id: Gid<OpportunityId>,
    /// Fails if the stored version differs. Without it, the last write wins.
    expected_version: Option<i32>,
    /// Kind.
    kind: Option<OpportunityKind>,
    /// Title. One line, at most 200 characters.
    title: Option<String>,
    /// Short summary. At most 500 characters.
    summary: MaybeUndefined<String>,
    /// Full description. At most 20,000 characters.
    description: MaybeUndefined<String>,
    /// Id of a department of the company.
    department_id: MaybeUndefined<Gid<DepartmentId>>,
    /// Id of the contact person, a person of the company visible to you.
    contact_id: MaybeUndefined<Gid<PersonId>>,
    /// Place of work. At most 200 characters.
    location: MaybeUndefined<String>,
    /// Whether the work can be done remotely.
    remote: Option<bool>,
    /// Last day for referrals, in the company's time zone. It must not be in the past if the opportunity is open; use `opportunityClose`.
    closes_on: MaybeUndefined<NaiveDate>,
}

/// An opportunity to open.
#[derive(InputObject)]
pub struct OpportunityOpenInput {
    /// Id of the opportunity.
    id: Gid<OpportunityId>,
    /// Fails if the stored version differs.
    expected_version: Option<i32>,
}

/// An opportunity to close.
#[derive(InputObject)]
pub struct OpportunityCloseInput {
    /// Id of the opportunity.
    id: Gid<OpportunityId>,
    /// Fails if the stored version differs.
    expected_version: Option<i32>,
}

payload!(
    /// Result of `opportunityCreate`.
    OpportunityCreatePayload {
        /// The created draft. Null if the input was rejected.
        opportunity: Opportunity,
    }
);

payload!(
    /// Result of `opportunityUpdate`.
    OpportunityUpdatePayload {
        /// The opportunity after the change. Null if the input was rejected.
        opportunity: Opportunity,
    }
);

payload!(
    /// Result of `opportunityOpen`.
    OpportunityOpenPayload {
        /// The opportunity after the change. Null if the input was rejected.
        opportunity: Opportunity,
    }
);

payload!(
    /// Result of `opportunityClose`.
    OpportunityClosePayload {
        /// The opportunity after the change. Null if the input was rejected.
        opportunity: Opportunity,
    }
);

/// Root writes of opportunities.
#[derive(Default)]
pub struct OpportunitiesMutation;

#[Object]
impl OpportunitiesMutation {
    /// Creates an opportunity of your company as a draft. Requires `opportunities:write`.
    async fn opportunity_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity to create.")] input: OpportunityCreateInput,
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

    /// Updates an opportunity in any state. Requires `opportunities:write`.
    async fn opportunity_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fields to change.")] input: OpportunityUpdateInput,
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

    /// Opens a draft or a closed opportunity for referrals. Rejected if `closesOn` has passed in the company's time zone. Requires `opportunities:write`.
    async fn opportunity_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity to open.")] input: OpportunityOpenInput,
    ) -> Result<OpportunityOpenPayload> {
        let (id, expected) = (input.id.0, input.expected_version);
        OpportunityOpenPayload::of(actions::open(scope(ctx)?, id, expected).await)
    }

    /// Closes an open opportunity for new referrals. Submitted referrals continue. It can be opened again. Requires `opportunities:write`.
    async fn opportunity_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity to close.")] input: OpportunityCloseInput,
    ) -> Result<OpportunityClosePayload> {
        let (id, expected) = (input.id.0, input.expected_version);
        OpportunityClosePayload::of(actions::close(scope(ctx)?, id, expected).await)
    }
}
