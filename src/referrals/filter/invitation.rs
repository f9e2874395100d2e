//! Filters and orders of lists of candidate invitations.

use async_graphql::{Enum, InputObject};
use entity::candidate_invitation::{Column, Entity};
use entity::{CandidateInvitationState, OpportunityId, ReferralId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveEnum, Condition};

use crate::database::Planning;
use crate::graphql::id::Gid;
use crate::graphql::node::{Filter, at_most_one};
use crate::page::Sort;
use crate::scope::Scope;

/// Conditions on candidate invitations. All given fields must match. An empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct CandidateInvitationFilter {
    /// State is one of these.
    pub states: Option<Vec<CandidateInvitationState>>,
    /// Opportunity is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub opportunity_ids: Option<Vec<Gid<OpportunityId>>>,
    /// Resulting referral is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub referral_ids: Option<Vec<Gid<ReferralId>>>,
}

impl Filter for CandidateInvitationFilter {
    fn condition(&self, _: &Scope) -> Condition {
        let column = |column: Column| Expr::col((Entity, column));
        let states = self.states.as_ref();
        let opportunities = self.opportunity_ids.as_ref();
        let referrals = self.referral_ids.as_ref();
        Condition::all()
            .add_option(
                states.map(|states| {
                    column(Column::State).is_in(states.iter().map(ActiveEnum::to_value))
                }),
            )
            .add_option(
                opportunities
                    .map(|ids| column(Column::OpportunityId).is_in(ids.iter().map(|id| id.0))),
            )
            .add_option(
                referrals.map(|ids| column(Column::ReferralId).is_in(ids.iter().map(|id| id.0))),
            )
    }

    fn planning(&self) -> Planning {
        Planning::once_if(
            *self
                == Self {
                    states: None,
                    opportunity_ids: at_most_one(self.opportunity_ids.as_ref()),
                    referral_ids: at_most_one(self.referral_ids.as_ref()),
                },
        )
    }
}

/// How a list of candidate invitations is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum CandidateInvitationOrder {
    /// By creation time, newest first.
    #[default]
    Newest,
    /// By creation time, oldest first.
    Oldest,
}

impl Sort for CandidateInvitationOrder {
    type Table = Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    fn columns(self) -> Vec<Column> {
        // ids are made when a candidate is asked, and grow with time
        vec![]
    }

    fn id() -> Column {
        Column::Id
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}
