//! For whom an answer is kept, how long, and what can be told from what is kept.

use alumni_api::jobs::{JOBS, run_if_due};
use chrono::TimeDelta;
use entity::idempotency_key;
use sea_orm::EntityTrait;

use super::*;

const CREATE: &str =
    "mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { secret } }";

async fn rows(app: &TestApp) -> Vec<idempotency_key::Model> {
    let all = idempotency_key::Entity::find();
    all.all(app.connection()).await.unwrap()
}

#[tokio::test]
async fn keys_are_each_viewers_own() {
    let app = TestApp::start().await;
    let input = referral(&app).await;
    let (hr, admin) = (app.hr(), app.admin());
    let mine = send(&app, &hr, "one", SUBMIT, &input).await;
    let theirs = send(&app, &admin, "one", SUBMIT, &input).await;
    assert_eq!([replayed(&mine), replayed(&theirs)], [false, false]);
    assert_eq!(theirs.at("/referralSubmit/referral/stage"), "DUPLICATE");
    // who is nobody is told nothing of it, and nothing of another nobody's
    let nobody = app.anonymous();
    let other = referral(&app).await;
    for input in [&input, &other, &input] {
        let reply = send(&app, &nobody, "one", SUBMIT, input).await;
        assert_eq!(reply.codes(), ["UNAUTHENTICATED"]);
    }
    // nor can they fill the table with it
    assert_eq!(rows(&app).await.len(), 2);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let app = TestApp::start().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    let first = send(&app, &hr, "one", SUBMIT, &input).await;
    app.clock
        .advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    let hr = app.hr();
    let late = send(&app, &hr, "one", SUBMIT, &input).await;
    assert_eq!((replayed(&late), late.data()), (&json!(true), first.data()));
    app.clock.advance(TimeDelta::seconds(1));
    let hr = app.hr();
    let later = send(&app, &hr, "one", SUBMIT, &input).await;
    assert_eq!(replayed(&later), false);
    assert_eq!(later.at("/referralSubmit/referral/stage"), "DUPLICATE");
    assert_eq!(rows(&app).await.len(), 1);
    app.clock.advance(TimeDelta::hours(24));
    let job = JOBS.iter().find(|job| job.name == "idempotency.expire");
    assert!(run_if_due(&app.app, *job.unwrap()).await.unwrap());
    assert_eq!(rows(&app).await, []);
}

#[tokio::test]
async fn what_is_kept_tells_neither_the_answer_nor_the_key() {
    let app = TestApp::start().await;
    let (admin, input) = (
        app.admin(),
        json!({ "name": "HRIS", "scopes": ["WORKERS_SYNC"] }),
    );
    let key = "8e03978e-40d5-43dd-bc93-6894a57f9324";
    let first = send(&app, &admin, key, CREATE, &input).await;
    let again = send(&app, &admin, key, CREATE, &input).await;
    assert_eq!(
        (replayed(&again), again.data()),
        (&json!(true), first.data())
    );
    let secret = first.at("/apiKeyCreate/secret").as_str().unwrap();
    let [row] = rows(&app).await.try_into().unwrap();
    let held = [row.hash, row.request_hash, row.answer.unwrap()].concat();
    for told in [secret, &secret[3..11], key, "apiKeyCreate", "HRIS"] {
        let found = held.windows(told.len()).any(|part| part == told.as_bytes());
        assert!(!found, "{told}");
    }
}

#[tokio::test]
async fn a_key_taken_back_under_a_key_is_of_no_use_at_once() {
    let app = TestApp::start().await;
    let (admin, input) = (
        app.admin(),
        json!({ "name": "HRIS", "scopes": ["ALUMNI_READ"] }),
    );
    let query = "mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { apiKey { id } secret } }";
    let made = send(&app, &admin, "make", query, &input).await;
    let system = app.with_token(made.at("/apiKeyCreate/secret").as_str().unwrap());
    system.ask("{ viewer { kind } }").await.data();
    let query =
        "mutation($input: ApiKeyRevokeInput!) { apiKeyRevoke(input: $input) { apiKey { id } } }";
    let input = json!({ "id": made.at("/apiKeyCreate/apiKey/id") });
    send(&app, &admin, "revoke", query, &input).await.data();
    let reply = system.ask("{ viewer { kind } }").await;
    assert_eq!(reply.codes(), ["UNAUTHENTICATED"]);
}

