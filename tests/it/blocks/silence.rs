//! An attacker's question: is there anything by which "blocked me" differs from "is not there for me"? Everything that can be asked
//! about a person is asked twice, once while they have left the programme and once while a block stands, and compared.

use std::collections::BTreeSet;

use alumni_api::seed;
use chrono::NaiveDate;
use entity::ParticipationState::Going;
use entity::{PersonId, Standing, block, person};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

use super::{UNSEEN, blocks};
use crate::support::{AOZORA, Actor, Crawler, TestApp, ids};

/// What there is of a person to be found by, and what the viewer shares with them.
pub struct Traces {
    pub person: person::Model,
    skill: String,
    event: String,
    opportunity: String,
    ids: Vec<String>,
}

/// Somebody who is in everything.
pub async fn traces(app: &TestApp, person: person::Model, viewer: PersonId) -> Traces {
    let skill = app.give_skill(AOZORA.id(), person.id, "Zither").await;
    app.give_skill(AOZORA.id(), person.id, "Rust").await;
    app.give_skill(AOZORA.id(), viewer, "Rust").await;
    let event = app.new_event("Meetup");
    let event = event
        .with(|row| row.host_id = Some(person.id))
        .insert()
        .await;
    let offer = app.new_opportunity("Engineer");
    let offer = offer
        .with(|row| row.contact_id = Some(person.id))
        .insert()
        .await;
    let mut ids = vec![person.id.to_string()];
    for somebody in [person.id, viewer] {
        let answer = app.answered(&event, somebody, Going).await;
        ids.push(answer.id.to_string());
    }
    let alumnus = app.new_opportunity("Architect").insert().await;
    let referrals = [
        app.new_referral(&offer).by(viewer).candidate(&person),
        app.new_referral(&alumnus).by(person.id).with(|row| {
            (row.candidate_id, row.candidate_key) = (Some(viewer), viewer.to_string());
            row.recommendation = Some("knows how".into());
        }),
        app.new_referral(&offer)
            .by(person.id)
            .outsider("Somebody", "somebody@example.com"),
    ];
    for referral in referrals {
        ids.push(referral.insert().await.id.to_string());
    }
    ids.push(entity::EmploymentId(person.id.0).to_string());
    ids.push(entity::MembershipId(person.id.0).to_string());
    Traces {
        person,
        skill: skill.to_string(),
        event: event.id.to_string(),
        opportunity: offer.id.to_string(),
        ids,
    }
}

const PERSON: &str = "__typename ... on Alumnus { id familyName skills { name } employments { startedOn } } ... on Employee { id familyName skills { name } }";

