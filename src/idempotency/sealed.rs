//! Encryption of stored responses, which contain personal data and may contain an API key. AES-256-GCM with a key derived from the service's secret
//! and the client's key: neither the database nor the secret alone can open a response.

use secrecy::SecretString;

use super::{Fingerprint, Slot};
use crate::sealing;

/// Separates the keys of responses from those of other sealed values.
const LABEL: &[u8] = b"alumni-api/idempotency";

/// Seals and opens responses.
#[derive(Clone, Debug)]
pub struct Sealer(sealing::Sealer);

impl Sealer {
    /// With the service's secret.
    #[must_use]
    pub fn new(secret: SecretString) -> Self {
        Self(sealing::Sealer::new(secret))
    }

    /// Seals the response to a request: the nonce, followed by the ciphertext.
    #[must_use]
    pub fn seal(&self, slot: &Slot, request: &Fingerprint, answer: Vec<u8>) -> Option<Vec<u8>> {
        self.0.seal(&Self::context(slot), &request.0, answer)
    }

    /// Opens a response; null if it was sealed for another request, with another secret, or altered.
    #[must_use]
    pub fn open(&self, slot: &Slot, request: &Fingerprint, sealed: &[u8]) -> Option<Vec<u8>> {
        self.0.open(&Self::context(slot), &request.0, sealed)
    }

    fn context(slot: &Slot) -> [&[u8]; 3] {
        [LABEL, &slot.hash, slot.key.bytes()]
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