#[tokio::test]
async fn telling_again_is_reading_again() {
    let app = TestApp::start().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    for _ in 0..2 {
        send(&app, &hr, "one", SUBMIT, &input).await.data();
    }
    app.app.access_log.drain(&app.app.database).await.unwrap();
    let entries = entity::access_log_entry::Entity::find();
    let entries = entries.all(app.connection()).await.unwrap();
    let alumnus = AOZORA.person("alumnus");
    let requests: std::collections::BTreeSet<_> = entries
        .iter()
        .filter(|entry| entry.person_id == Some(alumnus))
        .map(|entry| &entry.request_id)
        .collect();
    assert_eq!(requests.len(), 2, "{entries:?}");
}

#[tokio::test]
async fn it_is_also_for_who_has_lost_the_office_since() {
    use sea_orm::{ColumnTrait, QueryFilter};
    let app = TestApp::start().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    let first = send(&app, &hr, "one", SUBMIT, &input).await;
    entity::account::Entity::update_many()
        .col_expr(entity::account::Column::Roles, entity::Roles(vec![]).into())
        .filter(entity::account::Column::Subject.eq("hr@aozora"))
        .exec(app.connection())
        .await
        .unwrap();
    // another process, which does not remember the login
    let other = app.another_instance().await;
    let again = send(&other, &other.hr(), "one", SUBMIT, &input).await;
    assert_eq!(
        (replayed(&again), again.data()),
        (&json!(true), first.data())
    );
    let mut logged = Vec::new();
    for instance in [&app, &other] {
        let drained = instance.app.access_log.drain(&instance.app.database).await;
        logged.push(drained.unwrap());
    }
    assert_eq!(logged, [1, 1]);
}

#[tokio::test]
async fn what_who_is_nobody_did_is_kept_too() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let invite =
        "mutation($input: CandidateInviteInput!) { candidateInvite(input: $input) { token } }";
    let input = json!({ "opportunityId": position.id.to_string(), "name": "佐藤 健", "email": "sato@example.com" });
    let invited = app.alumnus().run(invite, json!({ "input": input })).await;
    let token = invited.at("/candidateInvite/token");
    let give = "mutation($input: CandidateConsentGiveInput!) { candidateConsentGive(input: $input) { consentRequest { state } userErrors { code } } }";
    let input = json!({ "token": token, "noticeVersion": 1, "language": "ja" });
    let nobody = app.anonymous();
    let first = send(&app, &nobody, "one", give, &input).await;
    assert_eq!(
        first.at("/candidateConsentGive/consentRequest/state"),
        "ACCEPTED"
    );
    let again = send(&app, &nobody, "one", give, &input).await;
    assert_eq!(
        (replayed(&again), again.data()),
        (&json!(true), first.data())
    );
    assert_eq!(rows(&app).await.len(), 1);
}

#[tokio::test]
async fn who_is_erased_is_in_no_kept_answer() {
    let app = TestApp::start().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    send(&app, &hr, "one", SUBMIT, &input).await.data();
    let query = "mutation($input: DataRequestOpenInput!) { dataRequestOpen(input: $input) { dataRequest { state } userErrors { code message } } }";
    let input_of_erasure = json!({ "kind": "ERASURE", "confirm": true });
    let leaver = app.alumnus();
    let erased = send(&app, &leaver, "erase", query, &input_of_erasure).await;
    assert_eq!(erased.at("/dataRequestOpen/userErrors"), &json!([]));
    let again = send(&app, &hr, "one", SUBMIT, &input).await;
    let (message, retryable) = refusal(&again);
    assert_eq!(
        message,
        "This was done before with the same idempotency key; what it answered is kept no more."
    );
    assert_eq!(retryable, false);
    // the login ended with the erasure
    let reply = send(&app, &leaver, "erase", query, &input_of_erasure).await;
    assert_eq!(reply.codes(), ["FORBIDDEN"]);
}
