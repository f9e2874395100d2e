//! Cost of an operation without executing it, computed by the same walk as for an execution.

use std::time::Duration;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationType, Selection, SelectionSet,
};
use async_graphql::{Positioned, SimpleObject, Variables};

use super::measure::{Walk, default_page, held, largest_page, whole};
use super::weight::{MUTATION, OBJECT, Weight, holds_rows};
use super::{Limits, Refusal, operation, read};

/// Maximum number of returned paths.
const MOST_PATHS: usize = 100;

/// Cost of an operation. Numbers above 2,147,483,647 are returned as 2,147,483,647.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct QueryCost {
    /// Cost of the operation, as defined by `ServiceLimits.complexity`.
    requested: i32,
    /// Maximum cost of one operation.
    maximum: i32,
    /// Exceeded limits, `complexity` included. Empty if the operation is within all limits.
    exceeds: Vec<ExceededLimit>,
    /// Largest page size (`first`, `last`) with which the cost is within the maximum, if all larger pages are reduced to it. Null if the cost is within
    /// the maximum, or if no page size is small enough.
    page_size_that_fits: Option<i32>,
    /// Fields with a cost, most expensive first. At most 100.
    paths: Vec<PathCost>,
    /// Time in milliseconds until your rate limit covers the cost, without other requests. 0 if it does now. Null if no rate limit applies.
    wait_ms: Option<i32>,
}

impl QueryCost {
    #[must_use]
    pub fn price(&self) -> u64 {
        self.requested.unsigned_abs().into()
    }

    /// Adds the time until the caller's rate limit covers the cost.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        let wait_ms = u64::try_from(wait.as_millis()).map_or(i32::MAX, told);
        Self {
            wait_ms: Some(wait_ms),
            ..self
        }
    }
}

/// A limit that an operation exceeds.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct ExceededLimit {
    /// Name of the limit: a field of `serviceLimits`.
    name: &'static str,
    /// Value of the operation.
    value: i32,
    /// Maximum value.
    maximum: i32,
}

/// Cost of one field, including the fields below it.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct PathCost {
    /// Path of the field: response names, separated by dots, for example `alumni.nodes.skills`.
    path: String,
    /// Total cost, for all elements of the pages above it.
    cost: i32,
    /// Page size used for the cost. Null if the field is not a connection.
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
    /// Additional cost of each root field.
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
