//! How many statements each hot query runs, whatever the page size. A change of a number is a decision.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn every_hot_query_runs_a_fixed_number_of_statements() {
    let app = TestApp::start().await;
    let (event, opportunity) = (
        app.new_event("Meetup").insert().await,
        app.new_opportunity("Engineer").insert().await,
    );
    let mut last = None;
    for number in 0..25 {
        let person = app
            .new_alumnus(&format!("n{number:02}"), "")
            .skills(&["Rust", "SQL"])
            .insert()
            .await;
        app.answered(&event, person.id, entity::ParticipationState::Going)
            .await;
        app.new_referral(&opportunity)
            .candidate(&person)
            .insert()
            .await;
        last = Some(person);
    }
    let (alumnus, event) = (last.unwrap().id.to_string(), event.id.to_string());
    let hot = [
        (
            "one alumnus",
            "query($id: ID!, $n: Int) { alumnus(id: $id) { displayName company { name } skills { name level } participations(first: $n) { nodes { state } } } }",
            json!({ "id": alumnus }),
            1,
        ),
        (
            "directory page",
            "query($n: Int) { alumni(first: $n) { totalCount nodes { displayName employments { startedOn department { name } } skills { name } } pageInfo { endCursor } } }",
            json!({}),
            1,
        ),
        (
            "directory below the company",
            "query($n: Int) { company { name alumni(first: $n, orderBy: LEFT_ON_DESC) { nodes { displayName skills { name } } } } }",
            json!({}),
            1,
        ),
        (
            "name search",
            "query($n: Int) { alumni(first: $n, filter: { search: \"n1\" }) { nodes { displayName employments { department { name } } } } }",
            json!({}),
            1,
        ),
        (
            "event with participants",
            "query($id: ID!, $n: Int) { engagementEvent(id: $id) { title participations(first: $n) { nodes { state person { ... on Alumnus { displayName company { name } } } } } } }",
            json!({ "id": event }),
            1,
        ),
        (
            "referrals by stage",
            "query($n: Int) { referrals(first: $n, filter: { stages: [SUBMITTED] }) { nodes { stage opportunity { title } referrer { displayName } candidate { displayName } company { name } } } }",
            json!({}),
            1,
        ),
        (
            "two pages of one company under aliases",
            "query($n: Int) { company { one: alumni(first: $n) { nodes { familyName } } two: alumni(last: 3) { nodes { familyName } } } }",
            json!({}),
            3,
        ),
        (
            "two root fields",
            "query($n: Int) { alumni(first: $n) { nodes { familyName } } referrals(first: $n) { nodes { stage } } }",
            json!({}),
            2,
        ),
    ];
    app.hr().ask("{ viewer { kind } }").await;
    for (name, query, mut variables, expected) in hot {
        for size in [1, 10, 25] {
            variables["n"] = json!(size);
            // the reference rows it names are known after this
            app.hr().run(query, variables.clone()).await;
            let (statements, reply) = app.statements(app.hr().run(query, variables.clone())).await;
            reply.data();
            assert_eq!(statements, expected, "{name}, {size} rows");
        }
    }
}
