//! The key set over time: since when a key counts, until when, and how many requests that costs.

use std::{fs, time::Duration};

use alumni_api::access::jwt::{JwtSettingsError, KeySource, TokenRefusal, Verifier};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::{FutureExt, future::join_all};
use serde_json::json;
use wiremock::ResponseTemplate;

use super::provider::{Provider, Signer, after, ed25519, key_set, p256, rsa, settings, start};

#[tokio::test]
async fn a_new_key_is_learnt_within_half_a_minute_and_unknown_ones_cost_one_request_in_that_time() {
    let (old, new) = (rsa("old"), p256("new"));
    let provider = Provider::of(&[&old]).await;
    assert_eq!(provider.verdict(&old.token(), 0).await, Ok(()));
    provider.publish(&[&old, &new]).await;
    for seconds in 0..30 {
        assert_eq!(
            provider.verdict(&new.token(), seconds).await,
            Err(TokenRefusal::UnknownKey)
        );
    }
    assert_eq!(provider.requests().await, 0);
    assert_eq!(provider.verdict(&new.token(), 30).await, Ok(()));
    assert_eq!(
        provider.verdict(&ed25519("nobody's").token(), 59).await,
        Err(TokenRefusal::UnknownKey)
    );
    assert_eq!(provider.requests().await, 1);
    assert_eq!(
        provider.verdict(&ed25519("nobody's").token(), 60).await,
        Err(TokenRefusal::UnknownKey)
    );
    assert_eq!(provider.requests().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_tokens_at_once_cause_one_request() {
    let signer = rsa("r");
    let provider = Provider::of(&[&signer]).await;
    let (known, unknown) = (signer.token(), p256("nobody's").token());
    let verdicts = join_all(
        (0..100).map(|number| provider.verdict(if number % 2 == 0 { &known } else { &unknown }, 0)),
    )
    .await;
    for (number, verdict) in verdicts.into_iter().enumerate() {
        assert_eq!(
            verdict,
            if number % 2 == 0 {
                Ok(())
            } else {
                Err(TokenRefusal::UnknownKey)
            }
        );
    }
    assert_eq!(provider.requests().await, 1);
}

#[tokio::test]
async fn a_visitor_who_hangs_up_does_not_keep_the_keys_from_the_others() {
    let signer = rsa("r");
    let provider = Provider::of(&[&signer]).await;
    assert_eq!(provider.verdict(&signer.token(), 0).now_or_never(), None);
    assert_eq!(provider.verdict(&signer.token(), 0).await, Ok(()));
    assert_eq!(provider.requests().await, 1);
}

#[tokio::test]
async fn a_key_taken_back_is_refused_once_the_set_has_had_its_time() {
    let (stays, goes) = (rsa("stays"), p256("goes"));
    let provider = Provider::of(&[&stays, &goes]).await;
    assert_eq!(provider.verdict(&goes.token(), 0).await, Ok(()));
    provider.publish(&[&stays]).await;
    assert_eq!(provider.verdict(&goes.token(), 3_599).await, Ok(()));
    assert_eq!(provider.requests().await, 0);
    assert_eq!(
        provider.verdict(&goes.token(), 3_600).await,
        Err(TokenRefusal::UnknownKey)
    );
    assert_eq!(provider.verdict(&stays.token(), 3_600).await, Ok(()));
    assert_eq!(provider.requests().await, 1);
}

#[tokio::test]
async fn an_emptied_set_takes_every_key_back() {
    let signer = rsa("r");
    let provider = Provider::of(&[&signer]).await;
    assert_eq!(provider.verdict(&signer.token(), 0).await, Ok(()));
    provider.publish(&[]).await;
    assert_eq!(
        provider.verdict(&signer.token(), 3_600).await,
        Err(TokenRefusal::UnknownKey)
    );
}

#[tokio::test]
async fn the_old_set_serves_on_for_a_day_while_the_provider_fails_and_no_longer() {
    const DAY: i64 = 86_400;
    let signer = rsa("r");
    let provider = Provider::of(&[&signer]).await;
    assert_eq!(provider.verdict(&signer.token(), 0).await, Ok(()));
    let failures = [
        ResponseTemplate::new(503),
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(204),
    ];
    for (failure, seconds) in failures.into_iter().zip([3_600, 3_630, 3_660]) {
        provider.answer(failure).await;
        assert_eq!(provider.verdict(&signer.token(), seconds).await, Ok(()));
        assert_eq!(provider.requests().await, 1);
    }
    assert_eq!(
        provider.verdict(&signer.token(), 3_600 + DAY - 1).await,
        Ok(())
    );
    assert_eq!(
        provider.verdict(&signer.token(), 3_600 + DAY + 30).await,
        Err(TokenRefusal::KeysUnavailable)
    );
    provider.publish(&[&signer]).await;
    assert_eq!(
        provider.verdict(&signer.token(), 3_600 + DAY + 60).await,
        Ok(())
    );
}

#[tokio::test]
async fn a_provider_that_is_down_at_first_is_asked_again_every_half_minute() {
    let signer = rsa("r");
    let provider = Provider::answering(ResponseTemplate::new(500)).await;
    for seconds in 0..60 {
        assert_eq!(
            provider.verdict(&signer.token(), seconds).await,
            Err(TokenRefusal::KeysUnavailable)
        );
    }
    assert_eq!(provider.requests().await, 2);
    provider.publish(&[&signer]).await;
    assert_eq!(provider.verdict(&signer.token(), 60).await, Ok(()));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let signer = rsa("r");
    let elsewhere = Provider::of(&[&signer]).await;
    let redirect = ResponseTemplate::new(302)
        .insert_header("Location", format!("{}/keys", elsewhere.server.uri()));
    let provider = Provider::answering(redirect).await;
    assert_eq!(
        provider.verdict(&signer.token(), 0).await,
        Err(TokenRefusal::KeysUnavailable)
    );
    assert_eq!(
        (provider.requests().await, elsewhere.requests().await),
        (1, 0)
    );
}

#[tokio::test]
async fn a_set_over_one_megabyte_is_not_read() {
    let signer = rsa("r");
    let mut large = key_set(&[&signer]);
    large["padding"] = json!("x".repeat(1_024 * 1_024));
    let provider = Provider::answering(ResponseTemplate::new(200).set_body_json(large)).await;
    assert_eq!(
        provider.verdict(&signer.token(), 0).await,
        Err(TokenRefusal::KeysUnavailable)
    );
}

#[tokio::test]
async fn a_file_is_looked_at_every_half_minute_and_a_broken_one_changes_nothing() {
    let (old, new) = (rsa("old"), p256("new"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    fs::write(&path, key_set(&[&old]).to_string()).unwrap();
    let verifier = Verifier::new(settings(KeySource::JwksFile(path.clone()))).unwrap();
    let verdict = async |signer: &Signer, seconds| {
        verifier
            .verify(&signer.token(), after(seconds))
            .await
            .map(drop)
    };
    assert_eq!(verdict(&old, 0).await, Ok(()));
    fs::write(&path, "{ half a fi").unwrap();
    assert_eq!(verdict(&old, 30).await, Ok(()));
    fs::write(&path, key_set(&[&new]).to_string()).unwrap();
    assert_eq!(verdict(&new, 59).await, Err(TokenRefusal::UnknownKey));
    assert_eq!(verdict(&new, 60).await, Ok(()));
    assert_eq!(verdict(&old, 60).await, Err(TokenRefusal::UnknownKey));
}

#[tokio::test]
async fn a_file_changed_without_changing_its_length_is_told_by_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let (old, new) = (ed25519("a"), ed25519("b"));
    fs::write(&path, key_set(&[&old]).to_string()).unwrap();
    let verifier = Verifier::new(settings(KeySource::JwksFile(path.clone()))).unwrap();
    assert!(verifier.verify(&old.token(), start()).await.is_ok());
    let written_at = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, key_set(&[&new]).to_string()).unwrap();
    fs::File::open(&path)
        .unwrap()
        .set_modified(written_at + Duration::from_secs(1))
        .unwrap();
    assert!(verifier.verify(&new.token(), after(30)).await.is_ok());
}

#[test]
fn a_file_that_is_missing_or_holds_no_usable_key_is_refused_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let refusal = || match Verifier::new(settings(KeySource::JwksFile(path.clone()))) {
        Err(JwtSettingsError::KeySet(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(refusal().starts_with(&format!(
        "the key set file {} cannot be read",
        path.display()
    )));
    let mut weak = rsa("r").public();
    weak["n"] = json!(URL_SAFE_NO_PAD.encode([0xFF; 128]));
    let secret =
        json!({ "kty": "oct", "kid": "s", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode([1; 32]) });
    fs::write(&path, json!({ "keys": [weak, secret] }).to_string()).unwrap();
    assert_eq!(
        refusal(),
        "the key set has no key for RS256 (from 2048 bits), ES256 or EdDSA (Ed25519)"
    );
    fs::write(&path, "-----BEGIN PUBLIC KEY-----").unwrap();
    assert!(refusal().starts_with("this is not a JWK set"));
}
