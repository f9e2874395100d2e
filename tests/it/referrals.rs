//! Referrals: handing one in, its way, and who sees what of it.

mod candidates;
mod way;

use chrono::TimeDelta;
use entity::{MembershipState, OpportunityState, ReferralStage, opportunity, person, referral};
use futures_util::future::join_all;
use insta::assert_snapshot;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::support::{AOZORA, Actor, MERIDIAN, Reply, TestApp};

const LIST: &str = "query($filter: ReferralFilter, $orderBy: ReferralOrder, $first: Int, $after: String, $last: Int, $before: String) {
    referrals(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        totalCount nodes { recommendation } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
const SUBMIT: &str = "mutation($input: ReferralSubmitInput!) { referralSubmit(input: $input) {
    referral { id stage candidateName candidateEmail recommendation version duplicateOf { id } candidate { displayName } referrer { displayName }
        steps { fromStage toStage actor { displayName } } } userErrors { code field message } } }";

async fn submit(actor: &Actor<'_>, opportunity: &opportunity::Model, candidate: Value) -> Reply {
    let mut input = candidate;
    input["opportunityId"] = opportunity.id.to_string().into();
    actor.run(SUBMIT, json!({ "input": input })).await
}

fn somebody(who: &person::Model) -> Value {
    json!({ "candidateId": who.id.to_string() })
}

async fn stored(app: &TestApp) -> Vec<referral::Model> {
    referral::Entity::find()
        .order_by_asc(referral::Column::Id)
        .all(app.connection())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_employee_recommends_an_alumnus() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let alumnus = app.new_alumnus("山田", "花子").insert().await;
    let candidate =
        json!({ "candidateId": alumnus.id.to_string(), "recommendation": " 優秀です " });
    let reply = submit(&app.employee(), &position, candidate).await;
    let made = reply.at("/referralSubmit/referral");
    let expected = json!({ "id": made["id"], "stage": "SUBMITTED", "candidateName": null, "candidateEmail": null, "recommendation": "優秀です",
        "version": 1, "duplicateOf": null, "candidate": { "displayName": "山田 花子" }, "referrer": { "displayName": "aozora employee" },
        "steps": [{ "fromStage": null, "toStage": "SUBMITTED", "actor": { "displayName": "aozora employee" } }] });
    assert_eq!(made, &expected);
    let change = app.changes().await.remove(0);
    assert_eq!(
        (change.kind.as_str(), change.person_id, change.fields.0),
        ("referral.submitted", Some(alumnus.id), vec![])
    );
}

#[tokio::test]
async fn only_an_open_opportunity_takes_referrals_until_its_last_day_is_over() {
    let app = TestApp::start().await;
    let draft = app
        .new_opportunity("draft")
        .state(OpportunityState::Draft)
        .insert()
        .await;
    let closed = app
        .new_opportunity("closed")
        .state(OpportunityState::Closed)
        .insert()
        .await;
    let ends = app
        .new_opportunity("ends")
        .with(|row| row.closes_on = "2026-04-01".parse().ok())
        .insert()
        .await;
    let foreign = app.new_opportunity("theirs").of(MERIDIAN).insert().await;
    let (hr, employee) = (app.hr(), app.employee());
    let somebody_else = app.new_alumnus("y", "").insert().await;
    let someone = app.new_alumnus("x", "").insert().await;
    let who = || somebody(&someone);
    assert_snapshot!(submit(&hr, &draft, who()).await.user_errors(), @"REFUSED opportunityId: the opportunity is DRAFT; referrals are taken while it is OPEN");
    assert_snapshot!(submit(&employee, &draft, who()).await.user_errors(), @"NOT_FOUND opportunityId: there is no such opportunity for you");
    assert_snapshot!(submit(&employee, &foreign, who()).await.user_errors(), @"NOT_FOUND opportunityId: there is no such opportunity for you");
    assert_snapshot!(submit(&employee, &closed, who()).await.user_errors(), @"REFUSED opportunityId: the opportunity is CLOSED; referrals are taken while it is OPEN");
    assert_eq!(
        submit(&employee, &ends, who()).await.user_errors(),
        "",
        "the last day itself"
    );
    // past midnight in Tokyo
    app.clock.advance(TimeDelta::hours(15));
    assert_snapshot!(submit(&app.employee(), &ends, somebody(&somebody_else)).await.user_errors(), @"REFUSED opportunityId: the last day for referrals was 2026-04-01");
    assert_eq!(stored(&app).await.len(), 1);
}

