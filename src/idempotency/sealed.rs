//! A stored answer names people, and may hold a key that is shown once. So it is sealed (AES-256-GCM) under a key made of the service's
//! secret and the client's: the database alone opens none, nor does the secret beside it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::{Fingerprint, Slot};

/// Seals and opens answers.
#[derive(Clone, Debug)]
pub struct Sealer(SecretString);

impl Sealer {
    /// With the service's secret.
    #[must_use]
    pub fn new(secret: SecretString) -> Self {
        Self(secret)
    }

    /// Seals what was answered to a request: the nonce, then what is sealed.
    #[must_use]
    pub fn seal(&self, slot: &Slot, request: &Fingerprint, mut answer: Vec<u8>) -> Option<Vec<u8>> {
        let nonce = self
            .key(slot)?
            .seal_in_place_append_tag(Aad::from(&request.0), &mut answer)
            .ok()?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut answer);
        Some(sealed)
    }

    /// Opens it; null where it was sealed for another request, by another secret, or changed since.
    #[must_use]
    pub fn open(&self, slot: &Slot, request: &Fingerprint, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut answer = rest.to_vec();
        let length = self
            .key(slot)?
            .open_in_place(nonce, Aad::from(&request.0), &mut answer)
            .ok()?
            .len();
        answer.truncate(length);
        Some(answer)
    }

    fn key(&self, slot: &Slot) -> Option<RandomizedNonceKey> {
        let secret = self.0.expose_secret().as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
        mac.update(b"alumni-api/idempotency");
        mac.update(&slot.hash);
        mac.update(slot.key.bytes());
        RandomizedNonceKey::new(&AES_256_GCM, &mac.finalize().into_bytes()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Viewer;
    use crate::idempotency::IdempotencyKey;

    #[test]
    fn an_answer_opens_with_the_same_secret_key_and_request_only() {
        let sealer = |secret: &str| Sealer::new(SecretString::from(secret));
        let [request, other] = [Fingerprint([1; 32]), Fingerprint([2; 32])];
        let slot = |key| {
            IdempotencyKey::parse(key)
                .unwrap()
                .slot(&Viewer::Anonymous, &request)
        };
        let sealed = sealer("one").seal(&slot("key"), &request, b"answer".to_vec());
        let sealed = sealed.unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"answer"));
        let opened = |secret, key, request| sealer(secret).open(&slot(key), request, &sealed);
        assert_eq!(opened("one", "key", &request).unwrap(), b"answer");
        assert_eq!(opened("two", "key", &request), None);
        assert_eq!(opened("one", "kez", &request), None);
        assert_eq!(opened("one", "key", &other), None);
        let mut changed = sealed.clone();
        changed[20] ^= 1;
        assert_eq!(sealer("one").open(&slot("key"), &request, &changed), None);
        assert_eq!(
            sealer("one").open(&slot("key"), &request, &sealed[..5]),
            None
        );
    }
}
