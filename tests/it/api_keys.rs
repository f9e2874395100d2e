//! API keys: made and shown once, believed for exactly what they may do, revoked at once.

use chrono::TimeDelta;
use entity::{ActorKind, MembershipState, api_key};
use insta::assert_snapshot;
use sea_orm::{EntityTrait, FromQueryResult, JsonValue, Statement};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{AOZORA, Actor, MERIDIAN, Reply, TestApp};

const CREATE: &str = "mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) {
    apiKey { id name prefix scopes expiresAt revokedAt createdAt } secret userErrors { code field message } } }";
const REVOKE: &str = "mutation($id: ID!) { apiKeyRevoke(input: { id: $id }) { apiKey { revokedAt } userErrors { code field message } } }";
const LIST: &str = "query($working: Boolean) { apiKeys(filter: { working: $working }) { totalCount nodes { name prefix scopes expiresAt revokedAt } } }";

async fn make(actor: &Actor<'_>, scopes: &[&str]) -> (String, String) {
    let input = json!({ "input": { "name": "HRIS", "scopes": scopes } });
    let reply = actor.run(CREATE, input).await;
    let text = |place| reply.at(place).as_str().unwrap().to_owned();
    (
        text("/apiKeyCreate/apiKey/id"),
        text("/apiKeyCreate/secret"),
    )
}

async fn refused(app: &TestApp, secret: &str) -> String {
    let header = format!("Bearer {secret}");
    let refusal = app.app.access.authenticate(Some(&header), None).await;
    refusal.unwrap_err().to_string()
}

#[tokio::test]
async fn a_key_is_shown_once_and_is_a_service_with_exactly_its_scopes() {
    let app = TestApp::start().await;
    let input = json!({ "name": " SmartHR ", "scopes": ["WORKERS_SYNC", "ALUMNI_READ", "WORKERS_SYNC"], "expiresAt": "2027-01-01T00:00:00Z" });
    let reply = app.admin().run(CREATE, json!({ "input": input })).await;
    let secret = reply.at("/apiKeyCreate/secret").as_str().unwrap();
    assert_eq!(reply.at("/apiKeyCreate/apiKey/name"), "SmartHR");
    assert_eq!(reply.at("/apiKeyCreate/apiKey/prefix"), &secret[..11]);
    assert_eq!(
        reply.at("/apiKeyCreate/apiKey/createdAt"),
        "2026-04-01T00:00:00+00:00"
    );
    let service = app.with_token(secret);
    let reply = service
        .ask("{ viewer { kind roles scopes expiresAt company { slug } person { id } } }")
        .await;
    assert_eq!(
        reply.at("/viewer"),
        &json!({ "kind": "SERVICE", "roles": [], "scopes": ["ALUMNI_READ", "WORKERS_SYNC"], "expiresAt": "2027-01-01T00:00:00+00:00",
            "company": { "slug": "aozora" }, "person": null })
    );
    assert_eq!(
        service
            .ask("{ alumni { totalCount } }")
            .await
            .at("/alumni/totalCount"),
        1
    );
    assert_eq!(
        service.ask("{ apiKeys { totalCount } }").await.codes(),
        ["FORBIDDEN"]
    );
    assert_eq!(
        service.ask("{ skills { totalCount } }").await.codes(),
        ["FORBIDDEN"]
    );
}

