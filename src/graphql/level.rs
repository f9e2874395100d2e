//! One statement returns rows with their children as text (`tuple`), on PostgreSQL and SQLite alike. A `Level` is one table of that statement under
//! its own alias; its edges are correlated to it, including the company.

use std::cell::Cell;

use entity::{Tenant, person};
use sea_orm::sea_query::{
    Alias, Asterisk, ColumnType, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{ColumnTrait, DbBackend, EntityName, IdenStatic, RelationDef, RelationTrait};

use super::connection::Wanted;
use super::node::{Listed, Tree};
use super::reference::Reference;
use super::tuple::{Tuple, strung};
use crate::database::Planning;
use crate::page::MAX_COUNT;
use crate::scope::{Scope, Scoped};

/// A prefetched child of a row.
#[derive(Debug)]
pub enum Child {
    /// One row, or one value that is no text.
    Row(SimpleExpr),
    /// Rows, strung together.
    Rows(SimpleExpr),
}

/// A child, if it is selected.
pub type Edge = Option<Child>;

/// Maximum depth of prefetched children; the loader reads deeper ones.
const DEEPEST: usize = 4;

/// Join condition of a child and the current row, in addition to the company.
pub enum Link {
    /// A relation of the tables, with an optional condition on the child's rows.
    Along(Box<RelationDef>, Option<SimpleExpr>),
    /// Nothing else: the company itself, or all that is the company's.
    Company,
}

impl Link {
    /// A relation with a condition on the child's rows.
    #[must_use]
    pub fn only(relation: impl RelationTrait, condition: Option<SimpleExpr>) -> Self {
        Self::Along(Box::new(relation.def()), condition)
    }

    /// Whether the current row is a person.
    fn leaves_a_person(&self) -> bool {
        let person = person::Entity.table_ref();
        matches!(self, Self::Along(edge, _) if edge.from_tbl == person)
    }
}

impl<R: RelationTrait> From<R> for Link {
    fn from(relation: R) -> Self {
        Self::only(relation, None)
    }
}

/// How the whole statement is to be planned, as its parts find out while it is written.
pub type Plan = Cell<Planning>;

/// One table of the statement.
#[derive(Clone, Copy)]
pub struct Level<'s> {
    scope: &'s Scope,
    plan: &'s Plan,
    depth: usize,
    /// Company column of the current row.
    company: &'static str,
    /// A column of the current row, as far as it is visible to the viewer.
    told: fn(&Scope, &Alias, &str) -> SimpleExpr,
    /// Whether the current row is visible to the viewer; a row referenced by another row need not be.
    seen: bool,
}

impl<'s> Level<'s> {
    /// The root's table.
    #[must_use]
    pub fn top(scope: &'s Scope, plan: &'s Plan) -> Self {
        Self {
            scope,
            plan,
            depth: 0,
            company: "company_id",
            told: |_, row, column| Expr::col((row.clone(), Alias::new(column))),
            seen: true,
        }
    }

