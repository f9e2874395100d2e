//! Every root field, and what it answers whom. A new root field must take its place here.

use std::collections::BTreeSet;

use entity::{AccountId, OpportunityState, ParticipationId};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use crate::support::world::account_row;
use crate::support::{AOZORA, Actor, Crawler, Reply, TestApp};

/// Things of the first company that inputs name.
struct Things {
    person: String,
    department: String,
    company: String,
    event: String,
    draft: String,
    opportunity: String,
    referral: String,
    invitation: String,
    skill: String,
    key: String,
    request: String,
    account: String,
    spare_account: String,
    account_invitation: String,
    provider: String,
    delivery: String,
    application: String,
    run: String,
}

/// Root queries with arguments they need.
fn queries(things: &Things) -> Vec<(&'static str, Value)> {
    let id = |id: &str| json!({ "id": id });
    vec![
        ("viewer", json!({})),
        ("serviceLimits", json!({})),
        ("queryCost", json!({ "document": "{ viewer { kind } }" })),
        ("node", id(&things.person)),
        ("nodes", json!({ "ids": [things.person] })),
        ("company", id(&things.company)),
        ("companies", json!({})),
        ("alumnus", id(&things.person)),
        ("alumni", json!({})),
        ("employee", id(&AOZORA.person("hr").to_string())),
        ("employees", json!({})),
        ("skills", json!({})),
        ("engagementEvent", id(&things.event)),
        ("engagementEvents", json!({})),
        ("opportunity", id(&things.opportunity)),
        ("opportunities", json!({})),
        ("referral", id(&things.referral)),
        ("referrals", json!({})),
        ("candidateInvitations", json!({})),
        ("candidateConsentRequest", json!({ "token": "none" })),
        ("apiKeys", json!({})),
        ("account", id(&things.account)),
        ("accounts", json!({})),
        ("invitation", id(&things.account_invitation)),
        ("invitations", json!({})),
        ("invitationPreview", json!({ "token": "none" })),
        ("dataRequest", id(&things.request)),
        ("dataRequests", json!({})),
        ("retentionPolicy", json!({})),
        ("auditTrail", json!({})),
        ("auditVerify", json!({})),
        ("accessLog", json!({})),
        ("identityProviders", json!({})),
        ("deliveries", json!({})),
        ("membershipApplication", id(&things.application)),
        ("membershipApplications", json!({})),
        ("syncRun", id(&things.run)),
        ("syncRuns", json!({})),
    ]
}

