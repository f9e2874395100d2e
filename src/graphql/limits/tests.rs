//! Pure tests: a text in, a refusal or a price out.

use std::fmt::Write;

use async_graphql::{
    Pos, ServerError, Value, Variables, parser::parse_query, parser::types::OperationType,
};
use serde_json::json;

use super::{Inspected, Limit, Limits, Refusal, inspect, measure::Walk, scan::scan};

const INTROSPECTION: &str = "query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
    types { ...FullType } directives { name description locations args { ...InputValue } } } }
    fragment FullType on __Type { kind name description specifiedByURL isOneOf
        fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
        inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
        ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

const DIRECTORY_PAGE: &str = "query Directory($first: Int = 100) { alumni(first: $first) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id familyName givenName kanaFamilyName kanaGivenName headline location currentEmployer currentTitle
        employments { startedOn lastWorkingDay position employmentType department { id name path } }
        skills { name level } } } }";

fn look(text: &str) -> Result<Inspected, Refusal> {
    look_with(text, json!({}))
}

fn look_with(text: &str, variables: serde_json::Value) -> Result<Inspected, Refusal> {
    inspect(
        &Limits::default(),
        text,
        None,
        &Variables::from_json(variables),
    )
}

fn price(text: &str, variables: serde_json::Value) -> u64 {
    look_with(text, variables).unwrap().price.complexity
}

fn over(limit: Limit, value: u64, maximum: u64) -> Refusal {
    Refusal::Over {
        limit,
        value,
        maximum,
    }
}

fn nested(levels: usize) -> String {
    format!(
        "{}id{}",
        "{ a ".repeat(levels - 1) + "{ ",
        "}".repeat(levels)
    )
}

/// Each fragment but the last spreads the next twice.
fn bomb(fragments: usize) -> String {
    let mut text = "{ ...F0 }".to_owned();
    for number in 1..fragments {
        write!(
            text,
            " fragment F{} on Query {{ a {{ ...F{number} }} b {{ ...F{number} }} }}",
            number - 1
        )
        .unwrap();
    }
    text + &format!(" fragment F{} on Query {{ id }}", fragments - 1)
}

#[test]
fn a_document_within_the_limits_is_parsed_and_its_operation_told() {
    let inspected = inspect(
        &Limits::default(),
        "query A { id } mutation B { id }",
        Some("B"),
        &Variables::default(),
    )
    .unwrap();
    assert_eq!(inspected.kind, OperationType::Mutation);
    assert_eq!(inspected.name.as_deref(), Some("B"));
    assert_eq!(inspected.price.complexity, 1);
    assert!(!inspected.price.introspects);
    assert_eq!(inspected.document.operations.iter().count(), 2);
}

#[test]
fn an_operation_that_cannot_be_told_is_refused() {
    let named = |text: &str, name: Option<&str>| {
        inspect(&Limits::default(), text, name, &Variables::default()).unwrap_err()
    };
    let unknown = Refusal::Operation("Unknown operation named \"C\".".to_owned());
    assert_eq!(named("query A { id } query B { id }", Some("C")), unknown);
    assert_eq!(named("{ id }", Some("C")), unknown);
    let several = Refusal::Operation(
        "The document has several operations: name one in `operationName`.".to_owned(),
    );
    assert_eq!(named("query A { id } query B { id }", None), several);
    assert_eq!(several.code(), "OPERATION_RESOLUTION_FAILURE");
}

#[test]
fn thirty_fragments_that_each_spread_the_next_twice_are_refused_after_looking_at_each_once() {
    let text = bomb(30);
    assert!(text.len() < 1_700, "{}", text.len());
    let limits = Limits::default();
    let (document, variables) = (parse_query(&text).unwrap(), Variables::default());
    let (_, operation) = document.operations.iter().next().unwrap();
    let mut walk = Walk::new(&limits, &document, &operation.node, &variables);
    let whole = walk.document().unwrap();
    // One selection in the operation, four in each of 29 fragments, one in the last.
    assert_eq!(walk.visited, 1 + 29 * 4 + 1);
    // Unfolded, the operation alone has 1,610,612,734 of these.
    assert_eq!(whole.fields, 4_831_838_143);
    assert_eq!(
        look(&text).unwrap_err(),
        over(Limit::ExpandedFields, 4_831_838_143, 20_000)
    );
}

