//! The owner looks at their own profile as others see it.

use entity::{MembershipState, Role};

use super::*;

async fn preview(actor: &Actor<'_>, audience: Audience) -> Value {
    let query = format!(
        "{{ viewer {{ previewAs(audience: {}) {{ {PROFILE} employeeNumber membership {{ state }} visibility {{ field }} }} }} }}",
        word(audience)
    );
    actor.ask(&query).await.at("/viewer/previewAs").clone()
}

#[tokio::test]
async fn a_preview_is_what_that_audience_is_shown() {
    let app = TestApp::start().await;
    let id = AOZORA.person("alumnus");
    let other = app.new_alumnus("other", "").insert().await;
    let other = app.login(&other, Role::Alumnus).await;
    let mut row = filled(&app, id, "x").await;
    for (place, field) in FIELDS.into_iter().enumerate() {
        show(&mut row, field, AUDIENCES[place % AUDIENCES.len()]);
    }
    store(&app, &row).await;
    let query = format!(
        "query($id: ID!) {{ alumnus(id: $id) {{ {PROFILE} employeeNumber membership {{ state }} visibility {{ field }} }} }}"
    );
    for (audience, actor) in [
        (Audience::OnlyMe, app.alumnus()),
        (Audience::Hr, app.hr()),
        (Audience::Employees, app.employee()),
        (Audience::Alumni, other),
    ] {
        let seen = actor.run(&query, json!({ "id": id.to_string() })).await;
        let preview = preview(&app.alumnus(), audience).await;
        assert_eq!(&preview, seen.at("/alumnus"), "{audience:?}");
    }
}

#[tokio::test]
async fn members_see_what_employees_and_alumni_both_see() {
    let app = TestApp::start().await;
    let mut row = filled(&app, AOZORA.person("alumnus"), "x").await;
    show_all(&mut row, Audience::Hr);
    show(&mut row, ProfileField::Headline, Audience::Members);
    show(&mut row, ProfileField::Location, Audience::Alumni);
    show(&mut row, ProfileField::Biography, Audience::Employees);
    store(&app, &row).await;
    let preview = preview(&app.alumnus(), Audience::Members).await;
    assert_eq!(preview["headline"], "xheadline");
    assert_eq!(preview["location"], Value::Null);
    assert_eq!(preview["biography"], Value::Null);
}

#[tokio::test]
async fn what_could_not_be_foreseen_is_asked_for_by_the_audience_too() {
    let app = TestApp::start().await;
    let id = AOZORA.person("alumnus");
    let mut row = filled(&app, id, "x").await;
    show(&mut row, ProfileField::Skills, Audience::OnlyMe);
    store(&app, &row).await;
    let event = app.new_event("Meetup").insert().await;
    app.answered(&event, id, entity::ParticipationState::Declined)
        .await;
    // two questions under aliases go to the loader
    let reply = app
        .alumnus()
        .ask("{ viewer { previewAs(audience: ALUMNI) { skills { level }
            a: participations(first: 1) { nodes { state } } b: participations(first: 2) { nodes { state } } } } }")
        .await;
    assert_eq!(
        reply.at("/viewer/previewAs"),
        &json!({ "skills": [], "a": { "nodes": [] }, "b": { "nodes": [] } })
    );
}

#[tokio::test]
async fn whoever_pauses_sees_that_others_do_not_see_them() {
    let app = TestApp::start().await;
    let paused = app.new_alumnus("quiet", "").state(MembershipState::Paused);
    let paused = paused.insert().await;
    let paused = app.login(&paused, Role::Alumnus).await;
    for audience in [Audience::Employees, Audience::Alumni, Audience::Members] {
        assert_eq!(preview(&paused, audience).await, Value::Null);
    }
    for audience in [Audience::OnlyMe, Audience::Hr] {
        assert_eq!(preview(&paused, audience).await["displayName"], "quiet");
    }
}

#[tokio::test]
async fn nobody_but_an_alumnus_has_a_profile_to_preview() {
    let app = TestApp::start().await;
    let system = app.system(&["alumni:read"]).await;
    for actor in [app.anonymous(), app.hr(), app.operator(), system] {
        for audience in AUDIENCES {
            assert_eq!(preview(&actor, audience).await, Value::Null);
        }
    }
}
