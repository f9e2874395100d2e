//! What nobody learns before a yes.

use super::*;

/// All that a viewer could learn it by.
async fn all_there_is(app: &TestApp, id: &str, opportunity: &opportunity::Model) -> Vec<Value> {
    let query = "query($id: ID!, $of: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } candidateInvitations { totalCount edges { cursor } }
        referrals { totalCount edges { cursor node { stage } } } opportunity(id: $of) { version updatedAt referrals { totalCount } } company { referrals { totalCount } } }";
    let variables = json!({ "id": id, "of": opportunity.id.to_string() });
    let key = app
        .system(&["referrals:read", "opportunities:read", "changes:read"])
        .await;
    let mut seen = Vec::new();
    for actor in [
        app.hr(),
        app.recruiter(),
        app.admin(),
        app.alumnus(),
        app.supporter(),
        key,
    ] {
        seen.push(actor.run(query, variables.clone()).await.body);
    }
    let trail = "{ auditTrail { totalCount edges { cursor node { kind subjectId } } } }";
    seen.push(app.admin().ask(trail).await.body);
    let operator = "query($company: ID!) { company(id: $company) { referrals { totalCount } } }";
    let company = json!({ "company": AOZORA.id().to_string() });
    seen.push(app.operator().run(operator, company).await.body);
    seen
}

#[tokio::test]
async fn before_a_yes_nobody_but_who_asks_learns_of_it() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let nothing = "invitation_01h455vb4pex5vsknk084sn02q";
    let before = all_there_is(&app, nothing, &position).await;
    let invited = invites(&app.employee(), &position, json!({})).await;
    let id = invited.at("/candidateInvite/candidateInvitation/id");
    let id = id.as_str().unwrap();
    // two keys were made by then, which the trail tells
    let same = |one: &[Value], other: &[Value]| {
        assert_eq!(one[..6], other[..6]);
        assert_eq!(one[7], other[7]);
        for trail in [&one[6], &other[6]] {
            assert!(!trail.to_string().contains("candidate"), "{trail}");
        }
    };
    same(&all_there_is(&app, id, &position).await, &before);
    // nor of a no, of time that went by, or of its being taken back
    refuses(&app, &token(&invited)).await.data();
    same(&all_there_is(&app, id, &position).await, &before);
    let again = invites(&app.employee(), &position, json!({ "expiresInDays": 1 })).await;
    app.clock.advance(TimeDelta::days(1));
    expire(&app).await;
    let id = again.at("/candidateInvite/candidateInvitation/id");
    same(
        &all_there_is(&app, id.as_str().unwrap(), &position).await,
        &before,
    );
    // the followers' feed is as silent
    let hr = format!("Bearer {}", app.token("hr@aozora"));
    let hr = app.app.access.authenticate(Some(&hr), None).await.unwrap();
    let feed = app.app.scope(hr, "test");
    let changes = alumni_api::changes::after(&feed, alumni_api::changes::Place::BEGIN).await;
    let kinds: Vec<String> = changes
        .unwrap()
        .into_iter()
        .map(|change| change.kind)
        .collect();
    assert!(
        kinds.iter().all(|kind| kind == "api_key.created"),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn whether_a_candidate_was_referred_before_is_told_by_their_yes_alone() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    app.new_referral(&position)
        .by(AOZORA.person("hr"))
        .outsider("佐藤", "sato@example.com")
        .insert()
        .await;
    let known = invites(&app.employee(), &position, json!({})).await;
    let unknown = invites(
        &app.employee(),
        &position,
        json!({ "email": "other@example.com" }),
    )
    .await;
    let shape = |reply: &Reply| {
        let mut made = reply.at("/candidateInvite").clone();
        for (place, value) in [("id", "id"), ("candidateEmail", "mail")] {
            made["candidateInvitation"][place] = value.into();
        }
        made["token"] = made["token"].as_str().unwrap().len().into();
        made
    };
    assert_eq!(shape(&known), shape(&unknown));
    assert_eq!(
        gives(&app, &token(&known), json!({})).await.user_errors(),
        ""
    );
    assert_eq!(
        gives(&app, &token(&unknown), json!({})).await.user_errors(),
        ""
    );
    let rows = stored(&app).await;
    let stages: Vec<String> = rows.iter().map(|row| row.stage.word()).collect();
    assert_eq!(stages, ["SUBMITTED", "DUPLICATE", "SUBMITTED"]);
}

#[tokio::test]
async fn a_companys_file_does_not_tell_who_has_not_answered() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let more = json!({ "name": "Wilhelmina Zyx", "email": "wilhelmina@example.net", "recommendation": "knows every qwv" });
    invites(&app.employee(), &position, more).await.data();
    let mut file = Vec::new();
    alumni_api::privacy::company::export(&app.app.database, &app.clock, "aozora", &mut file)
        .await
        .unwrap();
    let file = String::from_utf8(file).unwrap();
    assert!(file.contains("\"table\":\"candidate_invitation\""));
    for value in ["Wilhelmina", "wilhelmina", "qwv"] {
        assert!(!file.contains(value), "{value}");
    }
}
