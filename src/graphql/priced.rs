//! Costs in the schema, as the GraphQL Cost Directives Specification (IBM, draft) defines them: `@cost` for fields with another cost than the
//! default, `@listSize` for page sizes. Written to the registry with the same weights as `limits`. Introspection shows the directives, but not where
//! they are used.

use std::borrow::Cow;

use async_graphql::registry::{
    __DirectiveLocation as Location, MetaDirective, MetaDirectiveInvocation, MetaField, MetaType,
    Registry,
};
use async_graphql::{
    ContextDirective, CustomDirective, CustomDirectiveFactory, ServerError, ServerResult, Value,
    value,
};

use super::directive::{argument, directive};
use super::limits::weight::{MUTATION, TOTAL_COUNT, holds_rows};
use crate::page::{DEFAULT_SIZE, MAX_SIZE};

/// `@cost`.
pub struct Cost;

/// `@listSize`.
pub struct ListSize;

impl CustomDirectiveFactory for Cost {
    fn name(&self) -> Cow<'static, str> {
        "cost".into()
    }

    fn register(&self, registry: &mut Registry) {
        let weight = argument::<String>(registry, "weight", None);
        registry.add_directive(MetaDirective {
            locations: vec![
                Location::ARGUMENT_DEFINITION,
                Location::ENUM,
                Location::FIELD_DEFINITION,
                Location::INPUT_FIELD_DEFINITION,
                Location::OBJECT,
                Location::SCALAR,
            ],
            ..directive("cost", COST, [weight])
        });
        let mutations = registry.mutation_type.clone();
        let weighs = |number: u64| vec![("weight", Value::from(number.to_string()))];
        for (name, field) in fields(registry) {
            if field.name == "totalCount" {
                state(field, "cost", weighs(TOTAL_COUNT));
            } else if Some(&name) == mutations.as_ref() {
                state(field, "cost", weighs(MUTATION));
            }
        }
    }

    fn create(
        &self,
        _: &ContextDirective<'_>,
        _: &async_graphql::parser::types::Directive,
    ) -> ServerResult<Box<dyn CustomDirective>> {
        Err(of_the_schema())
    }
}

impl CustomDirectiveFactory for ListSize {
    fn name(&self) -> Cow<'static, str> {
        "listSize".into()
    }

    fn register(&self, registry: &mut Registry) {
        let arguments = [
            argument::<Option<i32>>(registry, "assumedSize", None),
            argument::<Option<Vec<String>>>(registry, "slicingArguments", None),
            argument::<Option<Vec<String>>>(registry, "sizedFields", None),
            argument::<Option<bool>>(registry, "requireOneSlicingArgument", Some("true")),
        ];
        registry.add_directive(MetaDirective {
            locations: vec![Location::FIELD_DEFINITION],
            ..directive("listSize", LIST_SIZE, arguments)
        });
        let rows: Vec<_> = rows(registry).collect();
        let sized = |kind: &str| {
            rows.iter()
                .find(|(name, _)| name == kind.trim_end_matches('!'))
        };
        for (_, field) in fields(registry) {
            if let Some((_, rows)) = sized(&field.ty) {
                let slicing = ["first", "last"].into_iter();
                let slicing = slicing.filter(|name| field.args.contains_key(*name));
                let size = vec![
                    ("assumedSize", value!(DEFAULT_SIZE)),
                    ("slicingArguments", texts(slicing)),
                    ("sizedFields", texts(rows.iter().copied())),
                    ("requireOneSlicingArgument", value!(false)),
                ];
                state(field, "listSize", size);
            } else if field.args.contains_key("ids") && field.ty.starts_with('[') {
                state(field, "listSize", vec![("assumedSize", value!(MAX_SIZE))]);
            }
        }
    }

    fn create(
        &self,
        _: &ContextDirective<'_>,
        _: &async_graphql::parser::types::Directive,
    ) -> ServerResult<Box<dyn CustomDirective>> {
        Err(of_the_schema())
    }
}

/// The types that are pages, each with those of its fields that hold the rows.
fn rows(registry: &Registry) -> impl Iterator<Item = (String, Vec<&'static str>)> {
    registry.types.iter().filter_map(|(name, kind)| {
        let MetaType::Object { fields, .. } = kind else {
            return None;
        };
        let rows = ["edges", "nodes"].into_iter();
        let rows: Vec<_> = rows
            .filter(|row| holds_rows(row) && fields.contains_key(*row))
            .collect();
        (fields.contains_key("pageInfo") && !rows.is_empty()).then(|| (name.clone(), rows))
    })
}

/// The fields of all objects, each with its object's name. None of introspection's, which `limits` prices by itself.
fn fields(registry: &mut Registry) -> impl Iterator<Item = (String, &mut MetaField)> {
    let types = registry.types.iter_mut();
    let types = types.filter(|(name, _)| !name.starts_with("__"));
    types.flat_map(|(name, kind)| {
        let fields = match kind {
            MetaType::Object { fields, .. } => Some(fields),
            _ => None,
        };
        let fields = fields.into_iter().flat_map(|fields| fields.values_mut());
        fields.map(|field| (name.clone(), field))
    })
}

fn state(field: &mut MetaField, name: &str, arguments: Vec<(&str, Value)>) {
    let arguments = arguments.into_iter();
    field.directive_invocations.push(MetaDirectiveInvocation {
        name: name.to_owned(),
        args: arguments
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    });
}

fn texts<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    Value::List(names.map(Value::from).collect())
}

fn of_the_schema() -> ServerError {
    ServerError::new("It stands in the schema.", None)
}

const COST: &str = "Cost of a field (GraphQL Cost Directives Specification). A field without it costs 1 for each object that it may return; scalars and enums cost nothing. In addition, each object in a list of a mutation's input costs 1; no directive can express this.";

const LIST_SIZE: &str = "Page size used for the cost (GraphQL Cost Directives Specification): the larger of the slicing arguments, or the assumed size if both are absent. The cost of `nodes(ids:)` uses the number of ids; the assumed size is their maximum. A list without this directive counts as one object.";
