//! Links: until when they work, for whom, and how often.

use super::*;

#[tokio::test]
async fn a_yes_is_taken_back_by_the_same_link_also_after_its_last_day() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let token = asked(&app, &position).await;
    gives(&app, &token, json!({})).await.data();
    app.clock.advance(TimeDelta::days(100));
    expire(&app).await;
    assert_eq!(
        opens(&app, &token)
            .await
            .at("/candidateConsentRequest/state"),
        "ACCEPTED"
    );
    assert_eq!(
        refuses(&app, &token)
            .await
            .at("/candidateConsentRefuse/state"),
        "REFUSED"
    );
    let row = stored(&app).await.remove(0);
    assert_eq!(row.stage, entity::ReferralStage::Withdrawn);
    assert_eq!(
        (
            row.candidate_name.as_deref(),
            row.candidate_email,
            row.recommendation
        ),
        (Some(""), None, None)
    );
    let asked = only(&app).await;
    assert_eq!(asked.state, CandidateInvitationState::Refused);
    // that they had said yes, and no longer do, stays to be shown
    assert!(asked.consented_at.is_some() && asked.closed_at.is_some());
    assert_eq!(
        opens(&app, &token).await.at("/candidateConsentRequest"),
        &Value::Null
    );
}

#[tokio::test]
async fn whatever_is_wrong_with_a_link_the_answer_is_the_same() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let other = app.new_opportunity("designer").insert().await;
    let good = asked(&app, &position).await;
    let refused = asked(&app, &other).await;
    refuses(&app, &refused).await.data();
    let withdrawn = invites(&app.hr(), &position, json!({})).await;
    let id = withdrawn.at("/candidateInvite/candidateInvitation/id");
    app.hr()
        .run(WITHDRAW, json!({ "input": { "id": id } }))
        .await
        .data();
    let late = token(&invites(&app.recruiter(), &position, json!({ "expiresInDays": 1 })).await);
    let (head, signature) = good.rsplit_once('.').unwrap();
    let tampered = format!(
        "{head}.{}{signature}",
        if signature.starts_with('A') { "B" } else { "A" }
    );
    let swapped = format!("{head}.{}", late.rsplit_once('.').unwrap().1);
    app.clock.advance(TimeDelta::days(1));
    let links = [
        refused,
        token(&withdrawn),
        late,
        tampered,
        swapped,
        String::new(),
        "none".to_owned(),
        app.token("hr@aozora"),
        "x".repeat(20_000),
    ];
    let (mut opened, mut given, mut said_no) = (Vec::new(), Vec::new(), Vec::new());
    for link in &links {
        opened.push(opens(&app, link).await.data().to_string());
        given.push(gives(&app, link, json!({})).await.data().to_string());
    }
    // a no is taken late, too: nothing of it is held any longer than need be
    for (place, link) in links.iter().enumerate().filter(|(place, _)| *place != 2) {
        said_no.push((place, refuses(&app, link).await.data().to_string()));
    }
    opened.dedup();
    given.dedup();
    assert_eq!(opened, [r#"{"candidateConsentRequest":null}"#]);
    assert_eq!(
        given,
        [
            r#"{"candidateConsentGive":{"consentRequest":null,"userErrors":[{"code":"NOT_FOUND","field":["token"],"message":"is no link that works, or no longer: ask whoever gave it to you"}]}}"#
        ]
    );
    said_no.dedup_by(|(_, one), (_, other)| one == other);
    assert_eq!(said_no.len(), 1);
    assert_eq!(stored(&app).await, []);
    assert_eq!(
        opens(&app, &good)
            .await
            .at("/candidateConsentRequest/state"),
        "WAITING"
    );
}

#[tokio::test]
async fn a_link_is_no_login() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let token = asked(&app, &position).await;
    let reply = app.with_token(&token).ask("{ viewer { kind } }").await;
    assert_eq!(reply.codes(), ["UNAUTHENTICATED"]);
    // nor does it open more than its own question
    let reply = opens(&app, &token).await;
    assert!(!reply.data().to_string().contains("invitation_"));
}

#[tokio::test]
async fn who_does_not_answer_in_time_is_forgotten() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let token = asked(&app, &position).await;
    app.clock
        .advance(TimeDelta::days(14) - TimeDelta::seconds(1));
    expire(&app).await;
    assert_eq!(only(&app).await.state, CandidateInvitationState::Waiting);
    app.clock.advance(TimeDelta::minutes(6));
    // before the job came round, too
    assert_eq!(
        opens(&app, &token).await.at("/candidateConsentRequest"),
        &Value::Null
    );
    expire(&app).await;
    let row = only(&app).await;
    assert_eq!(row.state, CandidateInvitationState::Expired);
    assert_eq!(
        (
            row.candidate_name,
            row.candidate_email,
            row.candidate_key,
            row.recommendation
        ),
        (None, None, None, None)
    );
}

#[tokio::test]
async fn saying_yes_many_times_at_once_makes_one_referral() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let token = asked(&app, &position).await;
    for reply in join_all((0..8).map(|_| gives(&app, &token, json!({})))).await {
        assert_eq!(
            reply.at("/candidateConsentGive/consentRequest/state"),
            "ACCEPTED"
        );
    }
    assert_eq!(stored(&app).await.len(), 1);
}

#[tokio::test]
async fn of_two_who_ask_the_same_candidate_the_first_yes_stands() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let roles = ["admin", "hr", "recruiter", "supporter", "employee"];
    let mut tokens = Vec::new();
    for role in roles {
        tokens.push(token(
            &invites(&app.actor(role), &position, json!({})).await,
        ));
    }
    for reply in join_all(tokens.iter().map(|token| gives(&app, token, json!({})))).await {
        assert_eq!(reply.user_errors(), "");
    }
    let rows = stored(&app).await;
    let stand = rows
        .iter()
        .filter(|row| row.stage == entity::ReferralStage::Submitted);
    assert_eq!((stand.count(), rows.len()), (1, 5));
}
