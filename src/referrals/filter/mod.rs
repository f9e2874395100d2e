//! Filters and orders of lists of referrals.

mod invitation;

use async_graphql::{Enum, InputObject};
use entity::{OpportunityId, PersonId, ReferralStage, referral};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ActiveEnum, Condition};

pub use self::invitation::{CandidateInvitationFilter, CandidateInvitationOrder};
use crate::access::Permission;
use crate::alumni::person_visible;
use crate::database::Planning;
use crate::graphql::id::Gid;
use crate::graphql::node::{Filter, at_most_one, composed};
use crate::graphql::range::InstantRange;
use crate::page::Sort;
use crate::referrals::store;
use crate::scope::Scope;

/// Conditions on referrals. All given fields must match. An empty list matches nothing. People you may not see match no referral.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct ReferralFilter {
    /// All of these filters match. At most 20.
    #[graphql(validator(max_items = 20))]
    pub and: Option<Vec<ReferralFilter>>,
    /// At least one of these filters matches. At most 20.
    #[graphql(validator(max_items = 20))]
    pub or: Option<Vec<ReferralFilter>>,
    /// This filter does not match.
    pub not: Option<Box<ReferralFilter>>,
    /// Stage is one of these.
    pub stages: Option<Vec<ReferralStage>>,
    /// Opportunity is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub opportunity_ids: Option<Vec<Gid<OpportunityId>>>,
    /// Referrer is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub referrer_ids: Option<Vec<Gid<PersonId>>>,
    /// Candidate is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub candidate_ids: Option<Vec<Gid<PersonId>>>,
    /// Time of submission is in this range.
    pub submitted_at: Option<InstantRange>,
    /// True: you are the referrer or the candidate. False: you are neither.
    pub mine: Option<bool>,
}

impl Filter for ReferralFilter {
    fn condition(&self, scope: &Scope) -> Condition {
        use referral::Column;
        composed(
            scope,
            self.and.as_ref(),
            self.or.as_ref(),
            self.not.as_deref(),
        )
        .add_option(
            self.stages
                .as_ref()
                .map(|stages| column(Column::Stage).is_in(stages.iter().map(ActiveEnum::to_value))),
        )
        .add_option(
            self.opportunity_ids
                .as_ref()
                .map(|ids| column(Column::OpportunityId).is_in(ids.iter().map(|id| id.0))),
        )
        .add_option(
            self.referrer_ids
                .as_ref()
                .map(|ids| of_people(scope, Column::ReferrerId, ids)),
        )
        .add_option(
            self.candidate_ids
                .as_ref()
                .map(|ids| of_people(scope, Column::CandidateId, ids)),
        )
        .add_option(
            self.submitted_at
                .as_ref()
                .map(|range| range.condition(&column(Column::SubmittedAt))),
        )
        .add_option(self.mine.map(|mine| {
            if mine {
                store::mine(scope)
            } else {
                store::mine(scope).not()
            }
        }))
    }

    fn planning(&self) -> Planning {
        Planning::once_if(
            *self
                == Self {
                    stages: at_most_one(self.stages.as_ref()),
                    opportunity_ids: at_most_one(self.opportunity_ids.as_ref()),
                    referrer_ids: at_most_one(self.referrer_ids.as_ref()),
                    candidate_ids: at_most_one(self.candidate_ids.as_ref()),
                    ..Self::default()
                },
        )
    }
}

fn column(column: referral::Column) -> SimpleExpr {
    Expr::col((referral::Entity, column))
}

/// The column is one of these people, visible to the viewer. Never null for an external candidate, so that `not` matches it.
fn of_people(scope: &Scope, of: referral::Column, ids: &[Gid<PersonId>]) -> Condition {
    let seen =
        (!scope.may(Permission::AlumniRead)).then(|| person_visible(scope, (referral::Entity, of)));
    let told = matches!(of, referral::Column::CandidateId)
        .then(|| store::candidate_shown(scope))
        .flatten();
    Condition::all()
        .add(column(of).is_not_null())
        .add(column(of).is_in(ids.iter().map(|id| id.0)))
        .add_option(seen)
        .add_option(told)
}

/// How a list of referrals is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum ReferralOrder {
    /// By time of submission, newest first.
    #[default]
    Newest,
    /// By time of submission, oldest first.
    Oldest,
}

impl Sort for ReferralOrder {
    type Table = referral::Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    fn columns(self) -> Vec<referral::Column> {
        // ids are made when a referral is handed in, and grow with time
        vec![]
    }

    fn id() -> referral::Column {
        referral::Column::Id
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}
