//! Opportunities: who sees which, and their way from draft to closed.

use chrono::TimeDelta;
use entity::{OpportunityKind, OpportunityState, opportunity};
use insta::assert_snapshot;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::{AOZORA, MERIDIAN, TestApp};

const LIST: &str = "query($filter: OpportunityFilter, $orderBy: OpportunityOrder, $first: Int, $after: String, $last: Int, $before: String) {
    opportunities(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        totalCount nodes { title } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
const CREATE: &str = "mutation($input: OpportunityCreateInput!) { opportunityCreate(input: $input) {
    opportunity { id title state remote closesOn openedAt closedAt version department { name } contact { id } } userErrors { code field message } } }";
const UPDATE: &str = "mutation($input: OpportunityUpdateInput!) { opportunityUpdate(input: $input) {
    opportunity { title summary location closesOn version department { name } } userErrors { code field message } } }";
const OPEN: &str = "mutation($input: OpportunityOpenInput!) { opportunityOpen(input: $input) {
    opportunity { state openedAt closedAt version } userErrors { code field message } } }";
const CLOSE: &str = "mutation($input: OpportunityCloseInput!) { opportunityClose(input: $input) {
    opportunity { state openedAt closedAt version } userErrors { code field message } } }";

fn id(row: &opportunity::Model) -> Value {
    json!({ "input": { "id": row.id.to_string() } })
}

