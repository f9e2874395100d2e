//! People whom nobody invited apply to join, and HR reviews: approved for a known person or a new one, or rejected with a reason.

mod approval;
mod attacks;
mod deletion;

use std::sync::Arc;

use alumni_api::access::{Binding, Identity, Login, Provisioning, Viewer};
use alumni_api::access_log::Readings;
use chrono::TimeDelta;
use entity::MembershipState::Candidate;
use entity::{
    CompanyId, DeliveryKind, MembershipApplicationState, delivery, membership_application, person,
};
use insta::assert_snapshot;
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder};
use serde_json::{Value, json};

use crate::support::{AOZORA, Company, ISSUER, MERIDIAN, Reply, TestApp};

const APPLY: &str = "mutation($input: MembershipApplyInput!) { membershipApply(input: $input) {
    application { id state companySlug email emailVerified familyName version } userErrors { code field message } } }";
const WITHDRAW: &str = "mutation($input: MembershipApplicationWithdrawInput!) { membershipApplicationWithdraw(input: $input) {
    application { state } userErrors { code field message } } }";
const APPROVE: &str = "mutation($input: MembershipApplicationApproveInput!) { membershipApplicationApprove(input: $input) {
    application { id state person { displayName } reviewedAt version } userErrors { code field message } } }";
const REJECT: &str = "mutation($input: MembershipApplicationRejectInput!) { membershipApplicationReject(input: $input) {
    application { id state rejectionReason } userErrors { code field message } } }";
const JOIN: &str = "mutation($input: MembershipJoinInput!) { membershipJoin(input: $input) {
    state personId userErrors { code field message } } }";
const OWN: &str = "{ viewer { kind membershipApplications { companyName state rejectionReason rejectionNote } } }";

/// A login without an account, which names a company.
struct Applicant<'a> {
    app: &'a TestApp,
    subject: &'static str,
    company: &'static str,
    /// The address that its identity provider verified.
    email: Option<&'static str>,
}

impl<'a> Applicant<'a> {
    /// Of the first company, without a verified address.
    fn new(app: &'a TestApp, subject: &'static str) -> Self {
        Self {
            app,
            subject,
            company: AOZORA.slug,
            email: None,
        }
    }

    fn verified(app: &'a TestApp, subject: &'static str, email: &'static str) -> Self {
        Self {
            email: Some(email),
            ..Self::new(app, subject)
        }
    }

    async fn run(&self, query: &str, variables: Value) -> Reply {
        match self.email {
            None => self.send(query, variables).await,
            Some(email) => self.as_verified(email, query, variables).await,
        }
    }

    async fn send(&self, query: &str, variables: Value) -> Reply {
        let request = self.app.client().post(self.app.url("/graphql"));
        let response = request
            .bearer_auth(self.app.token(self.subject))
            .header("alumni-company", self.company)
            .json(&json!({ "query": query, "variables": variables }))
            .send()
            .await
            .unwrap();
        reply(response.status().as_u16(), response.text().await.unwrap())
    }

    /// The tests' tokens carry no address: the same login as an identity provider with one would prove it.
    async fn as_verified(&self, email: &str, query: &str, variables: Value) -> Reply {
        let company = [AOZORA, MERIDIAN]
            .into_iter()
            .find(|one| one.slug == self.company);
        let identity = Identity {
            issuer: ISSUER.into(),
            subject: self.subject.into(),
            binding: Binding::Any,
            email: Some(email.to_owned()),
            employee_number: None,
            roles: Vec::new(),
            provisioning: Provisioning::Off,
            provider: None,
            purpose: None,
            expires_at: self.app.clock.now() + TimeDelta::hours(1),
        };
        let viewer = Viewer::Login(Arc::new(Login {
            identity,
            company: company.map(Company::id),
        }));
        let request = async_graphql::Request::new(query)
            .variables(async_graphql::Variables::from_json(variables));
        let served = &self.app.app;
        let request = served.prepare(
            &served.database,
            viewer,
            "request",
            Readings::default(),
            request,
        );
        let answer = served.engine.schema().execute(request).await;
        reply(200, serde_json::to_string(&answer).unwrap())
    }

