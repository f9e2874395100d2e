//! Measures the selections of a document with fragments expanded, without expanding them: a fragment's measure does not depend on where it is spread,
//! so it is computed once and added. `limits::amount` combines measures.

use std::{borrow::Cow, collections::HashMap, convert::Infallible};

use async_graphql::{
    Positioned, Value, Variables,
    parser::types::{
        ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
        VariableDefinition,
    },
};

use super::{
    Limit, Limits, Price, Refusal,
    amount::{Amount, Page},
    values::{Size, sizes},
};
use crate::page::{DEFAULT_SIZE, MAX_SIZE};

/// Measures the whole document, because all of it is validated.
pub(super) fn whole(
    limits: &Limits,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<(), Refusal> {
    let whole = Walk::new(limits, document, operation, variables).document()?;
    Limit::ExpandedFields.holds(whole.fields, limits.expanded_fields)
}

/// Checks the operation against the limits.
pub(super) fn operation(
    limits: &Limits,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<Price, Refusal> {
    let amount = Walk::new(limits, document, operation, variables).operation(operation)?;
    for (limit, value, maximum) in held(limits, &amount) {
        limit.holds(value, maximum)?;
    }
    Ok(Price {
        complexity: amount.price(),
        given: match operation.ty {
            OperationType::Mutation => amount.rows,
            OperationType::Query | OperationType::Subscription => 0,
        },
        introspects: amount.introspects,
    })
}

/// The measures of an operation with their maximums.
pub(super) fn held(limits: &Limits, amount: &Amount) -> [(Limit, u64, u32); 9] {
    [
        (
            Limit::FilterValues,
            amount.filter_values,
            limits.filter_values,
        ),
        (Limit::Depth, amount.depth, limits.depth),
        (Limit::Aliases, amount.aliases, limits.aliases),
        (Limit::RootFields, amount.roots, limits.root_fields),
        (Limit::Directives, amount.directives, limits.directives),
        (
            Limit::IntrospectionDepth,
            amount.introspection_depth,
            limits.introspection_depth,
        ),
        (
            Limit::IntrospectionComplexity,
            amount.introspection_price,
            limits.introspection_complexity,
        ),
        (Limit::Complexity, amount.price(), limits.complexity),
        (Limit::ValueBytes, amount.given, limits.value_bytes),
    ]
}

/// A walk over a document that visits each selection a fixed number of times.
pub(super) struct Walk<'a> {
    document: &'a ExecutableDocument,
    definitions: &'a [Positioned<VariableDefinition>],
    variables: &'a Variables,
    sizes: HashMap<&'a str, Size>,
    most_nesting: u32,
    /// Upper bound of page sizes.
    most_rows: u64,
    /// Measures of each fragment; none while it is being measured, which detects cycles.
    fragments: HashMap<&'a str, Option<Amount>>,
    /// Number of visited selections.
    pub visited: u64,
}

impl<'a> Walk<'a> {
    pub fn new(
        limits: &Limits,
        document: &'a ExecutableDocument,
        operation: &'a OperationDefinition,
        variables: &'a Variables,
    ) -> Self {
        let definitions = operation.variable_definitions.as_slice();
        Self {
            document,
            definitions,
            variables,
            sizes: sizes(definitions, variables),
            most_nesting: limits.nesting,
            most_rows: largest_page(),
            fragments: HashMap::new(),
            visited: 0,
        }
    }

    /// The same walk with another upper bound of page sizes.
    pub fn with_pages_of(self, most_rows: u64) -> Self {
        Self { most_rows, ..self }
    }

    /// Measures one operation.
    pub fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Amount, Refusal> {
        let mut amount = self.selections(&operation.selection_set, 1)?;
        let definitions = operation.variable_definitions.iter();
        let directives = definitions
            .map(|definition| definition.node.directives.len())
            .sum::<usize>()
            + operation.directives.len();
        amount.directives = amount.directives.saturating_add(directives as u64);
        Ok(match operation.ty {
            OperationType::Mutation => amount.as_mutation(),
            OperationType::Query | OperationType::Subscription => amount,
        })
    }

    /// Measures the whole document, including unused fragments.
    pub fn document(&mut self) -> Result<Amount, Refusal> {
        let document = self.document;
        let mut whole = Amount::default();
        for name in document.fragments.keys() {
            whole = whole.beside(self.fragment(name, 1)?);
        }
        for (_, operation) in document.operations.iter() {
            whole = whole.beside(self.selections(&operation.node.selection_set, 1)?);
        }
        Ok(whole)
    }

    fn selections(
        &mut self,
        set: &'a Positioned<SelectionSet>,
        level: u64,
    ) -> Result<Amount, Refusal> {
        Limit::Nesting.holds(level, self.most_nesting)?;
        let mut sum = Amount::default();
        for selection in &set.node.items {
            self.visited += 1;
            let amount = match &selection.node {
                Selection::Field(field) => self.field(field, level)?,
                Selection::InlineFragment(inline) => {
                    let directives = inline.node.directives.len() as u64;
                    self.spread(directives, |walk| {
                        walk.selections(&inline.node.selection_set, level + 1)
                    })?
                }
                Selection::FragmentSpread(spread) => {
                    let directives = spread.node.directives.len() as u64;
                    self.spread(directives, |walk| {
                        walk.fragment(&spread.node.fragment_name.node, level + 1)
                    })?
                }
            };
            Limit::Nesting.holds(amount.nesting, self.most_nesting)?;
            sum = sum.beside(amount);
        }
        Ok(sum)
    }

    fn spread(
        &mut self,
        directives: u64,
        inner: impl FnOnce(&mut Self) -> Result<Amount, Refusal>,
    ) -> Result<Amount, Refusal> {
        let mut amount = inner(self)?.one_deeper();
        amount.directives = amount.directives.saturating_add(directives);
        Ok(amount)
    }

    pub fn field(&mut self, field: &'a Positioned<Field>, level: u64) -> Result<Amount, Refusal> {
        if field.node.name.node == "__typename" {
            plain_typename(&field.node)?;
        }
        let set = &field.node.selection_set;
        let below = if set.node.items.is_empty() {
            Amount::default()
        } else {
            self.selections(set, level + 1)?
        };
        let (given, filter_values) = self.given(field);
        let mut amount = below.under(&field.node, self.page(&field.node));
        amount.given = amount.given.saturating_add(given.bytes);
        amount.rows = amount.rows.saturating_add(given.rows);
        amount.filter_values = amount.filter_values.max(filter_values);
        Ok(amount)
    }

    /// Size of a field's arguments with their variables, and the number of values in its filter.
    fn given(&self, field: &Positioned<Field>) -> (Size, u64) {
        let (mut given, mut filter_values) = (Size::default(), 0);
        for (name, value) in &field.node.arguments {
            let mut size = Size::default();
            let Ok(literal) = value.node.clone().into_const_with(|name| {
                let held = self.sizes.get(name.as_str()).copied();
                size = size.beside(held.unwrap_or_default());
                Ok::<_, Infallible>(Value::Null)
            });
            size = size.beside(Size::of(&literal));
            if name.node == "filter" {
                filter_values = size.values;
            }
            given = given.beside(size);
        }
        (given, filter_values)
    }

    /// Measures of a fragment. An unknown fragment counts nothing here and fails validation.
    fn fragment(&mut self, name: &'a str, level: u64) -> Result<Amount, Refusal> {
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Amount::default());
        };
        match self.fragments.get(name) {
            Some(Some(amount)) => return Ok(*amount),
            Some(None) => {
                return Err(Refusal::Invalid {
                    message: format!("The fragment \"{name}\" spreads itself."),
                    at: fragment.pos,
                });
            }
            None => {}
        }
        self.fragments.insert(name, None);
        let amount = self.selections(&fragment.node.selection_set, level)?;
        self.fragments.insert(name, Some(amount));
        Ok(amount)
    }

    pub fn page(&self, field: &Field) -> Page {
        let asked = ["first", "last"]
            .into_iter()
            .filter_map(|name| count(self.argument(field, name)?.as_ref()))
            .max();
        let entries = self.argument(field, "ids").map(|ids| {
            if let Value::List(ids) = &*ids {
                ids.len() as u64
            } else {
                1
            }
        });
        Page {
            rows: asked.unwrap_or(default_page()).min(self.most_rows),
            entries,
        }
    }

    /// Value of an argument, with a variable replaced. Variables within a list are null.
    fn argument(&self, field: &Field, name: &str) -> Option<Cow<'a, Value>> {
        let mut variable = None;
        let literal = field
            .get_argument(name)?
            .node
            .clone()
            .into_const_with(|name| {
                variable = Some(name);
                Ok::<_, Infallible>(Value::Null)
            });
        match (literal, variable) {
            (Ok(Value::Null), Some(variable)) => self.variable(&variable).map(Cow::Borrowed),
            (Ok(literal), _) => Some(Cow::Owned(literal)),
        }
    }

    fn variable(&self, name: &str) -> Option<&'a Value> {
        let definition = self
            .definitions
            .iter()
            .find(|definition| definition.node.name.node == name)?;
        self.variables.get(&definition.node.name.node).or_else(|| {
            definition
                .node
                .default_value
                .as_ref()
                .map(|value| &value.node)
        })
    }
}

/// Default page size.
pub(super) fn default_page() -> u64 {
    DEFAULT_SIZE.unsigned_abs().into()
}

/// Maximum page size.
pub(super) fn largest_page() -> u64 {
    MAX_SIZE.unsigned_abs().into()
}

/// The value as a page size: none if it is not a number, 0 if negative. Validated later.
fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) if number.as_i64().is_some_and(i64::is_negative) => Some(0),
        Value::Number(number) => Some(number.as_u64().unwrap_or(largest_page())),
        _ => None,
    }
}

/// `__typename` has no arguments and no selection set; async-graphql does not check this.
fn plain_typename(field: &Field) -> Result<(), Refusal> {
    if let Some((name, _)) = field.arguments.first() {
        return Err(Refusal::Invalid {
            message: format!(
                "Unknown argument \"{}\" on field \"__typename\".",
                name.node
            ),
            at: name.pos,
        });
    }
    if let Some(selection) = field.selection_set.node.items.first() {
        let message =
            "Field \"__typename\" must not have a selection: it has no subfields.".to_owned();
        return Err(Refusal::Invalid {
            message,
            at: selection.pos,
        });
    }
    Ok(())
}
