//! A noun read as one row with the children a selection foresees.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

use async_graphql::{Context, InputType};
use entity::{Id, company};
use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{Condition, DbBackend, EntityTrait};
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use super::ahead::Ahead;
use super::columns::{Columns, Read};
use super::connection::{Page, Wanted};
use super::level::{Edge, Level, Plan};
use super::tuple::{self, Tuple};
use crate::database::Planning;
use crate::error::{Error, Result};
use crate::page::Sort;
use crate::references::Edition;
use crate::scope::{Scope, Scoped};

/// What a type reads of a table: columns first, then the children it may hold, in the order of the struct's fields.
pub trait Row: DeserializeOwned + Clone + Send + Sync + 'static {
    /// The table.
    type Table: Scoped;
    /// The columns, in the order of the struct's fields.
    const COLUMNS: &'static [Read<<Self::Table as EntityTrait>::Column>];
}

/// A condition over a noun's rows, as clients write it.
pub trait Filter: InputType + Clone + Debug + PartialEq + Eq + Hash {
    /// As SQL, over the table by its own name.
    fn condition(&self, scope: &Scope) -> Condition;
    /// How its statement is best planned: once, only where one of the table's indexes serves it in every order, whatever its values are.
    fn planning(&self) -> Planning {
        Planning::ByValue
    }
    /// Whether it finds few rows of many by an index of its own, so that they are found first and put in order then. Otherwise the
    /// database may walk all rows in their order until it has met enough of them.
    fn finds_few(&self) -> bool {
        false
    }
}

/// The values of a list that names one at most: what it asks is then the begin of an index. For [`Filter::planning`].
#[must_use]
pub fn at_most_one<T: Clone>(values: Option<&Vec<T>>) -> Option<Vec<T>> {
    values.filter(|values| values.len() <= 1).cloned()
}

/// What filters are composed of: all of `and`, at least one of `or`, not `not`.
#[must_use]
pub fn composed<F: Filter>(
    scope: &Scope,
    and: Option<&Vec<F>>,
    or: Option<&Vec<F>>,
    not: Option<&F>,
) -> Condition {
    let all = |some: &Vec<F>| {
        some.iter()
            .fold(Condition::all(), |all, one| all.add(one.condition(scope)))
    };
    // an empty list has no one that holds
    let any = |some: &Vec<F>| {
        some.iter()
            .fold(Condition::any().add(Expr::cust("1 = 0")), |any, one| {
                any.add(one.condition(scope))
            })
    };
    Condition::all()
        .add_option(and.map(all))
        .add_option(or.map(any))
        .add_option(not.map(|not| not.condition(scope).not()))
}