    /// The scope, for edges with their own conditions.
    #[must_use]
    pub fn scope(self) -> &'s Scope {
        self.scope
    }

    /// The current row and its selected children. Absent children are null, or omitted at the end.
    #[must_use]
    pub fn node<N: Tree>(self, wants: &N::Wants) -> SimpleExpr {
        let at = Self {
            company: N::Table::COMPANY.as_str(),
            told: told::<N::Table>,
            ..self
        };
        let selected = N::columns(wants);
        let mut edges = N::edges(wants, at);
        let mut row = Tuple::default();
        for (place, read) in N::COLUMNS.iter().enumerate() {
            let told = read.key_of.is_some_and(|child| {
                edges[child].is_some() || self.all_of_one_company::<N::Table>(read.column)
            });
            if selected.read(place, read) && !told {
                self.column::<N::Table>(&mut row, read.column);
            } else {
                row.null();
            }
        }
        while edges.last().is_some_and(Option::is_none) {
            edges.pop();
        }
        for edge in edges {
            match edge {
                Some(Child::Row(child)) => row.plain(child),
                Some(Child::Rows(children)) => row.list(children),
                None => row.null(),
            }
        }
        row.end()
    }

    /// Whether the column only repeats the company of the query.
    fn all_of_one_company<E: Scoped>(self, column: E::Column) -> bool {
        column.as_str() == E::COMPANY.as_str() && self.scope.only_company().is_some()
    }

    fn column<E: Scoped>(self, row: &mut Tuple, column: E::Column) {
        let value = E::value(self.scope, &self.alias(), column);
        match column.def().get_column_type() {
            ColumnType::Uuid if self.sqlite() => row.plain(Func::cust("hex").arg(value).into()),
            ColumnType::Json | ColumnType::JsonBinary => row.json(value.cast_as("text")),
            ColumnType::String(_) | ColumnType::Text => row.text(value),
            // words as well: no sign of the notation is in one
            _ => row.plain(value),
        }
    }

    /// All rows of `select`, each as the node it is, strung together.
    #[must_use]
    pub fn all<N: Tree>(self, select: SelectStatement, wants: &N::Wants) -> SimpleExpr {
        nested(
            Query::select()
                .expr(strung(self.node::<N>(wants)))
                .from_subquery(select, self.alias())
                .take(),
        )
    }

    /// A page of `rows`: `[[row, …], count,]`, the count null unless wanted.
    #[must_use]
    pub fn page_of<N: Listed>(
        self,
        mut rows: SelectStatement,
        wanted: &Wanted<N::Filter, N::Order, N::Wants>,
    ) -> SimpleExpr {
        wanted.list.narrow::<N>(self.scope, &mut rows);
        self.plan.set(self.plan.get().max(wanted.list.planning()));
        let count = wanted.counted.then(|| {
            let mut counted = rows.clone();
            counted
                .clear_selects()
                .expr(Expr::cust("1"))
                .limit(MAX_COUNT.unsigned_abs() + 1);
            let count = Query::select()
                .expr(Func::count(Expr::col(Asterisk)))
                .from_subquery(counted, Alias::new("counted"))
                .take();
            nested(count)
        });
        let (window, order) = (wanted.list.window(), wanted.list.order());
        window.begin(self.scope, order, &mut rows);
        if wanted.list.finds_few() && !self.sqlite() {
            rows = found_first::<N>(rows);
        }
        window.cut(self.scope, order, &mut rows);
        let mut page = Tuple::default();
        page.list(self.all::<N>(rows, &wanted.node));
        match count {
            Some(count) => page.plain(count),
            None => page.null(),
        }
        page.end()
    }

    /// The node at the end of a relation, with its selections.
    #[must_use]
    pub fn to<N: Tree>(self, edge: impl Into<Link>, wanted: Option<&N::Wants>) -> Edge {
        let (wants, below) = (wanted?, self.below()?);
        let mut row = self.related::<N>(edge.into());
        N::narrow(&mut row);
        let row = Query::select()
            .expr(below.node::<N>(wants))
            .from_subquery(row, below.alias())
            .take();
        Some(Child::Row(nested(row)))
    }

    /// A node referenced by the current row, regardless of its visibility: `row` selects it and is responsible for its visibility.
    #[must_use]
    pub fn picked<N: Tree>(
        self,
        row: impl FnOnce(&Alias) -> SelectStatement,
        wanted: Option<&N::Wants>,
    ) -> Edge {
        let below = Self {
            seen: false,
            ..self.below()?
        };
        let row = Query::select()
            .expr(below.node::<N>(wanted?))
            .from_subquery(row(&self.alias()), below.alias())
            .take();
        Some(Child::Row(nested(row)))
    }

    /// A reference row at the end of a relation. Not read if the process can cache it and no child of it is selected.
    #[must_use]
    pub fn reference<N: Reference>(self, edge: impl Into<Link>, wanted: Option<&N::Wants>) -> Edge {
        let kept = self.scope.only_company().is_some();
        self.to::<N>(
            edge,
            wanted.filter(|wants| !kept || **wants != N::Wants::default()),
        )
    }

    /// A short list of nodes at the end of a relation.
    #[must_use]
    pub fn list<N: Tree>(
        self,
        edge: impl Into<Link>,
        wanted: Option<&N::Wants>,
        order: impl FnOnce(&mut SelectStatement),
    ) -> Edge {
        let (wants, below) = (wanted?, self.below()?);
        let mut rows = self.related::<N>(edge.into());
        N::narrow(&mut rows);
        order(&mut rows);
        Some(Child::Rows(below.all::<N>(rows, wants)))
    }

    /// A page of nodes at the end of a relation.
    #[must_use]
    pub fn page<N: Listed>(
        self,
        edge: impl Into<Link>,
        wanted: Option<&Wanted<N::Filter, N::Order, N::Wants>>,
    ) -> Edge {
        let (wanted, below) = (wanted?, self.below()?);
        let page = below.page_of::<N>(self.related::<N>(edge.into()), wanted);
        Some(Child::Row(page))
    }

    fn below(self) -> Option<Self> {
        (self.depth < DEEPEST).then_some(Self {
            depth: self.depth + 1,
            seen: true,
            ..self
        })
    }

    /// The rows of `N` related to the current row, in its company and visible to the viewer.
    fn related<N: Tree>(self, link: Link) -> SelectStatement {
        let company = Expr::col((self.alias(), Alias::new(self.company)));
        let mut rows = if self.seen && link.leaves_a_person() {
            self.scope.rows_behind::<N::Table>(&self.alias(), company)
        } else {
            self.scope.rows_within::<N::Table>(company)
        };
        if let Link::Along(edge, condition) = link {
            for (from, to) in edge.from_col.iter().zip(edge.to_col.iter()) {
                // what the viewer is not told of a row leads nowhere
                let key = (self.told)(self.scope, &self.alias(), &from.to_string());
                rows.and_where(Expr::col((N::Table::default(), to.clone())).eq(key));
            }
            if let Some(condition) = condition {
                rows.and_where(condition);
            }
        }
        rows
    }

    /// Alias of the current row in the statement, for expressions on its columns.
    #[must_use]
    pub fn alias(self) -> Alias {
        Alias::new(["t0", "t1", "t2", "t3", "t4"][self.depth])
    }

    fn sqlite(self) -> bool {
        self.scope.backend() == DbBackend::Sqlite
    }
}

fn told<E: Scoped>(scope: &Scope, row: &Alias, column: &str) -> SimpleExpr {
    match column.parse::<E::Column>() {
        Ok(column) => E::value(scope, row, column),
        Err(_) => Expr::col((row.clone(), Alias::new(column))),
    }
}

fn nested(select: SelectStatement) -> SimpleExpr {
    SimpleExpr::SubQuery(None, Box::new(select.into()))
}

/// The rows as a table of the same name, which PostgreSQL makes before it looks at what is done with it: `OFFSET 0` is its word for that.
fn found_first<N: Tree>(mut rows: SelectStatement) -> SelectStatement {
    let name = Alias::new(N::Table::default().table_name());
    Query::select()
        .column((name.clone(), Asterisk))
        .from_subquery(rows.offset(0).take(), name)
        .take()
}