/// Root mutations with inputs that nothing but a missing right refuses, where one input can serve everyone.
#[expect(clippy::too_many_lines, reason = "a line a mutation")]
fn mutations(things: &Things) -> Vec<(&'static str, Value)> {
    let id = |id: &str| json!({ "id": id });
    vec![
        ("alumnusProfileUpdate", json!({ "headline": "new" })),
        (
            "apiKeyCreate",
            json!({ "name": "key", "scopes": ["WORKERS_SYNC"] }),
        ),
        ("apiKeyRevoke", id(&things.key)),
        (
            "accountInvite",
            json!({ "roles": ["HR"], "accountExpiresAt": "2026-06-01T00:00:00Z" }),
        ),
        ("accountClaim", json!({ "token": "none" })),
        (
            "accountRolesSet",
            json!({ "id": things.account, "roles": ["SUPPORTER"] }),
        ),
        (
            "accountUpdate",
            json!({ "id": things.account, "name": "n" }),
        ),
        ("accountDisable", id(&things.account)),
        ("accountEnable", id(&things.account)),
        ("accountDelete", id(&things.spare_account)),
        ("invitationResend", id(&things.account_invitation)),
        ("invitationRevoke", id(&things.account_invitation)),
        (
            "companyCreate",
            json!({ "slug": "third", "name": "Third", "locale": "en", "timeZone": "UTC", "currency": "EUR" }),
        ),
        (
            "companyUpdate",
            json!({ "id": things.company, "description": "new" }),
        ),
        (
            "companyAudiencesUpdate",
            json!({ "id": things.company, "fields": [{ "field": "HEADLINE", "audience": "HR" }] }),
        ),
        (
            "dataRequestOpen",
            json!({ "kind": "CORRECTION", "wish": "x" }),
        ),
        (
            "dataRequestRegister",
            json!({ "personId": things.person, "kind": "EXPORT" }),
        ),
        (
            "dataRequestVerifyIdentity",
            json!({ "id": things.request, "how": "seen" }),
        ),
        ("dataRequestTake", id(&things.request)),
        (
            "dataRequestExtend",
            json!({ "id": things.request, "reason": "x" }),
        ),
        ("dataRequestFulfil", id(&things.request)),
        (
            "dataRequestRefuse",
            json!({ "id": things.request, "reason": "x" }),
        ),
        ("dataRequestIssueLink", id(&things.request)),
        ("dataRequestWithdraw", id(&things.request)),
        (
            "engagementEventCreate",
            json!({ "kind": "MEETUP", "title": "new", "startsAt": "2026-05-01T09:00:00Z", "endsAt": "2026-05-01T10:00:00Z" }),
        ),
        (
            "engagementEventUpdate",
            json!({ "id": things.event, "title": "new" }),
        ),
        ("engagementEventPublish", id(&things.draft)),
        (
            "engagementEventCancel",
            json!({ "id": things.draft, "reason": "no" }),
        ),
        (
            "consentGrant",
            json!({ "purpose": "DIRECTORY", "noticeVersion": 1, "language": "ja" }),
        ),
        ("consentWithdraw", json!({ "purpose": "SURVEY" })),
        (
            "consentRecord",
            json!({ "personId": things.person, "purpose": "SURVEY", "decision": "WITHDRAWN", "channel": "PHONE" }),
        ),
        (
            "consentNoticePublish",
            json!({ "purpose": "SURVEY", "texts": [{ "language": "en", "title": "new", "text": "new" }] }),
        ),
        ("deliveryRetry", id(&things.delivery)),
        ("membershipInvite", json!({ "personIds": [things.person] })),
        ("membershipRemind", json!({ "personIds": [things.person] })),
        ("membershipJoin", json!({ "token": "none" })),
        ("membershipApply", json!({ "familyName": "New" })),
        ("membershipApplicationWithdraw", id(&things.application)),
        (
            "membershipApplicationApprove",
            json!({ "id": things.application, "personId": things.person }),
        ),
        (
            "membershipApplicationReject",
            json!({ "id": things.application, "reason": "OTHER" }),
        ),
        ("membershipAccept", json!({})),
        ("membershipPause", json!({})),
        ("membershipResume", json!({})),
        ("membershipRenew", json!({})),
        (
            "membershipUpdate",
            json!({ "personId": things.person, "expiresOn": "2026-12-31" }),
        ),
        (
            "opportunityCreate",
            json!({ "kind": "REHIRE", "title": "new", "departmentId": things.department }),
        ),
        (
            "opportunityUpdate",
            json!({ "id": things.opportunity, "title": "new" }),
        ),
        ("opportunityClose", id(&things.opportunity)),
        ("opportunityOpen", id(&things.opportunity)),
        (
            "participationRespond",
            json!({ "eventId": things.event, "answer": "MAYBE" }),
        ),
        (
            "participationCheckIn",
            json!({ "eventId": things.event, "personId": things.person }),
        ),
        (
            "participationPromote",
            json!({ "participationId": ParticipationId(uuid::Uuid::nil()).to_string() }),
        ),
        (
            "participationRelease",
            json!({ "participationId": ParticipationId(uuid::Uuid::nil()).to_string(), "reason": "no" }),
        ),
        ("personBlock", json!({ "personId": things.person })),
        ("personUnblock", json!({ "personId": things.person })),
        (
            "personRecordUpdate",
            json!({ "id": things.person, "employeeNumber": "7" }),
        ),
        (
            "profileVisibilityUpdate",
            json!({ "fields": [{ "field": "PHONE", "audience": "HR" }] }),
        ),
        (
            "referralSubmit",
            json!({ "opportunityId": things.opportunity, "candidateId": things.person }),
        ),
        (
            "candidateInvite",
            json!({ "opportunityId": things.opportunity, "name": "Someone", "email": "someone@example.com" }),
        ),
        ("candidateInvitationWithdraw", id(&things.invitation)),
        (
            "candidateConsentGive",
            json!({ "token": "none", "noticeVersion": 1, "language": "ja" }),
        ),
        ("candidateConsentRefuse", json!({ "token": "none" })),
        (
            "referralAdvance",
            json!({ "id": things.referral, "to": "SCREENING" }),
        ),
        ("referralWithdraw", json!({ "id": things.referral })),
        ("retentionPolicyUpdate", json!({ "endedMonths": 24 })),
        ("skillAdd", json!({ "name": "Rust", "level": "WORKING" })),
        ("skillRemove", json!({ "skillId": things.skill })),
        ("workersSync", json!({ "source": "law", "workers": [] })),
        ("syncRunUndo", id(&things.run)),
        // the login ends with it
        ("membershipWithdraw", json!({})),
        (
            "identityProviderCreate",
            json!({ "name": "new", "purpose": "EMPLOYEES", "issuer": "https://new.example.com", "audiences": ["law"] }),
        ),
        (
            "identityProviderUpdate",
            json!({ "id": things.provider, "name": "newer" }),
        ),
        ("identityProviderDisable", id(&things.provider)),
        ("identityProviderEnable", id(&things.provider)),
        ("identityProviderTest", json!({ "token": "none" })),
        ("identityProviderDelete", id(&things.provider)),
    ]
}

