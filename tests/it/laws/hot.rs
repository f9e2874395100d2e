//! The queries that frontends send with every page they show.

use serde_json::{Value, json};

use crate::support::TestApp;

pub struct Hot {
    pub name: &'static str,
    /// Takes the page's size as `$n`.
    pub query: &'static str,
    pub variables: Value,
    /// How many statements it runs when what it names of the company is known.
    pub statements: u64,
    /// The roles whose frontends send it.
    pub roles: &'static [&'static str],
}

/// Whoever has a page open.
const EVERYONE: &[&str] = &["hr", "alumnus", "employee"];

/// What they find; one of the alumni, and the event they all go to.
async fn rows(app: &TestApp) -> (String, String) {
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
    (last.unwrap().id.to_string(), event.id.to_string())
}

/// A run of 25 rows that created somebody, and 25 that were refused.
async fn run(app: &TestApp) -> String {
    let worker = |number: u32| match number % 2 {
        0 => {
            json!({ "externalId": number.to_string(), "familyName": "n", "startedOn": "2020-04-01" })
        }
        _ => json!({ "externalId": number.to_string() }),
    };
    let workers: Vec<Value> = (0..50).map(worker).collect();
    let sync = "mutation($workers: [WorkerInput!]!) { workersSync(input: { source: \"hot\", workers: $workers }) { syncRun { id } } }";
    let reply = app.hr().run(sync, json!({ "workers": workers })).await;
    let id = reply.at("/workersSync/syncRun/id");
    id.as_str().unwrap().to_owned()
}

