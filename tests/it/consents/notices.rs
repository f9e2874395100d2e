//! What people are told, and that a new notice asks again.

use entity::ConsentPurpose;

use super::*;

const NOTICES: &str = "{ company { consentNotices { purpose version effectiveFrom title(language: \"ja-JP\") texts { language hash } } } }";

#[tokio::test]
async fn a_company_that_published_none_has_the_services_own() {
    let app = TestApp::start().await;
    let reply = app.alumnus().ask(NOTICES).await;
    let notices = reply.at("/company/consentNotices").as_array().unwrap();
    assert_eq!(notices.len(), 10);
    for notice in notices {
        assert_eq!(notice["version"], 1);
        assert!(notice["effectiveFrom"].is_null());
        let languages: Vec<_> = notice["texts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|text| text["language"].as_str().unwrap())
            .collect();
        assert_eq!(languages, ["en", "ja"]);
    }
    assert_eq!(notices[1]["title"], "名簿に載ること");
}

#[tokio::test]
async fn a_new_notice_asks_everybody_again() {
    let app = TestApp::start().await;
    let (person, login) = member(&app, "n", &[ConsentPurpose::Directory]).await;
    let reply = publishes(&app.hr(), "DIRECTORY", true).await;
    assert_eq!(
        reply.at("/consentNoticePublish/notice"),
        &json!({ "version": 2, "requiresRenewal": true, "title": "Directory", "text": "新しい説明" })
    );
    assert_eq!(directory(&app.employee()).await, Vec::<String>::new());
    assert_eq!(
        stands(&login).await,
        "MEMBERSHIP GRANTED\nDIRECTORY SUPERSEDED"
    );
    let asked = login
        .ask("{ viewer { consents { notice { version } } } }")
        .await;
    assert_eq!(asked.at("/viewer/consents/1/notice/version"), 2);
    assert_snapshot!(grants(&login, "DIRECTORY", 1, "ja").await.user_errors(), @"STALE_VERSION noticeVersion: the notice that holds now is version 2: show that one and ask again");
    assert_eq!(grants(&login, "DIRECTORY", 2, "ja").await.user_errors(), "");
    assert_eq!(directory(&app.employee()).await, ["n"]);
    assert_snapshot!(entries(&app, person.id).await, @r"
    1 Membership Granted 1 en
    2 Directory Granted 1 en
    3 Directory Granted 2 ja
    ");
    let shown = login
        .ask("{ viewer { consents { latest { textHash notice { version texts { hash } } } } } }")
        .await;
    let latest = shown.at("/viewer/consents/1/latest");
    assert_eq!(latest["notice"]["version"], 2);
    assert_eq!(latest["notice"]["texts"][1]["hash"], latest["textHash"]);
    assert_eq!(
        app.change_kinds().await,
        ["notice.published", "consent.granted"]
    );
}

#[tokio::test]
async fn a_notice_that_changes_nothing_for_them_asks_nobody() {
    let app = TestApp::start().await;
    let (_, login) = member(&app, "n", &[ConsentPurpose::Directory]).await;
    publishes(&app.admin(), "DIRECTORY", false).await;
    assert_eq!(
        stands(&login).await,
        "MEMBERSHIP GRANTED\nDIRECTORY GRANTED"
    );
    assert_eq!(directory(&app.employee()).await, ["alumnus", "n"]);
}

#[tokio::test]
async fn a_notice_is_its_companys_alone() {
    let app = TestApp::start().await;
    let there = app.actor_of(MERIDIAN, "alumnus");
    publishes(&app.hr(), "DIRECTORY", true).await;
    let reply = there.ask(NOTICES).await;
    assert_eq!(reply.at("/company/consentNotices/1/version"), 1);
    assert_eq!(bits(&app, MERIDIAN.person("alumnus")).await, 1023);
    assert_snapshot!(grants(&there, "DIRECTORY", 2, "ja").await.user_errors(), @"STALE_VERSION noticeVersion: the notice that holds now is version 1: show that one and ask again");
    assert_eq!(bits(&app, AOZORA.person("alumnus")).await, 1023 - 2);
}

#[tokio::test]
async fn who_publishes_says_something_in_some_language() {
    let app = TestApp::start().await;
    let publish = async |texts: Value| {
        let input = json!({ "purpose": "SURVEY", "texts": texts });
        app.hr().run(PUBLISH, json!({ "input": input })).await
    };
    assert_snapshot!(publish(json!([])).await.user_errors(), @"REQUIRED texts: must have at least one entry: people are told what they say yes to");
    let text = |language: &str, title: &str, text: &str| json!({ "language": language, "title": title, "text": text });
    let reply = publish(json!([
        text("en", "a", " "),
        text("EN", "", "b"),
        text("!", "a", "b")
    ]))
    .await;
    assert_snapshot!(reply.user_errors(), @r"
    REQUIRED texts.0.text: must not be empty
    INVALID texts.1.language: stands here a second time
    REQUIRED texts.1.title: must not be empty
    INVALID texts.2.language: must be a BCP 47 tag, as `ja` or `en-IE`
    ");
    assert!(app.changes().await.is_empty());
    for actor in [app.alumnus(), app.recruiter(), app.operator()] {
        let reply = publishes(&actor, "SURVEY", true).await;
        assert_eq!(reply.codes(), ["FORBIDDEN"]);
    }
}
