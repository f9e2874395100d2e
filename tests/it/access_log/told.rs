//! Who is told what of the log.

use super::*;

const OWN: &str = "query($first: Int, $after: String) { viewer { accessLog(first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage } nodes { at readerKind readerRole readerName operationName fields } } } }";

#[tokio::test]
async fn an_alumnus_sees_who_read_them_and_nobody_else() {
    let app = TestApp::start().await;
    let other = app.new_alumnus("other", "").insert().await;
    let other = app.login(&other, Role::Alumnus).await;
    let system = app.system(&["alumni:read"]).await;
    read(&app.hr()).await;
    app.clock.advance(chrono::TimeDelta::minutes(1));
    read(&system).await;
    app.clock.advance(chrono::TimeDelta::minutes(1));
    read(&app.operator()).await;
    entries(&app).await;
    let reply = app.alumnus().run(OWN, json!({})).await;
    let entry = |at, kind, role: Option<&str>, name: Option<&str>| json!({ "at": at, "readerKind": kind, "readerRole": role, "readerName": name, "operationName": "Card", "fields": ["DISPLAY_NAME"] });
    let key = reply.at("/viewer/accessLog/nodes/1/readerName").as_str();
    assert!(key.is_some());
    assert_eq!(
        reply.at("/viewer/accessLog/nodes"),
        &json!([
            entry(
                "2026-04-01T00:02:00+00:00",
                "ACCOUNT",
                Some("OPERATOR"),
                None
            ),
            entry("2026-04-01T00:01:00+00:00", "API_KEY", None, key),
            entry(
                "2026-04-01T00:00:00+00:00",
                "ACCOUNT",
                Some("HR"),
                Some("aozora hr")
            ),
        ])
    );
    for nobody in [&other, &app.employee(), &app.stranger(), &app.anonymous()] {
        let reply = nobody.run(OWN, json!({})).await;
        assert_eq!(reply.at("/viewer/accessLog/totalCount"), &json!(0));
    }
}

#[tokio::test]
async fn the_list_is_paged_newest_first() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        read(&app.hr()).await;
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    entries(&app).await;
    let (mut after, mut times) = (Value::Null, Vec::new());
    loop {
        let variables = json!({ "first": 2, "after": after });
        let (statements, reply) = app.statements(app.alumnus().run(OWN, variables)).await;
        assert!(statements <= 2, "{statements}");
        times.extend(reply.texts("/viewer/accessLog/nodes", "at"));
        after = reply.at("/viewer/accessLog/pageInfo/endCursor").clone();
        if reply.at("/viewer/accessLog/pageInfo/hasNextPage") == &json!(false) {
            break;
        }
    }
    let mut expected = times.clone();
    expected.sort_by(|one, other| other.cmp(one));
    assert_eq!((times.len(), &times), (5, &expected));
}

#[tokio::test]
async fn the_officers_question_is_one_query() {
    let app = TestApp::start().await;
    let system = app.system(&["alumni:read"]).await;
    let between = "query($reader: [ID!], $from: DateTime, $before: DateTime, $fields: [PersonalField!], $people: [ID!]) { accessLog(filter: { readerIds: $reader, at: { from: $from, before: $before }, fields: $fields, personIds: $people }) { totalCount nodes { personId person { id } readerId readerName fields requestId } } }";
    read(&system).await;
    app.clock.advance(chrono::TimeDelta::hours(1));
    let from = app.clock.now();
    read(&system).await;
    read(&app.hr()).await;
    app.clock.advance(chrono::TimeDelta::hours(1));
    let before = app.clock.now();
    read(&system).await;
    let all = entries(&app).await;
    let key = entity::ApiKeyId(all[0].reader_id).to_string();
    let asked = json!({ "reader": [key], "from": from, "before": before });
    let reply = app.admin().run(between, asked.clone()).await;
    assert_eq!(reply.at("/accessLog/totalCount"), &json!(1));
    let found = reply.at("/accessLog/nodes/0");
    assert_eq!(found["personId"], json!(alumnus().to_string()));
    assert_eq!(found["person"]["id"], json!(alumnus().to_string()));
    assert_eq!(found["readerId"], json!(key));
    assert_eq!(found["fields"], json!(["DISPLAY_NAME"]));
    assert_eq!(found["requestId"], json!(all[1].request_id));
    let (statements, _) = app.statements(app.admin().run(between, asked)).await;
    assert_eq!(statements, 1);
    for (variables, count) in [
        (json!({ "fields": ["PHONE"] }), 0),
        (json!({ "fields": ["PHONE", "DISPLAY_NAME"] }), 4),
        (
            json!({ "people": [alumnus().to_string()], "from": before }),
            1,
        ),
        (
            json!({ "people": [MERIDIAN.person("alumnus").to_string()] }),
            0,
        ),
        (json!({ "reader": ["nonsense"] }), 0),
    ] {
        let reply = app.admin().run(between, variables.clone()).await;
        assert_eq!(
            reply.at("/accessLog/totalCount"),
            &json!(count),
            "{variables}"
        );
    }
    let foreign = app.actor_of(MERIDIAN, "admin");
    let reply = foreign.run(between, json!({})).await;
    assert_eq!(reply.at("/accessLog/totalCount"), &json!(0));
    assert_eq!(
        app.hr().run(between, json!({})).await.codes(),
        ["FORBIDDEN"]
    );
}

#[tokio::test]
async fn the_officers_reading_is_recorded_itself() {
    let app = TestApp::start().await;
    read(&app.hr()).await;
    entries(&app).await;
    app.admin()
        .ask("query Breach { accessLog { nodes { personId } } }")
        .await
        .data();
    assert_eq!(
        logged(&app).await[1],
        (alumnus(), vec![PersonalField::AccessLog])
    );
    let reply = app.alumnus().run(OWN, json!({ "first": 1 })).await;
    assert_eq!(
        reply.at("/viewer/accessLog/nodes/0/operationName"),
        &json!("Breach")
    );
}

#[tokio::test]
async fn the_office_stays_when_the_reader_is_erased() {
    let app = TestApp::start().await;
    read(&app.recruiter()).await;
    entries(&app).await;
    // what an erasure does of it
    let recruiter = AOZORA.person("recruiter");
    entity::account::Entity::delete_by_id(entity::AccountId(recruiter.0))
        .exec(app.connection())
        .await
        .unwrap();
    let reply = app.alumnus().run(OWN, json!({})).await;
    let entry = reply.at("/viewer/accessLog/nodes/0");
    assert_eq!(entry["readerName"], Value::Null);
    assert_eq!(entry["readerRole"], json!("RECRUITER"));
}
