//! Tokens of an identity provider, whose key set is had from a real HTTP server or a real file. What a token may say under any key
//! is covered beside `access::jwt`; here are the attempts to pass with a key that is not the provider's.

mod key_set;
pub mod provider;

use alumni_api::access::jwt::{Claims, TokenRefusal};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::json;

use provider::{
    Provider, Signer, after, ed25519, p256, p256_of_another, rsa, rsa_of_another, start, unsigned,
};

#[tokio::test]
async fn tokens_of_all_three_kinds_are_believed_from_a_set_asked_for_once() {
    let (rsa, elliptic, edwards) = (rsa("r"), p256("e"), ed25519("d"));
    let provider = Provider::of(&[&rsa, &elliptic, &edwards]).await;
    for signer in [&rsa, &elliptic, &edwards] {
        let claims = provider
            .verifier
            .verify(&signer.token(), start())
            .await
            .unwrap();
        let exp = after(864_000);
        assert_eq!(
            claims,
            Claims {
                iss: "https://id.example/".into(),
                sub: "somebody".into(),
                exp,
                nbf: None,
                jti: None
            }
        );
    }
    let newer_name = edwards.token_with(json!({ "alg": "Ed25519", "kid": "d" }));
    assert_eq!(provider.verdict(&newer_name, 0).await, Ok(()));
    assert_eq!(provider.requests().await, 1);
}

#[tokio::test]
async fn a_token_must_name_its_key_unless_there_is_only_one() {
    let (rsa, elliptic) = (rsa("r"), p256("e"));
    let nameless = rsa.token_with(json!({ "alg": "RS256" }));
    assert_eq!(
        Provider::of(&[&rsa]).await.verdict(&nameless, 0).await,
        Ok(())
    );
    assert_eq!(
        Provider::of(&[&rsa, &elliptic])
            .await
            .verdict(&nameless, 0)
            .await,
        Err(TokenRefusal::UnknownKey)
    );
    assert_eq!(
        Provider::of(&[]).await.verdict(&nameless, 0).await,
        Err(TokenRefusal::UnknownKey)
    );
}