#[test]
fn a_bomb_that_would_overflow_every_number_is_refused_too() {
    let limits = Limits {
        nesting: 1_000,
        ..Limits::default()
    };
    let refusal = inspect(&limits, &bomb(90), None, &Variables::default()).unwrap_err();
    assert_eq!(refusal, over(Limit::ExpandedFields, u64::MAX, 20_000));
}

#[test]
fn fragments_nobody_spreads_count_as_well() {
    let text = bomb(30).replacen("{ ...F0 }", "{ id }", 1);
    assert!(matches!(
        look(&text).unwrap_err(),
        Refusal::Over {
            limit: Limit::ExpandedFields,
            ..
        }
    ));
}

#[test]
fn a_fragment_that_spreads_itself_is_refused_wherever_it_is() {
    let text = "{ id } fragment A on Query { ...A }";
    let refusal = look(text).unwrap_err();
    assert_eq!(
        refusal,
        Refusal::Invalid {
            message: "The fragment \"A\" spreads itself.".to_owned(),
            at: Pos { line: 1, column: 8 }
        }
    );
    let circle =
        "{ ...A } fragment A on Query { a { ...B } } fragment B on Query { ... on Query { ...A } }";
    assert_eq!(
        look(circle).unwrap_err().code(),
        "GRAPHQL_VALIDATION_FAILED"
    );
}

#[test]
fn fifteen_levels_pass_and_sixteen_do_not() {
    assert!(look(&nested(15)).is_ok());
    assert_eq!(look(&nested(16)).unwrap_err(), over(Limit::Depth, 16, 15));
    let through_fragments =
        "{ ...A } fragment A on Query { a { a { a { a { a { a { a { ... { ...B } } } } } } } } }
        fragment B on Query { b { b { b { b { b { b { b { b { b } } } } } } } } }";
    assert_eq!(
        look(through_fragments).unwrap_err(),
        over(Limit::Depth, 16, 15)
    );
}

#[test]
fn thirty_aliases_pass_and_one_more_does_not_even_through_a_fragment() {
    let aliased = |count: usize| {
        (0..count).fold(String::new(), |text, number| {
            text + &format!("a{number}: id ")
        })
    };
    assert!(look(&format!("{{ a {{ {} }} }}", aliased(30))).is_ok());
    assert_eq!(
        look(&format!("{{ a {{ {} }} }}", aliased(31))).unwrap_err(),
        over(Limit::Aliases, 31, 30)
    );
    let twice = format!(
        "{{ a {{ ...F }} b {{ ...F }} }} fragment F on A {{ {} }}",
        aliased(16)
    );
    assert_eq!(look(&twice).unwrap_err(), over(Limit::Aliases, 32, 30));
}

#[test]
fn root_fields_are_counted_with_repetitions_typename_and_fragments() {
    assert!(look(&format!("{{ {} }}", "id ".repeat(20))).is_ok());
    assert_eq!(
        look(&format!("{{ {} }}", "id ".repeat(21))).unwrap_err(),
        over(Limit::RootFields, 21, 20)
    );
    let mixed = format!(
        "{{ {} ... {{ __typename }} ...F }} fragment F on Query {{ {} }}",
        "__typename ".repeat(10),
        "id ".repeat(10)
    );
    assert_eq!(look(&mixed).unwrap_err(), over(Limit::RootFields, 21, 20));
}

#[test]
fn directives_are_counted_on_everything_that_can_bear_one() {
    let on_fields =
        |count: usize| format!("{{ a {{ id {} }} }}", "@include(if: true) ".repeat(count));
    assert!(look(&on_fields(50)).is_ok());
    assert_eq!(
        look(&on_fields(51)).unwrap_err(),
        over(Limit::Directives, 51, 50)
    );
    let elsewhere = format!(
        "query Q($a: Int @x) @x {{ ...F @x ... @x {{ id @x }} }} fragment F on Query {{ id {} }}",
        "@include(if: true) ".repeat(46)
    );
    assert_eq!(
        look(&elsewhere).unwrap_err(),
        over(Limit::Directives, 51, 50)
    );
}

#[test]
fn only_the_operation_to_run_is_held_to_its_own_limits() {
    let text = format!("query A {{ id }} query B {}", nested(16));
    assert!(inspect(&Limits::default(), &text, Some("A"), &Variables::default()).is_ok());
    assert!(inspect(&Limits::default(), &text, Some("B"), &Variables::default()).is_err());
}

