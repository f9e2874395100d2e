//! What each consent shows, to whom.

use entity::ConsentPurpose::{
    self, ContractOffers, Directory, JobOffers, ReferralAsCandidate, Survey,
};
use entity::{Intent, person_intent};
use sea_orm::IntoActiveModel;

use super::*;

async fn seen(actor: &Actor<'_>, id: PersonId) -> bool {
    let query = "query($id: ID!) { alumnus(id: $id) { id } }";
    let reply = actor.run(query, json!({ "id": id.to_string() })).await;
    !reply.at("/alumnus").is_null()
}

#[tokio::test]
async fn the_directory_shows_who_consents_to_it_and_hr_shows_everybody() {
    let app = TestApp::start().await;
    member(&app, "in", &[Directory]).await;
    let (out, login) = member(&app, "out", &[Survey]).await;
    for actor in [app.alumnus(), app.employee(), app.supporter()] {
        assert_eq!(directory(&actor).await, ["alumnus", "in"]);
        assert!(!seen(&actor, out.id).await);
    }
    assert_eq!(directory(&app.hr()).await, ["alumnus", "in", "out"]);
    assert!(seen(&login, out.id).await);
    assert_eq!(directory(&login).await, ["alumnus", "in"]);
}

#[tokio::test]
async fn a_recruiter_sees_who_consents_to_offers() {
    let app = TestApp::start().await;
    for (name, purpose) in [
        ("contract", ContractOffers),
        ("directory", Directory),
        ("job", JobOffers),
        ("survey", Survey),
    ] {
        member(&app, name, &[purpose]).await;
    }
    assert_eq!(
        directory(&app.recruiter()).await,
        ["alumnus", "contract", "directory", "job"]
    );
}

#[tokio::test]
async fn an_intent_to_come_back_or_to_work_on_contract_needs_its_purpose() {
    let app = TestApp::start().await;
    let kinds = [Intent::Rehire, Intent::Contract, Intent::Mentor];
    let cases: [(&[ConsentPurpose], Value); 4] = [
        (&[Directory], json!(["MENTOR"])),
        (&[Directory, JobOffers], json!(["MENTOR", "REHIRE"])),
        (&[Directory, ContractOffers], json!(["CONTRACT", "MENTOR"])),
        (
            &[Directory, JobOffers, ContractOffers],
            json!(["CONTRACT", "MENTOR", "REHIRE"]),
        ),
    ];
    for (number, (purposes, expected)) in cases.into_iter().enumerate() {
        let name = format!("n{number}");
        let (person, login) = member(&app, &name, purposes).await;
        for intent in kinds {
            let row = person_intent::Model {
                person_id: person.id,
                intent,
                company_id: person.company_id,
            };
            let insert = person_intent::Entity::insert(row.into_active_model());
            insert
                .exec_without_returning(app.connection())
                .await
                .unwrap();
        }
        let query = "query($id: ID!) { alumnus(id: $id) { intents } }";
        let variables = json!({ "id": person.id.to_string() });
        for actor in [app.recruiter(), app.supporter()] {
            let reply = actor.run(query, variables.clone()).await;
            assert_eq!(reply.at("/alumnus/intents"), &expected, "{name}");
        }
        for actor in [&app.hr(), &login] {
            let reply = actor.run(query, variables.clone()).await;
            let all = json!(["CONTRACT", "MENTOR", "REHIRE"]);
            assert_eq!(reply.at("/alumnus/intents"), &all);
        }
    }
    let filtered = async |intent: &str| {
        let query = format!(
            "{{ alumni(filter: {{ intents: [{intent}] }}) {{ totalCount nodes {{ familyName }} }} }}"
        );
        let reply = app.recruiter().ask(&query).await;
        reply.texts("/alumni/nodes", "familyName")
    };
    assert_eq!(filtered("REHIRE").await, ["n1", "n3"]);
    assert_eq!(filtered("CONTRACT").await, ["n2", "n3"]);
    assert_eq!(filtered("MENTOR").await, ["n0", "n1", "n2", "n3"]);
}

const REFERRALS: &str = "query($ids: [ID!]) { referrals(filter: { candidateIds: $ids }) { totalCount } all: referrals { nodes { recommendation candidate { displayName } } } }";