#[expect(clippy::too_many_lines, reason = "a list")]
/// The queries, over an app in which each of them finds 25 rows and more.
pub async fn queries(app: &TestApp) -> Vec<Hot> {
    let (alumnus, event) = rows(app).await;
    let run = run(app).await;
    let hot = |name, query, variables, statements| Hot {
        name,
        query,
        variables,
        statements,
        roles: EVERYONE,
    };
    let office = |name, query, variables, roles| Hot {
        roles,
        ..hot(name, query, variables, 1)
    };
    vec![
        hot(
            "one alumnus",
            "query($id: ID!, $n: Int) { alumnus(id: $id) { displayName company { name } skills { name level } participations(first: $n) { nodes { state } } } }",
            json!({ "id": alumnus }),
            1,
        ),
        hot(
            "directory page",
            "query($n: Int) { alumni(first: $n) { totalCount nodes { displayName employments { startedOn department { name } } skills { name } } pageInfo { endCursor } } }",
            json!({}),
            1,
        ),
        hot(
            "directory below the company",
            "query($n: Int) { company { name alumni(first: $n, orderBy: LEFT_ON_DESC) { nodes { displayName skills { name } } } } }",
            json!({}),
            1,
        ),
        hot(
            "names that begin so",
            "query($n: Int) { alumni(first: $n, filter: { nameStartsWith: \"n1\" }) { nodes { displayName } } }",
            json!({}),
            1,
        ),
        hot(
            "employees whose names begin so",
            "query($n: Int) { company { employees(first: $n, filter: { nameStartsWith: \"e\" }) { nodes { displayName } } } }",
            json!({}),
            1,
        ),
        hot(
            "name search below the company",
            "query($n: Int) { company { alumni(first: $n, filter: { search: \"n12 nabcd\" }) { totalCount nodes { displayName } pageInfo { endCursor } } } }",
            json!({}),
            1,
        ),
        hot(
            "name search",
            "query($n: Int) { alumni(first: $n, filter: { search: \"n12\" }) { nodes { displayName employments { department { name } } } } }",
            json!({}),
            1,
        ),
        hot(
            "event with participants",
            "query($id: ID!, $n: Int) { engagementEvent(id: $id) { title participations(first: $n) { nodes { state person { ... on Alumnus { displayName company { name } } } } } } }",
            json!({ "id": event }),
            1,
        ),
        hot(
            "events to come",
            "query($n: Int) { engagementEvents(first: $n, filter: { states: [PUBLISHED] }) { nodes { title myParticipation { state } } } }",
            json!({}),
            1,
        ),
        hot(
            "open opportunities",
            "query($n: Int) { opportunities(first: $n, filter: { states: [OPEN] }) { nodes { title department { name } } } }",
            json!({}),
            1,
        ),
        hot(
            "referrals by stage",
            "query($n: Int) { referrals(first: $n, filter: { stages: [SUBMITTED] }) { nodes { stage opportunity { title } referrer { displayName } candidate { displayName } company { name } } } }",
            json!({}),
            1,
        ),
        hot(
            "candidates one asked",
            "query($n: Int) { candidateInvitations(first: $n, filter: { states: [WAITING, ACCEPTED] }) { nodes { state candidateName opportunity { title } referral { stage } } } }",
            json!({}),
            1,
        ),
        office(
            "data requests that are due",
            "query($n: Int) { dataRequests(first: $n, filter: { open: true }) { nodes { kind dueOn person { displayName } } } }",
            json!({}),
            &["hr", "admin"],
        ),
        office(
            "data requests by when they came",
            "query($n: Int) { dataRequests(first: $n, orderBy: NEWEST) { totalCount nodes { state closedAt } } }",
            json!({}),
            &["hr", "admin"],
        ),
        office(
            "to what one said yes",
            "query($id: ID!, $n: Int) { alumnus(id: $id) { consents { purpose state } consentHistory(first: $n) { nodes { purpose decision at } } } }",
            json!({ "id": alumnus }),
            &["hr", "admin"],
        ),
        office(
            "what happened",
            "query($n: Int) { auditTrail(first: $n) { nodes { kind at subjectId } } }",
            json!({}),
            &["admin"],
        ),
        office(
            "who read whom between two instants",
            "query($n: Int) { accessLog(first: $n, filter: { at: { from: \"2026-01-01T00:00:00Z\", before: \"2026-12-01T00:00:00Z\" } }) { nodes { at readerId personId fields } } }",
            json!({}),
            &["admin"],
        ),
        office(
            "what one key read of whom between two instants",
            "query($key: [ID!], $n: Int) { accessLog(first: $n, filter: { readerIds: $key, at: { from: \"2026-01-01T00:00:00Z\", before: \"2026-12-01T00:00:00Z\" } }) { totalCount nodes { at readerRole personId person { displayName } referralId fields } } }",
            json!({ "key": [app.clock.new_id::<entity::ApiKeyId>().to_string()] }),
            &["admin"],
        ),
        office(
            "who read somebody",
            "query($id: ID!, $n: Int) { accessLog(first: $n, filter: { personIds: [$id] }) { nodes { at readerName readerRole fields } } }",
            json!({ "id": alumnus }),
            &["admin"],
        ),
        office(
            "messages",
            "query($n: Int) { deliveries(first: $n) { nodes { kind state reason recipient sentAt person { displayName } attempts { outcome serverCode } } } }",
            json!({}),
            &["hr", "admin"],
        ),
        office(
            "messages that failed",
            "query($n: Int) { deliveries(first: $n, filter: { states: [FAILED] }) { nodes { recipient serverAnswer } } }",
            json!({}),
            &["hr"],
        ),
        office(
            "messages to one",
            "query($id: ID!, $n: Int) { deliveries(first: $n, filter: { personId: $id }) { nodes { kind state } } }",
            json!({ "id": alumnus }),
            &["hr"],
        ),
        office(
            "sync runs with the rows that were refused",
            "query($n: Int) { syncRuns(first: $n) { nodes { source state actorId counts { created invalid } undo { kept } results(first: 5, filter: { statuses: [INVALID] }) { nodes { position externalId fields } } } } }",
            json!({}),
            &["hr", "admin"],
        ),
        office(
            "what a sync run did",
            "query($id: ID!, $n: Int) { syncRun(id: $id) { state results(first: $n) { totalCount nodes { position status employmentId undoOutcome person { displayName } } } } }",
            json!({ "id": run }),
            &["hr"],
        ),
        hot(
            "whom one blocks",
            "query($n: Int) { viewer { blocked(first: $n) { totalCount nodes { personId displayName blockedAt } } } }",
            json!({}),
            1,
        ),
        hot(
            "who read one",
            "query($n: Int) { viewer { accessLog(first: $n, filter: { at: { from: \"2026-01-01T00:00:00Z\" } }) { totalCount nodes { at readerName fields } } } }",
            json!({}),
            1,
        ),
        hot(
            "two pages of one company under aliases",
            "query($n: Int) { company { one: alumni(first: $n) { nodes { familyName } } two: alumni(last: 3) { nodes { familyName } } } }",
            json!({}),
            3,
        ),
        hot(
            "two root fields",
            "query($n: Int) { alumni(first: $n) { nodes { familyName } } referrals(first: $n) { nodes { stage } } }",
            json!({}),
            2,
        ),
    ]
}