#[test]
fn tokens_are_counted_before_anything_is_parsed() {
    let text = format!("{{ {} }}", "id ".repeat(15_000));
    assert_eq!(
        look(&text).unwrap_err(),
        over(Limit::Tokens, 15_002, 15_000)
    );
    let not_even_graphql = "] ".repeat(40_000);
    assert_eq!(
        look(&not_even_graphql).unwrap_err(),
        over(Limit::Tokens, 40_000, 15_000)
    );
    let one_token = format!("{{ {} }}", "a".repeat(100_000));
    assert_eq!(
        look(&one_token).unwrap_err(),
        over(Limit::DocumentBytes, 100_004, 100_000)
    );
}

#[test]
fn strings_and_comments_hide_what_looks_like_tokens() {
    let count = |text: &str| scan(text, 100).tokens;
    assert_eq!(count("{ a }"), 3);
    assert_eq!(count("# { a b c }\r{ a , \u{feff} b }"), 4);
    assert_eq!(count(r#"{ a(b: "c } \" d # e") }"#), 8);
    assert_eq!(count("{ a(b: \"\"\"c \" \\\"\"\" \"\" \n d\"\"\") }"), 8);
    assert_eq!(count("{ a(b: \"\") ...F @x }"), 12);
    assert_eq!(count("[-1.5e-3,1-1 2.0]"), 6);
    assert_eq!(count("\"never closed"), 1);
    assert_eq!(count("\"ends in a backslash \\"), 1);
    assert_eq!(count("\"\"\"never closed \\\"\"\""), 1);
    assert_eq!(count("\"stops at the line's end\n a"), 2);
    assert_eq!(count("日本"), 6);
    assert_eq!(count(""), 0);
}

#[test]
fn brackets_nested_too_deep_are_never_parsed() {
    let deep = |levels: usize| format!("{{ a(b: {}{}) }}", "[".repeat(levels), "]".repeat(levels));
    assert!(look(&deep(62)).is_ok());
    assert_eq!(look(&deep(63)).unwrap_err(), over(Limit::Nesting, 65, 64));
    let limits = Limits {
        nesting: 12,
        ..Limits::default()
    };
    let selected = |levels| inspect(&limits, &nested(levels), None, &Variables::default());
    assert!(selected(12).is_ok());
    assert_eq!(selected(13).unwrap_err(), over(Limit::Nesting, 13, 12));
    assert_eq!(
        look(&"{".repeat(5_000)).unwrap_err(),
        over(Limit::Nesting, 65, 64)
    );
}

#[test]
fn a_chain_of_fragments_too_long_to_follow_is_refused() {
    let chain = |length: usize| {
        let links = (0..length).fold(String::new(), |text, number| {
            text + &format!(" fragment F{number} on Query {{ ...F{} }}", number + 1)
        });
        format!("{{ ...F0 }}{links} fragment F{length} on Query {{ id }}")
    };
    assert!(look(&chain(61)).is_ok());
    assert!(matches!(
        look(&chain(63)).unwrap_err(),
        Refusal::Over {
            limit: Limit::Nesting,
            maximum: 64,
            ..
        }
    ));
    assert!(matches!(
        look(&chain(1_500)).unwrap_err(),
        Refusal::Over {
            limit: Limit::Nesting,
            ..
        }
    ));
}

#[test]
fn every_object_costs_one_times_the_pages_above_it() {
    assert_eq!(price("{ viewer { id name } }", json!({})), 1);
    assert_eq!(price("{ __typename }", json!({})), 1);
    assert_eq!(
        price(
            "{ alumni(first: 50) { totalCount nodes { id } } }",
            json!({})
        ),
        1 + 10 + 50
    );
    assert_eq!(
        price(
            "{ alumni(last: 5) { edges { cursor node { id } } } }",
            json!({})
        ),
        1 + 5 * 2
    );
    assert_eq!(price("{ alumni { nodes { id } } }", json!({})), 1 + 20);
    let nested =
        "{ alumni(first: 10) { nodes { participations(first: 5) { nodes { event { id } } } } } }";
    assert_eq!(price(nested, json!({})), 1 + 10 * (1 + 1 + 5 * 2));
}

#[test]
fn a_page_size_is_taken_from_the_variables_value_or_default_and_kept_within_bounds() {
    let text = "query($n: Int = 7) { alumni(first: $n) { nodes { id } } }";
    assert_eq!(price(text, json!({})), 1 + 7);
    assert_eq!(price(text, json!({ "n": 30 })), 1 + 30);
    assert_eq!(price(text, json!({ "n": null })), 1 + 20);
    assert_eq!(price(text, json!({ "n": "many" })), 1 + 20);
    assert_eq!(price(text, json!({ "n": -1 })), 1);
    assert_eq!(price(text, json!({ "n": 0 })), 1);
    assert_eq!(price(text, json!({ "n": u64::MAX })), 1 + 100);
    assert_eq!(price(text, json!({ "n": 1e300 })), 1 + 100);
    assert_eq!(
        price(
            "query($n: Int) { alumni(first: $n) { nodes { id } } }",
            json!({})
        ),
        1 + 20
    );
}

#[test]
fn a_fragment_inside_a_page_is_priced_by_that_page() {
    let text = "{ small: alumni(first: 2) { ...Rows } large: alumni(first: 50) { ...Rows } }
        fragment Rows on AlumnusConnection { totalCount nodes { ...Person } }
        fragment Person on Alumnus { id name }";
    assert_eq!(price(text, json!({})), (1 + 10 + 2) + (1 + 10 + 50));
}

#[test]
fn a_mutation_costs_ten_a_field_and_one_for_each_row_it_is_given() {
    assert_eq!(
        price("mutation { a { ok } b { c { d } } __typename }", json!({})),
        10 + 11
    );
    let text = "mutation($w: [W!]!) { sync(input: { source: \"x\", workers: $w }) { ok } again: sync(input: { workers: [{ id: 1 }, { id: 2, ids: [1, 2] }] }) { ok } }";
    let rows = json!({ "w": [{ "a": 1 }, { "b": [{ "c": 2 }] }, {}] });
    assert_eq!(price(text, rows), (10 + 4) + (10 + 2));
    // what a query is given is not written
    assert_eq!(
        price("{ a(filter: { and: [{ b: 1 }] }) { c } }", json!({})),
        1
    );
}

#[test]
fn nodes_by_id_cost_as_many_as_there_are_ids() {
    assert_eq!(
        price("{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }", json!({})),
        3
    );
    let text = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Alumnus { name } } }";
    assert_eq!(price(text, json!({ "ids": ["a", "b", "c", "d"] })), 4);
    assert_eq!(
        price(
            "query($a: ID!) { nodes(ids: [$a, $a]) { id } }",
            json!({ "a": "x" })
        ),
        2
    );
}

