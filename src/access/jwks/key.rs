//! One public key and the one algorithm it is for. What a key set offers beyond signing keys of the three kinds used here is left out,
//! each with its reason in the log, and never makes the rest of the set unusable.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

const SHORTEST_RSA_BITS: usize = 2_048;
/// Longer ones cost so much to check that a few requests would keep the process busy; the cryptography refuses them too.
const LONGEST_RSA_BITS: usize = 8_192;

/// A key that tokens are checked with. The algorithm belongs to the key: what a token says of itself is compared with it, never followed.
#[derive(Debug)]
pub struct VerificationKey {
    /// The name that a token's `kid` gives; a set of one key may leave it out.
    pub kid: Option<String>,
    /// The only algorithm this key is used with.
    pub algorithm: Algorithm,
    /// The key itself; its Debug form is redacted.
    pub decoding: DecodingKey,
}

impl VerificationKey {
    /// A shared secret, for HS256 alone.
    #[must_use]
    pub fn of_secret(secret: &[u8]) -> Self {
        Self {
            kid: None,
            algorithm: Algorithm::HS256,
            decoding: DecodingKey::from_secret(secret),
        }
    }

    /// Whether the `alg` of a token names this key's algorithm. Ed25519 has an older and a newer name.
    #[must_use]
    pub fn goes_by(&self, name: &str) -> bool {
        match self.algorithm {
            Algorithm::HS256 => name == "HS256",
            Algorithm::RS256 => name == "RS256",
            Algorithm::ES256 => name == "ES256",
            Algorithm::EdDSA => matches!(name, "EdDSA" | "Ed25519"),
            _ => false,
        }
    }
}

/// Whether a key of a key set could go by this name: false for `none`, for every HMAC, and for whatever else is not used here.
#[must_use]
pub fn is_public_key_algorithm(name: &str) -> bool {
    matches!(name, "RS256" | "ES256" | "EdDSA" | "Ed25519")
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    intended_use: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    d: Option<IgnoredAny>,
}

/// Reads a JWK set; an error only when the whole is none. A set without one usable key is a set: it takes every key back.
pub fn read_key_set(document: &[u8]) -> Result<Vec<VerificationKey>, serde_json::Error> {
    let document: Document = serde_json::from_slice(document)?;
    let several = document.keys.len() > 1;
    let mut accepted: Vec<VerificationKey> = Vec::with_capacity(document.keys.len());
    for offered in document.keys {
        let Ok(jwk) = serde_json::from_str::<Jwk>(offered.get()) else {
            tracing::info!(
                reason = "not a well-formed key",
                "left a key out of the set"
            );
            continue;
        };
        let kid = jwk.kid.clone();
        let twin = accepted.iter().any(|key| key.kid == kid);
        let outcome = match kid {
            None if several => Err("no kid, although the set has several keys"),
            Some(_) if twin => Err("another key of the set has the same kid"),
            _ => read_key(jwk),
        };
        match outcome {
            Ok(key) => accepted.push(key),
            Err(reason) => tracing::info!(?kid, reason, "left a key out of the set"),
        }
    }
    Ok(accepted)
}

fn read_key(jwk: Jwk) -> Result<VerificationKey, &'static str> {
    if jwk
        .intended_use
        .as_deref()
        .is_some_and(|intended| intended != "sig")
    {
        return Err("not for signatures");
    }
    if jwk
        .key_ops
        .as_ref()
        .is_some_and(|operations| !operations.iter().any(|operation| operation == "verify"))
    {
        return Err("not for checking signatures");
    }
    if jwk.d.is_some() {
        return Err("a private key, which no longer is one once it is in a key set");
    }
    let (algorithm, decoding) = match (jwk.kty.as_str(), jwk.crv.as_deref(), jwk.alg.as_deref()) {
        ("RSA", _, None | Some("RS256")) => (
            Algorithm::RS256,
            rsa_key(jwk.n.as_deref(), jwk.e.as_deref())?,
        ),
        ("EC", Some("P-256"), None | Some("ES256")) => (
            Algorithm::ES256,
            p256_key(jwk.x.as_deref(), jwk.y.as_deref())?,
        ),
        ("OKP", Some("Ed25519"), None | Some("EdDSA" | "Ed25519")) => {
            (Algorithm::EdDSA, ed25519_key(jwk.x.as_deref())?)
        }
        _ => {
            return Err(
                "a kind of key or an algorithm other than RS256, ES256 and EdDSA with Ed25519",
            );
        }
    };
    Ok(VerificationKey {
        kid: jwk.kid,
        algorithm,
        decoding,
    })
}