#[tokio::test]
async fn a_candidate_is_a_member_whom_the_referrer_sees() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let in_state = |state| app.new_alumnus("x", "").state(state).insert();
    let invited = in_state(MembershipState::Invited).await;
    let paused = in_state(MembershipState::Paused).await;
    let gone = in_state(MembershipState::Withdrawn).await;
    let (hr, employee, alumnus) = (app.hr(), app.employee(), app.alumnus());
    let colleague = AOZORA.person("recruiter");
    let not_found = "NOT_FOUND candidateId: there is no such alumnus for you";
    let quiet = "REFUSED candidateId: asked for quiet and is referred for nothing meanwhile";
    let left = "REFUSED candidateId: is no member of the programme and is referred for nothing";
    let works =
        "REFUSED candidateId: works at the company; alumni and people outside it are referred";
    for (actor, candidate, fault) in [
        (&employee, invited.id, not_found),
        (&alumnus, invited.id, not_found),
        (&employee, paused.id, not_found),
        (&hr, paused.id, quiet),
        (&hr, gone.id, left),
        (&hr, colleague, works),
        (&employee, colleague, works),
        (&alumnus, colleague, not_found),
        (&hr, MERIDIAN.person("alumnus"), not_found),
    ] {
        let candidate = json!({ "candidateId": candidate.to_string() });
        let reply = submit(actor, &position, candidate).await;
        assert_eq!(reply.user_errors(), fault);
    }
    assert_eq!(stored(&app).await, []);
    let invited = json!({ "candidateId": invited.id.to_string() });
    assert_eq!(submit(&hr, &position, invited).await.user_errors(), "");
}

#[tokio::test]
async fn nobody_recommends_themselves() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let oneself = json!({ "candidateId": AOZORA.person("alumnus").to_string() });
    assert_snapshot!(submit(&app.alumnus(), &position, oneself).await.user_errors(), @"REFUSED candidateId: is yourself; a referral recommends somebody else");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn who_left_the_programme_recommends_nobody() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let someone = app.new_alumnus("x", "").insert().await;
    app.standing_of(AOZORA.person("alumnus"), entity::Standing::Withdrawn)
        .await;
    let reply = submit(&app.alumnus(), &position, somebody(&someone)).await;
    assert_snapshot!(reply.user_errors(), @"REFUSED : who works at the company or is a member of the programme refers others");
    let system = app.system(&["referrals:write"]).await;
    assert_eq!(
        submit(&system, &position, somebody(&someone)).await.codes(),
        ["FORBIDDEN"]
    );
    assert_eq!(
        submit(&app.anonymous(), &position, somebody(&someone))
            .await
            .codes(),
        ["UNAUTHENTICATED"]
    );
    assert_eq!(stored(&app).await, []);
}

#[tokio::test]
async fn the_same_candidate_for_the_same_opportunity_is_a_duplicate_of_the_first() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let other = app.new_opportunity("designer").insert().await;
    let candidate = json!({ "candidateId": AOZORA.person("alumnus").to_string() });
    let first = submit(&app.employee(), &position, candidate.clone()).await;
    let first = first.at("/referralSubmit/referral/id").clone();
    let second = submit(&app.hr(), &position, candidate.clone()).await;
    let second = second.at("/referralSubmit/referral");
    assert_eq!(second["stage"], "DUPLICATE");
    assert_eq!(second["duplicateOf"]["id"], first);
    assert_eq!(
        second["steps"],
        json!([{ "fromStage": null, "toStage": "DUPLICATE", "actor": { "displayName": "aozora hr" } }])
    );
    // whose the first is, is not said to who may not see it
    let third = submit(&app.supporter(), &position, candidate.clone()).await;
    assert_eq!(third.at("/referralSubmit/referral/stage"), "DUPLICATE");
    assert_eq!(
        third.at("/referralSubmit/referral/duplicateOf"),
        &Value::Null
    );
    let elsewhere = submit(&app.employee(), &other, candidate).await;
    assert_eq!(elsewhere.at("/referralSubmit/referral/stage"), "SUBMITTED");
    let closed: Vec<bool> = stored(&app)
        .await
        .iter()
        .map(|row| row.closed_at.is_some())
        .collect();
    assert_eq!(closed, [false, true, true, false]);
}

