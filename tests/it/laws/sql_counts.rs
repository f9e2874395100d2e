//! How many statements each hot query runs, whatever the page size. A change of a number is a decision.

use sea_orm::DbBackend;
use serde_json::json;

use super::hot;
use crate::support::TestApp;

#[tokio::test]
async fn every_hot_query_runs_a_fixed_number_of_statements() {
    let app = TestApp::start().await;
    for hot in hot::queries(&app).await {
        let mut variables = hot.variables;
        for size in [1, 10, 25] {
            variables["n"] = json!(size);
            // the login, and the reference rows it names, are known after this
            let actor = app.actor(hot.roles[0]);
            actor.run(hot.query, variables.clone()).await;
            let (statements, reply) = app
                .statements(actor.run(hot.query, variables.clone()))
                .await;
            reply.data();
            assert_eq!(statements, hot.statements, "{}, {size} rows", hot.name);
        }
    }
}

#[tokio::test]
async fn every_hot_write_runs_a_fixed_number_of_statements() {
    let app = TestApp::start().await;
    let event = app.new_event("Meetup").capacity(1).insert().await;
    let opportunity = app.new_opportunity("Engineer").insert().await;
    let alumnus = app.alumnus();
    // on PostgreSQL all that is written is one; SQLite takes a statement a table
    let written = |sqlite: u64| match app.app.database.backend() {
        DbBackend::Postgres => 1,
        _ => sqlite,
    };
    let one = app.new_alumnus("one", "").insert().await.id.to_string();
    let other = app.new_alumnus("other", "").insert().await.id.to_string();
    let refer = |candidate: &str, selected: &str| {
        let query = format!(
            "mutation($input: ReferralSubmitInput!) {{ referralSubmit(input: $input) {{ referral {{ {selected} }} userErrors {{ message }} }} }}"
        );
        let input =
            json!({ "opportunityId": opportunity.id.to_string(), "candidateId": candidate });
        (query, input)
    };
    let answer = |answer: &str, selected: &str| {
        let query = format!(
            "mutation($input: ParticipationRespondInput!) {{ participationRespond(input: $input) {{ participation {{ {selected} }} userErrors {{ message }} }} }}"
        );
        (
            query,
            json!({ "eventId": event.id.to_string(), "answer": answer }),
        )
    };
    alumnus.ask("{ viewer { kind } }").await;
    for (name, (query, input), expected) in [
        // the facts; then the referral, its step and its change
        ("a referral", refer(&one, "id stage"), 1 + written(3)),
        ("a duplicate", refer(&one, "id stage"), 1 + written(3)),
        (
            "a referral with all around it",
            refer(
                &other,
                "id opportunity { title } referrer { displayName } steps { toStage }",
            ),
            1 + written(3) + 1,
        ),
        // the event's lock, what lies under it; then the answer, the event's counts and the change
        ("an answer", answer("GOING", "id state"), 2 + written(3)),
        ("the same answer", answer("GOING", "id state"), 2),
        (
            "another answer, with the event",
            answer(
                "DECLINED",
                "state waitingPosition event { title goingCount }",
            ),
            2 + written(3) + 1,
        ),
    ] {
        let (statements, reply) = app
            .statements(alumnus.run(&query, json!({ "input": input })))
            .await;
        assert_eq!(reply.user_errors(), "", "{name}");
        assert_eq!(statements, expected, "{name}");
    }
}
