//! Each read of another person's personal fields by office is recorded, once, with what was answered and nothing else.

mod backlog;
mod killed;
mod outside;
mod told;
mod transports;
mod waiting;

use entity::{
    Audience, Intent, MembershipState, PersonId, PersonalField, ProfileField, Role,
    access_log_entry, person_intent,
};
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder};
use serde_json::{Value, json};

use crate::support::{AOZORA, Actor, MERIDIAN, TestApp};

/// What the log holds, oldest first: of whom, and which fields.
async fn entries(app: &TestApp) -> Vec<access_log_entry::Model> {
    app.app.access_log.drain(&app.app.database).await.unwrap();
    let rows = access_log_entry::Entity::find().order_by_asc(access_log_entry::Column::Id);
    rows.all(app.connection()).await.unwrap()
}

pub async fn logged(app: &TestApp) -> Vec<(PersonId, Vec<PersonalField>)> {
    let entries = entries(app).await;
    let fields = |bits: i64| -> Vec<PersonalField> {
        let all = <PersonalField as sea_orm::Iterable>::iter();
        all.filter(|field| bits & (1 << (*field as i64)) != 0)
            .collect()
    };
    entries
        .into_iter()
        .map(|entry| (entry.person_id.unwrap(), fields(entry.fields)))
        .collect()
}

/// The files in a folder and the directories below it.
fn all_files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let below = |path: std::path::PathBuf| {
        if path.is_dir() {
            all_files(&path)
        } else {
            vec![path]
        }
    };
    entries
        .flat_map(|entry| below(entry.unwrap().path()))
        .collect()
}

fn alumnus() -> PersonId {
    AOZORA.person("alumnus")
}

/// Reads the name of the first company's alumnus.
async fn read(actor: &Actor<'_>) {
    let query = "query Card($id: ID!) { alumnus(id: $id) { id displayName } }";
    actor
        .run(query, json!({ "id": alumnus().to_string() }))
        .await
        .data();
}

#[tokio::test]
async fn who_reads_by_office_is_recorded() {
    let app = TestApp::start().await;
    let system = app.system(&["alumni:read"]).await;
    let readers = [
        app.admin(),
        app.hr(),
        app.recruiter(),
        app.supporter(),
        app.operator(),
        system,
    ];
    for (number, reader) in (1..).zip(&readers) {
        read(reader).await;
        assert_eq!(entries(&app).await.len(), number);
    }
    let one = (alumnus(), vec![PersonalField::DisplayName]);
    assert_eq!(logged(&app).await, vec![one; readers.len()]);
    let last = entries(&app).await.pop().unwrap();
    assert_eq!(last.company_id, AOZORA.id());
    assert_eq!(last.reader_kind, entity::ActorKind::ApiKey);
    assert_eq!(last.operation_name.as_deref(), Some("Card"));
    assert_eq!(last.at, app.clock.now());
}

#[tokio::test]
async fn members_employees_and_oneself_are_not() {
    let app = TestApp::start().await;
    let other = app.new_alumnus("other", "").insert().await;
    read(&app.login(&other, Role::Alumnus).await).await;
    read(&app.employee()).await;
    read(&app.alumnus()).await;
    app.alumnus()
        .ask("{ viewer { previewAs(audience: HR) { displayName personalEmail } } }")
        .await
        .data();
    app.hr()
        .ask("{ viewer { person { displayName } } }")
        .await
        .data();
    app.hr()
        .ask("{ alumni { totalCount nodes { id __typename } } }")
        .await
        .data();
    assert_eq!(logged(&app).await, []);
}

#[tokio::test]
async fn a_foreign_and_a_missing_person_leave_nothing() {
    let app = TestApp::start().await;
    let query = "query($id: ID!) { alumnus(id: $id) { displayName } }";
    for id in [MERIDIAN.person("alumnus"), app.clock.new_id()] {
        let reply = app.hr().run(query, json!({ "id": id.to_string() })).await;
        assert_eq!(reply.at("/alumnus"), &Value::Null);
    }
    assert_eq!(logged(&app).await, []);
}

