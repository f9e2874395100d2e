//! What stands in the places that take a value: each literal fits, and each variable is of a type that its places allow, in the
//! operations that define it, through whatever fragments it comes to them (sections 5.6.1, 5.7, 5.8.5).

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;

use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type,
    VariableDefinition,
};
use async_graphql::{Name, Pos, Positioned, Value};

use super::literals::{Place, Reading, Usage};
use crate::graphql::definitions::{Arguments, Composite, Definitions};
use crate::graphql::limits::Refusal;

/// What is wrong with the values in a document.
pub(super) fn check(definitions: &Definitions, document: &ExecutableDocument) -> Vec<Refusal> {
    let mut faults = Vec::new();
    let fragments: HashMap<&str, Part<'_>> = document
        .fragments
        .iter()
        .map(|(name, fragment)| {
            let fragment = &fragment.node;
            let parent = definitions.composite(&fragment.type_condition.node.on.node);
            let mut walk = Walk::new(definitions, &mut faults);
            walk.directives(&fragment.directives);
            walk.selections(parent, &fragment.selection_set.node);
            (name.as_str(), walk.part)
        })
        .collect();
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        let mut walk = Walk::new(definitions, &mut faults);
        walk.directives(&operation.directives);
        walk.definitions(operation);
        walk.selections(
            definitions.root(operation.ty),
            &operation.selection_set.node,
        );
        let part = walk.part;
        faults.extend(misplaced(operation, &part, &fragments));
    }
    faults
}

/// What an operation or a fragment holds itself.
#[derive(Default)]
struct Part<'a> {
    usages: Vec<Usage<'a>>,
    spreads: Vec<&'a str>,
}

struct Walk<'a, 'f> {
    definitions: &'a Definitions,
    faults: &'f mut Vec<Refusal>,
    part: Part<'a>,
}

impl<'a, 'f> Walk<'a, 'f> {
    fn new(definitions: &'a Definitions, faults: &'f mut Vec<Refusal>) -> Self {
        let part = Part::default();
        Self {
            definitions,
            faults,
            part,
        }
    }

    fn selections(&mut self, parent: Option<&'a Composite>, set: &'a SelectionSet) {
        for selection in &set.items {
            self.directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let defined = parent.and_then(|parent| parent.field(&field.name.node));
                    if let Some(defined) = defined {
                        let given = field.arguments.iter();
                        self.arguments(
                            &defined.arguments,
                            given.map(|(name, value)| {
                                (name, value.node.clone().into_const_with(as_enum))
                            }),
                        );
                    }
                    let below = defined.and_then(|field| self.definitions.below(field));
                    self.selections(below, &field.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let inside = condition.map_or(parent, |condition| {
                        self.definitions.composite(&condition.node.on.node)
                    });
                    self.selections(inside, &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    self.part.spreads.push(&spread.node.fragment_name.node);
                }
            }
        }
    }

    fn directives(&mut self, directives: &'a [Positioned<Directive>]) {
        for directive in directives {
            let directive = &directive.node;
            if let Some(defined) = self.definitions.directive(&directive.name.node) {
                let given = directive.arguments.iter();
                self.arguments(
                    &defined.arguments,
                    given.map(|(name, value)| (name, value.node.clone().into_const_with(as_enum))),
                );
            }
        }
    }

    fn arguments<'g>(
        &mut self,
        defined: &'a Arguments,
        given: impl Iterator<Item = (&'g Positioned<Name>, Result<Value, Infallible>)>,
    ) {
        for (name, value) in given {
            if let (Some(input), Ok(value)) = (defined.get(name.node.as_str()), value) {
                self.literal(Place::from(input), &value, name.pos, || {
                    format!("Argument \"{}\"", name.node)
                });
            }
        }
    }

    fn literal(
        &mut self,
        place: Place<'a>,
        value: &Value,
        at: Pos,
        whose: impl FnOnce() -> String,
    ) {
        let mut reading = Reading {
            inputs: &self.definitions.inputs,
            at,
            usages: &mut self.part.usages,
        };
        if let Err(fault) = reading.fit(place, value) {
            let message = format!("{} cannot be read: {fault}.", whose());
            self.faults.push(Refusal::Invalid { message, at });
        }
    }

    /// Variables: their defaults, and the directives behind them, which the library does not look at.
    fn definitions(&mut self, operation: &'a OperationDefinition) {
        for definition in &operation.variable_definitions {
            let variable = &definition.node;
            if let Some(default) = &variable.default_value {
                let place = Place::from(&variable.var_type.node);
                self.literal(place, &default.node, default.pos, || {
                    format!("The default of variable \"${}\"", variable.name.node)
                });
            }
            for directive in &variable.directives {
                let name = &directive.node.name.node;
                let message = match self.definitions.directive(name) {
                    Some(defined) if defined.on_variables => continue,
                    Some(_) => format!("Directive \"{name}\" may not be used on a variable."),
                    None => format!("Unknown directive \"{name}\""),
                };
                let at = directive.pos;
                self.faults.push(Refusal::Invalid { message, at });
            }
        }
    }
}

/// The variables of an operation that stand where their types do not allow it.
fn misplaced(
    operation: &OperationDefinition,
    part: &Part<'_>,
    fragments: &HashMap<&str, Part<'_>>,
) -> Vec<Refusal> {
    let defined: HashMap<&str, &VariableDefinition> = operation
        .variable_definitions
        .iter()
        .map(|definition| (definition.node.name.node.as_str(), &definition.node))
        .collect();
    let mut faults = Vec::new();
    let (mut parts, mut seen) = (vec![part], HashSet::new());
    while let Some(part) = parts.pop() {
        for usage in &part.usages {
            if let Some(variable) = defined.get(usage.name.as_str())
                && !allowed(variable, usage.place)
            {
                let message = format!(
                    "Variable \"${}\" of type \"{}\" used in position expecting type \"{}\".",
                    usage.name, variable.var_type.node, usage.place.kind
                );
                let at = usage.at;
                faults.push(Refusal::Invalid { message, at });
            }
        }
        let new = part.spreads.iter().filter(|name| seen.insert(**name));
        parts.extend(new.filter_map(|name| fragments.get(name)));
    }
    faults
}

/// `IsVariableUsageAllowed`.
fn allowed(variable: &VariableDefinition, place: Place<'_>) -> bool {
    let kind = &variable.var_type.node;
    if place.sole && kind.nullable {
        return false;
    }
    let stands_in = |default: &Positioned<Value>| default.node != Value::Null;
    let never_null = place.defaulted || variable.default_value.as_ref().is_some_and(stands_in);
    if kind.nullable && !place.kind.nullable && never_null {
        same(&kind.base, &place.kind.base)
    } else {
        compatible(kind, place.kind)
    }
}

fn compatible(variable: &Type, place: &Type) -> bool {
    (place.nullable || !variable.nullable) && same(&variable.base, &place.base)
}

fn same(variable: &BaseType, place: &BaseType) -> bool {
    match (variable, place) {
        (BaseType::Named(variable), BaseType::Named(place)) => variable == place,
        (BaseType::List(variable), BaseType::List(place)) => compatible(variable, place),
        _ => false,
    }
}

/// See [`super::literals::variable`].
#[expect(clippy::unnecessary_wraps, reason = "what the library calls may fail")]
fn as_enum(variable: Name) -> Result<Value, Infallible> {
    Ok(Value::Enum(Name::new(format!("${variable}"))))
}
