//! Tokens under a shared secret: everything about a token that does not depend on where its key comes from.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_800_000_000;
const LEEWAY: i64 = 30;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn settings() -> JwtSettings {
    JwtSettings {
        issuer: "https://id.example/".into(),
        audience: "alumni-api".into(),
        leeway_seconds: 30,
        source: KeySource::Secret(DEVELOPMENT_SECRET.into()),
    }
}

/// Claims that are believed, with some of them replaced; a null takes one away.
fn claims(changes: Value) -> Value {
    let mut claims = json!({ "iss": "https://id.example/", "sub": "somebody", "aud": "alumni-api", "exp": NOW + 600 });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    claims
}

fn sign(header: &str, payload: &str) -> String {
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let key = EncodingKey::from_secret(DEVELOPMENT_SECRET.as_bytes());
    let signature = crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{signed}.{signature}")
}

async fn verdict_at(token: &str, seconds: i64) -> Result<Claims, TokenRefusal> {
    Verifier::new(settings())
        .unwrap()
        .verify(token, at(seconds))
        .await
}

async fn verdict(token: &str) -> Result<Claims, TokenRefusal> {
    verdict_at(token, NOW).await
}

async fn verdict_on_claims(changes: Value) -> Result<Claims, TokenRefusal> {
    verdict(&sign(r#"{"alg":"HS256"}"#, &claims(changes).to_string())).await
}

async fn verdict_on_header(header: Value) -> Result<Claims, TokenRefusal> {
    verdict(&sign(&header.to_string(), &claims(json!({})).to_string())).await
}

#[tokio::test]
async fn a_signed_development_token_is_believed_for_its_lifetime_and_the_leeway() {
    let token = issue(&settings(), "somebody", None, at(NOW), TimeDelta::hours(1)).unwrap();
    let believed = Claims {
        iss: "https://id.example/".into(),
        sub: "somebody".into(),
        exp: at(NOW + 3_600),
        nbf: Some(at(NOW)),
        jti: None,
    };
    assert_eq!(verdict(&token).await, Ok(believed.clone()));
    assert_eq!(
        verdict_at(&token, NOW + 3_600 + LEEWAY - 1).await,
        Ok(believed.clone())
    );
    assert_eq!(
        verdict_at(&token, NOW + 3_600 + LEEWAY).await,
        Err(TokenRefusal::Expired)
    );
    assert_eq!(
        verdict_at(&token, NOW + 3_600 + LEEWAY + 1).await,
        Err(TokenRefusal::Expired)
    );
    assert_eq!(verdict_at(&token, NOW - LEEWAY).await, Ok(believed));
    assert_eq!(
        verdict_at(&token, NOW - LEEWAY - 1).await,
        Err(TokenRefusal::NotYetValid)
    );
}

#[tokio::test]
async fn a_token_of_another_issuer_is_refused_however_similar_its_name() {
    for issuer in [
        "https://id.example",
        "https://id.example/ ",
        "HTTPS://ID.EXAMPLE/",
        "https://id.example/\u{0}",
        "",
    ] {
        assert_eq!(
            verdict_on_claims(json!({ "iss": issuer })).await,
            Err(TokenRefusal::WrongIssuer),
            "{issuer:?}"
        );
    }
    assert_eq!(
        verdict_on_claims(json!({ "iss": ["https://id.example/"] })).await,
        Err(TokenRefusal::Malformed)
    );
}

#[tokio::test]
async fn the_audience_may_be_one_of_several_and_must_be_there_whole() {
    assert!(
        verdict_on_claims(json!({ "aud": ["other", "alumni-api"] }))
            .await
            .is_ok()
    );
    for audience in [
        json!("other"),
        json!(["other", "alumni-api-2"]),
        json!([]),
        json!(""),
        json!("alumni-api other"),
        json!(["alumni", "-api"]),
    ] {
        assert_eq!(
            verdict_on_claims(json!({ "aud": audience })).await,
            Err(TokenRefusal::WrongAudience),
            "{audience}"
        );
    }
    for audience in [
        json!({ "0": "alumni-api" }),
        json!(["alumni-api", 1]),
        json!(true),
    ] {
        assert_eq!(
            verdict_on_claims(json!({ "aud": audience })).await,
            Err(TokenRefusal::Malformed),
            "{audience}"
        );
    }
}

#[tokio::test]
async fn a_token_that_lacks_a_needed_claim_is_malformed() {
    for needed in ["iss", "sub", "aud", "exp"] {
        assert_eq!(
            verdict_on_claims(json!({ needed: null })).await,
            Err(TokenRefusal::Malformed),
            "{needed}"
        );
    }
}

#[tokio::test]
async fn times_are_numbers_whole_or_not_and_nothing_else() {
    let believed = verdict_on_claims(json!({ "exp": 1_800_000_600.9, "nbf": 1_799_999_999.5 }))
        .await
        .unwrap();
    assert_eq!(
        (believed.exp, believed.nbf),
        (at(NOW + 600), Some(at(NOW - 1)))
    );
    for exp in [
        json!("1800000600"),
        json!(true),
        json!([NOW + 600]),
        json!(1e300),
        json!(-1e300),
        json!(i64::MAX),
        json!(u64::MAX),
    ] {
        assert_eq!(
            verdict_on_claims(json!({ "exp": exp })).await,
            Err(TokenRefusal::Malformed),
            "{exp}"
        );
    }
    assert_eq!(
        verdict_on_claims(json!({ "exp": -1 })).await,
        Err(TokenRefusal::Expired)
    );
    assert_eq!(
        verdict_on_claims(json!({ "nbf": "never" })).await,
        Err(TokenRefusal::Malformed)
    );
}

#[tokio::test]
async fn a_subject_that_no_database_takes_is_malformed() {
    for subject in ["", "some\u{0}body", "some\nbody", "\u{7f}"] {
        assert_eq!(
            verdict_on_claims(json!({ "sub": subject })).await,
            Err(TokenRefusal::Malformed),
            "{subject:?}"
        );
        assert_eq!(
            verdict_on_claims(json!({ "jti": subject })).await,
            Err(TokenRefusal::Malformed),
            "{subject:?}"
        );
    }
    assert_eq!(
        verdict_on_claims(json!({ "sub": 7 })).await,
        Err(TokenRefusal::Malformed)
    );
    assert_eq!(
        verdict_on_claims(json!({ "sub": "山田|花子" }))
            .await
            .unwrap()
            .sub,
        "山田|花子"
    );
}

#[tokio::test]
async fn a_claim_or_header_member_that_stands_twice_is_refused_although_signed() {
    let payload = claims(json!({})).to_string();
    for twice in [
        r#"{"sub":"admin","#,
        r#"{"s\u0075b":"admin","#,
        r#"{"exp":9999999999,"#,
        r#"{"aud":"x","#,
        r#"{"iss":"x","#,
    ] {
        let payload = payload.replacen('{', twice, 1);
        assert_eq!(
            verdict(&sign(r#"{"alg":"HS256"}"#, &payload)).await,
            Err(TokenRefusal::Malformed),
            "{twice}"
        );
    }
    assert_eq!(
        verdict(&sign(r#"{"alg":"none","alg":"HS256"}"#, &payload)).await,
        Err(TokenRefusal::Malformed)
    );
}

#[tokio::test]
async fn algorithms_other_than_the_one_of_the_secret_are_refused() {
    for name in [
        "none", "None", "NONE", "nOnE", "", "hs256", "HS384", "HS512", "RS256", "ES256", "EdDSA",
        "HS256 ",
    ] {
        assert_eq!(
            verdict_on_header(json!({ "alg": name })).await,
            Err(TokenRefusal::WrongAlgorithm),
            "{name}"
        );
    }
    for header in [
        json!({}),
        json!({ "alg": null }),
        json!({ "alg": ["HS256"] }),
        json!({ "alg": 256 }),
    ] {
        assert_eq!(
            verdict_on_header(header.clone()).await,
            Err(TokenRefusal::Malformed),
            "{header}"
        );
    }
}

#[tokio::test]
async fn extensions_that_must_be_understood_are_refused_and_so_are_tokens_made_for_other_uses() {
    for critical in [
        json!(["exp"]),
        json!(["b64"]),
        json!([]),
        json!(null),
        json!("x"),
    ] {
        assert_eq!(
            verdict_on_header(json!({ "alg": "HS256", "crit": critical })).await,
            Err(TokenRefusal::Malformed),
            "{critical}"
        );
    }
    for kind in ["logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE+JSON", ""] {
        assert_eq!(
            verdict_on_header(json!({ "alg": "HS256", "typ": kind })).await,
            Err(TokenRefusal::Malformed),
            "{kind}"
        );
    }
    for kind in ["JWT", "jwt", "at+jwt", "application/at+JWT"] {
        assert!(
            verdict_on_header(json!({ "alg": "HS256", "typ": kind, "kid": "any", "cty": "x" }))
                .await
                .is_ok(),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn a_token_whose_signature_was_stripped_cut_or_changed_is_refused() {
    let token = sign(r#"{"alg":"HS256"}"#, &claims(json!({})).to_string());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let truncated = &signature[..signature.len() - 4];
    let first_changed = format!(
        "{}{}",
        if signature.starts_with('A') { 'B' } else { 'A' },
        &signature[1..]
    );
    for forged in [
        "",
        truncated,
        &first_changed,
        &format!("{signature}="),
        &format!("{signature} "),
        "%%%",
    ] {
        assert_eq!(
            verdict(&format!("{signed}.{forged}")).await,
            Err(TokenRefusal::BadSignature),
            "{forged}"
        );
    }
    assert_eq!(verdict(signed).await, Err(TokenRefusal::Malformed));
}

#[tokio::test]
async fn claims_changed_under_a_signature_are_refused_before_they_are_read() {
    let token = sign(r#"{"alg":"HS256"}"#, &claims(json!({})).to_string());
    let parts: Vec<&str> = token.split('.').collect();
    for payload in [
        claims(json!({ "sub": "admin" })).to_string(),
        claims(json!({ "iss": "x", "exp": 0 })).to_string(),
        "not even JSON".into(),
    ] {
        let forged = format!(
            "{}.{}.{}",
            parts[0],
            URL_SAFE_NO_PAD.encode(payload),
            parts[2]
        );
        assert_eq!(verdict(&forged).await, Err(TokenRefusal::BadSignature));
    }
}

#[tokio::test]
async fn what_is_no_token_is_malformed_and_never_a_panic() {
    let good = sign(r#"{"alg":"HS256"}"#, &claims(json!({})).to_string());
    let nested = sign("[".repeat(2_000).as_str(), "{}");
    let as_array = sign(r#"["HS256",null,null]"#, "{}");
    let with_newline = good.replacen('.', "\n.", 1);
    let padded = good.replacen('.', "=.", 1);
    let encrypted = format!("{good}.x.y");
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "é.é.é",
        "e30.e30.",
        &nested,
        &as_array,
        &with_newline,
        &padded,
        &encrypted,
        "ak_AbCd1234_",
    ] {
        assert_eq!(verdict(text).await, Err(TokenRefusal::Malformed), "{text}");
    }
    let claims_in_order = sign(
        r#"{"alg":"HS256"}"#,
        r#"["https://id.example/","somebody","alumni-api",9999999999,null,null]"#,
    );
    assert_eq!(
        verdict(&claims_in_order).await,
        Err(TokenRefusal::Malformed)
    );
}

#[tokio::test]
async fn a_token_may_be_8192_bytes_long_and_not_one_more() {
    let with_padding = |length: usize| {
        sign(
            r#"{"alg":"HS256"}"#,
            &claims(json!({ "x": "x".repeat(length) })).to_string(),
        )
    };
    let fitting = (5_500..6_200)
        .map(with_padding)
        .rfind(|token| token.len() <= 8_192)
        .unwrap();
    assert_eq!(fitting.len(), 8_192);
    assert!(verdict(&fitting).await.is_ok());
    assert_eq!(
        verdict(&format!("{fitting}A")).await,
        Err(TokenRefusal::TooLong)
    );
    assert_eq!(
        verdict(&"A.".repeat(10_000_000)).await,
        Err(TokenRefusal::TooLong)
    );
}

#[tokio::test]
async fn a_token_under_another_secret_is_refused() {
    let other = JwtSettings {
        source: KeySource::Secret("another secret of at least 32 bytes".into()),
        ..settings()
    };
    let token = issue(&other, "somebody", None, at(NOW), TimeDelta::hours(1)).unwrap();
    assert_eq!(verdict(&token).await, Err(TokenRefusal::BadSignature));
}

#[test]
fn settings_that_would_protect_nothing_are_refused() {
    let refusal = |settings| Verifier::new(settings).unwrap_err().to_string();
    assert_eq!(
        refusal(JwtSettings {
            issuer: String::new(),
            ..settings()
        }),
        "the issuer of tokens must not be empty"
    );
    assert_eq!(
        refusal(JwtSettings {
            audience: String::new(),
            ..settings()
        }),
        "the audience of tokens must not be empty"
    );
    assert_eq!(
        refusal(JwtSettings {
            leeway_seconds: 301,
            ..settings()
        }),
        "the leeway must not be longer than 300 seconds"
    );
    let short = JwtSettings {
        source: KeySource::Secret("a secret of just 31 bytes length".get(..31).unwrap().into()),
        ..settings()
    };
    assert_eq!(
        refusal(short),
        "the secret for tokens must be at least 32 bytes long"
    );
    let open = JwtSettings {
        source: KeySource::JwksUrl("http://id.example/keys".parse().unwrap()),
        ..settings()
    };
    assert_eq!(
        refusal(open),
        "the address of the key set must begin with https:// (http:// only on this machine)"
    );
}

#[test]
fn only_a_secret_signs_tokens_and_it_never_shows_in_debug_output() {
    let with_file = JwtSettings {
        source: KeySource::JwksFile("keys.json".into()),
        ..settings()
    };
    let refusal = issue(&with_file, "somebody", None, at(NOW), TimeDelta::hours(1)).unwrap_err();
    assert!(matches!(refusal, JwtSettingsError::NothingToSignWith));
    let shown = format!("{:?} {:?}", settings(), Verifier::new(settings()).unwrap());
    assert!(
        !shown.contains(DEVELOPMENT_SECRET) && shown.to_lowercase().contains("redacted"),
        "{shown}"
    );
    let as_bytes = format!("{:?}", DEVELOPMENT_SECRET.as_bytes());
    assert!(!shown.contains(as_bytes.trim_matches(['[', ']'])));
}

#[test]
fn the_development_secret_is_recognised_and_no_other() {
    assert!(is_development_secret(&DEVELOPMENT_SECRET.into()));
    assert!(!is_development_secret(
        &"a production secret, long and random".into()
    ));
}
