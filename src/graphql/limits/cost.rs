//! What an operation would cost, told without running it: by the walk that prices it when it is run.

use std::time::Duration;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationType, Selection, SelectionSet,
};
use async_graphql::{Positioned, SimpleObject, Variables};

use super::measure::{Walk, default_page, held, largest_page, whole};
use super::weight::{MUTATION, OBJECT, Weight, holds_rows};
use super::{Limits, Refusal, operation, read};

/// How many paths are told.
const MOST_PATHS: usize = 100;

/// What an operation would cost. Numbers above 2,147,483,647 are told as that.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct QueryCost {
    /// The price, by the rule that `serviceLimits { complexity }` tells.
    requested: i32,
    /// The highest price that is taken.
    maximum: i32,
    /// The limits it goes beyond, `complexity` among them; empty where it would run.
    exceeds: Vec<ExceededLimit>,
    /// The largest page size (`first`, `last`) with which the price is taken, were no page of the operation larger; null where it is taken as it is, and where no page size helps.
    page_size_that_fits: Option<i32>,
    /// The fields that cost something, the dearest first; at most 100.
    paths: Vec<PathCost>,
    /// How long you would have to wait until your budget has the price, in milliseconds, were nothing else sent meanwhile; 0 where it has it, null where nothing is counted.
    wait_ms: Option<i32>,
}

impl QueryCost {
    /// The price.
    #[must_use]
    pub fn price(&self) -> u64 {
        self.requested.unsigned_abs().into()
    }

    /// The same, with how long whoever asks would have to wait for it.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        let wait_ms = u64::try_from(wait.as_millis()).map_or(i32::MAX, told);
        Self {
            wait_ms: Some(wait_ms),
            ..self
        }
    }
}

/// A limit an operation goes beyond.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct ExceededLimit {
    /// Which one: a field of `serviceLimits`.
    name: &'static str,
    /// What the operation comes to.
    value: i32,
    /// What is taken.
    maximum: i32,
}

/// What one field costs, with everything below it.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct PathCost {
    /// Where: names as they stand in the answer, with dots between, as `alumni.nodes.skills`.
    path: String,
    /// What it costs altogether, in all rows of the pages around it.
    cost: i32,
    /// The page size it is priced with; null where it is no connection.
    page_size: Option<i32>,
}

/// Prices an operation; refused is what cannot be priced.
pub fn cost(
    limits: &Limits,
    text: &str,
    operation_name: Option<&str>,
    variables: &Variables,
) -> Result<QueryCost, Refusal> {
    let document = read(limits, text)?;
    let (_, found) = operation(&document, operation_name)?;
    let found = &found.node;
    whole(limits, &document, found, variables)?;
    let walk = || Walk::new(limits, &document, found, variables);
    let amount = walk().operation(found)?;
    let maximum = u64::from(limits.complexity);
    let fits = |rows| {
        let amount = walk().with_pages_of(rows).operation(found);
        amount.is_ok_and(|amount| amount.price() <= maximum)
    };
    let mut breakdown = Breakdown {
        walk: walk(),
        document: &document,
        more_at_roots: match found.ty {
            OperationType::Mutation => MUTATION - OBJECT,
            OperationType::Query | OperationType::Subscription => 0,
        },
        paths: Vec::new(),
    };
    breakdown.set(&found.selection_set, "", 1, default_page())?;
    let mut paths = breakdown.paths;
    paths.sort_by_key(|path| std::cmp::Reverse(path.cost));
    paths.truncate(MOST_PATHS);
    Ok(QueryCost {
        requested: told(amount.price()),
        maximum: told(maximum),
        exceeds: held(limits, &amount)
            .into_iter()
            .filter(|(_, value, maximum)| *value > u64::from(*maximum))
            .map(|(limit, value, maximum)| ExceededLimit {
                name: limit.name(),
                value: told(value),
                maximum: told(maximum.into()),
            })
            .collect(),
        page_size_that_fits: (amount.price() > maximum)
            .then(|| largest(fits))
            .flatten()
            .map(told),
        paths,
        wait_ms: None,
    })
}

/// The largest page size of which it is true; what is true of one is true of every smaller one.
fn largest(fits: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut good, mut bad) = (0, largest_page() + 1);
    while bad - good > 1 {
        let middle = u64::midpoint(good, bad);
        if fits(middle) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    (good > 0).then_some(good)
}

fn told(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Goes along every path, which the limit on expanded fields bounds.
struct Breakdown<'a> {
    walk: Walk<'a>,
    document: &'a ExecutableDocument,
    /// What each of the operation's own fields counts beside its weight.
    more_at_roots: u64,
    paths: Vec<PathCost>,
}

impl<'a> Breakdown<'a> {
    /// Of a selection that is there so `often`, within a page of so many `rows`.
    fn set(
        &mut self,
        set: &'a Positioned<SelectionSet>,
        path: &str,
        often: u64,
        rows: u64,
    ) -> Result<(), Refusal> {
        for selection in &set.node.items {
            match &selection.node {
                Selection::Field(field) => self.field(field, path, often, rows)?,
                Selection::InlineFragment(inline) => {
                    self.set(&inline.node.selection_set, path, often, rows)?;
                }
                Selection::FragmentSpread(spread) => {
                    let document = self.document;
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = document.fragments.get(name) {
                        self.set(&fragment.node.selection_set, path, often, rows)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn field(
        &mut self,
        field: &'a Positioned<Field>,
        path: &str,
        often: u64,
        rows: u64,
    ) -> Result<(), Refusal> {
        let (name, set) = (field.node.name.node.as_str(), &field.node.selection_set);
        let weight = Weight::of(&field.node);
        if weight.own == 0 || weight.free {
            return Ok(());
        }
        let key = field.node.response_key().node.as_str();
        let amount = self.walk.field(field, 1)?;
        let mut cost = amount.price_in(rows);
        let path = match path {
            "" => {
                let mutates = self.more_at_roots > 0;
                let given = if mutates { amount.rows } else { 0 };
                cost = cost
                    .saturating_add(self.more_at_roots)
                    .saturating_add(given);
                key.to_owned()
            }
            around => format!("{around}.{key}"),
        };
        let page = self.walk.page(&field.node);
        self.paths.push(PathCost {
            path: path.clone(),
            cost: told(cost.saturating_mul(often)),
            page_size: self.holds_a_page(&set.node).then(|| told(page.rows)),
        });
        let entries = match page.entries {
            Some(entries) => entries,
            None if holds_rows(name) => rows,
            None => 1,
        };
        self.set(set, &path, often.saturating_mul(entries), page.rows)
    }

    fn holds_a_page(&self, set: &SelectionSet) -> bool {
        set.items.iter().any(|selection| match &selection.node {
            Selection::Field(field) => holds_rows(&field.node.name.node),
            Selection::InlineFragment(inline) => self.holds_a_page(&inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => self
                .document
                .fragments
                .get(&spread.node.fragment_name.node)
                .is_some_and(|fragment| self.holds_a_page(&fragment.node.selection_set.node)),
        })
    }
}