async fn sync_run(app: &TestApp) -> String {
    let run =
        "mutation { workersSync(input: { source: \"law\", workers: [] }) { syncRun { id } } }";
    let run = app.hr().ask(run).await;
    run.at("/workersSync/syncRun/id")
        .as_str()
        .unwrap()
        .to_owned()
}

async fn things(app: &TestApp) -> Things {
    let person = app.new_alumnus("Doe", "").insert().await;
    let opportunity = app
        .new_opportunity("Engineer")
        .state(OpportunityState::Open)
        .insert()
        .await;
    let event = app.new_event("Meetup").insert().await;
    let draft = app
        .new_event("Draft")
        .state(entity::EngagementEventState::Draft)
        .insert()
        .await;
    let referral = app
        .new_referral(&opportunity)
        .candidate(&person)
        .insert()
        .await;
    let key = app.admin().ask("mutation { apiKeyCreate(input: { name: \"k\", scopes: [WORKERS_SYNC] }) { apiKey { id } } }").await;
    let request = "mutation($id: ID!) { dataRequestRegister(input: { personId: $id, kind: EXPORT }) { dataRequest { id } } }";
    let request = app
        .hr()
        .run(request, json!({ "id": person.id.to_string() }))
        .await;
    let invite = "mutation { accountInvite(input: { roles: [HR], accountExpiresAt: \"2026-06-01T00:00:00Z\" }) { invitation { id } } }";
    let invited = app.admin().ask(invite).await;
    let account = |person: &entity::person::Model| {
        account_row(
            app.clock.new_id(),
            Some(AOZORA.id()),
            Some(person.id),
            &person.id.to_string(),
            entity::Role::Alumnus,
        )
    };
    let (own, spare) = (
        account(&person),
        account(&app.new_alumnus("Spare", "").insert().await),
    );
    for row in [&own, &spare] {
        entity::account::Entity::insert(row.clone().into_active_model())
            .exec_without_returning(app.connection())
            .await
            .unwrap();
    }
    let provider = "mutation { identityProviderCreate(input: { name: \"law\", purpose: EMPLOYEES, issuer: \"https://law.example.com\", audiences: [\"law\"] }) { identityProvider { id } } }";
    let provider = app.admin().ask(provider).await;
    let delivery = vec![crate::deliveries::plain("failed@example.com")];
    let delivery = crate::deliveries::queue_some(app, delivery).await.remove(0);
    crate::deliveries::fail(app, delivery.id).await;
    Things {
        run: sync_run(app).await,
        account: own.id.to_string(),
        spare_account: spare.id.to_string(),
        account_invitation: invited
            .at("/accountInvite/invitation/id")
            .as_str()
            .unwrap()
            .to_owned(),
        provider: provider
            .at("/identityProviderCreate/identityProvider/id")
            .as_str()
            .unwrap()
            .to_owned(),
        delivery: delivery.id.to_string(),
        application: crate::applications::insert(app, AOZORA.id()).await,
        request: request
            .at("/dataRequestRegister/dataRequest/id")
            .as_str()
            .unwrap()
            .to_owned(),
        skill: app
            .give_skill(AOZORA.id(), person.id, "SQL")
            .await
            .to_string(),
        person: person.id.to_string(),
        department: AOZORA.department().to_string(),
        company: AOZORA.id().to_string(),
        event: event.id.to_string(),
        draft: draft.id.to_string(),
        opportunity: opportunity.id.to_string(),
        referral: referral.id.to_string(),
        invitation: app
            .new_invitation(&opportunity)
            .insert()
            .await
            .id
            .to_string(),
        key: key
            .at("/apiKeyCreate/apiKey/id")
            .as_str()
            .unwrap()
            .to_owned(),
    }
}

/// A query's document with its arguments as variables of the kinds they need.
fn query_document(name: &str, arguments: &Value) -> String {
    match arguments
        .as_object()
        .and_then(|arguments| arguments.keys().next())
        .map(String::as_str)
    {
        Some("token") => {
            format!("query($token: String!) {{ {name}(token: $token) {{ __typename }} }}")
        }
        Some("ids") => format!("query($ids: [ID!]!) {{ {name}(ids: $ids) {{ __typename }} }}"),
        Some(_) => format!("query($id: ID!) {{ {name}(id: $id) {{ __typename }} }}"),
        None => format!("{{ {name} {{ __typename }} }}"),
    }
}

fn mutation_document(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!(
        "mutation($input: {}{rest}Input!) {{ {name}(input: $input) {{ userErrors {{ code field message }} }} }}",
        first.to_uppercase()
    )
}

