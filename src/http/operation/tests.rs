//! Operations on a schema of their own, with fields no service should have.

use async_graphql::{Error, Object, PathSegment, Schema, SchemaBuilder, Subscription};
use futures_util::stream;
use serde_json::{Value as Json, json};

use super::*;
use crate::budget::{BudgetSettings, Budgets};
use crate::clock::Clock;

struct Query;

#[Object]
impl Query {
    async fn one(&self) -> i32 {
        1
    }

    async fn broken(&self, really: bool) -> i32 {
        assert!(!really, "broken on purpose");
        0
    }

    async fn endless(&self) -> i32 {
        future::pending().await
    }

    async fn careless(&self) -> Option<async_graphql::Result<i32>> {
        Some(Err(Error::new("no such table: person")))
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn done(&self) -> i32 {
        1
    }

    async fn held(&self) -> Option<i32> {
        future::pending().await
    }

    async fn endless(&self) -> i32 {
        future::pending().await
    }
}

struct Events;

#[Subscription]
impl Events {
    async fn numbers(&self, broken_at: Option<i32>) -> impl Stream<Item = i32> {
        stream::iter(1..=3)
            .inspect(move |number| assert_ne!(Some(*number), broken_at, "broken on purpose"))
    }

    async fn refused(&self) -> async_graphql::Result<stream::Empty<i32>> {
        Err(crate::error::Error::Forbidden("changes:read").into())
    }
}

struct Careless;

impl Roots for Careless {
    type Query = Query;
    type Mutation = Mutation;
    type Subscription = Events;