/// Lookups, lists with their counts and cursors, searches, filters, orders and edges.
pub fn reading(traces: &Traces) -> Vec<(String, Value)> {
    let id = traces.person.id.to_string();
    let name = &traces.person.family_name;
    let list = |arguments: &str| {
        format!(
            "{{ alumni{arguments} {{ totalCount edges {{ cursor node {{ {} }} }} pageInfo {{ startCursor endCursor hasNextPage hasPreviousPage }} }} }}",
            "id familyName skills { name } employments { position } participations { totalCount nodes { id } } referralsMade { totalCount nodes { id } } referralsReceived { totalCount nodes { id } }"
        )
    };
    let people = |arguments: &str| {
        format!(
            "{{ employees{arguments} {{ totalCount edges {{ cursor node {{ id familyName }} }} pageInfo {{ endCursor hasNextPage }} }} }}"
        )
    };
    let lists = [
        list(""),
        list("(first: 1)"),
        list("(first: 2)"),
        list("(last: 1)"),
        list("(orderBy: NAME_DESC)"),
        list("(orderBy: LEFT_ON)"),
        list("(orderBy: NEWEST)"),
        list(&format!("(filter: {{ search: \"{name}\" }})")),
        list(&format!("(filter: {{ nameStartsWith: \"{name}\" }})")),
        list(&format!("(filter: {{ skillIds: [\"{}\"] }})", traces.skill)),
        list(&format!("(filter: {{ not: {{ skillIds: [\"{}\"] }} }})", traces.skill)),
        list(&format!("(filter: {{ departmentIds: [\"{}\"] }})", AOZORA.department())),
        list("(filter: { leftOn: { from: \"2024-01-01\" } })"),
        list("(filter: { membershipStates: [ACTIVE] })"),
        list("(filter: { intents: [MENTOR] })"),
        people(""),
        people("(first: 3)"),
        people(&format!("(filter: {{ search: \"{name}\" }})")),
        people(&format!("(filter: {{ nameStartsWith: \"{name}\" }})")),
        "{ company { alumni { totalCount nodes { id } } employees { totalCount nodes { id } } } }".into(),
        "{ one: company { alumni(first: 1) { totalCount nodes { id } } } two: company { alumni(first: 2) { totalCount nodes { id } } } }".into(),
        "{ skills { nodes { id name } } }".into(),
        format!("{{ engagementEvents {{ nodes {{ id goingCount host {{ {PERSON} }} participations {{ totalCount edges {{ cursor node {{ id state note person {{ {PERSON} }} }} }} }}
            first: participations(first: 1) {{ nodes {{ id }} pageInfo {{ endCursor hasNextPage }} }} }} }} }}"),
        format!("{{ opportunities {{ nodes {{ id contact {{ {PERSON} }} referrals {{ totalCount nodes {{ id candidate {{ {PERSON} }} }} }} }} }} }}"),
        format!("{{ referrals {{ totalCount edges {{ cursor node {{ id stage recommendation candidateName candidate {{ {PERSON} }} referrer {{ {PERSON} }} steps {{ actor {{ {PERSON} }} }} }} }} }} }}"),
        format!("{{ referrals(filter: {{ candidateIds: [\"{id}\"] }}) {{ totalCount nodes {{ id }} }} }}"),
        format!("{{ referrals(filter: {{ referrerIds: [\"{id}\"] }}) {{ totalCount nodes {{ id }} }} }}"),
        format!("{{ referrals(filter: {{ not: {{ candidateIds: [\"{id}\"] }} }}) {{ totalCount nodes {{ id }} }} }}"),
        "{ viewer { blocked { totalCount nodes { personId } } person { ... on Alumnus { referralsReceived { nodes { id } } participations { nodes { id } } } } } }".into(),
    ];
    let looks = ["alumnus", "employee", "node"].map(|root| {
        (
            format!("query($id: ID!) {{ {root}(id: $id) {{ __typename id }} }}"),
            json!({ "id": id }),
        )
    });
    let nodes = (
        format!(
            "query($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename id ... on Participation {{ person {{ {PERSON} }} }} ... on Referral {{ candidate {{ {PERSON} }} referrer {{ {PERSON} }} }} }} }}"
        ),
        json!({ "ids": traces.ids }),
    );
    let lists = lists.into_iter().map(|query| (query, json!({})));
    lists.chain(looks).chain([nodes]).collect()
}

/// Writes that name the person, and are done only where the viewer sees them.
pub fn writing(traces: &Traces) -> Vec<(String, Value)> {
    let id = traces.person.id.to_string();
    let write = |mutation: &str, input: Value| {
        let (first, rest) = mutation.split_at(1);
        let kind = format!("{}{rest}Input", first.to_uppercase());
        (
            format!(
                "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code field message }} }} }}"
            ),
            json!({ "input": input }),
        )
    };
    vec![
        write(
            "participationCheckIn",
            json!({ "eventId": traces.event, "personId": id }),
        ),
        write(
            "referralSubmit",
            json!({ "opportunityId": traces.opportunity, "candidateId": id }),
        ),
        write(
            "engagementEventCreate",
            json!({ "kind": "MEETUP", "title": "x", "startsAt": "2026-05-01T09:00:00Z", "endsAt": "2026-05-01T10:00:00Z", "hostId": id }),
        ),
        write(
            "opportunityCreate",
            json!({ "kind": "REHIRE", "title": "x", "contactId": id }),
        ),
        write("membershipInvite", json!({ "personIds": [id] })),
        write(
            "personRecordUpdate",
            json!({ "id": id, "employeeNumber": "7" }),
        ),
    ]
}