/// `may`, `null`, or the code of the refusal.
fn outcome(name: &str, reply: &Reply) -> String {
    match reply.codes().first() {
        Some(code) => (*code).to_owned(),
        None if reply.body["data"][name].is_null() || reply.body["data"][name] == json!([null]) => {
            "null".to_owned()
        }
        None => match reply.body["data"][name]["userErrors"][0]["code"].as_str() {
            Some("NOT_FOUND") => "not found".to_owned(),
            _ => "may".to_owned(),
        },
    }
}

/// From those who may little to those who may much, so that what one changes matters to none before.
async fn viewers(app: &TestApp) -> Vec<(&'static str, Actor<'_>)> {
    vec![
        ("anonymous", app.anonymous()),
        ("a stranger", app.stranger()),
        ("no scopes", app.system(&[]).await),
        ("alumnus", app.alumnus()),
        ("employee", app.employee()),
        ("supporter", app.supporter()),
        ("recruiter", app.recruiter()),
        ("hr", app.hr()),
        ("admin", app.admin()),
        ("operator", app.operator()),
    ]
}

fn complete(root: &str, known: &[(&'static str, Value)], schema: &Crawler) {
    let known: BTreeSet<String> = known.iter().map(|(name, _)| (*name).to_owned()).collect();
    let served: BTreeSet<String> = schema.root_fields(root).into_iter().collect();
    assert_eq!(known, served, "every field of {root} has a row here");
}

fn table(viewers: &[(&'static str, Actor<'_>)], rows: &[(String, Vec<String>)]) -> String {
    let head = viewers
        .iter()
        .map(|(name, _)| format!("{name:16}"))
        .collect::<String>();
    let line = |(name, cells): &(String, Vec<String>)| {
        format!(
            "{name:28}{}",
            cells
                .iter()
                .map(|cell| format!("{cell:16}"))
                .collect::<String>()
        )
    };
    let lines = std::iter::once(format!("{:28}{head}", "")).chain(rows.iter().map(line));
    lines
        .map(|line| line.trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

#[tokio::test]
async fn every_root_query_answers_whom_it_should() {
    let app = TestApp::start().await;
    let (things, schema, viewers) = (
        things(&app).await,
        Crawler::new().await,
        viewers(&app).await,
    );
    let queries = queries(&things);
    complete("Query", &queries, &schema);
    let mut rows = Vec::new();
    for (name, arguments) in &queries {
        let mut cells = Vec::new();
        for (_, viewer) in &viewers {
            cells.push(outcome(
                name,
                &viewer
                    .run(&query_document(name, arguments), arguments.clone())
                    .await,
            ));
        }
        rows.push(((*name).to_owned(), cells));
    }
    insta::assert_snapshot!(table(&viewers, &rows));
}

#[tokio::test]
async fn every_root_mutation_obeys_whom_it_should() {
    let app = TestApp::start().await;
    let (things, schema, viewers) = (
        things(&app).await,
        Crawler::new().await,
        viewers(&app).await,
    );
    let mutations = mutations(&things);
    complete("Mutation", &mutations, &schema);
    let mut rows = Vec::new();
    for (name, input) in &mutations {
        let mut cells = Vec::new();
        for (_, viewer) in &viewers {
            cells.push(outcome(
                name,
                &viewer
                    .run(&mutation_document(name), json!({ "input": input }))
                    .await,
            ));
        }
        rows.push(((*name).to_owned(), cells));
    }
    insta::assert_snapshot!(table(&viewers, &rows));
}

#[tokio::test]
async fn a_stranger_changes_nothing_of_another_company() {
    let app = TestApp::start().await;
    let things = things(&app).await;
    let before = app.changes().await.len();
    for role in [
        "admin",
        "hr",
        "recruiter",
        "supporter",
        "employee",
        "alumnus",
    ] {
        let stranger = app.actor_of(crate::support::MERIDIAN, role);
        for (name, input) in mutations(&things) {
            stranger
                .run(&mutation_document(name), json!({ "input": input }))
                .await;
        }
    }
    let touched: Vec<_> = app
        .changes()
        .await
        .split_off(before)
        .into_iter()
        .filter(|change| change.company_id == AOZORA.id())
        .collect();
    assert_eq!(touched, []);
}

#[tokio::test]
async fn a_disabled_account_is_nobodys() {
    use sea_orm::{ActiveModelTrait, ActiveValue::Set};
    let app = TestApp::start().await;
    let account = entity::account::ActiveModel {
        id: Set(AccountId(AOZORA.person("hr").0)),
        disabled_at: Set(Some(app.clock.now())),
        ..Default::default()
    };
    account.update(app.connection()).await.unwrap();
    assert_eq!(
        app.hr().ask("{ viewer { kind } }").await.codes(),
        ["UNAUTHENTICATED"]
    );
}
