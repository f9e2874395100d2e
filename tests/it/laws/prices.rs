//! What the schema's text states is what is charged: a price worked out from `schema.graphql` alone, by the GraphQL Cost Directives
//! Specification, is the one the service tells.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ConstDirective, DocumentOperations, ExecutableDocument, Field, FieldDefinition, OperationType,
    Selection, SelectionSet, TypeKind, TypeSystemDefinition,
};
use async_graphql::parser::{parse_query, parse_schema};
use async_graphql::{Positioned, Value};
use serde_json::{Value as Json, json};

use super::hot;
use crate::support::TestApp;

/// The fields of the schema's objects and interfaces, with what is stated of them.
struct Stated(HashMap<String, HashMap<String, FieldDefinition>>);

impl Stated {
    fn read(sdl: &str) -> Self {
        // the library cannot parse the description of a schema, which is the last definition
        let end = sdl.find("\"\"\"\nThe API of an alumni programme").unwrap();
        let document = parse_schema(&sdl[..end]).unwrap();
        let types = document.definitions.into_iter().filter_map(|definition| {
            let TypeSystemDefinition::Type(kind) = definition else {
                return None;
            };
            let fields = match kind.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => return None,
            };
            let fields = fields.into_iter();
            let fields = fields.map(|field| (field.node.name.node.to_string(), field.node));
            Some((kind.node.name.node.to_string(), fields.collect()))
        });
        Self(types.collect())
    }

    fn price(&self, document: &str, variables: &Json) -> u64 {
        let document = parse_query(document).unwrap();
        let DocumentOperations::Single(operation) = &document.operations else {
            panic!("several operations");
        };
        let root = match operation.node.ty {
            OperationType::Mutation => "Mutation",
            _ => "Query",
        };
        let walk = Walk {
            stated: self,
            document: &document,
            variables,
        };
        walk.set(root, &operation.node.selection_set, (&[], 1))
            .max(1)
    }
}

struct Walk<'a> {
    stated: &'a Stated,
    document: &'a ExecutableDocument,
    variables: &'a Json,
}

impl Walk<'_> {
    /// `sized`: the fields here whose lists have so many entries.
    fn set(&self, of: &str, set: &Positioned<SelectionSet>, sized: (&[String], u64)) -> u64 {
        let selections = set.node.items.iter();
        let prices = selections.map(|selection| match &selection.node {
            Selection::Field(field) => self.field(of, &field.node, sized),
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref();
                let of = condition.map_or(of, |condition| condition.node.on.node.as_str());
                self.set(of, &inline.node.selection_set, sized)
            }
            Selection::FragmentSpread(spread) => {
                let fragment = &self.document.fragments[&spread.node.fragment_name.node].node;
                let of = &fragment.type_condition.node.on.node;
                self.set(of, &fragment.selection_set, sized)
            }
        });
        prices.sum()
    }

    fn field(&self, of: &str, field: &Field, sized: (&[String], u64)) -> u64 {
        let name = field.name.node.as_str();
        if name == "__typename" {
            return 0;
        }
        let defined = &self.stated.0[of][name];
        let kind = defined.ty.node.to_string();
        let kind = kind.trim_matches(['[', ']', '!']);
        let composite = !field.selection_set.node.items.is_empty();
        let weight = stated(defined, "cost").map_or(u64::from(composite), |cost| {
            let weight = cost.get_argument("weight").unwrap();
            let Value::String(weight) = weight.node.clone() else {
                panic!("no text");
            };
            weight.parse().unwrap()
        });
        let (mut times, mut below) = (1, (Vec::new(), 1));
        if sized.0.iter().any(|sized| sized == name) {
            times = sized.1;
        }
        if let Some(size) = stated(defined, "listSize") {
            let argument = |name| size.get_argument(name).map(|held| held.node.clone());
            let texts = |name| match argument(name) {
                Some(Value::List(names)) => names.iter().map(text).collect(),
                _ => Vec::new(),
            };
            let slicing: Vec<String> = texts("slicingArguments");
            let sliced = slicing
                .iter()
                .filter_map(|name| self.argument(field, name))
                .max();
            let Some(Value::Number(assumed)) = argument("assumedSize") else {
                panic!("no size");
            };
            let size = sliced.unwrap_or(assumed.as_u64().unwrap());
            match texts("sizedFields") {
                fields if fields.is_empty() => times = size,
                fields => below = (fields, size),
            }
        }
        times * (weight + self.set(kind, &field.selection_set, (&below.0, below.1)))
    }

    fn argument(&self, field: &Field, name: &str) -> Option<u64> {
        let value = field.get_argument(name)?.node.clone();
        let value = value.into_const_with(|name| {
            let value = self.variables[name.as_str()].clone();
            Ok::<_, ()>(Value::from_json(value).unwrap())
        });
        match value.unwrap() {
            Value::Number(number) => number.as_u64(),
            _ => None,
        }
    }
}

fn stated<'a>(field: &'a FieldDefinition, name: &str) -> Option<&'a ConstDirective> {
    let directives = field.directives.iter();
    directives
        .map(|directive| &directive.node)
        .find(|directive| directive.name.node == name)
}

fn text(value: &Value) -> String {
    let Value::String(text) = value else {
        panic!("no text");
    };
    text.clone()
}

const COST: &str = "query($document: String!, $variables: JSON) { queryCost(document: $document, variables: $variables) { requested } }";

#[tokio::test]
async fn what_the_text_of_the_schema_comes_to_is_what_the_service_charges() {
    let app = TestApp::start().await;
    let stated = Stated::read(&TestApp::sdl());
    let mut asked: Vec<(&str, Json)> = vec![
        ("{ __typename }", json!({})),
        (
            "{ viewer { kind roles } serviceLimits { depth } }",
            json!({}),
        ),
        (
            "mutation { a: membershipPause(input: { version: 1 }) { userErrors { code } } __typename }",
            json!({}),
        ),
        (
            "{ employees(last: 3) { edges { cursor node { id ...P } } } } fragment P on Person { ... on Employee { skills { name } } }",
            json!({}),
        ),
    ];
    let hot = hot::queries(&app).await;
    for hot in &hot {
        for size in [7, 100] {
            let mut variables = hot.variables.clone();
            variables["n"] = size.into();
            asked.push((hot.query, variables));
        }
        asked.push((hot.query, hot.variables.clone()));
    }
    let hr = app.hr();
    for (document, variables) in asked {
        let told = json!({ "document": document, "variables": variables });
        let told = hr.run(COST, told).await;
        assert_eq!(
            told.at("/queryCost/requested"),
            &json!(stated.price(document, &variables)),
            "{document} {variables}"
        );
    }
}
