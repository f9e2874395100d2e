//! A company's settings for its messages.

use serde_json::{Value, json};

use crate::support::{AOZORA, TestApp};

const UPDATE: &str = "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { mailSenderName mailSenderAddress mailReplyTo portalUrl } userErrors { code field message } } }";
const READ: &str = "{ company { mailSenderName mailSenderAddress mailReplyTo portalUrl } }";

fn input(settings: &Value) -> Value {
    let mut input = json!({ "id": AOZORA.id().to_string() });
    for (name, value) in settings.as_object().unwrap() {
        input[name] = value.clone();
    }
    json!({ "input": input })
}

#[tokio::test]
async fn an_admin_sets_and_clears_them_and_nobody_else_reads_them() {
    let app = TestApp::start().await;
    let settings = json!({
        "mailSenderName": "青空 事務局",
        "mailSenderAddress": "office@aozora.example",
        "mailReplyTo": "hr@aozora.example",
        "portalUrl": "https://aozora.example/join?x=1",
    });
    let none = json!({ "mailSenderName": null, "mailSenderAddress": null, "mailReplyTo": null, "portalUrl": null });
    let done = app.admin().run(UPDATE, input(&settings)).await;
    assert_eq!(done.user_errors(), "");
    assert_eq!(done.at("/companyUpdate/company"), &settings);
    assert_eq!(app.admin().ask(READ).await.at("/company"), &settings);
    for role in ["hr", "employee", "alumnus"] {
        assert_eq!(
            app.actor(role).ask(READ).await.at("/company"),
            &none,
            "{role}"
        );
    }
    let changes = app.changes().await;
    let fields = &changes.last().unwrap().fields.0;
    assert_eq!(
        fields,
        &[
            "mailSenderName",
            "mailSenderAddress",
            "mailReplyTo",
            "portalUrl"
        ]
    );
    app.admin().run(UPDATE, input(&none)).await.data();
    assert_eq!(app.admin().ask(READ).await.at("/company"), &none);
    assert_eq!(
        app.hr().run(UPDATE, input(&settings)).await.codes(),
        ["FORBIDDEN"]
    );
}

#[tokio::test]
async fn a_value_that_cannot_be_used_is_refused_with_the_accepted_form() {
    let app = TestApp::start().await;
    let wrong = json!({
        "mailSenderName": "two\nlines",
        "mailSenderAddress": "office",
        "mailReplyTo": "a@b@example.com",
        "portalUrl": "http://aozora.example/",
    });
    let refused = app.admin().run(UPDATE, input(&wrong)).await;
    assert_eq!(
        refused.user_errors(),
        "INVALID mailSenderName: must be one line\n\
         INVALID mailSenderAddress: `office` must be an e-mail address, for example `alumni@example.com`\n\
         INVALID mailReplyTo: `a@b@example.com` must be an e-mail address, for example `alumni@example.com`\n\
         INVALID portalUrl: `http://aozora.example/` must be an https URL, for example `https://alumni.example.com/open`; http only for localhost"
    );
    let read = app.admin().ask(READ).await;
    assert!(read.at("/company/portalUrl").is_null());
}