/// All answers, without what is of the request.
pub async fn answers(actor: &Actor<'_>, questions: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let mut answers = Vec::new();
    for (query, variables) in questions {
        let mut body = actor.run(&query, variables).await.body;
        for error in body["errors"].as_array_mut().into_iter().flatten() {
            let extensions = error["extensions"].as_object_mut().unwrap();
            extensions.remove("requestId");
            assert_eq!(extensions["code"], "FORBIDDEN", "{query}");
        }
        answers.push((query, body));
    }
    answers
}

/// The first question that two rounds of answers differ in.
pub fn difference<'a>(
    one: &'a [(String, Value)],
    two: &'a [(String, Value)],
) -> Option<(&'a str, &'a Value, &'a Value)> {
    let mut pairs = one.iter().zip(two);
    pairs.find_map(|((query, one), (_, two))| (one != two).then_some((query.as_str(), one, two)))
}

/// Stores a block, which who is blocked need not be seen for.
async fn stands(app: &TestApp, blocker_id: PersonId, blocked_id: PersonId) {
    let row = block::Model {
        blocker_id,
        blocked_id,
        company_id: AOZORA.id(),
        created_at: app.clock.now(),
    };
    let insert = block::Entity::insert(row.into_active_model());
    insert
        .exec_without_returning(app.connection())
        .await
        .unwrap();
}

async fn none_stands(app: &TestApp) {
    let gone = block::Entity::delete_many().exec(app.connection()).await;
    assert_eq!(gone.unwrap().rows_affected, 1);
}