#[tokio::test]
async fn of_ten_referrals_at_once_one_stands_and_nine_are_duplicates_of_it() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let roles = ["admin", "hr", "recruiter", "supporter", "employee"];
    let someone = app.new_alumnus("x", "").insert().await;
    let sent = (0..10).map(|number| {
        let (actor, position) = (app.actor(roles[number % 5]), &position);
        let candidate = somebody(&someone);
        async move { submit(&actor, position, candidate).await }
    });
    for reply in join_all(sent).await {
        assert_eq!(reply.user_errors(), "");
    }
    let rows = stored(&app).await;
    let (stand, duplicates): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.stage == ReferralStage::Submitted);
    assert_eq!((stand.len(), duplicates.len()), (1, 9));
    assert!(duplicates.iter().all(
        |row| row.stage == ReferralStage::Duplicate && row.duplicate_of_id == Some(stand[0].id)
    ));
    assert_eq!(app.change_kinds().await, ["referral.submitted"; 10]);
}

#[tokio::test]
async fn a_referral_is_seen_by_recruiters_its_referrer_and_its_candidate() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let row = app
        .new_referral(&position)
        .with(|row| row.recommendation = Some("kind".into()))
        .insert()
        .await;
    let query = "query($id: ID!, $of: ID!) { referral(id: $id) { recommendation } node(id: $id) { id } referrals { totalCount }
        company { referrals { totalCount } } opportunity(id: $of) { referrals { totalCount } } }";
    let variables = json!({ "id": row.id.to_string(), "of": position.id.to_string() });
    let system = app.system(&["referrals:read", "opportunities:read"]).await;
    for (actor, sees) in [
        (app.admin(), true),
        (app.hr(), true),
        (app.recruiter(), true),
        (app.employee(), true),
        (app.alumnus(), true),
        (system, true),
        (app.supporter(), false),
    ] {
        let reply = actor.run(query, variables.clone()).await;
        let seen = if sees { json!("kind") } else { Value::Null };
        assert_eq!(
            reply
                .at("/referral")
                .get("recommendation")
                .unwrap_or(&Value::Null),
            &seen
        );
        assert_eq!(reply.at("/node").is_object(), sees);
        for count in [
            "/referrals/totalCount",
            "/company/referrals/totalCount",
            "/opportunity/referrals/totalCount",
        ] {
            assert_eq!(reply.at(count), i32::from(sees), "{count}");
        }
    }
    assert_eq!(
        app.anonymous().run(LIST, json!({})).await.codes(),
        ["UNAUTHENTICATED"]
    );
    let other = app.system(&["opportunities:read"]).await;
    assert_eq!(other.run(LIST, json!({})).await.codes(), ["FORBIDDEN"]);
}

#[tokio::test]
async fn a_referral_tells_the_same_whoever_is_selected_beside_it() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let row = app
        .new_referral(&position)
        .with(|row| row.recommendation = Some("kind".into()))
        .insert()
        .await;
    let variables = json!({ "id": row.id.to_string() });
    for actor in [app.hr(), app.recruiter(), app.employee(), app.alumnus()] {
        for people in [
            "",
            "referrer { id }",
            "candidate { id }",
            "referrer { id } candidate { id } duplicateOf { id }",
        ] {
            let query = format!(
                "query($id: ID!) {{ referral(id: $id) {{ recommendation {people} }} referrals {{ nodes {{ {people} recommendation }} }} }}"
            );
            let reply = actor.run(&query, variables.clone()).await;
            assert_eq!(reply.at("/referral/recommendation"), "kind", "{people}");
            assert_eq!(
                reply.at("/referrals/nodes/0/recommendation"),
                "kind",
                "{people}"
            );
        }
    }
}

