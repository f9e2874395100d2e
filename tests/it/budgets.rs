//! What a viewer may spend: a budget that refills, told in every answer and never broken, not by several instances either.

use alumni_api::access::Asker;
use alumni_api::budget::{Budget, BudgetSettings, Holder, expire};
use alumni_api::http::HttpSettings;
use chrono::TimeDelta;
use entity::Role;
use reqwest::{RequestBuilder, Response};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use crate::socket::client::{Client, subscribe};
use crate::stream::client::{Said, Stream};
use crate::support::{Actor, TestApp};

/// Costs 1 for the page and 1 for each row there may be.
const PAGE: &str = "query($n: Int) { alumni(first: $n) { nodes { id } } }";

fn budgets(capacity: u32, restore_rate: u32) -> BudgetSettings {
    let budget = Budget {
        capacity,
        restore_rate,
    };
    BudgetSettings::unlimited()
        .with(Holder::Each(Asker::Member(Role::Admin)), Some(budget))
        .with(Holder::Each(Asker::Member(Role::Hr)), Some(budget))
        .with(Holder::Each(Asker::ApiKey), Some(budget))
        .with(Holder::Each(Asker::Anonymous), Some(budget))
}

fn request(
    app: &TestApp,
    token: Option<&str>,
    document: &str,
    variables: &Value,
) -> RequestBuilder {
    let request = app.client().post(app.url("/graphql"));
    let request = request.json(&json!({ "query": document, "variables": variables }));
    match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}

async fn page(app: &TestApp, actor: &Actor<'_>, rows: u32) -> Response {
    let request = request(app, actor.token(), PAGE, &json!({ "n": rows }));
    request.send().await.unwrap()
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers()[name].to_str().unwrap()
}

async fn cost(response: Response) -> Value {
    let body: Value = response.json().await.unwrap();
    body["extensions"]["cost"].clone()
}

