//! How lists of referrals are narrowed and ordered.

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

/// Narrows a list of referrals. Every field given must hold; a list of values holds where one of them does, an empty list nowhere.
/// By people you may not see you find no referral.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct ReferralFilter {
    /// All of these hold. At most 20.
    #[graphql(validator(max_items = 20))]
    pub and: Option<Vec<ReferralFilter>>,
    /// At least one of these holds. At most 20.
    #[graphql(validator(max_items = 20))]
    pub or: Option<Vec<ReferralFilter>>,
    /// This does not hold.
    pub not: Option<Box<ReferralFilter>>,
    /// Stands in one of these stages.
    pub stages: Option<Vec<ReferralStage>>,
    /// Is for one of these opportunities. At most 100.
    #[graphql(validator(max_items = 100))]
    pub opportunity_ids: Option<Vec<Gid<OpportunityId>>>,
    /// Was made by one of these people. At most 100.
    #[graphql(validator(max_items = 100))]
    pub referrer_ids: Option<Vec<Gid<PersonId>>>,
    /// Is of one of these people. At most 100.
    #[graphql(validator(max_items = 100))]
    pub candidate_ids: Option<Vec<Gid<PersonId>>>,
    /// Was handed in between these instants.
    pub submitted_at: Option<InstantRange>,
    /// True: those you made or are the candidate of; false: the others.
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

/// The column holds one of these people, and one the viewer sees and is told; someone outside is none of them, and `not` finds them.
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
    /// By when it was handed in, latest first.
    #[default]
    Newest,
    /// By when it was handed in, longest ago first.
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