#[tokio::test]
async fn who_someone_outside_is_knows_the_referrer_and_who_reads_referrals() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let row = app
        .new_referral(&position)
        .outsider("佐藤 健", "sato@example.com")
        .insert()
        .await;
    let query =
        "query($id: ID!) { referral(id: $id) { candidateName candidateEmail recommendation } }";
    let variables = json!({ "id": row.id.to_string() });
    for actor in [app.employee(), app.recruiter()] {
        let reply = actor.run(query, variables.clone()).await;
        assert_eq!(reply.at("/referral/candidateEmail"), "sato@example.com");
    }
    let writer = app.system(&["referrals:write"]).await;
    assert_eq!(
        writer.run(query, variables.clone()).await.at("/referral"),
        &json!({ "candidateName": null, "candidateEmail": null, "recommendation": null })
    );
    let other = app.alumnus().run(query, variables).await;
    assert_eq!(other.at("/referral"), &Value::Null);
}

#[tokio::test]
async fn another_companys_referrals_do_not_exist() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let row = app.new_referral(&position).insert().await;
    let query = "query($id: ID!, $who: [ID!]) { referral(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } referrals { totalCount }
        filtered: referrals(filter: { candidateIds: $who }) { totalCount } company { referrals { totalCount } } }";
    let variables =
        json!({ "id": row.id.to_string(), "who": [AOZORA.person("alumnus").to_string()] });
    let none = json!({ "totalCount": 0 });
    assert_eq!(
        app.stranger().run(query, variables).await.data(),
        &json!({ "referral": null, "node": null, "nodes": [null], "referrals": none, "filtered": none, "company": { "referrals": none } })
    );
}

#[tokio::test]
async fn filters_are_joined_by_and_or_and_not() {
    let app = TestApp::start().await;
    let engineer = app.new_opportunity("engineer").insert().await;
    let designer = app.new_opportunity("designer").insert().await;
    let alumnus = AOZORA.person("alumnus");
    let named = |name: &'static str| {
        move |row: &mut referral::Model| row.recommendation = Some(name.into())
    };
    app.new_referral(&engineer).with(named("a")).insert().await;
    app.new_referral(&designer)
        .stage(ReferralStage::Screening)
        .by(AOZORA.person("hr"))
        .with(named("b"))
        .insert()
        .await;
    app.new_referral(&engineer)
        .outsider("x", "x@y.z")
        .with(named("c"))
        .with(|row| row.submitted_at += TimeDelta::days(3))
        .insert()
        .await;
    let alumnus = json!([alumnus.to_string()]);
    for (filter, found) in [
        (json!({}), vec!["a", "b", "c"]),
        (json!({ "stages": ["SUBMITTED"] }), vec!["a", "c"]),
        (json!({ "stages": [] }), vec![]),
        (
            json!({ "opportunityIds": [designer.id.to_string()] }),
            vec!["b"],
        ),
        (
            json!({ "referrerIds": [AOZORA.person("hr").to_string()] }),
            vec!["b"],
        ),
        (json!({ "candidateIds": alumnus }), vec!["a", "b"]),
        (json!({ "not": { "candidateIds": alumnus } }), vec!["c"]),
        (
            json!({ "submittedAt": { "from": "2026-04-02T00:00:00Z" } }),
            vec!["c"],
        ),
        (
            json!({ "submittedAt": { "from": "2026-04-01T09:00:00+09:00", "before": "2026-04-01T00:00:01Z" } }),
            vec!["a", "b"],
        ),
        (json!({ "mine": true }), vec!["b"]),
        (json!({ "mine": false }), vec!["a", "c"]),
        (json!({ "not": { "mine": true } }), vec!["a", "c"]),
        (
            json!({ "or": [{ "mine": true }, { "not": { "candidateIds": alumnus } }] }),
            vec!["b", "c"],
        ),
        (
            json!({ "and": [{ "candidateIds": alumnus }, { "stages": ["SUBMITTED"] }] }),
            vec!["a"],
        ),
        (json!({ "or": [] }), vec![]),
        (json!({ "not": {} }), vec![]),
    ] {
        let variables = json!({ "filter": filter, "orderBy": "OLDEST" });
        let reply = app.hr().run(LIST, variables).await;
        assert_eq!(
            reply.texts("/referrals/nodes", "recommendation"),
            found,
            "{filter}"
        );
        assert_eq!(reply.at("/referrals/totalCount"), found.len());
    }
}