#[tokio::test]
async fn a_public_key_is_not_accepted_as_the_secret_of_an_hmac() {
    let rsa = rsa("r");
    let provider = Provider::of(&[&rsa]).await;
    let published = rsa.public();
    let modulus = URL_SAFE_NO_PAD
        .decode(published["n"].as_str().unwrap())
        .unwrap();
    let pem = include_bytes!("tokens/keys/rsa_public.pem");
    for secret in [
        &pem[..],
        &modulus,
        published["n"].as_str().unwrap().as_bytes(),
        published.to_string().as_bytes(),
        b"",
    ] {
        for (name, algorithm) in [("HS256", Algorithm::HS256), ("HS512", Algorithm::HS512)] {
            let attacker = Signer {
                kid: "r",
                algorithm,
                key: EncodingKey::from_secret(secret),
            };
            let forged = attacker.token_with(json!({ "alg": name, "kid": "r" }));
            assert_eq!(
                provider.verdict(&forged, 0).await,
                Err(TokenRefusal::WrongAlgorithm)
            );
            let disguised = attacker.token_with(json!({ "alg": "RS256", "kid": "r" }));
            assert_eq!(
                provider.verdict(&disguised, 0).await,
                Err(TokenRefusal::BadSignature)
            );
        }
    }
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused_whatever_it_calls_that() {
    let provider = Provider::of(&[&rsa("r")]).await;
    for name in ["none", "None", "NONE", "nonE", "HS256", ""] {
        let forged = format!("{}.", unsigned(json!({ "alg": name, "kid": "r" })));
        assert_eq!(
            provider.verdict(&forged, 0).await,
            Err(TokenRefusal::WrongAlgorithm),
            "{name}"
        );
    }
    assert_eq!(provider.requests().await, 0);
    let stripped = format!("{}.", unsigned(json!({ "alg": "RS256", "kid": "r" })));
    assert_eq!(
        provider.verdict(&stripped, 0).await,
        Err(TokenRefusal::BadSignature)
    );
}

#[tokio::test]
async fn a_key_is_used_with_its_own_algorithm_only() {
    let (rsa, elliptic) = (rsa("r"), p256("e"));
    let provider = Provider::of(&[&rsa, &elliptic]).await;
    for (signer, name) in [
        (&rsa, "RS512"),
        (&rsa, "PS256"),
        (&rsa, "ES256"),
        (&elliptic, "RS256"),
        (&elliptic, "EdDSA"),
        (&elliptic, "ES384"),
    ] {
        let token = signer.token_with(json!({ "alg": name, "kid": signer.kid }));
        assert_eq!(
            provider.verdict(&token, 0).await,
            Err(TokenRefusal::WrongAlgorithm),
            "{name}"
        );
    }
    let longer_hash = Signer {
        algorithm: Algorithm::RS512,
        ..rsa
    };
    let disguised = longer_hash.token_with(json!({ "alg": "RS256", "kid": "r" }));
    assert_eq!(
        provider.verdict(&disguised, 0).await,
        Err(TokenRefusal::BadSignature)
    );
}

#[tokio::test]
async fn another_key_under_a_known_name_is_refused() {
    let provider = Provider::of(&[&rsa("r"), &p256("e")]).await;
    for attacker in [rsa_of_another("r"), p256_of_another("e")] {
        assert_eq!(
            provider.verdict(&attacker.token(), 0).await,
            Err(TokenRefusal::BadSignature)
        );
    }
    assert_eq!(
        provider.verdict(&p256("r").token(), 0).await,
        Err(TokenRefusal::WrongAlgorithm)
    );
}

#[tokio::test]
async fn keys_and_addresses_that_a_token_brings_along_are_not_looked_at() {
    let attacker = rsa_of_another("r");
    let (provider, elsewhere) = (
        Provider::of(&[&rsa("r")]).await,
        Provider::of(&[&attacker]).await,
    );
    let address = format!("{}/keys", elsewhere.server.uri());
    for (member, value) in [
        ("jku", json!(address)),
        ("x5u", json!(address)),
        ("jwk", attacker.public()),
        ("x5c", json!([address])),
    ] {
        let mut header = json!({ "alg": "RS256", "kid": "r" });
        header[member] = value;
        assert_eq!(
            provider.verdict(&attacker.token_with(header), 0).await,
            Err(TokenRefusal::BadSignature),
            "{member}"
        );
    }
    assert_eq!(
        (provider.requests().await, elsewhere.requests().await),
        (1, 0)
    );
}

#[tokio::test]
async fn a_key_name_is_compared_and_never_followed() {
    let attacker = rsa_of_another("r");
    let (provider, elsewhere) = (
        Provider::of(&[&rsa("r"), &p256("e")]).await,
        Provider::of(&[&attacker]).await,
    );
    let address = format!("{}/keys", elsewhere.server.uri());
    for kid in [
        address.as_str(),
        "../../../../dev/null",
        "/keys",
        "r/../r",
        "r\u{0}",
        " r",
        "R",
        "",
        "' OR '1'='1",
        "${jndi:ldap://x}",
        "*",
    ] {
        let forged = attacker.token_with(json!({ "alg": "RS256", "kid": kid }));
        assert_eq!(
            provider.verdict(&forged, 0).await,
            Err(TokenRefusal::UnknownKey),
            "{kid:?}"
        );
    }
    for kid in [json!(["r"]), json!({ "r": 1 }), json!(0), json!(true)] {
        let forged = attacker.token_with(json!({ "alg": "RS256", "kid": kid }));
        assert_eq!(
            provider.verdict(&forged, 0).await,
            Err(TokenRefusal::Malformed),
            "{kid}"
        );
    }
    let asked: Vec<String> = provider
        .server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| request.url.path().to_owned())
        .collect();
    assert_eq!(
        (asked, elsewhere.requests().await),
        (vec!["/keys".to_owned()], 0)
    );
}