#[test]
fn pages_within_pages_are_refused_with_their_price() {
    let text = "{ alumni(first: 100) { nodes { referrals(first: 100) { nodes { id } } } } }";
    let refusal = look(text).unwrap_err();
    assert_eq!(
        refusal,
        over(Limit::Complexity, 1 + 100 * (1 + 1 + 100), 5_000)
    );
    let error = ServerError::from(refusal);
    assert_eq!(
        error.message,
        "The operation costs 10201; at most 5000 is accepted. Ask for smaller pages or fewer fields."
    );
    let extensions = error.extensions.unwrap();
    assert_eq!(
        extensions.get("code"),
        Some(&Value::from("GRAPHQL_VALIDATION_FAILED"))
    );
    let limit = extensions
        .get("limit")
        .unwrap()
        .clone()
        .into_json()
        .unwrap();
    assert_eq!(
        limit,
        json!({ "name": "complexity", "value": 10201, "maximum": 5000 })
    );
    let deep = "{ a(first: 100) { nodes { a(first: 100) { nodes { a(first: 100) { nodes { a(first: 100) { nodes { a(first: 100) { nodes { a(first: 100) { nodes { id } } } } } } } } } } } } }";
    assert!(matches!(
        look(deep).unwrap_err(),
        Refusal::Over {
            limit: Limit::Complexity,
            value: 1_000_000_000_000..,
            ..
        }
    ));
}

#[test]
fn the_largest_page_of_the_directory_passes() {
    let inspected = look(DIRECTORY_PAGE).unwrap();
    assert_eq!(
        inspected.price.complexity,
        1 + 10 + 1 + 100 * (1 + 1 + 1 + 1)
    );
}

#[test]
fn the_usual_introspection_passes_free_of_charge() {
    let inspected = look(INTROSPECTION).unwrap();
    assert!(inspected.price.introspects);
    assert_eq!(inspected.price.complexity, 1);
}

