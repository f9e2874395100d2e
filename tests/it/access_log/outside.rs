//! What is read of candidates: of alumni in their own log, of people outside by their referral.

use entity::ReferralId;

use super::*;

const REFERRALS: &str = "query Candidates { referrals { nodes { id stage candidateName candidateEmail recommendation } } }";

fn gid(id: ReferralId) -> Value {
    json!(id.to_string())
}

#[tokio::test]
async fn what_is_held_of_someone_outside_is_recorded_by_the_referral() {
    let app = TestApp::start().await;
    let opportunity = app.new_opportunity("position").insert().await;
    let outsider = app
        .new_referral(&opportunity)
        .outsider("Outside Person", "outside@example.com")
        .insert()
        .await;
    let system = app.system(&["referrals:read"]).await;
    for reader in [&app.recruiter(), &app.hr(), &app.operator(), &system] {
        reader.ask(REFERRALS).await.data();
    }
    app.hr()
        .ask("{ referrals { nodes { id stage } } }")
        .await
        .data();
    let all = entries(&app).await;
    assert_eq!(all.len(), 4);
    for entry in &all {
        assert_eq!(
            (entry.company_id, entry.person_id, entry.referral_id),
            (AOZORA.id(), None, Some(outsider.id))
        );
    }
    let query = "query($of: [ID!], $fields: [PersonalField!]) { accessLog(filter: { referralIds: $of, fields: $fields }) { totalCount nodes { personId person { id } referralId readerRole fields } } }";
    let asked = json!({ "of": [gid(outsider.id)], "fields": ["CANDIDATE_EMAIL"] });
    let reply = app.admin().run(query, asked).await;
    assert_eq!(reply.at("/accessLog/totalCount"), &json!(4));
    assert_eq!(
        reply.at("/accessLog/nodes/3"),
        &json!({ "personId": null, "person": null, "referralId": gid(outsider.id), "readerRole": "RECRUITER", "fields": ["CANDIDATE_NAME", "CANDIDATE_EMAIL"] })
    );
    let other = json!({ "of": [gid(app.clock.new_id())] });
    let reply = app.admin().run(query, other).await;
    assert_eq!(reply.at("/accessLog/totalCount"), &json!(0));
}

#[tokio::test]
async fn a_recommendation_of_an_alumnus_is_a_field_of_theirs() {
    let app = TestApp::start().await;
    let opportunity = app.new_opportunity("position").insert().await;
    app.new_referral(&opportunity)
        .with(|row| row.recommendation = Some("knows the work".into()))
        .insert()
        .await;
    app.recruiter().ask(REFERRALS).await.data();
    assert_eq!(
        logged(&app).await,
        [(alumnus(), vec![PersonalField::Recommendation])]
    );
}

#[tokio::test]
async fn who_recommends_and_who_is_recommended_read_what_is_theirs() {
    let app = TestApp::start().await;
    let opportunity = app.new_opportunity("position").insert().await;
    app.new_referral(&opportunity)
        .outsider("Outside Person", "outside@example.com")
        .insert()
        .await;
    app.new_referral(&opportunity)
        .with(|row| row.recommendation = Some("knows the work".into()))
        .insert()
        .await;
    let query =
        "{ viewer { referrals { nodes { candidateName candidateEmail recommendation } } } }";
    app.employee().ask(query).await;
    app.alumnus().ask(query).await;
    assert_eq!(entries(&app).await, []);
}

#[tokio::test]
async fn how_a_candidate_fared_is_read_of_them() {
    let app = TestApp::start().await;
    let opportunity = app.new_opportunity("position").insert().await;
    app.new_referral(&opportunity).insert().await;
    let outsider = app
        .new_referral(&opportunity)
        .outsider("Outside Person", "outside@example.com")
        .insert()
        .await;
    app.hr()
        .ask("{ referrals { nodes { steps { toStage note } } } }")
        .await
        .data();
    let read: Vec<_> = entries(&app)
        .await
        .into_iter()
        .map(|entry| {
            let fields = alumni_api::access_log::fields(entry.fields);
            (entry.person_id, entry.referral_id, fields)
        })
        .collect();
    let fields = vec![PersonalField::ReferralSteps];
    assert_eq!(read.len(), 2);
    assert!(read.contains(&(Some(alumnus()), None, fields.clone())));
    assert!(read.contains(&(None, Some(outsider.id), fields)));
}