/// A row with children.
pub trait Tree: Row {
    /// Which children a selection wants; the default wants none.
    type Wants: Clone + Debug + Default + PartialEq + Eq + Hash + Send + Sync;
    /// What a selection wants.
    fn ahead(look: &Ahead<'_>) -> Self::Wants;
    /// Which of the columns that are not always read.
    fn columns(_wants: &Self::Wants) -> Columns {
        Columns::default()
    }
    /// The children wanted, in the order of the struct's fields.
    fn edges(wants: &Self::Wants, at: Level<'_>) -> Vec<Edge>;
    /// Leaves out the table's rows that are something else than this.
    fn narrow(_rows: &mut SelectStatement) {}
}

/// A row with an id, so that the loader can ask for it again.
pub trait Node: Tree {
    /// Its id.
    type Id: Id;
    /// The id's column.
    const ID: <Self::Table as EntityTrait>::Column;
    /// The id.
    fn id(&self) -> Self::Id;
}

/// A noun that is listed in pages.
pub trait Listed: Node {
    /// How lists of it are filtered.
    type Filter: Filter;
    /// How lists of it are ordered.
    type Order: InputType + Sort<Table = Self::Table>;
    /// The row's values of an order's columns, as texts a cursor can carry.
    fn sort_values(&self, order: Self::Order) -> Vec<String>;
    /// Leaves out of lists what the viewer may look up but is not shown among others.
    fn listed(_scope: &Scope, _rows: &mut SelectStatement) {}
}

/// Declares a row: `row!(Name of table { field: Type = Column, … } holds { children: Option<…>, … })`.
/// Makes the struct, its list of columns in the same order, and the way from the table's model; `Name seen of table` leaves the last out, where what
/// is stored is not what a viewer sees.
///
/// `field: Type = Column if "field"` is read only where the schema's field of that name (or one of several, `if "a" | "b"`) is selected: its type is an `Option`, null
/// where it was not, or [`Told`](super::columns::Told). The noun's wants then say which (`Tree::columns`).
///
/// `field: Option<Type> = Column unless child` is the key of that child, and null where the statement reads the child: a child that is not there then does not exist for the viewer.
/// A row's company is a child whose key is null also where all rows are of the one company that is asked about (`reference::company`).
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $name:ident of $table:ident { $($(#[$attribute:meta])* $field:ident: $kind:ty = $column:ident $(if $($shown:literal)|+)? $(unless $key_of:ident)?),* $(,)? } $(holds { $($edge:ident: $held:ty),* $(,)? })?) => {
        $crate::row!($(#[$meta])* $name seen of $table { $($(#[$attribute])* $field: $kind = $column $(if $($shown)|+)? $(unless $key_of)?),* } $(holds { $($edge: $held),* })?);

        impl From<entity::$table::Model> for $name {
            fn from(model: entity::$table::Model) -> Self {
                Self { $($field: model.$field.into(),)* $($($edge: None,)*)? }
            }
        }
    };
    ($(#[$meta:meta])* $name:ident seen of $table:ident { $($(#[$attribute:meta])* $field:ident: $kind:ty = $column:ident $(if $($shown:literal)|+)? $(unless $key_of:ident)?),* $(,)? } $(holds { $($edge:ident: $held:ty),* $(,)? })?) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Deserialize)]
        pub struct $name {
            $($(#[$attribute])* pub(crate) $field: $kind,)*
            $($(#[serde(default)] pub(crate) $edge: $held,)*)?
        }

        impl $crate::graphql::node::Row for $name {
            type Table = entity::$table::Entity;
            const COLUMNS: &'static [$crate::graphql::columns::Read<entity::$table::Column>] =
                &[$($crate::graphql::columns::Read {
                    column: entity::$table::Column::$column,
                    shown: &[$($($shown),+)?],
                    key_of: $crate::graphql::columns::place(Self::CHILDREN, &[$(stringify!($key_of))?]),
                }),*];
        }

        impl $name {
            const CHILDREN: &'static [&'static str] = &[$($(stringify!($edge)),*)?];
        }

        // a key that is not read is null then: its type is an `Option`, or this does not compile
        const _: fn(&$name) = |_row| {
            $($(let _ = (stringify!($key_of), _row.$field.is_none());)?)*
        };
    };
}

/// One statement: the rows of `select`, and what is wanted behind each; and the edition of the reference rows they go with.
async fn read<N: Tree>(
    scope: &Scope,
    select: SelectStatement,
    wants: &N::Wants,
) -> Result<(Vec<N>, Option<Edition>)> {
    let plan = Plan::default();
    let mut rows = Tuple::default();
    rows.list(Level::top(scope, &plan).all::<N>(select, wants));
    let ((rows,), edition) = fetch::<(Vec<N>,)>(scope, rows.end(), plan).await?;
    Ok((rows, edition))
}

/// One statement: a page of `rows`.
pub async fn read_page<N: Listed>(
    scope: &Scope,
    rows: SelectStatement,
    wanted: &Wanted<N::Filter, N::Order, N::Wants>,
) -> Result<Page<N>> {
    let plan = Plan::default();
    let page = Level::top(scope, &plan).page_of::<N>(rows, wanted);
    Ok(fetch(scope, page, plan).await?.0)
}

async fn fetch<T: DeserializeOwned>(
    scope: &Scope,
    value: SimpleExpr,
    plan: Plan,
) -> Result<(T, Option<Edition>)> {
    let mut statement = Query::select().expr(value).take();
    if let Some(company) = scope.only_company() {
        let edition = Query::select()
            .column(company::Column::ReferenceEdition)
            .from(company::Entity)
            .and_where(Expr::col(company::Column::Id).eq(company))
            .take();
        statement.expr(SimpleExpr::SubQuery(None, Box::new(edition.into())));
    }
    let row = scope.database().answer(plan.get(), &statement).await?;
    let edition = match scope.only_company() {
        Some(company) => {
            let number: Option<i32> = row.try_get_by_index(1)?;
            number.map(|number| Edition { company, number })
        }
        None => None,
    };
    if let Some(edition) = edition {
        scope.answered_under(edition);
    }
    let text = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => row.try_get::<&str, _>(0),
        (_, Some(row)) => row.try_get::<&str, _>(0),
        _ => return Err(Error::internal("a row of another database")),
    };
    let text = text.map_err(Error::internal)?;
    Ok((tuple::read(text).map_err(Error::internal)?, edition))
}

/// The rows with the given ids, as far as they exist for the viewer; in no order.
pub async fn by_ids<N: Node>(scope: &Scope, ids: &[N::Id], wants: &N::Wants) -> Result<Vec<N>> {
    Ok(by_ids_at(scope, ids, wants).await?.0)
}

/// [`by_ids`], and the edition of the reference rows they go with.
pub async fn by_ids_at<N: Node>(
    scope: &Scope,
    ids: &[N::Id],
    wants: &N::Wants,
) -> Result<(Vec<N>, Option<Edition>)> {
    let mut rows = scope.rows::<N::Table>();
    N::narrow(&mut rows);
    let id = Expr::col((N::Table::default(), N::ID));
    rows.and_where(match (ids, scope.backend()) {
        ([one], _) => id.eq(one.uuid()),
        (many, DbBackend::Postgres) => id.eq(PgFunc::any(
            many.iter().map(|id| id.uuid()).collect::<Vec<_>>(),
        )),
        (many, _) => id.is_in(many.iter().map(|id| id.uuid())),
    });
    read(scope, rows, wants).await
}

/// The row with the given id, with what the field being resolved selects of it; null where it does not exist for the viewer.
pub async fn find<N: Node>(ctx: &Context<'_>, id: N::Id) -> Result<Option<N>> {
    Ok(by_ids::<N>(
        crate::graphql::scope(ctx)?,
        &[id],
        &N::ahead(&Ahead::of(ctx)),
    )
    .await?
    .pop())
}

/// The rows with the given ids in their order, null where one does not exist for the viewer.
pub async fn find_all<N: Node>(
    scope: &Scope,
    ids: &[N::Id],
    wants: &N::Wants,
) -> Result<HashMap<N::Id, N>> {
    Ok(by_ids::<N>(scope, ids, wants)
        .await?
        .into_iter()
        .map(|node| (node.id(), node))
        .collect())
}
