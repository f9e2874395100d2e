//! How lists of accounts are filtered and ordered.

use async_graphql::{Enum, InputObject};
use entity::account::{Column, Entity};
use entity::{PersonId, Role, Standing, person};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ActiveEnum, Condition, DbBackend};

use super::types::AccountState;
use crate::graphql::id::Gid;
use crate::graphql::node::Filter;
use crate::page::Sort;
use crate::scope::Scope;

/// Filters a list of accounts. All given fields must match; an empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct AccountFilter {
    /// State is one of these.
    pub states: Option<Vec<AccountState>>,
    /// Has at least one of these granted roles.
    pub roles: Option<Vec<Role>>,
    /// Person is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub person_ids: Option<Vec<Gid<PersonId>>>,
    /// Whether the account keeps its roles without a current employment.
    pub external: Option<bool>,
}

impl Filter for AccountFilter {
    fn condition(&self, scope: &Scope) -> Condition {
        Condition::all()
            .add_option(self.states.as_ref().map(|states| {
                states
                    .iter()
                    .fold(nothing(), |any, state| any.add(in_state(scope, *state)))
            }))
            .add_option(self.roles.as_ref().map(|roles| {
                roles
                    .iter()
                    .fold(nothing(), |any, role| any.add(has_role(scope, *role)))
            }))
            .add_option(self.person_ids.as_ref().map(|ids| {
                column(Column::PersonId)
                    .is_not_null()
                    .and(column(Column::PersonId).is_in(ids.iter().map(|id| id.0)))
            }))
            .add_option(
                self.external
                    .map(|external| column(Column::External).eq(external)),
            )
    }
}

fn nothing() -> Condition {
    Condition::any().add(Expr::cust("1 = 0"))
}

fn column(column: Column) -> SimpleExpr {
    Expr::col((Entity, column))
}

fn has_role(scope: &Scope, role: Role) -> SimpleExpr {
    match scope.backend() {
        DbBackend::Postgres => {
            Expr::cust_with_values("\"account\".\"roles\" @> to_jsonb($1::text)", [role.word()])
        }
        _ => Expr::cust_with_values(
            "EXISTS (SELECT 1 FROM json_each(\"account\".\"roles\") WHERE value = ?)",
            [role.word()],
        ),
    }
}

fn has_roles(scope: &Scope) -> SimpleExpr {
    Expr::cust(match scope.backend() {
        DbBackend::Postgres => "jsonb_array_length(\"account\".\"roles\") > 0",
        _ => "json_array_length(\"account\".\"roles\") > 0",
    })
}

/// The same decision as `rules::Facts::state`.
fn in_state(scope: &Scope, state: AccountState) -> Condition {
    let employee = Query::select()
        .expr(Expr::cust("1"))
        .from(person::Entity)
        .and_where(
            Expr::col((person::Entity, person::Column::CompanyId)).eq(column(Column::CompanyId)),
        )
        .and_where(Expr::col((person::Entity, person::Column::Id)).eq(column(Column::PersonId)))
        .and_where(
            Expr::col((person::Entity, person::Column::Standing)).eq(Standing::Employee.to_value()),
        )
        .to_owned();
    let open_end = || {
        column(Column::ExpiresAt)
            .is_null()
            .or(column(Column::ExpiresAt).gt(scope.now()))
    };
    let held = Condition::any()
        .add(has_role(scope, Role::Operator))
        .add(Expr::exists(employee))
        .add(column(Column::External).eq(true).and(open_end()));
    let enabled = Condition::all().add(column(Column::DisabledAt).is_null());
    let not_held = |external: bool| {
        enabled
            .clone()
            .add(has_roles(scope))
            .add(held.clone().not())
            .add(column(Column::External).eq(external))
    };
    match state {
        AccountState::Disabled => Condition::all().add(column(Column::DisabledAt).is_not_null()),
        AccountState::Active => enabled
            .clone()
            .add(Condition::any().add(has_roles(scope).not()).add(held)),
        AccountState::Expired => not_held(true),
        AccountState::Suspended => not_held(false),
    }
}

/// How a list of accounts is ordered. Ties are ordered by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum AccountOrder {
    /// By creation time, newest first.
    #[default]
    Newest,
    /// By creation time, oldest first.
    Oldest,
}

impl Sort for AccountOrder {
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