    async fn applies(&self, input: Value) -> Reply {
        self.run(APPLY, json!({ "input": input })).await
    }

    /// Applies under a name, and answers the application's id.
    async fn applied(&self, name: &str) -> String {
        let reply = self.applies(json!({ "familyName": name })).await;
        assert_eq!(reply.user_errors(), "");
        reply
            .at("/membershipApply/application/id")
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn joins(&self, input: Value) -> Reply {
        self.run(JOIN, json!({ "input": input })).await
    }
}

fn reply(status: u16, text: String) -> Reply {
    Reply {
        status,
        body: serde_json::from_str(&text).unwrap_or(Value::Null),
        text,
    }
}

/// An app whose first company takes applications.
async fn open_app() -> TestApp {
    let app = TestApp::start().await;
    takes_applications(&app, AOZORA, true).await;
    app
}

async fn takes_applications(app: &TestApp, company: Company, takes: bool) {
    let update = "mutation($id: ID!, $takes: Boolean!) { companyUpdate(input: { id: $id, applications: $takes }) { company { applications } userErrors { code field message } } }";
    let variables = json!({ "id": company.id().to_string(), "takes": takes });
    let reply = app.actor_of(company, "admin").run(update, variables).await;
    assert_eq!(reply.at("/companyUpdate/company/applications"), takes);
}

/// A leaver who was not invited yet.
async fn leaver(app: &TestApp, name: &str) -> person::Model {
    app.new_alumnus(name, "").state(Candidate).insert().await
}

async fn approves(app: &TestApp, application: &str, person: &person::Model) -> Reply {
    let input = json!({ "id": application, "personId": person.id.to_string() });
    app.hr().run(APPROVE, json!({ "input": input })).await
}

async fn rejects(app: &TestApp, application: &str, note: Option<&str>) -> Reply {
    let input = json!({ "id": application, "reason": "NOT_EMPLOYED_HERE", "note": note });
    app.hr().run(REJECT, json!({ "input": input })).await
}

async fn messages(app: &TestApp) -> Vec<delivery::Model> {
    let rows = delivery::Entity::find().order_by_asc(delivery::Column::Id);
    rows.all(app.connection()).await.unwrap()
}

async fn stored(app: &TestApp) -> Vec<membership_application::Model> {
    let rows = membership_application::Entity::find();
    let rows = rows.order_by_asc(membership_application::Column::Id);
    rows.all(app.connection()).await.unwrap()
}

/// A pending application of somebody else, as its id.
pub async fn insert(app: &TestApp, company: CompanyId) -> String {
    let now = app.clock.now();
    let row = membership_application::Model {
        id: app.clock.new_id(),
        company_id: company,
        issuer: ISSUER.into(),
        subject: "somebody".into(),
        email: None,
        email_verified: false,
        family_name: "Somebody".into(),
        given_name: String::new(),
        family_name_kana: None,
        given_name_kana: None,
        other_name: None,
        employee_number: None,
        worked_from: None,
        worked_until: None,
        department: None,
        message: None,
        language: None,
        state: MembershipApplicationState::Pending,
        person_id: None,
        rejection: None,
        rejection_note: None,
        reviewer_account_id: None,
        reviewed_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let id = row.id.to_string();
    membership_application::Entity::insert(row.into_active_model())
        .exec_without_returning(app.connection())
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn a_login_applies_and_sees_its_application() {
    let app = open_app().await;
    let applicant = Applicant::new(&app, "new");
    let input = json!({
        "familyName": " 佐藤 ", "givenName": "花", "familyNameKana": "さとう", "otherName": "鈴木", "employeeNumber": "Ａ７",
        "workedFrom": "2010-04-01", "workedUntil": "2020-03-31", "department": "営業部", "message": "覚えていますか", "language": "ja",
        "email": "hana@private.example",
    });
    let reply = applicant.applies(input).await;
    assert_eq!(reply.user_errors(), "");
    let application = reply.at("/membershipApply/application");
    assert_eq!(application["state"], "PENDING");
    assert_eq!(application["companySlug"], AOZORA.slug);
    assert_eq!(application["email"], "hana@private.example");
    assert_eq!(application["emailVerified"], false);
    let row = &stored(&app).await[0];
    assert_eq!(
        (
            row.family_name.as_str(),
            row.family_name_kana.as_deref(),
            row.employee_number.as_deref()
        ),
        ("佐藤", Some("サトウ"), Some("A7"))
    );
    assert_eq!((row.issuer.as_str(), row.subject.as_str()), (ISSUER, "new"));
    let own = applicant.run(OWN, json!({})).await;
    assert_eq!(own.at("/viewer/kind"), "LOGIN");
    assert_eq!(own.at("/viewer/membershipApplications/0/state"), "PENDING");
    assert_eq!(
        app.change_kinds().await.last().unwrap(),
        "membership_application.submitted"
    );
    assert!(messages(&app).await.is_empty());
}

#[tokio::test]
async fn a_company_that_takes_no_applications_and_one_that_does_not_exist_are_the_same() {
    let app = TestApp::start().await;
    let name = json!({ "familyName": "new" });
    let closed = Applicant::new(&app, "new").applies(name.clone()).await;
    assert_snapshot!(closed.user_errors(), @"NOT_FOUND : no company that takes applications was found for your login: name it in the header `Alumni-Company`");
    let unknown = Applicant {
        company: "unknown",
        ..Applicant::new(&app, "new")
    };
    assert_eq!(unknown.applies(name.clone()).await.body, closed.body);
    let unnamed = app.with_token(&app.token("new"));
    let unnamed = unnamed.run(APPLY, json!({ "input": name })).await;
    assert_eq!(unnamed.body["data"], closed.body["data"]);
    let anonymous = app.anonymous().run(APPLY, json!({ "input": name })).await;
    assert_eq!(anonymous.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(stored(&app).await, []);
}

#[tokio::test]
async fn every_fault_of_an_application_is_named() {
    let app = open_app().await;
    let verified = Applicant::verified(&app, "new", "own@private.example");
    let input = json!({
        "familyName": " ", "familyNameKana": "Sato", "workedFrom": "2026-04-02", "workedUntil": "2026-04-01",
        "message": "x".repeat(2_001), "language": "日本語", "email": "other@private.example",
    });
    assert_snapshot!(verified.applies(input).await.user_errors(), @"
    INVALID email: must be left out, or be the address that your identity provider verified: `own@private.example`
    INVALID workedFrom: `2026-04-02` must not be after today, 2026-04-01
    INVALID workedUntil: `2026-04-01` must not be before `workedFrom`, 2026-04-02
    INVALID language: `日本語` must be a BCP 47 language tag, as `ja`
    REQUIRED familyName: must not be empty
    INVALID familyNameKana: must be a reading in kana, as `ヤマダ`
    TOO_LONG message: must have at most 2000 characters
    ");
    assert_eq!(stored(&app).await, []);
}

#[tokio::test]
async fn one_application_at_a_time_and_none_within_a_day_of_a_rejection() {
    let app = open_app().await;
    let applicant = Applicant::new(&app, "new");
    let first = applicant.applied("new").await;
    let name = || json!({ "familyName": "again" });
    let twice = applicant.applies(name()).await;
    assert_snapshot!(twice.user_errors(), @"REFUSED : your application waits for a review; `membershipApplicationWithdraw` withdraws it");
    assert_eq!(rejects(&app, &first, None).await.user_errors(), "");
    app.clock.advance(TimeDelta::hours(23));
    let soon = applicant.applies(name()).await;
    assert_snapshot!(soon.user_errors(), @"REFUSED : your application was rejected less than 24 hours ago");
    app.clock.advance(TimeDelta::hours(1));
    assert_eq!(applicant.applies(name()).await.user_errors(), "");
    assert_eq!(stored(&app).await.len(), 2);
}

#[tokio::test]
async fn a_login_that_withdraws_applies_three_times_a_day_at_most() {
    let app = open_app().await;
    let applicant = Applicant::new(&app, "new");
    for _ in 0..3 {
        let id = applicant.applied("new").await;
        let withdrawn = applicant
            .run(WITHDRAW, json!({ "input": { "id": id } }))
            .await;
        assert_eq!(
            withdrawn.at("/membershipApplicationWithdraw/application/state"),
            "WITHDRAWN"
        );
    }
    let fourth = applicant.applies(json!({ "familyName": "new" })).await;
    assert_snapshot!(fourth.user_errors(), @"REFUSED : you applied 3 times within 24 hours");
    app.clock.advance(TimeDelta::hours(24));
    applicant.applied("new").await;
}

#[tokio::test]
async fn only_the_applicant_withdraws_and_only_before_a_review() {
    let app = open_app().await;
    let applicant = Applicant::new(&app, "new");
    let id = applicant.applied("new").await;
    let input = || json!({ "input": { "id": id } });
    let other = Applicant::new(&app, "other").run(WITHDRAW, input()).await;
    assert_eq!(other.codes(), ["NOT_FOUND"]);
    assert_eq!(app.hr().run(WITHDRAW, input()).await.codes(), ["NOT_FOUND"]);
    rejects(&app, &id, None).await.data();
    let late = applicant.run(WITHDRAW, input()).await;
    assert_snapshot!(late.user_errors(), @"REFUSED id: is REJECTED already");
    let own = Applicant::new(&app, "other").run(OWN, json!({})).await;
    assert_eq!(own.at("/viewer/membershipApplications"), &json!([]));
}

#[tokio::test]
async fn a_rejection_tells_the_applicant_why_at_a_verified_address() {
    let app = open_app().await;
    let verified = Applicant::verified(&app, "new", "new@private.example");
    let id = verified.applied("new").await;
    let note = "Please write to us <hr@company.example>.";
    let reply = rejects(&app, &id, Some(note)).await;
    assert_eq!(
        reply.at("/membershipApplicationReject/application"),
        &json!({ "id": id, "state": "REJECTED", "rejectionReason": "NOT_EMPLOYED_HERE" })
    );
    let own = verified.run(OWN, json!({})).await;
    assert_eq!(
        own.at("/viewer/membershipApplications/0"),
        &json!({ "companyName": "あおぞら工業", "state": "REJECTED", "rejectionReason": "NOT_EMPLOYED_HERE", "rejectionNote": note })
    );
    let unverified = Applicant::new(&app, "other");
    let input = json!({ "familyName": "other", "email": "other@private.example" });
    let other = unverified.applies(input).await;
    let other = other
        .at("/membershipApply/application/id")
        .as_str()
        .unwrap();
    rejects(&app, other, None).await.data();
    let sent = messages(&app).await;
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (
            sent[0].kind,
            sent[0].recipient.as_deref(),
            sent[0].person_id
        ),
        (
            DeliveryKind::MembershipApplicationRejected,
            Some("new@private.example"),
            None
        )
    );
    let query =
        "query($id: ID!) { node(id: $id) { ... on Delivery { content { subject text } } } }";
    let shown = app
        .hr()
        .run(query, json!({ "id": sent[0].id.to_string() }))
        .await;
    let subject = shown.at("/node/content/subject");
    assert_eq!(
        subject,
        "【あおぞら工業】アルムナイ・コミュニティへの参加申請について"
    );
    let text = shown.at("/node/content/text").as_str().unwrap();
    assert!(
        text.contains("在籍の記録を確認できませんでした。"),
        "{text}"
    );
    assert!(text.contains(note), "{text}");
}
