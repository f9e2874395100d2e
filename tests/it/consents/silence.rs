//! An attacker's question: is there anything by which a member who consents to nothing differs from somebody who is no member? Everything that can be asked about a person is
//! asked twice and compared.

use entity::{ConsentPurpose, Standing};
use sea_orm::ActiveValue::Set;

use super::*;
use crate::blocks::silence::{answers, difference, reading, traces, writing};
use crate::support::Crawler;

/// Compares, for a viewer, a member who consents to nothing that shows them with somebody who was never asked.
async fn nothing_tells(role: &str) {
    let app = TestApp::start().await;
    let (own, actor) = (AOZORA.person(role), app.actor(role));
    let other = app
        .new_alumnus("aaa", "")
        .consents(&[
            ConsentPurpose::Membership,
            ConsentPurpose::Survey,
            ConsentPurpose::EmailNews,
        ])
        .insert()
        .await;
    let traces = traces(&app, other, own).await;
    let id = traces.person.id;
    let all = async || answers(&actor, [reading(&traces), writing(&traces)].concat()).await;
    let hidden = all().await;
    app.change_person(id, |row| row.standing = Set(Standing::Candidate))
        .await;
    assert_eq!(difference(&hidden, &all().await), None, "{role}");
    app.change_person(id, |row| {
        (row.standing, row.consents) = (Set(Standing::Active), Set(1023));
    })
    .await;
    let reads = answers(&actor, reading(&traces)).await;
    assert!(
        difference(&hidden, &reads).is_some(),
        "nothing of the person is seen by {role}"
    );
}

#[tokio::test]
async fn an_alumnus_cannot_tell_who_is_not_in_the_directory_from_who_is_no_member() {
    nothing_tells("alumnus").await;
}

#[tokio::test]
async fn an_employee_cannot_tell_who_is_not_in_the_directory_from_who_is_no_member() {
    nothing_tells("employee").await;
}

#[tokio::test]
async fn a_recruiter_cannot_tell_who_takes_no_offers_from_who_is_no_member() {
    nothing_tells("recruiter").await;
}

#[tokio::test]
async fn a_supporter_cannot_tell_who_is_not_in_the_directory_from_who_is_no_member() {
    nothing_tells("supporter").await;
}

#[tokio::test]
async fn a_cursor_of_somebody_who_withdrew_since_stays_good() {
    let app = TestApp::start().await;
    let mut logins = Vec::new();
    for name in ["a1", "a2", "a3", "a4"] {
        logins.push(member(&app, name, &[ConsentPurpose::Directory]).await.1);
    }
    let page = "query($after: String) { alumni(first: 2, after: $after) { nodes { familyName } pageInfo { endCursor } } }";
    let first = app.alumnus().run(page, json!({})).await;
    withdraws(&logins[1], "DIRECTORY").await;
    withdraws(&logins[2], "DIRECTORY").await;
    let after = first.at("/alumni/pageInfo/endCursor");
    let next = app.alumnus().run(page, json!({ "after": after })).await;
    assert_eq!(next.texts("/alumni/nodes", "familyName"), ["a4", "alumnus"]);
}

#[tokio::test]
async fn no_field_of_the_schema_names_who_consents_to_nothing() {
    let app = TestApp::start().await;
    let (person, _) = member(&app, "zqx", &[]).await;
    let event = app.new_event("Meetup");
    let event = event
        .with(|row| row.host_id = Some(person.id))
        .insert()
        .await;
    app.answered(&event, person.id, entity::ParticipationState::Going)
        .await;
    let offer = app.new_opportunity("Engineer");
    let offer = offer
        .with(|row| row.contact_id = Some(person.id))
        .insert()
        .await;
    app.new_referral(&offer)
        .candidate(&person)
        .with(|row| row.recommendation = Some("zqx it is".into()))
        .by(AOZORA.person("hr"))
        .insert()
        .await;
    let schema = Crawler::new().await;
    let holds = async |actor: &Actor<'_>| {
        let mut answers = String::new();
        for query in schema.queries(false) {
            answers += &actor.ask(&schema.document(&query)).await.body.to_string();
        }
        answers.contains("zqx") || answers.contains(&person.id.to_string())
    };
    assert!(holds(&app.hr()).await);
    let system = app
        .system(&["events:read", "referrals:read", "opportunities:read"])
        .await;
    for actor in [
        app.alumnus(),
        app.employee(),
        app.recruiter(),
        app.supporter(),
        app.stranger(),
        system,
    ] {
        assert!(!holds(&actor).await);
    }
}

#[tokio::test]
async fn a_follower_of_changes_without_alumni_read_learns_of_nobody() {
    let app = TestApp::start().await;
    let (_, login) = member(&app, "zqx", &[]).await;
    grants(&login, "SURVEY", 1, "en").await;
    let follower = app.system(&["changes:read"]).await;
    let query = "query($id: ID!) { node(id: $id) { id } }";
    let change = app.changes().await.pop().unwrap();
    for id in [
        entity::ConsentId(change.subject_id).to_string(),
        change.person_id.unwrap().to_string(),
    ] {
        let reply = follower.run(query, json!({ "id": id })).await;
        assert!(reply.at("/node").is_null());
    }
}
