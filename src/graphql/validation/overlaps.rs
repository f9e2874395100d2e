//! What is selected under one name is one thing (section 5.3.2): where two selections of one name can meet in one object they ask for
//! the same field by the same arguments, all the way down; and where they cannot, they answer in the same shape all the same, for a client
//! reads both by one name.
//!
//! Everything of one name is looked at together, so that the work grows with what a document unfolds to, and not with its square. Only
//! what an interface's field holds is looked at once for each of the objects it may meet it in, and a document that makes much of that is refused.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, Field, Selection, SelectionSet, Type,
};
use async_graphql::{Pos, Positioned};

use crate::graphql::definitions::{Composite, Definitions};
use crate::graphql::limits::Refusal;

/// How many selections are looked at; what one document may unfold to is a tenth of it.
const MOST_LOOKS: usize = 200_000;

/// What is selected twice under one name and is not one thing; the first of it.
pub(super) fn check(definitions: &Definitions, document: &ExecutableDocument) -> Option<Refusal> {
    let mut looks = 0;
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        let root = [(
            definitions.root(operation.ty),
            &operation.selection_set.node,
        )];
        for shapes_only in [true, false] {
            let mut comparison = Comparison {
                definitions,
                document,
                shapes_only,
                looks,
            };
            if let Err(fault) = comparison.sets(&root) {
                return Some(fault);
            }
            looks = comparison.looks;
        }
    }
    None
}

/// A selection set, and what it is selected of.
type Set<'a> = (Option<&'a Composite>, &'a SelectionSet);

/// A field that is selected somewhere.
#[derive(Clone, Copy)]
struct Selected<'a> {
    parent: Option<&'a Composite>,
    field: &'a Positioned<Field>,
}

/// The fields of several selection sets by their names, and the fragments they came from.
#[derive(Default)]
struct Named<'a> {
    fields: IndexMap<&'a str, Vec<Selected<'a>>>,
    spread: HashSet<&'a str>,
}

struct Comparison<'a> {
    definitions: &'a Definitions,
    document: &'a ExecutableDocument,
    /// Whether shapes are compared, over all types; otherwise fields and arguments are, in each type.
    shapes_only: bool,
    looks: usize,
}

impl<'a> Comparison<'a> {
    /// Compares what several sets select of what may be one object.
    fn sets(&mut self, sets: &[Set<'a>]) -> Result<(), Refusal> {
        let mut named = Named::default();
        for (parent, set) in sets {
            self.collect(*parent, set, &mut named)?;
        }
        for same in named.fields.values() {
            if self.shapes_only {
                self.group(same)?;
                continue;
            }
            let of_object =
                |selected: &Selected<'a>| selected.parent.filter(|parent| parent.object);
            let mut objects: IndexMap<&str, Vec<Selected<'a>>> = IndexMap::new();
            for selected in same {
                if let Some(parent) = of_object(selected) {
                    objects.entry(&parent.name).or_default().push(*selected);
                }
            }
            let shared: Vec<_> = same
                .iter()
                .filter(|selected| of_object(selected).is_none())
                .copied()
                .collect();
            if objects.is_empty() {
                self.group(&shared)?;
            }
            for (_, mut own) in objects {
                own.extend(&shared);
                self.group(&own)?;
            }
        }
        Ok(())
    }

    fn collect(
        &mut self,
        parent: Option<&'a Composite>,
        set: &'a SelectionSet,
        named: &mut Named<'a>,
    ) -> Result<(), Refusal> {
        for selection in &set.items {
            self.looks += 1;
            if self.looks > MOST_LOOKS {
                return Err(fault(
                    "The document selects too much under the same names.".to_owned(),
                    selection.pos,
                ));
            }
            let (condition, below) = match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    let selected = Selected { parent, field };
                    named.fields.entry(key).or_default().push(selected);
                    continue;
                }
                Selection::InlineFragment(fragment) => (
                    fragment.node.type_condition.as_ref(),
                    &fragment.node.selection_set.node,
                ),
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    // spread once more it adds nothing that would differ
                    let new = named.spread.insert(name);
                    let fragment = self.document.fragments.get(name).filter(|_| new);
                    let Some(fragment) = fragment else {
                        continue;
                    };
                    (
                        Some(&fragment.node.type_condition),
                        &fragment.node.selection_set.node,
                    )
                }
            };
            let inside = condition.map_or(parent, |condition| {
                self.definitions.composite(&condition.node.on.node)
            });
            self.collect(inside, below, named)?;
        }
        Ok(())
    }

    /// Compares selections of one name with the first of them, and what is below them with each other.
    fn group(&mut self, same: &[Selected<'a>]) -> Result<(), Refusal> {
        let Some((first, others)) = same.split_first() else {
            return Ok(());
        };
        for other in others {
            let conflict = if self.shapes_only {
                self.shapes(*first, *other)
            } else {
                questions(&first.field.node, &other.field.node)
            };
            if let Some(reason) = conflict {
                let key = &first.field.node.response_key().node;
                return Err(fault(
                    format!(
                        "Fields \"{key}\" conflict because {reason}. Use different aliases on the fields to fetch both if this was intentional."
                    ),
                    other.field.pos,
                ));
            }
        }
        let below: Vec<Set<'a>> = same
            .iter()
            .map(|selected| {
                let set = &selected.field.node.selection_set.node;
                (self.below(*selected), set)
            })
            .filter(|(_, set)| !set.items.is_empty())
            .collect();
        if below.is_empty() {
            return Ok(());
        }
        self.sets(&below)
    }

    fn defined(selected: Selected<'a>) -> Option<&'a super::super::definitions::Field> {
        selected.parent?.field(&selected.field.node.name.node)
    }

    fn below(&self, selected: Selected<'a>) -> Option<&'a Composite> {
        self.definitions.below(Self::defined(selected)?)
    }

    fn shapes(&self, one: Selected<'a>, other: Selected<'a>) -> Option<String> {
        let typename = Type::new("String!")?;
        let kind = |selected: Selected<'a>| Self::defined(selected).map(|field| &field.kind);
        let (one, other) = (
            kind(one).unwrap_or(&typename),
            kind(other).unwrap_or(&typename),
        );
        (!self.same_shape(one, other))
            .then(|| format!("they return conflicting types \"{one}\" and \"{other}\""))
    }

    fn same_shape(&self, one: &Type, other: &Type) -> bool {
        one.nullable == other.nullable
            && match (&one.base, &other.base) {
                (BaseType::List(one), BaseType::List(other)) => self.same_shape(one, other),
                (BaseType::Named(one), BaseType::Named(other)) => {
                    one == other
                        || (self.definitions.composite(one).is_some()
                            && self.definitions.composite(other).is_some())
                }
                _ => false,
            }
    }
}

/// Why two fields do not ask the same.
fn questions(one: &Field, other: &Field) -> Option<String> {
    let (name, differs) = (&one.name.node, &other.name.node);
    if name != differs {
        return Some(format!("\"{name}\" and \"{differs}\" are different fields"));
    }
    let same = one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(|(name, value)| {
            other
                .get_argument(&name.node)
                .is_some_and(|other| other.node == value.node)
        });
    (!same).then(|| "they have differing arguments".to_owned())
}

fn fault(message: String, at: Pos) -> Refusal {
    Refusal::Invalid { message, at }
}
