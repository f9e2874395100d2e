//! What an operation selects, collected before it runs (GraphQL specification, September 2025, sections 6.3.2 and 6.4.3): what the
//! variables leave out is gone, fragments stand where they are spread, and what is selected twice under one name is selected once, with
//! everything below it. The library would run such a field twice, a mutation's as well, and would not see a variable's default in `@skip`.
//!
//! Of an interface or a union it is known only later which of its fragments apply; those stay, and their fields are merged among each
//! other. What stands both in such a fragment and beside it is read twice and merged in the answer; no mutation is below an interface.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, InlineFragment, OperationDefinition,
    OperationType, Selection, SelectionSet, TypeCondition,
};
use async_graphql::{Name, Pos, Positioned, Value, Variables};

use super::answer_order::{MARK, Selected};
use super::definitions::{Composite, Definitions};
use super::limits::weight::Weight;
use super::omitted::{matters, omit, omitted};

/// An operation as it is run.
#[derive(Clone, Debug)]
pub struct Collected {
    /// The operation alone, without a fragment to spread.
    pub document: ExecutableDocument,
    /// The structure of the response.
    pub selected: Selected,
    /// How many fields it has.
    pub fields: usize,
    /// Whether other variables would leave out other fields.
    conditional: bool,
    /// Whether it matters that a variable is omitted, and not null.
    omissible: bool,
}

impl Collected {
    /// Collects a valid operation; without variables, for whichever it may be.
    #[must_use]
    pub fn of(
        definitions: &Definitions,
        document: &ExecutableDocument,
        operation: &Positioned<OperationDefinition>,
        variables: Option<&Variables>,
    ) -> Self {
        let (place, written) = (operation.pos, &operation.node);
        let collector = Collector {
            definitions,
            document,
            operation: written,
            variables,
            omitted: variables.map(|variables| omitted(written, variables)),
            fields: Cell::new(0),
            conditional: Cell::new(false),
            omissible: Cell::new(false),
        };
        let root = definitions.root(written.ty);
        let (set, selected) = collector.set(root, &[&written.selection_set.node]);
        let operation = OperationDefinition {
            ty: written.ty,
            variable_definitions: written.variable_definitions.clone(),
            directives: written.directives.clone(),
            selection_set: Positioned::new(set, written.selection_set.pos),
        };
        Self {
            document: alone(operation, place),
            selected,
            fields: collector.fields.get(),
            conditional: collector.conditional.get(),
            omissible: collector.omissible.get(),
        }
    }

    /// The operation as documents to run one after the other: one for each field of a mutation, otherwise one.
    #[must_use]
    pub fn steps(&self) -> Vec<ExecutableDocument> {
        let DocumentOperations::Single(whole) = &self.document.operations else {
            return vec![self.document.clone()];
        };
        let (place, whole) = (whole.pos, &whole.node);
        let fields = &whole.selection_set.node.items;
        if whole.ty != OperationType::Mutation || fields.len() < 2 {
            return vec![self.document.clone()];
        }
        let step = |field: &Positioned<Selection>| {
            let items = vec![field.clone()];
            let set = SelectionSet { items };
            alone(
                OperationDefinition {
                    ty: whole.ty,
                    variable_definitions: whole.variable_definitions.clone(),
                    directives: whole.directives.clone(),
                    selection_set: Positioned::new(set, whole.selection_set.pos),
                },
                place,
            )
        };
        fields.iter().map(step).collect()
    }

    /// Whether this, collected without variables, is what these make of the operation.
    #[must_use]
    pub fn serves(&self, operation: &OperationDefinition, variables: &Variables) -> bool {
        !self.conditional && (!self.omissible || omitted(operation, variables).is_empty())
    }
}

fn alone(operation: OperationDefinition, place: Pos) -> ExecutableDocument {
    ExecutableDocument {
        operations: DocumentOperations::Single(Positioned::new(operation, place)),
        fragments: HashMap::new(),
    }
}

struct Collector<'a> {
    definitions: &'a Definitions,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: Option<&'a Variables>,
    omitted: Option<HashSet<&'a str>>,
    fields: Cell<usize>,
    conditional: Cell<bool>,
    omissible: Cell<bool>,
}

/// Scope of a selection: its parent type and its type conditions.
#[derive(Clone, Default)]
struct Scope<'a> {
    of: Option<&'a Composite>,
    conditions: Vec<&'a str>,
}

/// The selections with one response key in one scope.
struct Entry<'a> {
    scope: Scope<'a>,
    key: &'a Name,
    fields: Vec<&'a Positioned<Field>>,
}