    fn build() -> SchemaBuilder<Query, Mutation, Events> {
        Schema::build(Query, Mutation, Events)
    }
}

fn engine() -> Engine<Careless> {
    Engine::default()
}

fn prepared(limits: &Limits, query: &str, suggestions: bool) -> Result<Operation, Answer> {
    let budgets = Budgets::of_one_instance(BudgetSettings::unlimited(), Clock::default());
    let payer = budgets.payer(&Viewer::Anonymous, None);
    let caller = Caller {
        viewer: Viewer::Anonymous,
        purse: Purse::new(&budgets, payer),
        request_id: RequestId::fresh(&Clock::default()),
        transport: "test",
        slow: None,
        suggestions,
        development: false,
        trusted_only: false,
    };
    Operation::inspect(
        &engine(),
        limits,
        suggestions,
        caller,
        Params {
            query: query.to_owned(),
            ..Params::default()
        },
    )
}

async fn ran(limits: &Limits, query: &str) -> Answer {
    match prepared(limits, query, true) {
        Ok(operation) => operation.run(&engine(), limits).await,
        Err(answer) => answer,
    }
}

/// The answer without the ids, which differ each time.
fn shown(answer: &Answer) -> Json {
    let mut shown = serde_json::to_value(answer).unwrap();
    for error in shown
        .get_mut("errors")
        .and_then(Json::as_array_mut)
        .into_iter()
        .flatten()
    {
        assert!(
            error["extensions"]
                .as_object_mut()
                .unwrap()
                .remove("requestId")
                .is_some()
        );
        error.as_object_mut().unwrap().remove("locations");
    }
    shown
}

async fn streamed(query: &str) -> Vec<Json> {
    match prepared(&Limits::default(), query, true) {
        Ok(operation) => {
            let answers = operation.stream(&engine());
            answers.map(|answer| shown(&answer)).collect().await
        }
        Err(answer) => vec![shown(&answer)],
    }
}

fn internal() -> Json {
    json!({ "message": "Something went wrong on our side.", "extensions": { "code": "INTERNAL_SERVER_ERROR" } })
}

#[tokio::test]
async fn a_broken_resolver_breaks_its_own_operation_alone() {
    let limits = Limits::default();
    let schema = engine();
    let broken = prepared(&limits, "{ one broken(really: true) }", true)
        .unwrap()
        .run(&schema, &limits)
        .await;
    assert_eq!(shown(&broken), json!({ "errors": [internal()] }));
    assert_eq!(broken.outcome(), "failed");
    let next = prepared(&limits, "{ one broken(really: false) }", true)
        .unwrap()
        .run(&schema, &limits)
        .await;
    assert_eq!(shown(&next), json!({ "data": { "one": 1, "broken": 0 } }));
}

#[tokio::test]
async fn what_takes_too_long_is_stopped_by_the_limit_of_its_kind() {
    let limits = Limits {
        query_timeout_ms: 1,
        mutation_timeout_ms: 2,
        ..Limits::default()
    };
    for (query, name, maximum) in [
        ("{ one endless }", "queryTimeoutMs", 1),
        ("mutation { endless }", "mutationTimeoutMs", 2),
    ] {
        let answer = ran(&limits, query).await;
        // of several at once nobody knows which it was
        let path = query.starts_with("mutation").then(|| json!(["endless"]));
        let message = format!("This took longer than {maximum} ms and was stopped.");
        let extensions =
            json!({ "code": "TIMEOUT", "limit": { "name": name, "maximum": maximum } });
        let mut error = json!({ "message": message, "extensions": extensions });
        if let Some(path) = path {
            error["path"] = path;
        }
        assert_eq!(shown(&answer), json!({ "errors": [error] }));
        assert_eq!(answer.outcome(), "timeout");
    }
}

#[tokio::test]
async fn the_steps_that_were_done_before_are_told_and_none_is_begun_after() {
    let limits = Limits {
        mutation_timeout_ms: 500,
        ..Limits::default()
    };
    let answer = ran(&limits, "mutation { done held after: done }").await;
    let Answer::Ran(response) = &answer else {
        panic!("{answer:?}");
    };
    assert_eq!(response.data.to_string(), "{done: 1, held: null}");
    let error = &response.errors[0];
    assert_eq!(errors::code(error), Some("TIMEOUT"));
    assert_eq!(error.path, [PathSegment::Field("held".to_owned())]);
}

#[tokio::test]
async fn a_careless_resolvers_words_stay_inside() {
    let answer = ran(&Limits::default(), "{ one careless }").await;
    let mut error = internal();
    error["path"] = json!(["careless"]);
    assert_eq!(
        shown(&answer),
        json!({ "errors": [error], "data": { "one": 1, "careless": null } })
    );
}

#[tokio::test]
async fn an_invalid_document_is_refused_and_each_fault_told_once() {
    let answer = ran(&Limits::default(), "query($a: Nothing) { one }").await;
    assert!(
        matches!(&answer, Answer::Refused(errors) if errors.len() == 2),
        "{answer:?}"
    );
    let faults = ran(
        &Limits::default(),
        &format!(
            "{{ one {{ {} }} }}",
            (0..500).fold(String::new(), |text, number| text + &format!("f{number} "))
        ),
    )
    .await;
    assert!(faults.errors().len() <= MOST_FAULTS);
}

#[tokio::test]
async fn introspection_can_be_turned_off_and_nothing_is_suggested_then() {
    let limits = Limits::default();
    let refused = prepared(&limits, "{ __schema { queryType { name } } }", false)
        .err()
        .unwrap();
    let message = "This service does not answer introspection.";
    assert_eq!(
        shown(&refused),
        json!({ "errors": [{ "message": message, "extensions": { "code": "GRAPHQL_VALIDATION_FAILED" } }] })
    );
    for (suggestions, message) in [
        (
            true,
            "Unknown field \"ones\" on type \"Query\". Did you mean \"one\"?",
        ),
        (false, "Unknown field \"ones\" on type \"Query\"."),
    ] {
        let answer = prepared(&limits, "{ ones }", suggestions).err().unwrap();
        assert_eq!(shown(&answer)["errors"][0]["message"], message);
    }
}

#[tokio::test]
async fn a_subscription_answers_each_event_until_it_ends_or_breaks() {
    let event = |number: i32| json!({ "data": { "numbers": number } });
    assert_eq!(
        streamed("subscription { numbers }").await,
        [event(1), event(2), event(3)]
    );
    assert_eq!(
        streamed("subscription { numbers(brokenAt: 3) }").await,
        [event(1), event(2), json!({ "errors": [internal()] })]
    );
}

#[tokio::test]
async fn a_subscription_that_never_begins_is_refused() {
    let denied = json!({ "message": "This needs the permission `changes:read`.", "path": ["refused"], "extensions": { "code": "FORBIDDEN" } });
    assert_eq!(
        streamed("subscription { refused }").await,
        [json!({ "errors": [denied] })]
    );
    let unknown = streamed("subscription { nothing }").await;
    assert_eq!(
        unknown[0]["errors"][0]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );
    assert_eq!(unknown.len(), 1);
}
