//! What the client selected below a field, merged over aliases, fragments and both ways into a connection.
//! `@skip` and `@include` are already applied. Too much is a wasted subselect, too little is a loader's work; never a wrong answer.

use async_graphql::{Context, InputType, Lookahead, SelectionField, Value};

use super::columns::{CURSOR, Columns};
use super::connection::{List, Wanted};
use super::node::{Listed, Row, Tree};
use crate::page::PageArgs;

/// The selections below a field.
pub struct Ahead<'a> {
    look: Lookahead<'a>,
    /// Whether the elements of a page are selected, and whether their cursors are.
    cursors: bool,
}

impl<'a> From<Lookahead<'a>> for Ahead<'a> {
    fn from(look: Lookahead<'a>) -> Self {
        let cursors = false;
        Self { look, cursors }
    }
}

impl<'a> Ahead<'a> {
    /// Below the field being resolved.
    #[must_use]
    pub fn of(ctx: &'a Context<'_>) -> Self {
        ctx.look_ahead().into()
    }

    /// Whether the field is selected.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.look.field(field).exists()
    }

    /// The selected columns of a noun.
    #[must_use]
    pub fn columns<N: Row>(&self) -> Columns {
        let fields = self.look.selection_fields();
        let below = fields.iter().flat_map(SelectionField::selection_set);
        let selected: Vec<&str> = below.map(|field| field.name()).collect();
        Columns::selected(N::COLUMNS, |field| {
            selected.contains(&field) || (field == CURSOR && self.cursors)
        })
    }

    /// Below a field that returns one node.
    #[must_use]
    pub fn to(&self, field: &str) -> Option<Self> {
        Some(self.look.field(field))
            .filter(Lookahead::exists)
            .map(Self::from)
    }

    /// The selections of a field that returns one node; null if it is not selected.
    #[must_use]
    pub fn wants<N: Tree>(&self, field: &str) -> Option<N::Wants> {
        self.to(field).map(|below| N::ahead(&below))
    }

    /// The rows of a connection: `nodes` and `edges { node }`.
    #[must_use]
    pub fn nodes(&self) -> Self {
        let direct = self.look.field("nodes");
        let fields: Vec<_> = [&direct, &self.look.field("edges").field("node")]
            .into_iter()
            .flat_map(Lookahead::selection_fields)
            .collect();
        Self {
            look: Lookahead::try_from(fields.as_slice()).unwrap_or(direct),
            cursors: self.has("pageInfo") || self.has("edges"),
        }
    }

    /// The selections of a connection's nodes, including the count.
    #[must_use]
    pub fn page<N: Listed>(
        &self,
        list: List<N::Filter, N::Order>,
    ) -> Wanted<N::Filter, N::Order, N::Wants> {
        let counted = self.has("totalCount") || self.has("totalCountCapped");
        Wanted {
            list,
            node: Box::new(N::ahead(&self.nodes())),
            counted,
        }
    }

    /// A nested connection. Prefetched only if all its selections have the same, valid arguments.
    #[must_use]
    pub fn connection<N: Listed>(
        &self,
        field: &str,
    ) -> Option<Wanted<N::Filter, N::Order, N::Wants>> {
        let below = self.look.field(field);
        let mut questions = below.selection_fields().into_iter().map(|field| {
            let arguments: Vec<_> = field.arguments().ok()?;
            let part = |name: &str| {
                arguments
                    .iter()
                    .find(|(argument, _)| argument == name)
                    .map(|(_, value)| value.clone())
            };
            let filter = Option::<N::Filter>::parse(part("filter")).ok()?;
            let order = Option::<N::Order>::parse(part("orderBy")).ok()?;
            let page =
                PageArgs::parse(Some(Value::Object(arguments.into_iter().collect()))).ok()?;
            List::new(filter, order, &page).ok()
        });
        let first = questions.next()??;
        let same = questions.all(|other| other.as_ref() == Some(&first));
        same.then(|| Self::from(below).page::<N>(first))
    }
}
