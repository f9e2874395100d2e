//! What holds where a person chose nothing: the company says it, within careful bounds.

use insta::assert_snapshot;

use super::*;
use crate::support::MERIDIAN;

async fn sets(actor: &Actor<'_>, defaults: &[(ProfileField, Audience)]) -> Reply {
    let fields: Vec<Value> = defaults
        .iter()
        .map(|(field, audience)| json!({ "field": word(*field), "audience": word(*audience) }))
        .collect();
    actor
        .run(
            "mutation($id: ID!, $fields: [ProfileFieldAudienceInput!]!) { companyAudiencesUpdate(input: { id: $id, fields: $fields }) {
                company { profileAudiences { field audience } } userErrors { code field message } } }",
            json!({ "id": AOZORA.id().to_string(), "fields": fields }),
        )
        .await
}

#[tokio::test]
async fn a_stricter_default_holds_at_once_for_whoever_chose_nothing() {
    let app = TestApp::start().await;
    let id = AOZORA.person("alumnus");
    filled(&app, id, "x").await;
    let reply = sets(&app.admin(), &[(ProfileField::Headline, Audience::Hr)]).await;
    assert_eq!(reply.user_errors(), "");
    assert!(
        reply
            .at("/companyAudiencesUpdate/company/profileAudiences")
            .as_array()
            .unwrap()
            .contains(&json!({ "field": "HEADLINE", "audience": "HR" }))
    );
    assert!(
        !shown(&app.employee(), id)
            .await
            .contains(&ProfileField::Headline)
    );
    assert!(
        shown(&app.employee(), id)
            .await
            .contains(&ProfileField::Location)
    );
    assert!(shown(&app.hr(), id).await.contains(&ProfileField::Headline));
}

#[tokio::test]
async fn what_somebody_chose_stays_in_both_directions() {
    let app = TestApp::start().await;
    let id = AOZORA.person("alumnus");
    filled(&app, id, "x").await;
    let choices = [
        (ProfileField::Headline, Some(Audience::Members)),
        (ProfileField::Location, Some(Audience::OnlyMe)),
    ];
    chooses(&app, &choices).await.data();
    let stricter = [
        (ProfileField::Headline, Audience::OnlyMe),
        (ProfileField::Location, Audience::Hr),
    ];
    sets(&app.admin(), &stricter).await.data();
    assert!(
        shown(&app.employee(), id)
            .await
            .contains(&ProfileField::Headline)
    );
    assert!(!shown(&app.hr(), id).await.contains(&ProfileField::Location));
    let wider = [
        (ProfileField::Headline, Audience::Members),
        (ProfileField::Location, Audience::Members),
    ];
    sets(&app.admin(), &wider).await.data();
    assert!(!shown(&app.hr(), id).await.contains(&ProfileField::Location));
}

#[tokio::test]
async fn nothing_is_shown_wider_by_default_than_care_allows() {
    let app = TestApp::start().await;
    let wide = [
        (ProfileField::Headline, Audience::Members),
        (ProfileField::PersonalEmail, Audience::Members),
    ];
    let reply = sets(&app.admin(), &wide).await;
    assert_snapshot!(reply.user_errors(), @"REFUSED fields.1.audience: `HR` is the most for those who chose nothing; wider is for each to choose");
}

#[tokio::test]
async fn whoever_comes_later_follows_the_company_as_well() {
    let app = TestApp::start().await;
    sets(&app.admin(), &[(ProfileField::Employments, Audience::Hr)])
        .await
        .data();
    app.hr()
        .ask("mutation { workersSync(input: { source: \"hr\", workers: [{ externalId: \"1\", familyName: \"New\", startedOn: \"2020-04-01\" }] }) { results { status } } }")
        .await
        .data();
    let stored = person::Entity::find().all(app.connection()).await.unwrap();
    let new = stored.iter().find(|row| row.family_name == "New").unwrap();
    let visibility = Visibility::from(new);
    assert_eq!(visibility.audience(ProfileField::Employments), Audience::Hr);
    assert_eq!(new.visibility_chosen, 0);
}

#[tokio::test]
async fn another_company_keeps_its_own() {
    let app = TestApp::start().await;
    sets(&app.admin(), &[(ProfileField::Headline, Audience::Hr)])
        .await
        .data();
    let row = person::Entity::find_by_id(MERIDIAN.person("alumnus"));
    let row = row.one(app.connection()).await.unwrap().unwrap();
    assert_eq!(Visibility::from(&row), Visibility::CAREFUL);
    let foreign = sets(
        &app.actor_of(MERIDIAN, "admin"),
        &[(ProfileField::Headline, Audience::Hr)],
    )
    .await;
    assert_eq!(foreign.codes(), ["NOT_FOUND"]);
}

#[tokio::test]
async fn hr_does_not_set_defaults() {
    let app = TestApp::start().await;
    let reply = sets(&app.hr(), &[(ProfileField::Headline, Audience::Hr)]).await;
    assert_eq!(reply.codes(), ["FORBIDDEN"]);
}