impl<'a> Collector<'a> {
    /// Merges several selection sets into one, and returns the structure of its response.
    fn set(
        &self,
        of: Option<&'a Composite>,
        sets: &[&'a SelectionSet],
    ) -> (SelectionSet, Selected) {
        let mut selected = Selected::default();
        let mut items = Vec::new();
        if sets.iter().all(|set| set.items.is_empty()) {
            return (SelectionSet { items }, selected);
        }
        let mut entries = Vec::new();
        let scope = Scope {
            of,
            conditions: Vec::new(),
        };
        for set in sets {
            self.gather(&scope, set, &mut entries);
        }
        // an object without a field is no null, which is what the library makes of it
        if entries
            .iter()
            .all(|entry| !entry.scope.conditions.is_empty())
        {
            items.push(mark());
            selected.marked();
        }
        for entry in entries {
            let first = entry.fields[0];
            let defined = entry
                .scope
                .of
                .and_then(|of| of.field(&first.node.name.node));
            let below = defined.and_then(|field| self.definitions.below(field));
            let sets: Vec<_> = entry
                .fields
                .iter()
                .map(|field| &field.node.selection_set.node)
                .collect();
            let (set, held) = self.set(below, &sets);
            let (kind, weight) = (defined.map(|field| &field.kind), Weight::of(&first.node));
            selected.add(entry.key, kind, weight, held);
            self.fields.set(self.fields.get() + 1);
            let mut field = field(first, set);
            match &self.omitted {
                Some(omitted) => omit(&mut field, omitted, |name| self.value(name).cloned()),
                None if matters(&field, defined.map(|field| &field.arguments)) => {
                    self.omissible.set(true);
                }
                None => {}
            }
            let field = Selection::Field(Positioned::new(field, first.pos));
            put(
                &mut items,
                &entry.scope.conditions,
                Positioned::new(field, first.pos),
            );
        }
        (SelectionSet { items }, selected)
    }

    fn gather(&self, scope: &Scope<'a>, set: &'a SelectionSet, entries: &mut Vec<Entry<'a>>) {
        for selection in &set.items {
            if !self.included(selection.node.directives()) {
                continue;
            }
            let (condition, below) = match &selection.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    let known = entries.iter_mut().find(|entry| {
                        entry.key == key && entry.scope.conditions == scope.conditions
                    });
                    match known {
                        Some(entry) => entry.fields.push(field),
                        None => entries.push(Entry {
                            scope: scope.clone(),
                            key,
                            fields: vec![field],
                        }),
                    }
                    continue;
                }
                Selection::InlineFragment(fragment) => (
                    fragment.node.type_condition.as_ref(),
                    &fragment.node.selection_set.node,
                ),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = self.document.fragments.get(name) else {
                        continue;
                    };
                    (
                        Some(&fragment.node.type_condition),
                        &fragment.node.selection_set.node,
                    )
                }
            };
            let inside = match condition {
                Some(condition) => self.narrowed(scope, &condition.node.on.node),
                None => Some(scope.clone()),
            };
            if let Some(inside) = inside {
                self.gather(&inside, below, entries);
            }
        }
    }

    /// The scope inside a fragment with a type condition; none if no object of the outer scope can match it.
    fn narrowed(&self, scope: &Scope<'a>, condition: &str) -> Option<Scope<'a>> {
        let (here, condition) = (scope.of?, self.definitions.composite(condition)?);
        if here.always(condition) {
            return Some(scope.clone());
        }
        if !here.overlaps(condition) {
            return None;
        }
        let mut conditions = scope.conditions.clone();
        if condition.object {
            conditions.clear();
        }
        conditions.push(&condition.name);
        let of = Some(condition);
        Some(Scope { of, conditions })
    }

    fn included(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let leaves_out = match directive.node.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => return true,
            };
            let condition = directive.node.get_argument("if").and_then(|condition| {
                let condition = condition.node.clone();
                condition.into_const_with(|name| self.variable(&name)).ok()
            });
            condition != Some(Value::Boolean(leaves_out))
        })
    }

    fn variable(&self, name: &Name) -> Result<Value, ()> {
        self.conditional.set(true);
        self.value(name).cloned().ok_or(())
    }

    fn value(&self, name: &Name) -> Option<&'a Value> {
        let default = || {
            let mut defined = self.operation.variable_definitions.iter();
            let defined = defined.find(|defined| defined.node.name.node == *name)?;
            Some(&defined.node.default_value.as_ref()?.node)
        };
        self.variables?.get(name).or_else(default)
    }
}

/// Puts a field behind the others, inside the fragments whose conditions it has.
fn put(items: &mut Vec<Positioned<Selection>>, conditions: &[&str], field: Positioned<Selection>) {
    let Some((condition, inner)) = conditions.split_first() else {
        items.push(field);
        return;
    };
    let of = |fragment: &InlineFragment| {
        let condition = fragment.type_condition.as_ref();
        condition.map(|condition| condition.node.on.node.clone())
    };
    if let Some(Selection::InlineFragment(fragment)) = items.last_mut().map(|last| &mut last.node)
        && of(&fragment.node).is_some_and(|name| name == **condition)
    {
        return put(&mut fragment.node.selection_set.node.items, inner, field);
    }
    let place = field.pos;
    let on = Positioned::new(Name::new(condition), place);
    let mut below = Vec::new();
    put(&mut below, inner, field);
    let fragment = InlineFragment {
        type_condition: Some(Positioned::new(TypeCondition { on }, place)),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items: below }, place),
    };
    let fragment = Selection::InlineFragment(Positioned::new(fragment, place));
    items.push(Positioned::new(fragment, place));
}

/// A field as it was selected first, with all that is selected below it anywhere.
fn field(first: &Positioned<Field>, set: SelectionSet) -> Field {
    let written = &first.node;
    let mut directives = written.directives.clone();
    directives.retain(|directive| !matches!(directive.node.name.node.as_str(), "skip" | "include"));
    Field {
        alias: written.alias.clone(),
        name: written.name.clone(),
        arguments: written.arguments.clone(),
        directives,
        selection_set: Positioned::new(set, written.selection_set.pos),
    }
}

/// A field that every object has; [`Selected::arrange`] removes it.
fn mark() -> Positioned<Selection> {
    let place = Pos::default();
    let field = Field {
        alias: Some(Positioned::new(Name::new(MARK), place)),
        name: Positioned::new(Name::new("__typename"), place),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    Positioned::new(Selection::Field(Positioned::new(field, place)), place)
}