fn rsa_key(modulus: Option<&str>, exponent: Option<&str>) -> Result<DecodingKey, &'static str> {
    let modulus = number(modulus)?;
    let exponent = number(exponent)?;
    match bit_length(&modulus) {
        ..SHORTEST_RSA_BITS => return Err("RSA with fewer than 2048 bits"),
        SHORTEST_RSA_BITS..=LONGEST_RSA_BITS => {}
        _ => return Err("RSA with more than 8192 bits"),
    }
    let odd = exponent.last().is_some_and(|last| last % 2 == 1);
    if !odd || !(2..=32).contains(&bit_length(&exponent)) {
        return Err("RSA with an exponent that is even, one, or over 32 bits");
    }
    Ok(DecodingKey::from_rsa_raw_components(&modulus, &exponent))
}

fn p256_key(x: Option<&str>, y: Option<&str>) -> Result<DecodingKey, &'static str> {
    let (x, y) = (coordinate(x)?, coordinate(y)?);
    let uncompressed_point: Vec<u8> = [0x04].into_iter().chain(x).chain(y).collect();
    Ok(DecodingKey::from_ec_der(&uncompressed_point))
}

fn ed25519_key(x: Option<&str>) -> Result<DecodingKey, &'static str> {
    Ok(DecodingKey::from_ed_der(&coordinate(x)?))
}

fn bytes(member: Option<&str>) -> Result<Vec<u8>, &'static str> {
    let text = member.ok_or("a member of the key is missing")?;
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| "a member of the key is not base64url")
}

fn coordinate(member: Option<&str>) -> Result<[u8; 32], &'static str> {
    bytes(member)?
        .try_into()
        .map_err(|_| "a coordinate of the key is not 32 bytes long")
}

/// A number, big end first, without leading zeros.
fn number(member: Option<&str>) -> Result<Vec<u8>, &'static str> {
    let mut digits = bytes(member)?;
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    digits.drain(..zeros);
    Ok(digits)
}

