//! Saying yes and no: who may, with what, and what stays of it.

use entity::{ConsentPurpose, MembershipState, Standing};
use sea_orm::ConnectionTrait;

use super::*;

#[tokio::test]
async fn nothing_is_on_but_what_was_said_yes_to() {
    let app = TestApp::start().await;
    let (_, login) = member(&app, "n", &[]).await;
    assert_eq!(stands(&login).await, "MEMBERSHIP GRANTED");
}

#[tokio::test]
async fn a_yes_and_a_no_are_one_call_each_and_felt_by_the_next_query() {
    let app = TestApp::start().await;
    let (person, login) = member(&app, "n", &[]).await;
    assert_eq!(directory(&app.employee()).await, ["alumnus"]);
    let reply = grants(&login, "DIRECTORY", 1, "ja").await;
    assert_eq!(
        reply.at("/consentGrant/consent"),
        &json!({ "purpose": "DIRECTORY", "state": "GRANTED", "since": "2026-04-01T00:00:00+00:00",
            "latest": { "number": 2, "decision": "GRANTED", "language": "ja", "channel": "PORTAL", "proof": null } })
    );
    assert_eq!(directory(&app.employee()).await, ["alumnus", "n"]);
    let reply = withdraws(&login, "DIRECTORY").await;
    assert_eq!(
        reply.at("/consentWithdraw/consent"),
        &json!({ "purpose": "DIRECTORY", "state": "WITHDRAWN",
            "latest": { "number": 3, "decision": "WITHDRAWN", "language": null, "channel": "PORTAL" } })
    );
    assert_eq!(directory(&app.employee()).await, ["alumnus"]);
    assert_eq!(
        app.change_kinds().await,
        ["consent.granted", "consent.withdrawn"]
    );
    assert_snapshot!(entries(&app, person.id).await, @r"
    1 Membership Granted 1 en
    2 Directory Granted 1 ja
    3 Directory Withdrawn - -
    ");
}

#[tokio::test]
async fn saying_the_same_again_changes_nothing() {
    let app = TestApp::start().await;
    let (person, login) = member(&app, "n", &[]).await;
    for _ in 0..2 {
        assert_eq!(grants(&login, "EVENTS", 1, "en").await.user_errors(), "");
    }
    for _ in 0..2 {
        assert_eq!(withdraws(&login, "EVENTS").await.user_errors(), "");
    }
    assert_eq!(app.changes().await.len(), 2);
    assert_eq!(bits(&app, person.id).await, 1);
}

#[tokio::test]
async fn a_yes_is_to_words_that_are_there() {
    let app = TestApp::start().await;
    let (_, login) = member(&app, "n", &[]).await;
    assert_snapshot!(grants(&login, "DIRECTORY", 2, "ja").await.user_errors(), @"STALE_VERSION noticeVersion: the notice that holds now is version 1: show that one and ask again");
    assert_snapshot!(grants(&login, "DIRECTORY", 1, "fr").await.user_errors(), @"INVALID language: must be one of the languages of the notice: en, ja");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn being_a_member_is_said_by_joining_and_leaving() {
    let app = TestApp::start().await;
    let asked = app
        .new_alumnus("asked", "")
        .state(MembershipState::Invited)
        .insert()
        .await;
    let login = app.login_of(&asked).await;
    assert_snapshot!(grants(&login, "MEMBERSHIP", 1, "ja").await.user_errors(), @"REFUSED purpose: is given by joining: `membershipAccept`");
    assert_snapshot!(withdraws(&app.alumnus(), "MEMBERSHIP").await.user_errors(), @"REFUSED purpose: is withdrawn by leaving: `membershipWithdraw`, in one call");
    let join = "mutation($input: MembershipAcceptInput!) { membershipAccept(input: $input) { membership { state } userErrors { code field message } } }";
    let given = |purpose: &str, version: i32| json!({ "purpose": purpose, "noticeVersion": version, "language": "en" });
    let reply = login
        .run(join, json!({ "input": { "consents": [given("DIRECTORY", 7), given("EVENTS", 1), given("EVENTS", 1)] } }))
        .await;
    assert_snapshot!(reply.user_errors(), @r"
    STALE_VERSION consents.0.noticeVersion: the notice that holds now is version 1: show that one and ask again
    INVALID consents.2.purpose: stands here a second time
    ");
    assert!(app.changes().await.is_empty());
    let reply = login
        .run(
            join,
            json!({ "input": { "consents": [given("DIRECTORY", 1), given("EVENTS", 1)] } }),
        )
        .await;
    assert_eq!(reply.user_errors(), "");
    assert_snapshot!(entries(&app, asked.id).await, @r"
    1 Membership Granted 1 ja
    2 Directory Granted 1 en
    3 Events Granted 1 en
    ");
    assert_eq!(directory(&app.employee()).await, ["alumnus", "asked"]);
    let leave = "mutation { membershipWithdraw(input: {}) { membership { state } userErrors { code field message } } }";
    assert_eq!(login.ask(leave).await.user_errors(), "");
    // the login ended with the membership; the person signs in anew
    let login = app.login_of(&asked).await;
    assert_eq!(
        stands(&login).await,
        "MEMBERSHIP WITHDRAWN\nDIRECTORY WITHDRAWN\nEVENTS WITHDRAWN"
    );
    assert_eq!(bits(&app, asked.id).await, 0);
    assert_eq!(directory(&app.employee()).await, ["alumnus"]);
    assert_snapshot!(grants(&login, "EVENTS", 1, "en").await.user_errors(), @"REFUSED purpose: left the programme; `membershipAccept` comes back to it");
    assert_eq!(
        login.run(join, json!({ "input": {} })).await.user_errors(),
        ""
    );
    assert_eq!(bits(&app, asked.id).await, 1);
}

#[tokio::test]
async fn whoever_pauses_keeps_what_they_said_and_is_hidden_meanwhile() {
    let app = TestApp::start().await;
    let (_, login) = member(&app, "n", &[ConsentPurpose::Directory]).await;
    let step = |verb: &str| {
        format!(
            "mutation {{ membership{verb}(input: {{}}) {{ userErrors {{ code field message }} }} }}"
        )
    };
    assert_eq!(login.ask(&step("Pause")).await.user_errors(), "");
    assert_eq!(directory(&app.employee()).await, ["alumnus"]);
    assert_eq!(login.ask(&step("Resume")).await.user_errors(), "");
    assert_eq!(directory(&app.employee()).await, ["alumnus", "n"]);
}

#[tokio::test]
async fn who_works_here_again_may_say_no_and_not_yes() {
    let app = TestApp::start().await;
    let (person, login) = member(&app, "n", &[ConsentPurpose::Survey]).await;
    app.standing_of(person.id, Standing::Employee).await;
    assert_eq!(
        grants(&login, "EVENTS", 1, "ja").await.codes(),
        ["FORBIDDEN"]
    );
    assert_eq!(withdraws(&login, "SURVEY").await.user_errors(), "");
    assert_eq!(bits(&app, person.id).await, 1);
}

#[tokio::test]
async fn hr_writes_down_a_yes_with_a_proof_and_a_no_without() {
    let app = TestApp::start().await;
    let (person, _) = member(&app, "n", &[]).await;
    let yes = |more: Value| {
        let mut input = json!({ "personId": person.id.to_string(), "purpose": "DIRECTORY", "decision": "GRANTED", "channel": "PAPER" });
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        input
    };
    let reply = records(
        &app.hr(),
        yes(json!({ "noticeVersion": 1, "language": "ja", "proof": "  " })),
    )
    .await;
    assert_snapshot!(reply.user_errors(), @"REQUIRED proof: is needed for a yes on somebody's behalf: say where the proof is kept");
    let reply = records(&app.hr(), yes(json!({ "channel": "PORTAL" }))).await;
    assert_snapshot!(reply.user_errors(), @r"
    REFUSED channel: is for what people say with their own login; say how it reached you
    REQUIRED proof: is needed for a yes on somebody's behalf: say where the proof is kept
    REQUIRED noticeVersion: is needed for a yes: to which version of the notice
    REQUIRED language: is needed for a yes: in which language the notice was shown
    ");
    assert_eq!(
        (bits(&app, person.id).await, app.changes().await.len()),
        (1, 0)
    );
    let reply = records(
        &app.hr(),
        yes(json!({ "noticeVersion": 1, "language": "ja", "proof": "folder 7" })),
    )
    .await;
    assert_eq!(
        reply.at("/consentRecord/consent/latest"),
        &json!({ "channel": "PAPER", "proof": "folder 7", "actorKind": "ACCOUNT" })
    );
    assert_eq!(directory(&app.employee()).await, ["alumnus", "n"]);
    let reply = records(
        &app.hr(),
        yes(json!({ "decision": "WITHDRAWN", "channel": "PHONE" })),
    )
    .await;
    assert_eq!(reply.user_errors(), "");
    assert_eq!(directory(&app.employee()).await, ["alumnus"]);
}

#[tokio::test]
async fn nobody_else_says_anything_for_somebody() {
    let app = TestApp::start().await;
    let (person, login) = member(&app, "n", &[]).await;
    let input = json!({ "personId": person.id.to_string(), "purpose": "DIRECTORY", "decision": "GRANTED", "channel": "PAPER", "noticeVersion": 1, "language": "ja", "proof": "x" });
    for actor in [
        app.alumnus(),
        app.employee(),
        app.recruiter(),
        app.supporter(),
        login,
    ] {
        assert_eq!(records(&actor, input.clone()).await.codes(), ["FORBIDDEN"]);
    }
    let foreign = records(&app.stranger(), input.clone()).await;
    let mut never = input.clone();
    never["personId"] = json!(PersonId(uuid::Uuid::from_u128(7)).to_string());
    let never = records(&app.stranger(), never).await;
    assert_eq!(foreign.codes(), ["NOT_FOUND"]);
    assert_eq!(
        foreign.body["errors"][0]["message"],
        never.body["errors"][0]["message"]
    );
    for actor in [app.hr(), app.employee()] {
        assert_eq!(
            grants(&actor, "DIRECTORY", 1, "ja").await.codes(),
            ["FORBIDDEN"]
        );
        assert_eq!(withdraws(&actor, "DIRECTORY").await.codes(), ["FORBIDDEN"]);
    }
    assert_eq!(bits(&app, person.id).await, 1);
}

#[tokio::test]
async fn the_ledger_is_read_by_its_owner_and_hr_alone() {
    let app = TestApp::start().await;
    let (person, login) = member(&app, "n", &[ConsentPurpose::Directory]).await;
    let query = "query($id: ID!) { alumnus(id: $id) { consents { state } consentHistory { totalCount nodes { id purpose decision notice { version title } } } } }";
    let variables = json!({ "id": person.id.to_string() });
    for actor in [&login, &app.hr(), &app.admin()] {
        let reply = actor.run(query, variables.clone()).await;
        assert_eq!(reply.at("/alumnus/consents").as_array().unwrap().len(), 10);
        assert_eq!(reply.at("/alumnus/consentHistory/totalCount"), 2);
        assert_eq!(
            reply.at("/alumnus/consentHistory/nodes/0/notice"),
            &json!({ "version": 1, "title": "Being shown in the directory" })
        );
    }
    let reply = login.run(query, variables.clone()).await;
    let entry = reply
        .at("/alumnus/consentHistory/nodes/0/id")
        .as_str()
        .unwrap()
        .to_owned();
    let node = "query($id: ID!) { node(id: $id) { id } }";
    let found = app.hr().run(node, json!({ "id": entry })).await;
    assert_eq!(found.at("/node/id"), &entry);
    for actor in [
        app.alumnus(),
        app.employee(),
        app.recruiter(),
        app.supporter(),
    ] {
        let reply = actor.run(query, variables.clone()).await;
        assert_eq!(
            reply.at("/alumnus"),
            &json!({ "consents": [], "consentHistory": { "totalCount": 0, "nodes": [] } })
        );
        let found = actor.run(node, json!({ "id": entry })).await;
        assert!(found.at("/node").is_null());
    }
    let found = app.stranger().run(node, json!({ "id": entry })).await;
    assert!(found.at("/node").is_null());
}

#[tokio::test]
async fn the_database_itself_keeps_the_ledger_as_it_was_written() {
    let app = TestApp::start().await;
    let id = AOZORA.person("alumnus");
    publishes(&app.hr(), "SURVEY", false).await;
    let before = entries(&app, id).await;
    for edit in [
        "UPDATE consent SET decision = 'WITHDRAWN'",
        "UPDATE consent SET proof = NULL",
        "UPDATE consent SET at = at",
        "DELETE FROM consent",
        "UPDATE notice SET requires_renewal = requires_renewal",
        "DELETE FROM notice_text",
        "UPDATE notice_text SET body = ''",
    ] {
        let done = app.connection().execute_unprepared(edit).await;
        let refusal = done.unwrap_err().to_string();
        assert!(
            refusal.contains("append-only") || refusal.contains("stays as it is"),
            "{edit}: {refusal}"
        );
    }
    assert_eq!(entries(&app, id).await, before);
}

#[tokio::test]
async fn erasing_a_person_may_empty_their_proofs_or_take_their_entries() {
    let app = TestApp::start().await;
    let id = AOZORA.person("alumnus");
    app.standing_of(id, Standing::Erased).await;
    let run = async |edit: &str| app.connection().execute_unprepared(edit).await;
    let person = "person_id IN (SELECT id FROM person WHERE standing = 'ERASED')";
    let run_of = async |edit: &str| run(&format!("{edit} WHERE {person}")).await;
    assert!(run_of("UPDATE consent SET proof = NULL").await.is_ok());
    assert!(run_of("UPDATE consent SET proof = 'x'").await.is_err());
    assert!(
        run_of("UPDATE consent SET proof = NULL, purpose = 'SURVEY'")
            .await
            .is_err()
    );
    assert!(run("DELETE FROM consent").await.is_err());
    assert!(run_of("DELETE FROM consent").await.is_ok());
    assert_eq!(entries(&app, id).await, "");
    assert_ne!(entries(&app, MERIDIAN.person("alumnus")).await, "");
}

#[tokio::test]
async fn who_phones_leaves_as_easily_as_who_logs_in() {
    let app = TestApp::start().await;
    let (person, login) = member(&app, "n", &[ConsentPurpose::Directory]).await;
    let no = json!({ "personId": person.id.to_string(), "purpose": "MEMBERSHIP", "decision": "WITHDRAWN", "channel": "PHONE", "proof": "call 17" });
    assert_eq!(
        records(&app.employee(), no.clone()).await.codes(),
        ["FORBIDDEN"]
    );
    let reply = records(&app.hr(), no.clone()).await;
    let expected = json!({ "purpose": "MEMBERSHIP", "state": "WITHDRAWN", "latest": { "channel": "PHONE", "proof": "call 17", "actorKind": "ACCOUNT" } });
    assert_eq!(reply.at("/consentRecord/consent"), &expected);
    assert_eq!(bits(&app, person.id).await, 0);
    assert_eq!(directory(&app.employee()).await, ["alumnus"]);
    drop(login);
    let login = app.login_of(&person).await;
    assert_eq!(
        stands(&login).await,
        "MEMBERSHIP WITHDRAWN\nDIRECTORY WITHDRAWN"
    );
    assert_snapshot!(records(&app.hr(), no).await.user_errors(), @"REFUSED personId: the membership is WITHDRAWN, which allows: accept");
    let works = json!({ "personId": AOZORA.person("employee").to_string(), "purpose": "MEMBERSHIP", "decision": "WITHDRAWN", "channel": "PHONE" });
    assert_snapshot!(records(&app.hr(), works).await.user_errors(), @"REFUSED personId: has no membership: works at the company");
    // who was asked and said no before joining has said no
    let asked = app
        .new_alumnus("asked", "")
        .state(MembershipState::Invited)
        .insert()
        .await;
    let no = json!({ "personId": asked.id.to_string(), "purpose": "MEMBERSHIP", "decision": "WITHDRAWN", "channel": "PAPER" });
    assert_eq!(
        records(&app.hr(), no)
            .await
            .at("/consentRecord/consent/state"),
        "WITHDRAWN"
    );
}
