//! What recipients read.

use alumni_api::deliveries::{Message, NewDelivery};
use chrono::{NaiveDate, TimeDelta};
use entity::{Role, company};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{invitation, plain, queue_some, rows, send, sending_to};
use crate::support::smtp::{Mode, SmtpServer};
use crate::support::{AOZORA, TestApp};

async fn edit(app: &TestApp, edit: impl FnOnce(&mut company::ActiveModel)) {
    let mut row = company::ActiveModel {
        id: Set(AOZORA.id()),
        ..Default::default()
    };
    edit(&mut row);
    row.update(app.connection()).await.unwrap();
}

#[tokio::test]
async fn an_invitation_has_its_link_in_both_parts_and_the_headers_of_an_automatic_message() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let queued = queue_some(&app, vec![invitation(&app, "taro@example.com")]).await;
    assert_eq!(send(&app).await.claimed, 1);
    let messages = server.accepted();
    let [message] = &messages[..] else {
        panic!("{messages:#?}")
    };
    assert_eq!(message.from, "alumni@service.example");
    assert_eq!(message.to, ["taro@example.com"]);
    assert_eq!(message.header("To"), "taro@example.com");
    assert_eq!(message.header("Auto-Submitted"), "auto-generated");
    assert_eq!(message.header("Content-Language"), "ja");
    assert_eq!(message.header("Date"), "Wed, 01 Apr 2026 00:00:00 +0000");
    assert_eq!(message.header("Message-ID"), queued[0].message_id);
    assert_eq!(
        queued[0].message_id,
        format!("<{}@service.example>", queued[0].id)
    );
    assert_eq!(message.headers("Reply-To"), 0);
    assert!(message.header("Subject").starts_with("=?utf-8?b?"));
    let link = "https://portal.example/open?lang=ja&token=token-of-taro%40example.com";
    let [text, html] = message.parts();
    assert!(text.starts_with("山田 太郎 様\r\n\r\n"), "{text}");
    assert!(text.contains(&format!("\r\n{link}\r\n")), "{text}");
    assert!(
        text.contains("有効期限: 2026年4月15日 09:00 (Asia/Tokyo)"),
        "{text}"
    );
    let escaped = link.replace('&', "&amp;");
    assert!(html.contains(&format!("href=\"{escaped}\"")), "{html}");
    assert!(html.contains("<html lang=\"ja\">"), "{html}");
}

#[tokio::test]
async fn each_kind_says_what_it_must_in_its_language() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let expires_at = app.clock.now() + TimeDelta::days(7);
    let account = |locale: &str| NewDelivery {
        message: Message::AccountInvitation {
            roles: vec![Role::Hr, Role::Recruiter],
            invited_by: Some("鈴木 一郎".into()),
            expires_at,
            token: "secret".into(),
        },
        locale: locale.into(),
        dedupe_key: format!("account:{locale}"),
        ..plain("staff@example.com")
    };
    let expiring = NewDelivery {
        message: Message::MembershipExpiring {
            name: "Ann Smith".into(),
            last_day: NaiveDate::from_ymd_opt(2026, 4, 30).unwrap(),
        },
        dedupe_key: "expiring".into(),
        ..plain("ann@example.com")
    };
    queue_some(&app, vec![account("ja-JP"), account("fr"), expiring]).await;
    send(&app).await;
    let mut texts: Vec<String> = server
        .accepted()
        .iter()
        .map(|message| message.parts()[0].replace("\r\n", "\n"))
        .collect();
    texts.sort();
    let [account_en, expiring, account_ja] = &texts[..] else {
        panic!("{texts:#?}")
    };
    // a text begins with "D", "Y" or a letter of the company's name
    let all = [account_en, expiring, account_ja]
        .map(String::as_str)
        .concat();
    for part in [
        "Invited by: 鈴木 一郎\nRole: human resources, recruiter\nValid until: 8 April 2026, 09:00 (Asia/Tokyo)",
        "招待者: 鈴木 一郎\n役割: 人事担当、採用担当\n有効期限: 2026年4月8日 09:00 (Asia/Tokyo)",
        "https://portal.example/open?lang=ja&token=secret",
        "Dear Ann Smith,",
        "is 30 April 2026.",
    ] {
        assert!(all.contains(part), "{part} in {all}");
    }
    assert!(!all.contains("{{"), "{all}");
}

#[tokio::test]
async fn a_companys_own_sender_and_portal_are_used() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    edit(&app, |row| {
        row.mail_sender_name = Set(Some("青空 アルムナイ事務局".into()));
        row.mail_sender_address = Set(Some("office@aozora.example".into()));
        row.mail_reply_to = Set(Some("hr@aozora.example".into()));
        row.portal_url = Set(Some("https://aozora.example/join#top".into()));
        row.description = Set(Some("年に三回の集まり\n& 共同研究".into()));
    })
    .await;
    queue_some(&app, vec![invitation(&app, "taro@example.com")]).await;
    send(&app).await;
    let message = &server.accepted()[0];
    assert_eq!(message.from, "office@aozora.example");
    let from = message.header("From");
    assert!(from.ends_with(" <office@aozora.example>"), "{from}");
    assert_eq!(message.header("Reply-To"), "hr@aozora.example");
    let [text, html] = message.parts();
    let link = "https://aozora.example/join?token=token-of-taro%40example.com#top";
    assert!(text.contains(link), "{text}");
    assert!(text.contains("年に三回の集まり\r\n& 共同研究"), "{text}");
    assert!(
        html.contains("年に三回の集まり<br>\r\n&amp; 共同研究"),
        "{html}"
    );
}

