//! What the owner of a profile chooses, and who is told of it.

use insta::assert_snapshot;

use super::*;

#[tokio::test]
async fn a_choice_holds_from_the_next_query_on_and_is_told_to_its_owner_alone() {
    let app = TestApp::start().await;
    let id = AOZORA.person("alumnus");
    filled(&app, id, "x").await;
    let reply = chooses(&app, &[(ProfileField::Location, Some(Audience::Hr))]).await;
    assert_eq!(reply.user_errors(), "");
    let told = reply.at("/profileVisibilityUpdate/alumnus/visibility");
    assert_eq!(told.as_array().unwrap().len(), FIELDS.len());
    assert!(
        told.as_array()
            .unwrap()
            .contains(&json!({ "field": "LOCATION", "audience": "HR", "chosen": true }))
    );
    assert!(
        told.as_array()
            .unwrap()
            .contains(&json!({ "field": "HEADLINE", "audience": "MEMBERS", "chosen": false }))
    );
    assert!(shown(&app.hr(), id).await.contains(&ProfileField::Location));
    assert!(
        !shown(&app.employee(), id)
            .await
            .contains(&ProfileField::Location)
    );
    let query = "query($id: ID!) { alumnus(id: $id) { visibility { field } } }";
    for actor in [app.hr(), app.employee(), app.operator()] {
        let reply = actor.run(query, json!({ "id": id.to_string() })).await;
        assert_eq!(reply.at("/alumnus/visibility"), &Value::Null);
    }
}

#[tokio::test]
async fn a_choice_taken_back_follows_the_company_again() {
    let app = TestApp::start().await;
    chooses(&app, &[(ProfileField::Phone, Some(Audience::Members))])
        .await
        .data();
    let reply = chooses(&app, &[(ProfileField::Phone, None)]).await;
    let told = reply.at("/profileVisibilityUpdate/alumnus/visibility");
    assert!(
        told.as_array()
            .unwrap()
            .contains(&json!({ "field": "PHONE", "audience": "HR", "chosen": false }))
    );
}

#[tokio::test]
async fn employments_cannot_be_hidden_from_staff() {
    let app = TestApp::start().await;
    let reply = chooses(&app, &[(ProfileField::Employments, Some(Audience::OnlyMe))]).await;
    assert_snapshot!(reply.user_errors(), @"REFUSED fields.0.audience: the company holds the facts of employment itself: `HR` is the least");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn a_field_stands_once_in_a_choice() {
    let app = TestApp::start().await;
    let twice = [
        (ProfileField::Phone, Some(Audience::Hr)),
        (ProfileField::Phone, Some(Audience::Members)),
    ];
    let reply = chooses(&app, &twice).await;
    assert_snapshot!(reply.user_errors(), @"INVALID fields.1.field: stands here a second time");
}

#[tokio::test]
async fn only_an_alumnus_chooses_and_only_for_themselves() {
    let app = TestApp::start().await;
    let system = app.system(&["alumni:read", "alumni:write"]).await;
    let mutation = "mutation { profileVisibilityUpdate(input: { fields: [{ field: PHONE, audience: MEMBERS }] }) { userErrors { code } } }";
    for actor in [
        app.hr(),
        app.admin(),
        app.employee(),
        app.operator(),
        system,
    ] {
        assert_eq!(actor.ask(mutation).await.codes(), ["FORBIDDEN"]);
    }
    assert_eq!(
        app.anonymous().ask(mutation).await.codes(),
        ["UNAUTHENTICATED"]
    );
}

#[tokio::test]
async fn an_old_version_is_refused() {
    let app = TestApp::start().await;
    let reply = app
        .alumnus()
        .ask("mutation { profileVisibilityUpdate(input: { expectedVersion: 7, fields: [{ field: PHONE, audience: MEMBERS }] }) { userErrors { code field message } } }")
        .await;
    assert!(reply.user_errors().starts_with("STALE_VERSION"));
}

#[tokio::test]
async fn whoever_follows_changes_hears_what_reads_differently_and_not_what_was_chosen() {
    let app = TestApp::start().await;
    let choices = [
        (ProfileField::Phone, Some(Audience::OnlyMe)),
        (ProfileField::Headline, Some(Audience::Alumni)),
    ];
    chooses(&app, &choices).await.data();
    let told: Vec<_> = app
        .changes()
        .await
        .into_iter()
        .map(|change| (change.kind, change.fields.0))
        .collect();
    assert_eq!(
        told,
        [
            (
                "person.visibility_updated".to_owned(),
                vec!["phone".to_owned(), "headline".to_owned()]
            ),
            (
                "person.profile_updated".to_owned(),
                vec!["phone".to_owned()]
            ),
        ]
    );
    assert!(alumni_api::outbox::PRIVATE.contains(&"person.visibility_updated"));
}

#[tokio::test]
async fn an_edit_of_what_is_hidden_from_staff_is_told_to_nobody_else() {
    let app = TestApp::start().await;
    let hidden = [
        (ProfileField::Phone, Some(Audience::OnlyMe)),
        (ProfileField::Skills, Some(Audience::OnlyMe)),
    ];
    chooses(&app, &hidden).await.data();
    let before = app.changes().await.len();
    app.alumnus()
        .ask("mutation { alumnusProfileUpdate(input: { phone: \"0312345678\", headline: \"New\" }) { userErrors { message } } }")
        .await
        .data();
    app.alumnus()
        .ask("mutation { skillAdd(input: { name: \"Zither\", level: BASIC }) { userErrors { message } } }")
        .await
        .data();
    let changes = app.changes().await.split_off(before);
    let told: Vec<_> = changes
        .iter()
        .map(|change| (change.kind.as_str(), change.fields.0.join(" ")))
        .collect();
    assert_eq!(
        told,
        [
            ("person.profile_updated", "headline".to_owned()),
            ("person.profile_updated_privately", "phone".to_owned()),
            ("skill.created", String::new()),
            ("person.profile_updated_privately", "skills".to_owned()),
        ]
    );
}