#[tokio::test]
async fn an_answer_tells_what_it_cost_and_what_is_left() {
    let app = TestApp::start_with_budgets(budgets(1_000, 50)).await;
    let hr = app.hr();
    // the world has one alumnus
    let response = page(&app, &hr, 100).await;
    assert_eq!(
        header(&response, "ratelimit-policy"),
        "\"cost\";q=1000;w=20"
    );
    assert_eq!(header(&response, "ratelimit"), "\"cost\";r=998;t=1");
    assert_eq!(
        cost(response).await,
        json!({ "requested": 101, "actual": 2, "available": 998, "restoreRate": 50 })
    );
    // the price is what is taken, until the answer is there to show what it came to
    let counted = "{ alumni(first: 3) { totalCount nodes { id skills { name } } } }";
    let response = request(&app, hr.token(), counted, &json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(
        cost(response).await,
        json!({ "requested": 17, "actual": 12, "available": 986, "restoreRate": 50 })
    );
    app.clock.advance(TimeDelta::milliseconds(100));
    let response = request(&app, hr.token(), "{ __typename }", &json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(
        cost(response).await,
        json!({ "requested": 1, "actual": 1, "available": 990, "restoreRate": 50 })
    );
}

#[tokio::test]
async fn who_has_spent_it_is_told_how_long_to_wait_and_then_there_is_enough() {
    let app = TestApp::start_with_budgets(budgets(120, 10)).await;
    let hr = app.hr();
    // what is refused has been looked at: 1 each
    for left in (20..120).rev() {
        let nothing = request(&app, hr.token(), "{ nothing }", &json!({}));
        assert_eq!(nothing.send().await.unwrap().status(), 200, "{left}");
    }
    let response = page(&app, &hr, 31).await;
    assert_eq!(response.status(), 429);
    assert_eq!(header(&response, "retry-after"), "2");
    assert_eq!(header(&response, "ratelimit"), "\"cost\";r=20;t=10");
    let body: Value = response.json().await.unwrap();
    assert!(body.get("data").is_none());
    let error = &body["errors"][0];
    assert_eq!(
        error["message"],
        "This costs 32 and 20 of your budget is left. Nothing of it has run; send it again in 1200 ms."
    );
    assert_eq!(error["extensions"]["code"], "RATE_LIMITED");
    assert_eq!(error["extensions"]["retryAfterMs"], 1_200);
    assert_eq!(
        error["extensions"]["cost"],
        json!({ "requested": 32, "available": 20, "capacity": 120, "restoreRate": 10 })
    );
    app.clock.advance(TimeDelta::milliseconds(1_199));
    assert_eq!(page(&app, &hr, 31).await.status(), 429);
    app.clock.advance(TimeDelta::milliseconds(1));
    let response = page(&app, &hr, 31).await;
    assert_eq!(response.status(), 200);
    assert_eq!(cost(response).await["available"], 30);
}

#[tokio::test]
async fn the_wait_is_told_before_anything_is_sent() {
    let app = TestApp::start_with_budgets(budgets(100, 10)).await;
    let asked = "query($d: String!) { queryCost(document: $d) { requested waitMs } }";
    let hr = app.hr();
    let told = |rows: u32| {
        let document = format!("{{ alumni(first: {rows}) {{ nodes {{ id }} }} }}");
        let hr = &hr;
        async move {
            let told = hr.run(asked, json!({ "d": document })).await;
            told.at("/queryCost").clone()
        }
    };
    // asking costs 1 as well
    assert_eq!(told(98).await, json!({ "requested": 99, "waitMs": 0 }));
    assert_eq!(told(98).await, json!({ "requested": 99, "waitMs": 100 }));
    let alumnus = app.alumnus();
    let free = alumnus.run(asked, json!({ "d": "{ __typename }" })).await;
    assert_eq!(free.at("/queryCost/waitMs"), &Value::Null);
}

#[tokio::test]
async fn who_has_nothing_left_is_refused_before_anything_is_looked_at() {
    let app = TestApp::start_with_budgets(budgets(2, 1)).await;
    let hr = app.hr();
    for _ in 0..2 {
        assert_eq!(
            hr.ask("{ nothing }").await.codes(),
            ["GRAPHQL_VALIDATION_FAILED"]
        );
    }
    for document in ["{ nothing }", "{ viewer", "{ __typename }"] {
        let reply = hr.ask(document).await;
        assert_eq!(
            (reply.status, reply.codes()),
            (429, vec!["RATE_LIMITED"]),
            "{document}"
        );
    }
    // nobody else pays for it
    assert_eq!(app.anonymous().ask("{ __typename }").await.status, 200);
    assert_eq!(app.alumnus().ask("{ __typename }").await.status, 200);
}

#[tokio::test]
async fn sockets_and_streams_are_told_the_same() {
    let app = TestApp::start_with_budgets(budgets(3, 1)).await;
    let token = app.token("hr@aozora");
    let mut client = Client::ready(app.address(), Some(&token)).await;
    client.send(&subscribe("a", "{ viewer { kind } }")).await;
    let told = client.next().await;
    assert_eq!(
        told["payload"]["extensions"]["cost"],
        json!({ "requested": 1, "actual": 1, "available": 2, "restoreRate": 1 })
    );
    assert_eq!(client.next().await["type"], "complete");
    let dear = "{ viewer { company { departments { nodes { id } } } } }";
    client.send(&subscribe("b", dear)).await;
    let told = client.next().await;
    assert_eq!(told["type"], "error");
    assert_eq!(told["payload"][0]["extensions"]["retryAfterMs"], 21_000);
    let mut stream = Stream::open(&app, app.address(), Some(&token), dear).await;
    let Some(Said::Next(told)) = stream.event().await else {
        panic!("no answer");
    };
    assert_eq!(told["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    // a subscription is paid for when it begins
    client
        .send(&subscribe("c", "subscription { changes { kind } }"))
        .await;
    client.send(&subscribe("d", "{ viewer { kind } }")).await;
    assert_eq!(
        client.next().await["payload"]["extensions"]["cost"]["available"],
        0
    );
}

#[tokio::test]
async fn each_viewer_has_a_budget_of_their_own_and_nobody_in_particular_one_by_address() {
    let app = TestApp::start_with_budgets(budgets(10, 1)).await;
    let spend = |actor: Actor<'_>| {
        let token = actor.token().map(str::to_owned);
        let request = request(&app, token.as_deref(), "{ __typename }", &json!({}));
        async move { cost(request.send().await.unwrap()).await["available"].clone() }
    };
    assert_eq!(spend(app.hr()).await, 9);
    assert_eq!(spend(app.hr()).await, 8);
    assert_eq!(spend(app.anonymous()).await, 9);
    assert_eq!(spend(app.with_token(&app.token("hr@meridian"))).await, 9);
    // what is not counted is not told
    assert_eq!(spend(app.alumnus()).await, Value::Null);
}

#[tokio::test]
async fn whoever_is_nobody_is_told_apart_by_what_trusted_proxies_say() {
    let app = TestApp::start_with_budgets(BudgetSettings::default()).await;
    let settings = HttpSettings {
        trusted_proxies: 1,
        ..HttpSettings::default()
    };
    let address = crate::http::served_with(&app, settings).await;
    let spend = |forwarded: &'static str| {
        let request = app.client().post(format!("http://{address}/graphql"));
        let request = request.header("x-forwarded-for", forwarded);
        let request = request.json(&json!({ "query": "{ __typename }" }));
        async move { cost(request.send().await.unwrap()).await["available"].clone() }
    };
    assert_eq!(spend("192.0.2.1").await, 4_999);
    // what the client wrote before it changes nothing
    assert_eq!(spend("198.51.100.9, 192.0.2.1").await, 4_998);
    assert_eq!(spend("192.0.2.2").await, 4_999);
}

#[tokio::test]
async fn a_mutation_told_again_costs_as_little_as_can_be() {
    let app = TestApp::start_with_budgets(budgets(1_000, 1)).await;
    let document = "mutation { companyUpdate(input: { id: \"company_01j0000000e008000000002000\", description: \"x\" }) { userErrors { code } } }";
    let admin = app.admin();
    let send = || {
        let request = request(&app, admin.token(), document, &json!({}));
        request.header("idempotency-key", "k").send()
    };
    let first = cost(send().await.unwrap()).await;
    let again = cost(send().await.unwrap()).await;
    assert_eq!(first["requested"], again["requested"]);
    assert_eq!(again["actual"], 1);
    assert_eq!(
        again["available"].as_i64().unwrap(),
        first["available"].as_i64().unwrap() - 1
    );
}

/// Costs as much as there are ids.
async fn spend(app: &TestApp, actor: &Actor<'_>, price: usize) -> Option<i64> {
    let ids = vec!["company_01j0000000e008000000002000"; price];
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let reply = request(app, actor.token(), document, &json!({ "ids": ids }));
    cost(reply.send().await.unwrap()).await["available"].as_i64()
}

/// On PostgreSQL alone: SQLite has one instance.
#[tokio::test]
async fn instances_learn_what_was_spent_at_the_others() {
    let here = TestApp::start_with_budgets(budgets(1_000, 1)).await;
    if here.app.database.backend() == DbBackend::Sqlite {
        return;
    }
    let there = here.another_instance_with_budgets(budgets(1_000, 1)).await;
    let (hr, hr_there) = (here.hr(), there.hr());
    assert_eq!(spend(&here, &hr, 95).await, Some(905));
    assert_eq!(spend(&there, &hr_there, 95).await, Some(905));
    // more than a tenth since the others were told: they are, and this one learns
    assert_eq!(spend(&here, &hr, 10).await, Some(895));
    assert_eq!(spend(&there, &hr_there, 10).await, Some(790));
    here.app.budgets.share().await.unwrap();
    assert_eq!(spend(&here, &hr, 1).await, Some(789));
    here.clock.advance(TimeDelta::seconds(2_000));
    here.app.budgets.share().await.unwrap();
    assert_eq!(spend(&here, &hr, 1).await, Some(999));
    // what is paid is forgotten
    let known = async || {
        let rows = Statement::from_string(DbBackend::Postgres, "SELECT count(*) FROM cost_budget");
        let row = here
            .connection()
            .query_one_raw(rows)
            .await
            .unwrap()
            .unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    };
    expire(&here.app.database, here.clock.now()).await.unwrap();
    assert_eq!(known().await, 0);
    here.app.budgets.share().await.unwrap();
    expire(&here.app.database, here.clock.now()).await.unwrap();
    assert_eq!(known().await, 1);
}

/// On PostgreSQL alone: SQLite has one instance.
#[tokio::test]
async fn two_instances_let_at_most_a_tenth_more_pass() {
    let here = TestApp::start_with_budgets(budgets(1_000, 1)).await;
    if here.app.database.backend() == DbBackend::Sqlite {
        return;
    }
    let there = here.another_instance_with_budgets(budgets(1_000, 1)).await;
    let instances = [(&here, here.hr()), (&there, there.hr())];
    let (mut spent, mut refused) = (0, 0);
    while refused < 2 {
        refused = 0;
        for (app, hr) in &instances {
            match spend(app, hr, 30).await {
                Some(_) => spent += 30,
                None => refused += 1,
            }
        }
    }
    assert!((970..=1_100).contains(&spent), "{spent}");
}

/// On PostgreSQL alone: SQLite has one instance.
#[tokio::test]
async fn the_largest_budget_may_rest_for_a_year() {
    let app = TestApp::start_with_budgets(budgets(u32::MAX, u32::MAX)).await;
    if app.app.database.backend() == DbBackend::Sqlite {
        return;
    }
    for _ in 0..2 {
        assert_eq!(
            spend(&app, &app.hr(), 100).await,
            Some(i64::from(u32::MAX) - 100)
        );
        app.app.budgets.share().await.unwrap();
        app.clock.advance(TimeDelta::days(365));
    }
    expire(&app.app.database, app.clock.now()).await.unwrap();
}