#[tokio::test]
async fn the_database_holds_no_secret_and_the_changes_name_none() {
    let app = TestApp::start().await;
    let (id, secret) = make(&app.admin(), &["COMPANY_READ"]).await;
    app.admin().run(REVOKE, json!({ "id": id })).await.data();
    let key = api_key::Entity::find()
        .one(app.connection())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(key.hash, Sha256::digest(&secret).to_vec());
    let changes = app.changes().await;
    let kinds: Vec<_> = changes
        .iter()
        .map(|change| (change.kind.as_str(), change.subject_id))
        .collect();
    assert_eq!(
        kinds,
        [("api_key.created", key.id.0), ("api_key.revoked", key.id.0)]
    );
    for table in ["api_key", "change"] {
        let backend = app.app.database.backend();
        let rows = Statement::from_string(backend, format!("SELECT * FROM {table}"));
        let rows = JsonValue::find_by_statement(rows)
            .all(app.connection())
            .await
            .unwrap();
        let text = json!(rows).to_string();
        // the part of the key that is nobody's to know
        assert!(!text.contains(&secret[12..]), "{table}");
        assert!(!rows.is_empty());
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_from_the_very_next_request() {
    let app = TestApp::start().await;
    let (id, secret) = make(&app.admin(), &["COMPANY_READ"]).await;
    let viewer = "{ viewer { kind } }";
    assert_eq!(
        app.with_token(&secret).ask(viewer).await.at("/viewer/kind"),
        "SERVICE"
    );
    let reply = app.admin().run(REVOKE, json!({ "id": id })).await;
    assert_eq!(
        reply.at("/apiKeyRevoke/apiKey/revokedAt"),
        "2026-04-01T00:00:00+00:00"
    );
    assert_eq!(refused(&app, &secret).await, "The API key was revoked.");
    assert_eq!(app.with_token(&secret).ask(viewer).await.status, 401);
    app.clock.advance(TimeDelta::hours(1));
    let again = app.admin().run(REVOKE, json!({ "id": id })).await;
    assert_eq!(
        again.at("/apiKeyRevoke/apiKey/revokedAt"),
        "2026-04-01T00:00:00+00:00"
    );
    assert_eq!(
        app.change_kinds().await,
        ["api_key.created", "api_key.revoked"]
    );
}

#[tokio::test]
async fn an_expired_key_and_a_made_up_one_are_refused() {
    let app = TestApp::start().await;
    let input =
        json!({ "name": "short", "scopes": ["COMPANY_READ"], "expiresAt": "2026-04-01T00:00:01Z" });
    let reply = app.admin().run(CREATE, json!({ "input": input })).await;
    let secret = reply
        .at("/apiKeyCreate/secret")
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        app.with_token(&secret)
            .ask("{ viewer { kind } }")
            .await
            .at("/viewer/kind"),
        "SERVICE"
    );
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(refused(&app, &secret).await, "The API key has expired.");
    let other = alumni_api::access::api_key::ApiKeySecret::generate().unwrap();
    assert_eq!(
        refused(&app, other.reveal()).await,
        "The API key is not known here."
    );
}

#[tokio::test]
async fn the_list_tells_working_keys_from_others_and_never_the_hash() {
    let app = TestApp::start().await;
    let (revoked, _) = make(&app.admin(), &["COMPANY_READ"]).await;
    app.admin()
        .run(REVOKE, json!({ "id": revoked }))
        .await
        .data();
    let input =
        json!({ "name": "old", "scopes": ["COMPANY_READ"], "expiresAt": "2026-04-01T00:00:01Z" });
    app.admin()
        .run(CREATE, json!({ "input": input }))
        .await
        .data();
    app.clock.advance(TimeDelta::seconds(1));
    let input =
        json!({ "name": "new", "scopes": ["COMPANY_READ"], "expiresAt": "2026-04-01T00:00:02Z" });
    app.admin()
        .run(CREATE, json!({ "input": input }))
        .await
        .data();
    for (working, names) in [
        (Value::Null, vec!["new", "old", "HRIS"]),
        (json!(true), vec!["new"]),
        (json!(false), vec!["old", "HRIS"]),
    ] {
        let reply = app.admin().run(LIST, json!({ "working": working })).await;
        assert_eq!(reply.texts("/apiKeys/nodes", "name"), names);
    }
    let sdl = TestApp::sdl();
    let (_, key) = sdl.split_once("type ApiKey implements Node {").unwrap();
    assert!(!key.split_once('}').unwrap().0.contains("hash"));
}

#[tokio::test]
async fn keys_are_an_admins_matter_and_another_companys_do_not_exist() {
    let app = TestApp::start().await;
    let (id, secret) = make(&app.admin(), &["COMPANY_READ"]).await;
    for role in ["hr", "recruiter", "supporter", "employee", "alumnus"] {
        let actor = app.actor(role);
        let input = json!({ "input": { "name": "x", "scopes": ["COMPANY_READ"] } });
        assert_eq!(
            actor.run(CREATE, input).await.codes(),
            ["FORBIDDEN"],
            "{role}"
        );
        assert_eq!(
            actor.run(REVOKE, json!({ "id": id })).await.codes(),
            ["FORBIDDEN"],
            "{role}"
        );
        assert_eq!(
            actor.run(LIST, json!({})).await.codes(),
            ["FORBIDDEN"],
            "{role}"
        );
        assert_eq!(node(&actor, &id).await.at("/node"), &Value::Null, "{role}");
    }
    let stranger = app.actor_of(MERIDIAN, "admin");
    assert_eq!(
        stranger.run(REVOKE, json!({ "id": id })).await.codes(),
        ["NOT_FOUND"]
    );
    assert_eq!(
        stranger
            .run(LIST, json!({}))
            .await
            .at("/apiKeys/totalCount"),
        0
    );
    assert_eq!(node(&stranger, &id).await.at("/node"), &Value::Null);
    assert_eq!(node(&app.admin(), &id).await.at("/node/name"), "HRIS");
    assert_eq!(
        app.with_token(&secret)
            .ask("{ viewer { kind } }")
            .await
            .at("/viewer/kind"),
        "SERVICE"
    );
}

async fn node(actor: &Actor<'_>, id: &str) -> Reply {
    actor
        .run(
            "query($id: ID!) { node(id: $id) { ... on ApiKey { name } } }",
            json!({ "id": id }),
        )
        .await
}

#[tokio::test]
async fn every_fault_of_a_key_is_named_and_none_is_made() {
    let app = TestApp::start().await;
    let input = json!({ "name": " ", "scopes": [], "expiresAt": "2026-04-01T00:00:00Z" });
    let reply = app.admin().run(CREATE, json!({ "input": input })).await;
    assert_snapshot!(reply.user_errors(), @r"
    REQUIRED name: must not be empty
    REQUIRED scopes: must name at least one
    INVALID expiresAt: must lie in the future
    ");
    assert_eq!(reply.at("/apiKeyCreate/secret"), &Value::Null);
    assert!(
        api_key::Entity::find()
            .all(app.connection())
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_key_that_writes_people_must_read_them_too() {
    let app = TestApp::start().await;
    let candidate = app
        .new_alumnus("n", "")
        .state(MembershipState::Candidate)
        .insert()
        .await;
    let invite = "mutation($id: ID!) { membershipInvite(input: { personIds: [$id] }) { results { membership { state } } userErrors { code } } }";
    let id = json!({ "id": candidate.id.to_string() });
    let (_, blind) = make(&app.admin(), &["ALUMNI_WRITE"]).await;
    assert_eq!(
        app.with_token(&blind).run(invite, id.clone()).await.codes(),
        ["FORBIDDEN"]
    );
    let (key, seeing) = make(&app.admin(), &["ALUMNI_WRITE", "ALUMNI_READ"]).await;
    let reply = app.with_token(&seeing).run(invite, id).await;
    assert_eq!(
        reply.at("/membershipInvite/results/0/membership/state"),
        "INVITED"
    );
    let told = app.changes().await.pop().unwrap();
    assert_eq!(
        (told.actor_kind, told.company_id),
        (ActorKind::ApiKey, AOZORA.id())
    );
    let actor = entity::ApiKeyId(told.actor_id.unwrap());
    assert_eq!(actor.to_string(), key);
}

#[tokio::test]
async fn a_key_reads_of_the_company_what_its_scopes_show_by_whatever_way() {
    let app = TestApp::start().await;
    app.new_alumnus("Doe", "").skills(&["Rust"]).insert().await;
    let ways = "{ viewer { company { departments { nodes { name } } skills { nodes { name } } engagementEvents { totalCount } alumni { totalCount } } } }";
    let closed = json!({ "departments": { "nodes": [] }, "skills": { "nodes": [] }, "engagementEvents": { "totalCount": 0 }, "alumni": { "totalCount": 0 } });
    for scopes in [&[][..], &["workers:sync"], &["changes:read"]] {
        let system = app.system(scopes).await;
        assert_eq!(
            system.ask(ways).await.at("/viewer/company"),
            &closed,
            "{scopes:?}"
        );
        let department = json!({ "id": AOZORA.department().to_string() });
        assert!(
            system
                .run("query($id: ID!) { node(id: $id) { id } }", department)
                .await
                .at("/node")
                .is_null()
        );
    }
    let system = app.system(&["company:read"]).await;
    let open = system
        .ask("{ company { departments { nodes { name } } skills { nodes { name } } } }")
        .await;
    assert_eq!(
        open.at("/company"),
        &json!({ "departments": { "nodes": [{ "name": "開発部" }] }, "skills": { "nodes": [{ "name": "Rust" }] } })
    );
}