#[tokio::test]
async fn an_address_outside_the_companys_sender_domains_is_used_for_replies_only() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    edit(&app, |row| {
        row.mail_sender_address = Set(Some("office@midori.example".into()));
    })
    .await;
    queue_some(&app, vec![invitation(&app, "taro@example.com")]).await;
    send(&app).await;
    let message = &server.accepted()[0];
    assert_eq!(message.from, "alumni@service.example");
    let from = message.header("From");
    assert!(from.ends_with(" <alumni@service.example>"), "{from}");
    assert_eq!(message.header("Reply-To"), "office@midori.example");
}

#[tokio::test]
async fn without_a_portal_the_message_shows_the_code_and_where_to_enter_it() {
    let server = SmtpServer::start(Mode::Accept).await;
    let mut settings = sending_to(&server);
    settings.portal_url = None;
    let app = TestApp::start_with_mail(settings).await;
    edit(&app, |row| {
        row.website = Set(Some("https://aozora.example/".into()));
    })
    .await;
    queue_some(&app, vec![invitation(&app, "taro@example.com")]).await;
    send(&app).await;
    let [text, _] = server.accepted()[0].parts();
    assert!(text.contains("\r\ntoken-of-taro@example.com\r\n"), "{text}");
    assert!(text.contains("(https://aozora.example/)"), "{text}");
}

/// An attacker who can choose names tries to add headers, recipients, markup and another link.
#[tokio::test]
async fn nothing_that_people_write_adds_a_header_a_recipient_or_markup() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    edit(&app, |row| {
        row.name = Set("Evil\r\nBcc: eve@example.com\r\n\r\nbody".into());
        row.mail_sender_name = Set(Some("Boss\r\nX-Evil: 1\u{202e}<ceo@other.example>".into()));
        row.description = Set(Some(
            "<script>alert(1)</script>\r\n.\r\nRCPT TO:<eve@example.com>".into(),
        ));
        row.website = Set(Some("javascript:alert(1)//\"onclick=\"x".into()));
    })
    .await;
    let evil = NewDelivery {
        message: Message::MembershipInvitation {
            name: "<img src=x onerror=alert(1)>\r\nSubject: x\u{0}{{token}}".into(),
            expires_at: app.clock.now() + TimeDelta::days(1),
            token: "a\"><script>".into(),
        },
        locale: "en".into(),
        ..invitation(&app, "taro@example.com")
    };
    queue_some(&app, vec![evil]).await;
    assert_eq!(send(&app).await.claimed, 1);
    let messages = server.accepted();
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    assert_eq!(message.to, ["taro@example.com"]);
    for name in ["Bcc", "X-Evil"] {
        assert_eq!(message.headers(name), 0, "{}", message.text);
    }
    for name in ["From", "To", "Subject", "Message-ID"] {
        assert_eq!(message.headers(name), 1, "{name}");
    }
    assert!(
        message
            .header("From")
            .ends_with(" <alumni@service.example>")
    );
    let [text, html] = message.parts();
    assert!(
        !html.contains("<script") && !html.contains("<img"),
        "{html}"
    );
    assert!(
        html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{html}"
    );
    assert!(text.contains("Subject: x {{token}}"), "{text}");
    assert!(text.contains("token=a%22%3E%3Cscript%3E"), "{text}");
}

#[tokio::test]
async fn a_token_cannot_be_read_in_the_database_and_is_removed_once_sent() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let [queued] = &queue_some(&app, vec![invitation(&app, "taro@example.com")]).await[..] else {
        panic!("one row")
    };
    let sealed = queued.sealed.clone().unwrap();
    let token = b"token-of-taro@example.com";
    assert!(!sealed.windows(5).any(|part| token.starts_with(part)));
    assert!(
        !queued
            .parameters
            .as_ref()
            .unwrap()
            .to_string()
            .contains("token-of")
    );
    send(&app).await;
    assert_eq!(rows(&app).await[0].sealed, None);
}

#[tokio::test]
async fn a_message_sealed_by_another_secret_fails_and_sends_no_broken_link() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    queue_some(
        &app,
        vec![
            invitation(&app, "a@example.com"),
            invitation(&app, "b@example.com"),
        ],
    )
    .await;
    // each row's secret is bound to the row
    let [first, second] = &rows(&app).await[..] else {
        panic!("two rows")
    };
    let swapped = entity::delivery::ActiveModel {
        id: Set(first.id),
        sealed: Set(second.sealed.clone()),
        ..Default::default()
    };
    swapped.update(app.connection()).await.unwrap();
    send(&app).await;
    let rows = rows(&app).await;
    assert_eq!(rows[0].state, entity::DeliveryState::Failed);
    assert_eq!(rows[0].reason, Some(entity::DeliveryReason::Unreadable));
    assert_eq!(rows[1].state, entity::DeliveryState::Sent);
    assert_eq!(server.accepted().len(), 1);
}
