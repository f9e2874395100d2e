//! Each field of a profile is shown to the audience its owner gave it, and to nobody else by any way.

mod choices;
mod defaults;
mod oracle;
mod preview;
mod silence;

use alumni_api::access::visibility::{FIELDS, Visibility, bit};
use alumni_api::alumni::read_anew;
use entity::{Audience, Intent, Link, Links, PersonId, ProfileField, person, person_intent};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use crate::support::{AOZORA, Actor, Reply, TestApp};

const AUDIENCES: [Audience; 5] = [
    Audience::OnlyMe,
    Audience::Hr,
    Audience::Employees,
    Audience::Alumni,
    Audience::Members,
];

/// Everything of a profile that has an audience.
const PROFILE: &str = "id displayName personalEmail phone otherName location currentEmployer currentTitle headline biography links { url } languages skills { skill { name } } intents leftOn employments { startedOn }";

/// The word of the schema.
fn word(value: impl sea_orm::ActiveEnum<Value = String>) -> String {
    value.to_value()
}

/// Says for the world's alumnus who sees what.
async fn chooses(app: &TestApp, choices: &[(ProfileField, Option<Audience>)]) -> Reply {
    let fields: Vec<Value> = choices
        .iter()
        .map(|(field, audience)| json!({ "field": word(*field), "audience": audience.map(word) }))
        .collect();
    app.alumnus()
        .run(
            "mutation($fields: [ProfileFieldVisibilityInput!]!) { profileVisibilityUpdate(input: { fields: $fields }) {
                alumnus { visibility { field audience chosen } } userErrors { code field message } } }",
            json!({ "fields": fields }),
        )
        .await
}

/// A profile in which nothing is left out, all of it marked with a text.
async fn filled(app: &TestApp, id: PersonId, mark: &str) -> person::Model {
    let found = person::Entity::find_by_id(id).one(app.connection()).await;
    let mut row = found.unwrap().unwrap();
    fill(&mut row, mark);
    store(app, &row).await;
    app.give_skill(row.company_id, id, &format!("{mark}skill"))
        .await;
    intends(app, &row, Intent::Rehire).await;
    row
}

fn fill(row: &mut person::Model, mark: &str) {
    let text = |what: &str| Some(format!("{mark}{what}"));
    row.personal_email = text("mail@example.com");
    row.phone = text("phone");
    row.other_name = text("other");
    row.location = text("place");
    row.current_employer = text("employer");
    row.current_title = text("title");
    row.headline = text("headline");
    row.biography = text("biography");
    row.links = Links(vec![Link {
        label: "Web".into(),
        url: format!("https://{mark}.example.com"),
    }]);
    row.languages.0 = vec![format!("x-{mark}")];
}

async fn intends(app: &TestApp, row: &person::Model, intent: Intent) {
    let row = person_intent::Model {
        person_id: row.id,
        intent,
        company_id: row.company_id,
    };
    let insert = person_intent::Entity::insert(row.into_active_model());
    insert
        .exec_without_returning(app.connection())
        .await
        .unwrap();
}

/// Stores a row as it is, found by what it says now.
async fn store(app: &TestApp, row: &person::Model) {
    let mut row = row.clone();
    read_anew(&mut row);
    let row = row.into_active_model().reset_all();
    row.update(app.connection()).await.unwrap();
}

/// Shows every field of a row to an audience, as far as that can be chosen.
fn show_all(row: &mut person::Model, audience: Audience) {
    for field in FIELDS {
        show(row, field, audience);
    }
}

fn show(row: &mut person::Model, field: ProfileField, audience: Audience) {
    let audience = match (field, audience) {
        (ProfileField::Employments, Audience::OnlyMe) => Audience::Hr,
        _ => audience,
    };
    let chosen = row.visibility_chosen | bit(field);
    Visibility::from(&*row)
        .shown(field, audience)
        .put(chosen, row);
}

