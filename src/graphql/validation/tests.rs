//! Pure tests, over a schema that has what ours has not: unions, interfaces that lead to themselves, inputs of which one is given.

use async_graphql::parser::parse_query;
use async_graphql::registry::Registry;
use async_graphql::{
    ComplexObject, Interface, Object, OneofObject, OutputType, SimpleObject, Union,
};

use super::{overlaps, places};
use crate::graphql::definitions::Definitions;

#[derive(Clone, SimpleObject)]
#[graphql(complex)]
struct Dog {
    name: String,
    barks: i32,
}

#[derive(Clone, SimpleObject)]
#[graphql(complex)]
struct Cat {
    name: String,
    purrs: Vec<i32>,
}

#[ComplexObject]
impl Dog {
    async fn friend(&self) -> Option<Pet> {
        None
    }
}

#[ComplexObject]
impl Cat {
    async fn friend(&self) -> Option<Pet> {
        None
    }
}

#[derive(Clone, Interface)]
#[graphql(
    field(name = "name", ty = "&String"),
    field(name = "friend", ty = "Option<Pet>")
)]
enum Pet {
    Dog(Dog),
    Cat(Cat),
}

#[derive(Union)]
enum Guest {
    Dog(Dog),
    Cat(Cat),
}

#[derive(OneofObject)]
enum By {
    Name(String),
    Number(i32),
}

struct Query;

#[Object]
impl Query {
    async fn pet(&self, by: Option<By>, #[graphql(default = 1)] floor: i32) -> Option<Pet> {
        let _ = (by, floor);
        None
    }

    async fn guest(&self) -> Option<Guest> {
        None
    }
}

fn faults(query: &str) -> Vec<String> {
    let mut registry = Registry::default();
    let root = Query::create_type_info(&mut registry);
    root.trim_end_matches('!')
        .clone_into(&mut registry.query_type);
    let definitions = Definitions::of(&registry);
    let document = parse_query(query).unwrap();
    let mut faults = places::check(&definitions, &document);
    faults.extend(overlaps::check(&definitions, &document));
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn where_one_of_several_is_given_a_variable_is_never_null() {
    for query in [
        "query($a: String!) { pet(by: { name: $a }) { name } }",
        "query($a: By) { pet(by: $a) { name } }",
        "query($a: Int) { pet(floor: $a) { name } }",
    ] {
        assert_eq!(faults(query), Vec::<String>::new(), "{query}");
    }
    for query in [
        "query($a: String) { pet(by: { name: $a }) { name } }",
        "query($a: String = \"x\") { pet(by: { name: $a }) { name } }",
        "query($a: String!) { pet(by: { name: $a, number: 1 }) { name } }",
        "query($a: Int = null) { pet(by: { name: null }, floor: $a) { name } }",
    ] {
        assert_eq!(faults(query).len(), 1, "{query}");
    }
}

#[test]
fn what_meets_in_one_object_is_compared_whichever_way_it_came_there() {
    for query in [
        "{ guest { ... on Dog { x: barks } ... on Cat { y: purrs } ... on Pet { name friend { name } } } }",
        "{ pet { friend { name } ... on Dog { friend { x: name } } ... on Cat { friend { x: name } } } }",
        "{ guest { ... on Dog { x: name } ... on Cat { x: __typename } } }",
    ] {
        assert_eq!(faults(query), Vec::<String>::new(), "{query}");
    }
    for query in [
        "{ guest { ... on Dog { x: barks } ... on Cat { x: purrs } } }",
        "{ guest { ... on Pet { x: name } ... on Dog { x: __typename } } }",
        "{ pet { friend { x: name } ... on Cat { friend { x: __typename } } } }",
        "{ guest { ... on Dog { friend { ... on Dog { x: barks } } } ... on Cat { friend { ... on Cat { x: name } } } } }",
    ] {
        assert_eq!(faults(query).len(), 1, "{query}");
    }
}

#[test]
fn a_document_that_would_be_compared_without_end_is_refused() {
    let nested = |levels: usize| {
        let around = |below, _| {
            format!(
                "friend {{ {below} }} ... on Dog {{ friend {{ name }} }} ... on Cat {{ friend {{ name }} }}"
            )
        };
        let below = (0..levels).fold("name".to_owned(), around);
        format!("{{ pet {{ {below} }} }}")
    };
    assert_eq!(faults(&nested(10)), Vec::<String>::new());
    let much = "The document selects too much under the same names.";
    assert_eq!(faults(&nested(30)), [much]);
}