fn bit_length(number: &[u8]) -> usize {
    number
        .first()
        .map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn accepted(keys: Value) -> Vec<(Option<String>, Algorithm)> {
        let document = json!({ "keys": keys }).to_string();
        let keys = read_key_set(document.as_bytes()).unwrap();
        keys.into_iter()
            .map(|key| (key.kid, key.algorithm))
            .collect()
    }

    fn rsa(bits: usize) -> Value {
        let modulus = URL_SAFE_NO_PAD.encode(vec![0xFF; bits / 8]);
        json!({ "kty": "RSA", "kid": "rsa", "n": modulus, "e": "AQAB" })
    }

    fn with(mut key: Value, member: &str, value: Value) -> Value {
        key[member] = value;
        key
    }

    #[test]
    fn a_key_is_bound_to_the_algorithm_of_its_kind() {
        let coordinate = URL_SAFE_NO_PAD.encode([7_u8; 32]);
        let elliptic =
            json!({ "kty": "EC", "crv": "P-256", "kid": "ec", "x": coordinate, "y": coordinate });
        let edwards =
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": coordinate, "use": "sig" });
        let expected = [
            ("rsa", Algorithm::RS256),
            ("ec", Algorithm::ES256),
            ("ed", Algorithm::EdDSA),
        ];
        assert_eq!(
            accepted(json!([rsa(2_048), elliptic, edwards])),
            expected.map(|(kid, algorithm)| (Some(kid.to_owned()), algorithm))
        );
    }

    #[test]
    fn keys_for_anything_else_are_left_out_and_the_rest_is_kept() {
        let secret = json!({ "kty": "oct", "kid": "secret", "alg": "HS256", "k": "c2VjcmV0" });
        let other_curve =
            json!({ "kty": "EC", "crv": "P-384", "kid": "p384", "x": "AA", "y": "AA" });
        let unknown = json!({ "kty": "AKP", "alg": "ML-DSA-44", "kid": "pq", "pub": "AA" });
        let encryption = with(rsa(2_048), "use", json!("enc"));
        let signing_only = with(rsa(2_048), "key_ops", json!(["sign"]));
        let other_padding = with(rsa(2_048), "alg", json!("PS256"));
        let confused = with(rsa(2_048), "alg", json!("HS256"));
        let private = with(rsa(2_048), "d", json!("AQAB"));
        let good = with(rsa(2_048), "kid", json!("good"));
        let offered = json!([
            secret,
            other_curve,
            unknown,
            encryption,
            signing_only,
            other_padding,
            confused,
            private,
            "text",
            good
        ]);
        assert_eq!(
            accepted(offered),
            [(Some("good".to_owned()), Algorithm::RS256)]
        );
    }

    #[test]
    fn rsa_keys_are_between_2048_and_8192_bits_long_leading_zeros_not_counted() {
        let padded = URL_SAFE_NO_PAD.encode([vec![0; 128], vec![0xFF; 128]].concat());
        let one_bit_short = URL_SAFE_NO_PAD.encode([vec![0x7F], vec![0xFF; 255]].concat());
        assert_eq!(accepted(json!([rsa(8_192)])).len(), 1);
        for refused in [
            rsa(1_024),
            rsa(8_200),
            with(rsa(2_048), "n", json!(padded)),
            with(rsa(2_048), "n", json!(one_bit_short)),
        ] {
            assert_eq!(accepted(json!([refused])), []);
        }
    }

    #[test]
    fn rsa_exponents_that_make_signatures_worthless_are_refused() {
        for exponent in ["", "AQ", "Ag", "AAAAAQ", "AQAAAAE", "AQAB="] {
            assert_eq!(
                accepted(json!([with(rsa(2_048), "e", json!(exponent))])),
                [],
                "{exponent}"
            );
        }
    }

    #[test]
    fn coordinates_of_uneven_length_do_not_run_into_each_other() {
        let (long, short) = (
            URL_SAFE_NO_PAD.encode([1_u8; 33]),
            URL_SAFE_NO_PAD.encode([1_u8; 31]),
        );
        assert_eq!(
            accepted(json!([{ "kty": "EC", "crv": "P-256", "x": long, "y": short }])),
            []
        );
    }

    #[test]
    fn a_second_key_of_the_same_name_is_left_out_and_so_is_a_nameless_one_among_several() {
        let nameless = json!({ "kty": "RSA", "n": rsa(2_048)["n"], "e": "AQAB" });
        assert_eq!(accepted(json!([nameless])), [(None, Algorithm::RS256)]);
        assert_eq!(
            accepted(json!([rsa(2_048), nameless, rsa(4_096)])),
            [(Some("rsa".to_owned()), Algorithm::RS256)]
        );
    }

    #[test]
    fn what_is_no_key_set_is_an_error_and_an_empty_set_is_not() {
        for document in ["", "null", "[]", "{}", r#"{"keys":{}}"#, "<html>"] {
            assert!(read_key_set(document.as_bytes()).is_err(), "{document}");
        }
        assert_eq!(accepted(json!([])), []);
    }
}
