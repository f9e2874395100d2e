//! Relay connections: a page of a noun's rows with cursors, and a count if selected.

use std::borrow::Cow;

use async_graphql::{InputType, Object, OutputType, SimpleObject, TypeName};
use entity::Id;
use sea_orm::sea_query::SelectStatement;
use serde::Deserialize;

use super::node::{Filter, Listed, Tree};
use super::shown::{Many, One, Shown};
use crate::database::Planning;
use crate::error::Result;
use crate::page::{MAX_COUNT, PageArgs, Sort, Window, cursor};
use crate::scope::Scope;

/// The arguments of a list: filter, order and window.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct List<F, O> {
    filter: Option<F>,
    order: O,
    window: Window,
}

impl<F: Filter, O: Sort + InputType> List<F, O> {
    /// Checks the arguments.
    pub fn new(filter: Option<F>, order: Option<O>, page: &PageArgs) -> Result<Self> {
        let order = order.unwrap_or_default();
        Ok(Self {
            filter,
            order,
            window: Window::new(page, order)?,
        })
    }

    pub fn order(&self) -> O {
        self.order
    }

    pub fn window(&self) -> &Window {
        &self.window
    }

    /// How its statement is best planned.
    pub fn planning(&self) -> Planning {
        self.filter
            .as_ref()
            .map_or(Planning::Once, Filter::planning)
    }

    /// Whether few rows are to be found first and put in order then.
    pub fn finds_few(&self) -> bool {
        self.filter.as_ref().is_some_and(Filter::finds_few)
    }

    /// Puts the filter onto a list's rows.
    pub fn narrow<N: Listed>(&self, scope: &Scope, rows: &mut SelectStatement) {
        N::narrow(rows);
        N::listed(scope, rows);
        if let Some(filter) = &self.filter {
            rows.cond_where(filter.condition(scope));
        }
    }
}

/// A list, and what is wanted of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted<F, O, W> {
    pub list: List<F, O>,
    /// Selections of each node. Boxed because nouns refer to each other.
    pub node: Box<W>,
    /// Whether they are counted.
    pub counted: bool,
}

/// [`Wanted`] of a noun.
pub type WantedOf<N> = Wanted<<N as Listed>::Filter, <N as Listed>::Order, <N as Tree>::Wants>;

/// Rows of one page, and one extra row if there are more.
#[derive(Clone, Debug, Deserialize)]
pub struct Page<N> {
    rows: Vec<N>,
    count: Option<i64>,
}

impl<N> Default for Page<N> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            count: None,
        }
    }
}

/// A page of a list; its rows are its own (a root) or lie in the parent that foresaw them.
pub struct Connection<'a, N: Listed> {
    page: Cow<'a, Page<N>>,
    window: Window,
    order: N::Order,
}

impl<'a, N: Listed> Connection<'a, N> {
    /// A page that was read with these list arguments.
    pub fn of(page: Cow<'a, Page<N>>, list: &List<N::Filter, N::Order>) -> Self
    where
        N::Filter: Filter,
    {
        Self {
            page,
            window: list.window.clone(),
            order: list.order,
        }
    }

    fn more(&self) -> bool {
        self.page.rows.len() > self.window.size()
    }

    /// The rows in the list's order.
    fn rows(&self) -> Box<dyn DoubleEndedIterator<Item = &N> + Send + '_> {
        let rows = self.page.rows.iter().take(self.window.size());
        if self.window.backwards() {
            Box::new(rows.rev())
        } else {
            Box::new(rows)
        }
    }

    fn cursor(&self, row: &N) -> String {
        cursor(self.order, &row.sort_values(self.order), row.id().uuid())
    }
}

/// Information about a page of a list, as defined by the Relay cursor connections specification.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether elements follow this page. Exact when paging forwards. When paging backwards: whether `before` was given.
    has_next_page: bool,
    /// Whether elements precede this page. Exact when paging backwards. When paging forwards: whether `after` was given.
    has_previous_page: bool,
    /// Cursor of the first element, for `before`. Null if the page is empty.
    start_cursor: Option<String>,
    /// Cursor of the last element, for `after`. Null if the page is empty.
    end_cursor: Option<String>,
}

impl<N: Listed + Shown> TypeName for Connection<'_, N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", <N as OutputType>::type_name()).into()
    }
}

/// One page of a list. Elements created or deleted between two pages cause no gaps and no duplicates.
#[Object(name_type)]
impl<N: Listed + Shown> Connection<'_, N> {
    /// The elements with their cursors.
    async fn edges(&self) -> Many<'_, Edge<'_, N>> {
        let edge = |node| Edge {
            node,
            cursor: self.cursor(node),
        };
        Many::Own(self.rows().map(edge).collect())
    }

    /// The elements without their cursors.
    async fn nodes(&self) -> Many<'_, N> {
        Many::Lent(self.rows().collect())
    }

    /// Information about this page.
    async fn page_info(&self) -> PageInfo {
        let backwards = self.window.backwards();
        PageInfo {
            has_next_page: if backwards {
                self.window.bounded()
            } else {
                self.more()
            },
            has_previous_page: if backwards {
                self.more()
            } else {
                self.window.bounded()
            },
            start_cursor: self.rows().next().map(|row| self.cursor(row)),
            end_cursor: self.rows().next_back().map(|row| self.cursor(row)),
        }
    }

    /// Number of elements in the whole list visible to you. Counted only when selected. At most 25,000; see `totalCountCapped`.
    async fn total_count(&self) -> i64 {
        self.page.count.unwrap_or_default().min(MAX_COUNT)
    }

    /// Whether the list has more than 25,000 elements; `totalCount` is then 25,000.
    async fn total_count_capped(&self) -> bool {
        self.page.count.unwrap_or_default() > MAX_COUNT
    }
}

/// One row of a page.
pub struct Edge<'a, N> {
    node: &'a N,
    cursor: String,
}

impl<N: Listed + Shown> TypeName for Edge<'_, N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", <N as OutputType>::type_name()).into()
    }
}

impl<N: Listed + Shown> Shown for Edge<'_, N> {}

/// One element of a page with its cursor.
#[Object(name_type)]
impl<N: Listed + Shown> Edge<'_, N> {
    /// Opaque cursor for `after` and `before`. Valid only with the same `orderBy`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The element.
    async fn node(&self) -> One<&N> {
        One(self.node)
    }
}