/// Compares, for a viewer, somebody who left with somebody who blocks, and with somebody blocked.
async fn nothing_tells(app: &TestApp, role: &str, other: person::Model) {
    let (own, actor) = (AOZORA.person(role), app.actor(role));
    let traces = traces(app, other, own).await;
    let (id, standing, day) = (
        traces.person.id,
        traces.person.standing,
        traces.person.left_on,
    );
    let reads = async || answers(&actor, reading(&traces)).await;
    let all = async || answers(&actor, [reading(&traces), writing(&traces)].concat()).await;
    let shown = reads().await;
    app.change_person(id, |row| {
        row.standing = Set(Standing::Candidate);
        row.left_on = Set(NaiveDate::from_ymd_opt(2024, 9, 30));
    })
    .await;
    let left = all().await;
    app.change_person(id, |row| {
        (row.standing, row.left_on) = (Set(standing), Set(day));
    })
    .await;
    assert!(
        difference(&shown, &left).is_some(),
        "nothing of the person was seen"
    );
    assert_eq!(difference(&shown, &reads().await), None, "back");

    stands(app, id, own).await;
    assert_eq!(difference(&left, &all().await), None, "who blocks is seen");
    assert_eq!(blocks(&actor, id).await.user_errors(), UNSEEN);
    none_stands(app).await;
    assert_eq!(difference(&shown, &reads().await), None, "unblocked");

    stands(app, own, id).await;
    let blocking = all().await;
    none_stands(app).await;
    let own_list = difference(&left, &blocking).expect("one's own list of blocks");
    assert!(own_list.0.contains("blocked"), "{own_list:?}");
    let others = |answers: Vec<(String, Value)>| {
        answers
            .into_iter()
            .filter(|(query, _)| !query.contains("blocked"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        difference(&others(left), &others(blocking)),
        None,
        "who is blocked is seen"
    );
}

#[tokio::test]
async fn an_alumnus_cannot_tell_who_blocks_them_from_who_left() {
    let app = TestApp::start().await;
    let other = app.new_alumnus("aaa", "").insert().await;
    nothing_tells(&app, "alumnus", other).await;
}

#[tokio::test]
async fn an_employee_cannot_tell_who_blocks_them_from_who_left() {
    let app = TestApp::start().await;
    let other = app.new_alumnus("aaa", "").insert().await;
    nothing_tells(&app, "employee", other).await;
}

#[tokio::test]
async fn an_employee_cannot_tell_a_colleague_who_blocks_them_from_one_who_left() {
    let app = TestApp::start().await;
    let other = app.new_employee("aaa", "").insert().await;
    nothing_tells(&app, "employee", other).await;
}

#[tokio::test]
async fn a_recruiter_cannot_tell_who_blocks_them_from_who_left() {
    let app = TestApp::start().await;
    let other = app.new_alumnus("aaa", "").insert().await;
    nothing_tells(&app, "recruiter", other).await;
}

#[tokio::test]
async fn a_supporter_cannot_tell_who_blocks_them_from_who_left() {
    let app = TestApp::start().await;
    let other = app.new_alumnus("aaa", "").insert().await;
    nothing_tells(&app, "supporter", other).await;
}

#[tokio::test]
async fn a_cursor_of_somebody_who_blocks_since_stays_good() {
    let app = TestApp::start().await;
    let mut people = Vec::new();
    for name in ["a1", "a2", "a3", "a4"] {
        people.push(app.new_alumnus(name, "").insert().await);
    }
    let page = "query($after: String) { alumni(first: 2, after: $after) { nodes { familyName } pageInfo { endCursor } } }";
    let first = app.alumnus().run(page, json!({})).await;
    stands(&app, people[1].id, AOZORA.person("alumnus")).await;
    stands(&app, people[2].id, AOZORA.person("alumnus")).await;
    let after = first.at("/alumni/pageInfo/endCursor");
    let next = app.alumnus().run(page, json!({ "after": after })).await;
    assert_eq!(next.texts("/alumni/nodes", "familyName"), ["a4", "alumnus"]);
}

/// Everybody of the demo company but one.
async fn everybody_else(app: &TestApp, own: &person::Model) -> Vec<PersonId> {
    let people = person::Entity::find()
        .filter(person::Column::CompanyId.eq(own.company_id))
        .filter(person::Column::Id.ne(own.id));
    let people = people.all(app.connection()).await.unwrap();
    people.into_iter().map(|person| person.id).collect()
}

/// Ids of people and of what is theirs alone, which an answer holds but for `viewer { blocked }`.
async fn reached(actor: &Actor<'_>, schema: &Crawler) -> BTreeSet<String> {
    let mut found = Vec::new();
    for query in schema.queries(false) {
        let mut reply = actor.ask(&schema.document(&query)).await;
        assert!(reply.codes().iter().all(|code| *code == "FORBIDDEN"));
        if query == "viewer" {
            let viewer = reply.body["data"]["viewer"].as_object_mut().unwrap();
            assert!(viewer.remove("blocked").is_some());
        }
        ids(&reply.body, &mut found);
    }
    let of_people = |id: &String| id.starts_with("person_") || id.starts_with("employment_");
    found.into_iter().filter(of_people).collect()
}

#[tokio::test]
async fn nowhere_in_the_schema_is_a_way_to_whoever_blocks_or_is_blocked() {
    let app = TestApp::start_with_demo().await;
    let schema = Crawler::new().await;
    for role in [
        entity::Role::Alumnus,
        entity::Role::Employee,
        entity::Role::Supporter,
        entity::Role::Recruiter,
    ] {
        let actor = app.with_token(&app.token(&seed::subject(role, seed::COMPANIES[0])));
        let me = actor
            .ask("{ viewer { person { ... on Alumnus { id employments { id } } ... on Employee { id employments { id } } } } }")
            .await;
        let mut mine = Vec::new();
        ids(me.data(), &mut mine);
        let mine: BTreeSet<String> = mine.into_iter().collect();
        let own = me.at("/viewer/person/id").as_str().unwrap();
        let own = <PersonId as entity::Id>::parse(own).unwrap();
        let own = person::Entity::find_by_id(own).one(app.connection()).await;
        let own = own.unwrap().unwrap();
        assert!(reached(&actor, &schema).await.len() > mine.len() + 20);
        for blocks in [true, false] {
            let rows = everybody_else(&app, &own).await.into_iter().map(|other| {
                let (blocker_id, blocked_id) = if blocks {
                    (own.id, other)
                } else {
                    (other, own.id)
                };
                let row = block::Model {
                    blocker_id,
                    blocked_id,
                    company_id: own.company_id,
                    created_at: app.clock.now(),
                };
                row.into_active_model()
            });
            let insert = block::Entity::insert_many(rows);
            insert
                .exec_without_returning(app.connection())
                .await
                .unwrap();
            assert_eq!(reached(&actor, &schema).await, mine, "{role:?} {blocks}");
            let gone = block::Entity::delete_many().exec(app.connection()).await;
            assert!(gone.unwrap().rows_affected > 20);
        }
    }
}