async fn stored(app: &TestApp, row: &opportunity::Model) -> opportunity::Model {
    opportunity::Entity::find_by_id(row.id)
        .one(app.connection())
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn a_draft_is_seen_by_recruiters_and_systems_only() {
    let app = TestApp::start().await;
    let draft = app
        .new_opportunity("secret plan")
        .state(OpportunityState::Draft)
        .insert()
        .await;
    app.new_opportunity("open").insert().await;
    let query = "query($id: ID!) { opportunity(id: $id) { title } node(id: $id) { id }
        opportunities(filter: { states: [DRAFT, OPEN] }, orderBy: OLDEST) { totalCount }
        company { opportunities(filter: { titleContains: \"secret\" }) { totalCount } } }";
    let system = app.system(&["opportunities:read"]).await;
    for (actor, count) in [
        (app.recruiter(), 2),
        (app.hr(), 2),
        (app.admin(), 2),
        (system, 2),
        (app.supporter(), 1),
        (app.employee(), 1),
        (app.alumnus(), 1),
    ] {
        let reply = actor
            .run(query, json!({ "id": draft.id.to_string() }))
            .await;
        assert_eq!(reply.at("/opportunities/totalCount"), count);
        let sees = count == 2;
        assert_eq!(
            (
                reply.at("/opportunity").is_object(),
                reply.at("/node").is_object()
            ),
            (sees, sees)
        );
        assert_eq!(
            reply.at("/company/opportunities/totalCount"),
            i32::from(sees)
        );
    }
}

#[tokio::test]
async fn whoever_may_not_read_opportunities_is_told_so() {
    let app = TestApp::start().await;
    let row = app.new_opportunity("open").insert().await;
    assert_eq!(
        app.anonymous().run(LIST, json!({})).await.codes(),
        ["UNAUTHENTICATED"]
    );
    let other = app.system(&["alumni:read"]).await;
    assert_eq!(other.run(LIST, json!({})).await.codes(), ["FORBIDDEN"]);
    let one = "query($id: ID!) { opportunity(id: $id) { title } }";
    for actor in [app.anonymous(), other] {
        let reply = actor.run(one, json!({ "id": row.id.to_string() })).await;
        assert_eq!(reply.data(), &json!({ "opportunity": null }));
    }
}

#[tokio::test]
async fn an_opportunity_goes_from_draft_to_open_to_closed_and_open_again() {
    let app = TestApp::start().await;
    let input = json!({ "kind": "REHIRE", "title": " Staff engineer ", "remote": true, "closesOn": "2026-06-30",
        "departmentId": AOZORA.department().to_string(), "contactId": AOZORA.person("recruiter").to_string() });
    let made = app.recruiter().run(CREATE, json!({ "input": input })).await;
    let made = made.at("/opportunityCreate/opportunity").clone();
    let expected = json!({ "id": made["id"], "title": "Staff engineer", "state": "DRAFT", "remote": true, "closesOn": "2026-06-30",
        "openedAt": null, "closedAt": null, "version": 1, "department": { "name": "開発部" },
        "contact": { "id": AOZORA.person("recruiter").to_string() } });
    assert_eq!(made, expected);
    let input = json!({ "input": { "id": made["id"] } });
    let opened = app.recruiter().run(OPEN, input.clone()).await;
    assert_eq!(
        opened.at("/opportunityOpen/opportunity"),
        &json!({ "state": "OPEN", "openedAt": "2026-04-01T00:00:00+00:00", "closedAt": null, "version": 2 })
    );
    app.clock.advance(TimeDelta::hours(2));
    let closed = app.recruiter().run(CLOSE, input.clone()).await;
    assert_eq!(
        closed.at("/opportunityClose/opportunity"),
        &json!({ "state": "CLOSED", "openedAt": "2026-04-01T00:00:00+00:00", "closedAt": "2026-04-01T02:00:00+00:00", "version": 3 })
    );
    let again = app.recruiter().run(OPEN, input).await;
    assert_eq!(
        again.at("/opportunityOpen/opportunity"),
        &json!({ "state": "OPEN", "openedAt": "2026-04-01T00:00:00+00:00", "closedAt": null, "version": 4 })
    );
    assert_eq!(
        app.change_kinds().await,
        [
            "opportunity.created",
            "opportunity.opened",
            "opportunity.closed",
            "opportunity.opened"
        ]
    );
}

#[tokio::test]
async fn a_way_that_is_not_allowed_is_refused_with_the_one_that_is() {
    let app = TestApp::start().await;
    let draft = app
        .new_opportunity("draft")
        .state(OpportunityState::Draft)
        .insert()
        .await;
    let open = app.new_opportunity("open").insert().await;
    let closed = app
        .new_opportunity("closed")
        .state(OpportunityState::Closed)
        .insert()
        .await;
    assert_snapshot!(app.hr().run(CLOSE, id(&draft)).await.user_errors(), @"REFUSED id: the opportunity is DRAFT; from there it goes to OPEN");
    assert_snapshot!(app.hr().run(OPEN, id(&open)).await.user_errors(), @"REFUSED id: the opportunity is OPEN; from there it goes to CLOSED");
    assert_snapshot!(app.hr().run(CLOSE, id(&closed)).await.user_errors(), @"REFUSED id: the opportunity is CLOSED; from there it goes to OPEN");
    assert!(app.changes().await.is_empty());
    for row in [draft, open, closed] {
        assert_eq!(stored(&app, &row).await, row);
    }
}

#[tokio::test]
async fn whether_the_last_day_has_passed_is_told_by_the_companys_own_clock() {
    let app = TestApp::start().await;
    // the second of April in Tokyo, still the first in Dublin
    app.clock.advance(TimeDelta::hours(16));
    let day = "2026-04-01".parse().ok();
    let draft = |company| {
        app.new_opportunity("x")
            .of(company)
            .state(OpportunityState::Draft)
            .with(|row| row.closes_on = day)
            .insert()
    };
    let (tokyo, dublin) = (draft(AOZORA).await, draft(MERIDIAN).await);
    let refused = app.hr().run(OPEN, id(&tokyo)).await;
    assert_snapshot!(refused.user_errors(), @"REFUSED id: referrals would end on 2026-04-01, and where the company is it is 2026-04-02: set `closesOn` to that day or later, or to null");
    let opened = app.stranger().run(OPEN, id(&dublin)).await;
    assert_eq!(opened.at("/opportunityOpen/opportunity/state"), "OPEN");
    assert_eq!(stored(&app, &tokyo).await.state, OpportunityState::Draft);
}

#[tokio::test]
async fn an_edit_touches_what_is_given_and_null_clears() {
    let app = TestApp::start().await;
    let row = app
        .new_opportunity("old")
        .with(|row| {
            row.summary = Some("one line".into());
            row.location = Some("東京".into());
            row.department_id = Some(AOZORA.department());
        })
        .insert()
        .await;
    let input = json!({ "id": row.id.to_string(), "expectedVersion": 1, "title": "new", "summary": null, "departmentId": null, "closesOn": "2026-04-01" });
    let reply = app.recruiter().run(UPDATE, json!({ "input": input })).await;
    assert_eq!(
        reply.at("/opportunityUpdate/opportunity"),
        &json!({ "title": "new", "summary": null, "location": "東京", "closesOn": "2026-04-01", "version": 2, "department": null })
    );
    let changes = app.changes().await;
    assert_eq!(
        changes[0].fields.0,
        ["title", "summary", "department", "closesOn"]
    );
}

#[tokio::test]
async fn every_fault_of_an_edit_is_named_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let row = app.new_opportunity("open").insert().await;
    let input = json!({ "id": row.id.to_string(), "title": " ", "departmentId": MERIDIAN.department().to_string(),
        "contactId": MERIDIAN.person("hr").to_string(), "closesOn": "2026-03-31" });
    let reply = app.recruiter().run(UPDATE, json!({ "input": input })).await;
    assert_snapshot!(reply.user_errors(), @r"
    REQUIRED title: must not be empty
    NOT_FOUND departmentId: the company has no such department
    NOT_FOUND contactId: there is no such person for you in the company
    REFUSED closesOn: referrals would end on 2026-03-31, and where the company is it is 2026-04-01: set `closesOn` to that day or later, or to null
    ");
    let new = json!({ "kind": "CONTRACT", "title": "x\ny", "departmentId": MERIDIAN.department().to_string() });
    let reply = app.recruiter().run(CREATE, json!({ "input": new })).await;
    assert_snapshot!(reply.user_errors(), @r"
    INVALID title: must be one line
    NOT_FOUND departmentId: the company has no such department
    ");
    assert_eq!(stored(&app, &row).await, row);
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn of_ten_edits_of_one_version_one_is_done() {
    let app = TestApp::start().await;
    let row = app.new_opportunity("old").insert().await;
    let edits = (0..10).map(|number| {
        let input =
            json!({ "id": row.id.to_string(), "expectedVersion": 1, "title": format!("{number}") });
        let actor = app.recruiter();
        async move {
            actor
                .run(UPDATE, json!({ "input": input }))
                .await
                .user_errors()
        }
    });
    let faults = futures_util::future::join_all(edits).await;
    let refused: Vec<_> = faults.iter().filter(|fault| !fault.is_empty()).collect();
    assert_eq!(refused.len(), 9);
    assert!(refused.iter().all(|fault| **fault
        == "STALE_VERSION expectedVersion: the version stored is 2, not 1: read again"));
    assert_eq!(stored(&app, &row).await.version, 2);
    assert_eq!(app.change_kinds().await, ["opportunity.updated"]);
}

#[tokio::test]
async fn opportunities_are_written_by_recruiters_alone() {
    let app = TestApp::start().await;
    let row = app.new_opportunity("open").insert().await;
    let input = json!({ "input": { "kind": "REHIRE", "title": "x" } });
    for role in ["supporter", "employee", "alumnus"] {
        assert_eq!(
            app.actor(role).run(CREATE, input.clone()).await.codes(),
            ["FORBIDDEN"]
        );
        assert_eq!(
            app.actor(role).run(CLOSE, id(&row)).await.codes(),
            ["FORBIDDEN"]
        );
    }
    let anonymous = app.anonymous().run(CLOSE, id(&row)).await;
    assert_eq!(anonymous.codes(), ["UNAUTHENTICATED"]);
    let writer = app.system(&["opportunities:write"]).await;
    assert_eq!(
        writer
            .run(CLOSE, id(&row))
            .await
            .at("/opportunityClose/opportunity/state"),
        "CLOSED"
    );
    assert_eq!(app.change_kinds().await, ["opportunity.closed"]);
}

#[tokio::test]
async fn another_companys_opportunities_do_not_exist() {
    let app = TestApp::start().await;
    let row = app.new_opportunity("secret").insert().await;
    let query = "query($id: ID!) { opportunity(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } opportunities { totalCount }
        company { opportunities { totalCount } departments { nodes { opportunities { totalCount } } } } }";
    let reply = app
        .stranger()
        .run(query, json!({ "id": row.id.to_string() }))
        .await;
    assert_eq!(
        reply.data(),
        &json!({ "opportunity": null, "node": null, "nodes": [null], "opportunities": { "totalCount": 0 },
            "company": { "opportunities": { "totalCount": 0 }, "departments": { "nodes": [{ "opportunities": { "totalCount": 0 } }] } } })
    );
    let update = json!({ "input": { "id": row.id.to_string(), "title": "mine now" } });
    for (document, input) in [(OPEN, id(&row)), (CLOSE, id(&row)), (UPDATE, update)] {
        assert_eq!(
            app.stranger().run(document, input).await.codes(),
            ["NOT_FOUND"]
        );
    }
    assert_eq!(stored(&app, &row).await, row);
}

#[tokio::test]
async fn filters_are_joined_by_and_or_and_not() {
    let app = TestApp::start().await;
    app.new_opportunity("Rust 技術者")
        .with(|row| {
            row.department_id = Some(AOZORA.department());
            row.closes_on = "2026-05-31".parse().ok();
        })
        .insert()
        .await;
    app.new_opportunity("Speaker_100%")
        .with(|row| (row.kind, row.remote) = (OpportunityKind::Speaking, true))
        .insert()
        .await;
    app.new_opportunity("Mentor")
        .state(OpportunityState::Closed)
        .with(|row| {
            row.kind = OpportunityKind::Mentoring;
            row.closes_on = "2026-06-30".parse().ok();
        })
        .insert()
        .await;
    let (rust, speaker, mentor) = ("Rust 技術者", "Speaker_100%", "Mentor");
    for (filter, found) in [
        (json!({}), vec![rust, speaker, mentor]),
        (json!({ "states": ["OPEN"] }), vec![rust, speaker]),
        (json!({ "states": [] }), vec![]),
        (
            json!({ "kinds": ["SPEAKING", "MENTORING"] }),
            vec![speaker, mentor],
        ),
        (json!({ "remote": false }), vec![rust, mentor]),
        (json!({ "titleContains": "rUST 技術" }), vec![rust]),
        (json!({ "titleContains": "_100%" }), vec![speaker]),
        (json!({ "titleContains": "R_st" }), vec![]),
        (
            json!({ "departmentIds": [AOZORA.department().to_string()] }),
            vec![rust],
        ),
        (
            json!({ "not": { "departmentIds": [AOZORA.department().to_string()] } }),
            vec![speaker, mentor],
        ),
        (
            json!({ "closesOn": { "from": "2026-06-01" } }),
            vec![mentor],
        ),
        (json!({ "closesOn": { "to": "2026-05-31" } }), vec![rust]),
        (
            json!({ "not": { "closesOn": { "from": "2026-06-01" } } }),
            vec![rust, speaker],
        ),
        (
            json!({ "or": [{ "remote": true }, { "states": ["CLOSED"] }] }),
            vec![speaker, mentor],
        ),
        (json!({ "or": [] }), vec![]),
        (
            json!({ "and": [{ "remote": true }, { "states": ["CLOSED"] }] }),
            vec![],
        ),
        (
            json!({ "not": { "or": [{ "remote": true }, { "states": ["CLOSED"] }] } }),
            vec![rust],
        ),
        (json!({ "not": {} }), vec![]),
    ] {
        let variables = json!({ "filter": filter, "orderBy": "OLDEST" });
        let reply = app.alumnus().run(LIST, variables).await;
        assert_eq!(
            reply.texts("/opportunities/nodes", "title"),
            found,
            "{filter}"
        );
        assert_eq!(reply.at("/opportunities/totalCount"), found.len());
    }
}

#[tokio::test]
async fn pages_meet_in_both_directions() {
    let app = TestApp::start().await;
    for title in ["a", "b", "c", "d", "e"] {
        app.new_opportunity(title).insert().await;
    }
    let employee = app.employee();
    let first = employee.run(LIST, json!({ "first": 2 })).await;
    assert_eq!(first.texts("/opportunities/nodes", "title"), ["e", "d"]);
    let end = first.at("/opportunities/pageInfo/endCursor");
    let second = employee
        .run(LIST, json!({ "first": 2, "after": end }))
        .await;
    assert_eq!(second.texts("/opportunities/nodes", "title"), ["c", "b"]);
    let start = second.at("/opportunities/pageInfo/startCursor");
    let back = employee
        .run(LIST, json!({ "last": 2, "before": start }))
        .await;
    assert_eq!(back.texts("/opportunities/nodes", "title"), ["e", "d"]);
    assert_eq!(back.at("/opportunities/pageInfo/hasPreviousPage"), false);
    let oldest = employee
        .run(LIST, json!({ "first": 1, "orderBy": "OLDEST" }))
        .await;
    assert_eq!(oldest.texts("/opportunities/nodes", "title"), ["a"]);
    let mixed = json!({ "first": 1, "orderBy": "OLDEST", "after": end });
    assert_eq!(employee.run(LIST, mixed).await.codes(), ["BAD_USER_INPUT"]);
}

#[tokio::test]
async fn a_whole_page_is_one_statement_whatever_its_size() {
    let app = TestApp::start().await;
    for number in 0..30 {
        let row = app
            .new_opportunity(&format!("{number}"))
            .with(|row| {
                row.department_id = Some(AOZORA.department());
                row.contact_id = Some(AOZORA.person("recruiter"));
            })
            .insert()
            .await;
        app.new_referral(&row).insert().await;
    }
    let query = "query($first: Int) { opportunities(first: $first) { totalCount nodes { title company { name } contact { displayName }
        department { name opportunities(first: 2) { nodes { title } } } referrals(first: 3) { totalCount nodes { stage candidate { displayName } } } } } }";
    app.hr().run(query, json!({ "first": 1 })).await;
    for first in [1, 5, 25] {
        let (statements, reply) = app
            .statements(app.hr().run(query, json!({ "first": first })))
            .await;
        assert_eq!(
            reply.at("/opportunities/nodes").as_array().unwrap().len(),
            first
        );
        assert_eq!(
            reply.at("/opportunities/nodes/0/referrals/nodes/0/stage"),
            "SUBMITTED"
        );
        assert_eq!(
            reply.at("/opportunities/nodes/0/department/opportunities/nodes/1/title"),
            "28"
        );
        assert_eq!(statements, 1, "first: {first}");
    }
}