#[test]
fn introspection_in_circles_is_refused() {
    let circles = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    assert!(matches!(
        look(circles).unwrap_err(),
        Refusal::Over {
            limit: Limit::IntrospectionComplexity,
            ..
        }
    ));
    let deep = format!(
        "{{ __type(name: \"A\") {{ {} name {} }} }}",
        "ofType { ".repeat(19),
        "}".repeat(19)
    );
    assert_eq!(
        look(&deep).unwrap_err(),
        over(Limit::IntrospectionDepth, 21, 20)
    );
    let twice = INTROSPECTION.replacen(
        "{ __schema {",
        "{ again: __schema { types { ...FullType } } __schema {",
        1,
    );
    assert!(matches!(
        look(&twice).unwrap_err(),
        Refusal::Over {
            limit: Limit::IntrospectionComplexity,
            ..
        }
    ));
}

#[test]
fn a_syntax_error_names_its_place_and_does_not_repeat_the_document() {
    let error = ServerError::from(look("{ secret(").unwrap_err());
    assert_eq!(
        error.message,
        "Syntax error at line 1, column 10: expected name."
    );
    assert_eq!(
        error.locations,
        [Pos {
            line: 1,
            column: 10
        }]
    );
    let empty = look("fragment F on Query { id }").unwrap_err();
    assert_eq!(
        empty.to_string(),
        "Syntax error: document does not contain an operation."
    );
    assert_eq!(empty.code(), "GRAPHQL_PARSE_FAILED");
}

#[test]
fn an_input_object_names_each_field_once() {
    let refusal = look("{ a(b: { c: 1, d: { c: 2 }\n c: 3 }) { c: d c: e } }").unwrap_err();
    let message = "There can be only one input field named \"c\".".to_owned();
    assert_eq!(
        refusal,
        Refusal::Invalid {
            message,
            at: Pos { line: 2, column: 2 }
        }
    );
    assert!(
        look("query($x: T = { a: { a: [{ a: 1 }, { a: 2 }] } }) { f(a: $x) { a: b, c: b } }")
            .is_ok()
    );
}

#[test]
fn typename_takes_no_arguments_and_has_nothing_below() {
    assert!(look("query($x: Boolean = true) { __typename @include(if: $x) }").is_ok());
    for (text, message) in [
        (
            "{ __typename(a: 1) }",
            "Unknown argument \"a\" on field \"__typename\".",
        ),
        (
            "{ a { __typename { b } } }",
            "Field \"__typename\" must not have a selection: it has no subfields.",
        ),
    ] {
        assert_eq!(look(text).unwrap_err().to_string(), message);
    }
}

#[test]
fn empty_brackets_behind_an_operation_and_a_fragment_named_on_are_no_graphql() {
    for (text, line, column) in [
        ("query() { id }", 1, 7),
        ("query A(\n, ) { id }", 2, 3),
        ("{ ...F } fragment on on Query { id }", 1, 19),
        ("{ id } fragment #\n on on Query { id }", 2, 2),
    ] {
        let error = ServerError::from(look(text).unwrap_err());
        assert_eq!(error.locations, [Pos { line, column }], "{}", error.message);
        assert!(error.message.starts_with("Syntax error at line "));
    }
    for text in [
        "{ ...fragment } fragment fragment on fragment { id }",
        "query fragment { on fragment(on: 1) }",
        "{ a(b: []) on: fragment on }",
    ] {
        assert!(look(text).is_ok(), "{text}");
    }
}

#[test]
fn characters_beyond_the_first_plane_may_be_escaped() {
    for text in [r#"{ a(b: "\uD83D\uDE00") }"#, r#"{ a(b: "\u{1F600}") }"#] {
        let document = format!("{:?}", look(text).unwrap().document);
        assert!(document.contains('\u{1F600}'), "{document}");
    }
    let error = ServerError::from(look(r#"{ a(b: "\u{1F600}") ? }"#).unwrap_err());
    assert_eq!(error.locations[0].column, 21);
}

#[test]
fn the_null_character_is_refused_in_the_document() {
    for text in [
        "{ a(b: \"x\\u0000\") }",
        "{ a(b: \"\\u{0}\") }",
        "{ a(b: \"x\0\") }",
        "{ a } # \0",
    ] {
        assert_eq!(
            look(text).unwrap_err().to_string(),
            "The character U+0000 is not accepted.",
            "{text}"
        );
    }
    assert!(look("{ a(b: \"\\\\u0000\") }").is_ok());
}

#[test]
fn settings_are_read_by_name_and_unknown_ones_refused() {
    let limits: Limits = serde_json::from_value(json!({ "depth": 9, "rootFields": 8 })).unwrap();
    assert_eq!(
        limits,
        Limits {
            depth: 9,
            root_fields: 8,
            ..Limits::default()
        }
    );
    assert!(serde_json::from_value::<Limits>(json!({ "root_fields": 9 })).is_err());
}