#[tokio::test]
async fn the_fields_are_those_that_were_answered_with_something() {
    let app = TestApp::start().await;
    let hidden = app
        .new_alumnus("山田", "花子")
        .with(|row| {
            row.personal_email = Some("hanako@example.com".into());
            row.phone = Some("090".into());
            let seen = alumni_api::access::visibility::Visibility::CAREFUL
                .shown(ProfileField::Phone, Audience::OnlyMe);
            seen.put(0, row);
        })
        .insert()
        .await;
    let query = "query($id: ID!) { alumnus(id: $id) { id name: displayName mail: personalEmail phone headline links { url } again: personalEmail createdAt } }";
    app.hr()
        .run(query, json!({ "id": hidden.id.to_string() }))
        .await
        .data();
    let fields = vec![PersonalField::DisplayName, PersonalField::PersonalEmail];
    assert_eq!(logged(&app).await, [(hidden.id, fields)]);
}

#[tokio::test]
async fn what_hangs_on_a_person_counts_whichever_way_it_is_read() {
    let app = TestApp::start().await;
    let intent = person_intent::Model {
        person_id: alumnus(),
        company_id: AOZORA.id(),
        intent: Intent::Rehire,
    };
    person_intent::Entity::insert(intent.into_active_model())
        .exec_without_returning(app.connection())
        .await
        .unwrap();
    let query = "query($id: ID!) { node(id: $id) { ... on Alumnus { employments { id } membership { id state } intents skills { name } } } }";
    let reply = app
        .hr()
        .run(query, json!({ "id": alumnus().to_string() }))
        .await;
    let stint = reply.at("/node/employments/0/id").clone();
    let membership = reply.at("/node/membership/id").clone();
    let whole = [
        PersonalField::Employments,
        PersonalField::Membership,
        PersonalField::Intents,
    ];
    assert_eq!(logged(&app).await, [(alumnus(), whole.to_vec())]);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Employment { position } ... on Membership { state } } }";
    app.hr()
        .run(query, json!({ "ids": [stint, membership] }))
        .await
        .data();
    assert_eq!(logged(&app).await[1], (alumnus(), whole[..2].to_vec()));
}

#[tokio::test]
async fn one_operation_is_one_entry_a_person_however_often_they_are_in_it() {
    let app = TestApp::start().await;
    let other = app.new_alumnus("other", "").insert().await;
    let query = "query($id: ID!) { alumni { nodes { familyName } edges { node { givenName } } } alumnus(id: $id) { displayName ...More } } fragment More on Alumnus { headline familyName }";
    let hr = app.hr();
    hr.run(query, json!({ "id": other.id.to_string() }))
        .await
        .data();
    let logged = logged(&app).await;
    let of = |id| logged.iter().filter(move |(person, _)| *person == id);
    assert_eq!(of(alumnus()).count(), 1);
    let fields: Vec<_> = of(other.id).map(|(_, fields)| fields.clone()).collect();
    assert_eq!(
        fields,
        [[
            PersonalField::DisplayName,
            PersonalField::FamilyName,
            PersonalField::GivenName
        ]]
    );
}

#[tokio::test]
async fn people_within_other_things_are_recorded() {
    let app = TestApp::start().await;
    let opportunity = app.new_opportunity("position").insert().await;
    let candidate = app.new_alumnus("candidate", "").insert().await;
    app.new_referral(&opportunity)
        .candidate(&candidate)
        .by(AOZORA.person("employee"))
        .insert()
        .await;
    let query = "{ opportunities { nodes { id } } referrals { nodes { candidate { displayName } referrer { ... on Employee { familyName } } } } }";
    app.recruiter().ask(query).await.data();
    let mut logged = logged(&app).await;
    logged.sort_by_key(|(_, fields)| fields.clone());
    assert_eq!(
        logged,
        [
            (candidate.id, vec![PersonalField::DisplayName]),
            (AOZORA.person("employee"), vec![PersonalField::FamilyName]),
        ]
    );
}