/// The fields of an alumnus that an actor is shown something of.
async fn shown(actor: &Actor<'_>, id: PersonId) -> Vec<ProfileField> {
    let query = format!("query($id: ID!) {{ alumnus(id: $id) {{ {PROFILE} }} }}");
    let reply = actor.run(&query, json!({ "id": id.to_string() })).await;
    let profile = reply.at("/alumnus");
    FIELDS
        .into_iter()
        .filter(|field| {
            let value = &profile[alumni_api::access::visibility::name(*field)];
            !value.is_null() && value != &json!([])
        })
        .collect()
}

/// Who sees a field that is shown to an audience, by role.
fn sees(role: &str, field: ProfileField, audience: Audience) -> bool {
    use Audience::{Alumni, Employees, Hr, Members};
    // who matches people with offers sees intents as staff do
    let matches_offers =
        field == ProfileField::Intents && matches!(role, "recruiter" | "supporter");
    match role {
        "hr" | "admin" => matches!(audience, Hr | Employees | Alumni | Members),
        _ if matches_offers => matches!(audience, Hr | Employees | Alumni | Members),
        "recruiter" | "supporter" | "employee" => matches!(audience, Employees | Members),
        _ => matches!(audience, Alumni | Members),
    }
}

#[tokio::test]
async fn each_audience_sees_what_is_shown_to_it_and_nothing_else() {
    let app = TestApp::start().await;
    let id = AOZORA.person("alumnus");
    let other = app.new_alumnus("other", "").insert().await;
    let other = app.login(&other, entity::Role::Alumnus).await;
    let mut row = filled(&app, id, "x").await;
    for audience in AUDIENCES {
        show_all(&mut row, audience);
        store(&app, &row).await;
        for role in ["admin", "hr", "recruiter", "supporter", "employee"] {
            let expected = FIELDS.into_iter().filter(|field| match field {
                ProfileField::Employments if audience == Audience::OnlyMe => {
                    sees(role, *field, Audience::Hr)
                }
                _ => sees(role, *field, audience),
            });
            let (seen, expected) = (
                shown(&app.actor(role), id).await,
                expected.collect::<Vec<_>>(),
            );
            assert_eq!(seen, expected, "{role} {audience:?}");
        }
        let expected = FIELDS
            .into_iter()
            .filter(|field| sees("alumnus", *field, audience));
        assert_eq!(
            shown(&other, id).await,
            expected.collect::<Vec<_>>(),
            "{audience:?}"
        );
        assert_eq!(shown(&app.alumnus(), id).await, FIELDS, "{audience:?}");
    }
}

#[tokio::test]
async fn a_system_sees_what_is_shown_to_staff() {
    let app = TestApp::start().await;
    let id = AOZORA.person("alumnus");
    let mut row = filled(&app, id, "x").await;
    let system = app.system(&["alumni:read"]).await;
    show_all(&mut row, Audience::Hr);
    store(&app, &row).await;
    assert_eq!(shown(&system, id).await, FIELDS);
    show_all(&mut row, Audience::OnlyMe);
    store(&app, &row).await;
    assert_eq!(shown(&system, id).await, [ProfileField::Employments]);
}

#[tokio::test]
async fn names_are_shown_to_whoever_sees_the_person_at_all() {
    let app = TestApp::start().await;
    let person = app.new_alumnus("山田", "花子").kana("ヤマダ", "ハナコ");
    let person = person
        .with(|row| show_all(row, Audience::OnlyMe))
        .insert()
        .await;
    let reply = app
        .alumnus()
        .run(
            "query($id: ID!) { alumnus(id: $id) { displayName familyNameKana givenNameKana } }",
            json!({ "id": person.id.to_string() }),
        )
        .await;
    assert_eq!(
        reply.at("/alumnus"),
        &json!({ "displayName": "山田 花子", "familyNameKana": "ヤマダ", "givenNameKana": "ハナコ" })
    );
}
