//! What the log says of a refused token: the reason, and the issuer and key that it names. Never the token.

use alumni_api::access::jwt::TokenRefusal;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Idp, app, claims_of, created, input, signed, token_of};
use crate::telemetry::log::Log;
use crate::tokens::provider::{rsa, rsa_of_another};

const LINE: &str = "refused a token";

#[tokio::test]
async fn a_refused_token_is_logged_once_with_its_issuer_and_key_and_without_the_token() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    created(&app.admin(), input(&idp.issuer(), json!({}))).await;
    let log = Log::default();
    let listening = log.listen();
    let forged = token_of(&rsa_of_another("r"), &app, &idp.issuer(), json!({}));
    assert_eq!(
        app.with_token(&forged)
            .ask("{ viewer { kind } }")
            .await
            .status,
        401
    );
    let with_slash = format!("{}/", idp.issuer());
    let token = token_of(&idp.signer, &app, &with_slash, json!({}));
    let _ = app.app.access.identify(&token, None).await;
    drop(listening);
    let lines = log.lines(LINE);
    let told: Vec<Value> = lines
        .iter()
        .map(|line| {
            let mut fields = line["fields"].clone();
            fields["level"] = line["level"].clone();
            fields.as_object_mut().unwrap().remove("message");
            fields
        })
        .collect();
    assert_eq!(
        told,
        [
            json!({ "level": "WARN", "reason": "The token's signature does not hold.", "issuer": idp.issuer(), "key_id": "r" }),
            json!({ "level": "WARN", "reason": "The token comes from another issuer.", "issuer": with_slash, "key_id": "r",
                "hint": "an accepted issuer differs by a trailing slash only" }),
        ]
    );
    // no part of either token is written anywhere
    for token in [&forged, &token] {
        for part in token.split('.') {
            assert!(!log.text().contains(part), "{part}");
        }
    }
}

#[tokio::test]
async fn what_a_stranger_writes_into_a_token_is_cut_and_escaped() {
    let app = app().await;
    let log = Log::default();
    let listening = log.listen();
    let issuer = format!("https://evil\r\nforged line\u{1b}[31m{}", "x".repeat(300));
    let header = json!({ "alg": "RS256", "kid": "k\nline" });
    let claims = claims_of(&app, &issuer, json!({}));
    let token = signed(&rsa("r"), &header, &claims);
    let verdict = app.app.access.identify(&token, None).await;
    assert_eq!(verdict, Err(TokenRefusal::WrongIssuer));
    drop(listening);
    let fields = &log.lines(LINE)[0]["fields"];
    assert_eq!(fields["key_id"], "k\\u{a}line");
    let shown = fields["issuer"].as_str().unwrap();
    assert!(shown.starts_with("https://evil\\u{d}\\u{a}forged line\\u{1b}[31mxxx"));
    assert!(shown.ends_with("x…"));
}

#[tokio::test]
async fn a_flood_of_refused_tokens_is_thirty_lines_a_minute_and_a_count() {
    let app = app().await;
    let log = Log::default();
    let listening = log.listen();
    let token = token_of(&rsa("r"), &app, "https://unknown.example.com", json!({}));
    for _ in 0..200 {
        let _ = app.app.access.identify(&token, None).await;
    }
    assert_eq!(log.lines(LINE).len(), 30);
    let limit =
        "refused tokens reach the limit of lines for this minute; further ones are counted only";
    assert_eq!(log.lines(limit).len(), 1);
    app.clock.advance(TimeDelta::minutes(1));
    let _ = app.app.access.identify(&token, None).await;
    drop(listening);
    assert_eq!(log.lines(LINE).len(), 31);
    let rest = log.lines("refused tokens of the last minutes that were not logged");
    assert_eq!(rest[0]["fields"]["left_out"], 170);
}