#[tokio::test]
async fn what_a_mutation_answers_is_recorded() {
    let app = TestApp::start().await;
    let candidate = app
        .new_alumnus("candidate", "")
        .state(MembershipState::Candidate)
        .insert()
        .await;
    let invite = "mutation Ask($id: ID!) { membershipInvite(input: { personIds: [$id] }) { results { membership { state } } userErrors { code } } }";
    let id = candidate.id.to_string();
    app.hr().run(invite, json!({ "id": id })).await.data();
    let update = "mutation Mend($id: ID!) { personRecordUpdate(input: { id: $id, familyName: \"new\" }) { person { displayName } userErrors { code field message } } }";
    app.hr().run(update, json!({ "id": id })).await.data();
    assert_eq!(
        logged(&app).await,
        [
            (candidate.id, vec![PersonalField::Membership]),
            (candidate.id, vec![PersonalField::DisplayName]),
        ]
    );
}

#[tokio::test]
async fn bringing_a_record_in_twice_makes_no_second_entry() {
    let app = TestApp::start().await;
    let record = alumni_api::access_log::Record {
        id: uuid::Uuid::from_u128(u128::MAX >> 1),
        company: None,
        reader_kind: entity::ActorKind::Account,
        reader_role: Some(Role::Operator),
        reader_id: uuid::Uuid::from_u128(1),
        operation_name: None,
        request_id: "request".into(),
        at: app.clock.now(),
        people: vec![(alumnus(), 1), (MERIDIAN.person("alumnus"), 2)],
        outsiders: Vec::new(),
    };
    for again in [false, true] {
        alumni_api::access_log::keep(&app.app.database, std::slice::from_ref(&record), again)
            .await
            .unwrap();
    }
    let companies: Vec<_> = entries(&app)
        .await
        .into_iter()
        .map(|entry| (entry.company_id, entry.person_id.unwrap()))
        .collect();
    assert_eq!(
        companies,
        [
            (AOZORA.id(), alumnus()),
            (MERIDIAN.id(), MERIDIAN.person("alumnus"))
        ]
    );
}

#[tokio::test]
async fn what_is_older_than_an_instant_can_be_forgotten() {
    let app = TestApp::start().await;
    read(&app.hr()).await;
    app.clock.advance(chrono::TimeDelta::days(1));
    let instant = app.clock.now();
    read(&app.hr()).await;
    read(&app.actor("recruiter")).await;
    entries(&app).await;
    let database = &app.app.database;
    let forget = async |company| {
        alumni_api::access_log::forget_before(database, company, instant)
            .await
            .unwrap()
    };
    assert_eq!(forget(MERIDIAN.id()).await, 0);
    assert_eq!(forget(AOZORA.id()).await, 1);
    assert_eq!(entries(&app).await.len(), 2);
}

#[tokio::test]
async fn to_what_somebody_said_yes_is_read_of_them_whichever_way() {
    let app = TestApp::start().await;
    let variables = json!({ "id": alumnus().to_string() });
    let history =
        "query($id: ID!) { alumnus(id: $id) { consentHistory(first: 1) { nodes { id } } } }";
    let found = app.hr().run(history, variables.clone()).await;
    let entry = found.at("/alumnus/consentHistory/nodes/0/id").clone();
    assert_eq!(
        logged(&app).await,
        [(alumnus(), vec![PersonalField::Consents])]
    );
    let standing = "query($id: ID!) { alumnus(id: $id) { consents { purpose state } } }";
    let node = "query($id: ID!) { node(id: $id) { ... on ConsentEntry { purpose decision } } }";
    let no = "mutation($id: ID!) { consentRecord(input: { personId: $id, purpose: SURVEY, decision: WITHDRAWN, channel: PHONE }) { consent { state } } }";
    for (query, id) in [
        (standing, &variables["id"]),
        (node, &entry),
        (no, &variables["id"]),
    ] {
        let before = entries(&app).await.len();
        app.hr().run(query, json!({ "id": id })).await.data();
        let after = entries(&app).await;
        assert_eq!(after.len(), before + 1, "{query}");
        assert_eq!(
            logged(&app).await.last().unwrap(),
            &(alumnus(), vec![PersonalField::Consents])
        );
    }
    // of one's own nothing is written, nor where nothing is told
    let before = entries(&app).await.len();
    app.alumnus().run(history, variables.clone()).await.data();
    app.recruiter().run(history, variables).await.data();
    assert_eq!(entries(&app).await.len(), before);
}
