//! The identity provider of these tests: its keys, the tokens it signs, and the server that publishes its key set.

use alumni_api::access::jwt::{JwtSettings, KeySource, TokenRefusal, Verifier};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, crypto, jwk::Jwk};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

/// Someone's private key with the name under which its public half is published.
pub struct Signer {
    pub kid: &'static str,
    pub algorithm: Algorithm,
    pub key: EncodingKey,
}

pub fn rsa(kid: &'static str) -> Signer {
    let key = EncodingKey::from_rsa_pem(include_bytes!("keys/rsa.pem")).unwrap();
    Signer {
        kid,
        algorithm: Algorithm::RS256,
        key,
    }
}

pub fn rsa_of_another(kid: &'static str) -> Signer {
    let key = EncodingKey::from_rsa_pem(include_bytes!("keys/rsa_of_another.pem")).unwrap();
    Signer {
        kid,
        algorithm: Algorithm::RS256,
        key,
    }
}

pub fn p256(kid: &'static str) -> Signer {
    let key = EncodingKey::from_ec_pem(include_bytes!("keys/p256.pem")).unwrap();
    Signer {
        kid,
        algorithm: Algorithm::ES256,
        key,
    }
}

pub fn p256_of_another(kid: &'static str) -> Signer {
    let key = EncodingKey::from_ec_pem(include_bytes!("keys/p256_of_another.pem")).unwrap();
    Signer {
        kid,
        algorithm: Algorithm::ES256,
        key,
    }
}

pub fn ed25519(kid: &'static str) -> Signer {
    let key = EncodingKey::from_ed_pem(include_bytes!("keys/ed25519.pem")).unwrap();
    Signer {
        kid,
        algorithm: Algorithm::EdDSA,
        key,
    }
}

impl Signer {
    pub fn public(&self) -> Value {
        let mut jwk =
            serde_json::to_value(Jwk::from_encoding_key(&self.key, self.algorithm).unwrap())
                .unwrap();
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }

    pub fn token(&self) -> String {
        self.token_with(
            json!({ "alg": format!("{:?}", self.algorithm), "typ": "JWT", "kid": self.kid }),
        )
    }

    /// A token with any header at all; the signature is still the one of this key and its own algorithm.
    pub fn token_with(&self, header: Value) -> String {
        let signed = unsigned(header);
        let signature = crypto::sign(signed.as_bytes(), &self.key, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }
}

pub fn unsigned(header: Value) -> String {
    let claims = json!({ "iss": "https://id.example/", "sub": "somebody", "aud": ["alumni-api"], "exp": start().timestamp() + 864_000 });
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    )
}

pub fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

pub fn after(seconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(seconds)
}

pub fn settings(source: KeySource) -> JwtSettings {
    JwtSettings {
        issuer: "https://id.example/".into(),
        audience: "alumni-api".into(),
        leeway_seconds: 30,
        source,
    }
}

pub fn key_set(signers: &[&Signer]) -> Value {
    json!({ "keys": signers.iter().map(|signer| signer.public()).collect::<Vec<_>>() })
}

/// An identity provider: a server whose answer can be changed and whose requests are counted.
pub struct Provider {
    pub server: MockServer,
    pub verifier: Verifier,
}

impl Provider {
    pub async fn of(signers: &[&Signer]) -> Self {
        let provider = Self::answering(ResponseTemplate::new(500)).await;
        provider.publish(signers).await;
        provider
    }

    pub async fn answering(answer: ResponseTemplate) -> Self {
        let server = MockServer::start().await;
        let url = format!("{}/keys", server.uri()).parse().unwrap();
        let verifier = Verifier::new(settings(KeySource::JwksUrl(url))).unwrap();
        let provider = Self { server, verifier };
        provider.answer(answer).await;
        provider
    }

    pub async fn publish(&self, signers: &[&Signer]) {
        let answer = ResponseTemplate::new(200)
            .insert_header("Cache-Control", "max-age=3600")
            .set_body_json(key_set(signers));
        self.answer(answer).await;
    }

    /// Replaces the answer; the requests so far are forgotten.
    pub async fn answer(&self, answer: ResponseTemplate) {
        self.server.reset().await;
        Mock::given(method("GET"))
            .respond_with(answer)
            .mount(&self.server)
            .await;
    }

    pub async fn requests(&self) -> usize {
        self.server.received_requests().await.unwrap().len()
    }

    pub async fn verdict(&self, token: &str, seconds: i64) -> Result<(), TokenRefusal> {
        self.verifier.verify(token, after(seconds)).await.map(drop)
    }
}