#[tokio::test]
async fn a_candidate_does_not_find_out_who_recommends_them_by_asking_for_each() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    app.new_referral(&position).insert().await;
    // employees are not shown to alumni
    let query = "query($who: [ID!]) { referrals { nodes { referrer { id } } } guessed: referrals(filter: { referrerIds: $who }) { totalCount } }";
    let variables = json!({ "who": [AOZORA.person("employee").to_string()] });
    let reply = app.alumnus().run(query, variables).await;
    assert_eq!(
        reply.data(),
        &json!({ "referrals": { "nodes": [{ "referrer": null }] }, "guessed": { "totalCount": 0 } })
    );
}

#[tokio::test]
async fn pages_meet_in_both_directions() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    for name in ["a", "b", "c", "d", "e"] {
        app.new_referral(&position)
            .outsider(name, name)
            .with(|row| row.recommendation = Some(name.into()))
            .insert()
            .await;
    }
    let employee = app.employee();
    let first = employee.run(LIST, json!({ "first": 2 })).await;
    assert_eq!(
        first.texts("/referrals/nodes", "recommendation"),
        ["e", "d"]
    );
    let end = first.at("/referrals/pageInfo/endCursor");
    let second = employee
        .run(LIST, json!({ "first": 2, "after": end }))
        .await;
    assert_eq!(
        second.texts("/referrals/nodes", "recommendation"),
        ["c", "b"]
    );
    let start = second.at("/referrals/pageInfo/startCursor");
    let back = employee
        .run(LIST, json!({ "last": 2, "before": start }))
        .await;
    assert_eq!(back.texts("/referrals/nodes", "recommendation"), ["e", "d"]);
    assert_eq!(back.at("/referrals/pageInfo/hasPreviousPage"), false);
}

#[tokio::test]
async fn twenty_referrals_by_stage_with_all_around_them_are_one_statement() {
    let app = TestApp::start().await;
    for number in 0..30 {
        let position = app.new_opportunity(&format!("{number}")).insert().await;
        app.new_referral(&position)
            .stage(ReferralStage::Screening)
            .insert()
            .await;
    }
    let query = "query($first: Int) { referrals(first: $first, filter: { stages: [SCREENING] }) { totalCount nodes { stage allowedStages duplicateOf { id }
        candidate { displayName ... on Alumnus { referralsReceived(first: 2) { totalCount } } } referrer { displayName ... on Employee { referralsMade(first: 2) { totalCount } } }
        company { name } opportunity { title department { name } contact { displayName } } steps { toStage note actor { displayName } } } } }";
    app.hr().run(query, json!({ "first": 1 })).await;
    for first in [1, 5, 20] {
        let (statements, reply) = app
            .statements(app.hr().run(query, json!({ "first": first })))
            .await;
        let nodes = reply.at("/referrals/nodes").as_array().unwrap();
        assert_eq!(nodes.len(), first);
        assert_eq!(
            (
                &nodes[0]["opportunity"]["title"],
                &nodes[0]["steps"][0]["toStage"],
                &nodes[0]["candidate"]["referralsReceived"]["totalCount"]
            ),
            (&json!("29"), &json!("SCREENING"), &json!(30))
        );
        assert_eq!(statements, 1, "first: {first}");
    }
}