#[tokio::test]
async fn a_recruiter_learns_who_is_recommended_once_they_consent() {
    let app = TestApp::start().await;
    // seen by recruiters otherwise, and not
    for purposes in [&[Directory][..], &[]] {
        let (person, login) = member(&app, "n", purposes).await;
        let offer = app.new_opportunity("Engineer").insert().await;
        let referral = app
            .new_referral(&offer)
            .candidate(&person)
            .with(|row| row.recommendation = Some("n is good".into()))
            .insert()
            .await;
        let one = "query($id: ID!) { referral(id: $id) { stage recommendation candidate { displayName } } }";
        let variables = json!({ "id": referral.id.to_string() });
        let found = json!({ "ids": [person.id.to_string()] });
        let received = "query($id: ID!) { alumnus(id: $id) { referralsReceived { totalCount nodes { id } } } }";
        let of_person = json!({ "id": person.id.to_string() });
        let recruiter = app.recruiter();
        let reply = recruiter.run(one, variables.clone()).await;
        assert_eq!(
            reply.at("/referral"),
            &json!({ "stage": "SUBMITTED", "recommendation": null, "candidate": null })
        );
        let reply = recruiter.run(REFERRALS, found.clone()).await;
        assert_eq!(reply.at("/referrals/totalCount"), 0);
        if purposes.contains(&Directory) {
            let reply = recruiter.run(received, of_person.clone()).await;
            assert_eq!(reply.at("/alumnus/referralsReceived/totalCount"), 0);
        }
        // HR, the referrer as far as they see people, and whoever it is about
        for actor in [&app.hr(), &login] {
            let reply = actor.run(one, variables.clone()).await;
            assert_eq!(reply.at("/referral/candidate/displayName"), "n");
            assert_eq!(reply.at("/referral/recommendation"), "n is good");
        }
        let reply = app.employee().run(one, variables.clone()).await;
        assert_eq!(reply.at("/referral/recommendation"), "n is good");
        let granted = grants(&login, "REFERRAL_AS_CANDIDATE", 1, "ja").await;
        assert_eq!(granted.user_errors(), "");
        let reply = recruiter.run(one, variables.clone()).await;
        assert_eq!(
            reply.at("/referral"),
            &json!({ "stage": "SUBMITTED", "recommendation": "n is good", "candidate": { "displayName": "n" } })
        );
        let reply = recruiter.run(REFERRALS, found.clone()).await;
        assert_eq!(reply.at("/referrals/totalCount"), 1);
        let reply = recruiter.run(received, of_person.clone()).await;
        assert_eq!(reply.at("/alumnus/referralsReceived/totalCount"), 1);
        withdraws(&login, "REFERRAL_AS_CANDIDATE").await;
        let reply = recruiter.run(one, variables.clone()).await;
        assert!(reply.at("/referral/candidate").is_null());
    }
}

#[tokio::test]
async fn who_consents_to_being_a_candidate_is_not_looked_up_without_a_referral() {
    let app = TestApp::start().await;
    let (person, _) = member(&app, "n", &[ReferralAsCandidate]).await;
    assert!(!seen(&app.recruiter(), person.id).await);
    let offer = app.new_opportunity("Engineer").insert().await;
    app.new_referral(&offer).candidate(&person).insert().await;
    assert!(seen(&app.recruiter(), person.id).await);
    assert!(!seen(&app.employee(), person.id).await);
    assert_eq!(directory(&app.recruiter()).await, ["alumnus"]);
}

#[tokio::test]
async fn whoever_previews_their_profile_sees_what_their_consents_show() {
    let app = TestApp::start().await;
    let (_, login) = member(&app, "n", &[Survey]).await;
    let query = "{ viewer { hr: previewAs(audience: HR) { displayName } employees: previewAs(audience: EMPLOYEES) { displayName } alumni: previewAs(audience: ALUMNI) { displayName } } }";
    let preview = login.ask(query).await;
    assert_eq!(
        preview.at("/viewer"),
        &json!({ "hr": { "displayName": "n" }, "employees": null, "alumni": null })
    );
    grants(&login, "DIRECTORY", 1, "en").await;
    let preview = login.ask(query).await;
    assert_eq!(preview.at("/viewer/employees/displayName"), "n");
    assert_eq!(preview.at("/viewer/alumni/displayName"), "n");
}
