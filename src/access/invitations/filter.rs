//! How lists of invitations are filtered and ordered.

use async_graphql::{Enum, InputObject};
use entity::invitation::{Column, Entity};
use entity::{InvitationKind, PersonId};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ActiveEnum, Condition};

use super::types::InvitationState;
use crate::graphql::id::Gid;
use crate::graphql::node::Filter;
use crate::page::Sort;
use crate::scope::Scope;

/// Filters a list of invitations. All given fields must match; an empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct InvitationFilter {
    /// Kind is one of these.
    pub kinds: Option<Vec<InvitationKind>>,
    /// State is one of these.
    pub states: Option<Vec<InvitationState>>,
    /// Person is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub person_ids: Option<Vec<Gid<PersonId>>>,
}

impl Filter for InvitationFilter {
    fn condition(&self, scope: &Scope) -> Condition {
        Condition::all()
            .add_option(
                self.kinds.as_ref().map(|kinds| {
                    column(Column::Kind).is_in(kinds.iter().map(ActiveEnum::to_value))
                }),
            )
            .add_option(self.states.as_ref().map(|states| {
                let none = Condition::any().add(Expr::cust("1 = 0"));
                states
                    .iter()
                    .fold(none, |any, state| any.add(in_state(scope, *state)))
            }))
            .add_option(self.person_ids.as_ref().map(|ids| {
                column(Column::PersonId)
                    .is_not_null()
                    .and(column(Column::PersonId).is_in(ids.iter().map(|id| id.0)))
            }))
    }
}

fn column(column: Column) -> SimpleExpr {
    Expr::col((Entity, column))
}

/// The same decision as `rules::state`.
fn in_state(scope: &Scope, state: InvitationState) -> Condition {
    let accepted = column(Column::AcceptedAt).is_not_null();
    let revoked = column(Column::RevokedAt).is_not_null();
    let unanswered = Condition::all()
        .add(column(Column::AcceptedAt).is_null())
        .add(column(Column::RevokedAt).is_null());
    match state {
        InvitationState::Accepted => Condition::all().add(accepted),
        InvitationState::Revoked => Condition::all()
            .add(column(Column::AcceptedAt).is_null())
            .add(revoked),
        InvitationState::Expired => unanswered.add(column(Column::ExpiresAt).lte(scope.now())),
        InvitationState::Open => unanswered.add(column(Column::ExpiresAt).gt(scope.now())),
    }
}

/// How a list of invitations is ordered. Ties are ordered by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum InvitationOrder {
    /// By creation time, newest first.
    #[default]
    Newest,
    /// By creation time, oldest first.
    Oldest,
}

impl Sort for InvitationOrder {
    type Table = Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    fn columns(self) -> Vec<Column> {
        vec![]
    }

    fn id() -> Column {
        Column::Id
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}
