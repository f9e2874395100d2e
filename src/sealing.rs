//! Seals values (AES-256-GCM) that must not be readable in the database. The key is derived from the service's secret and a context, so that
//! neither the database alone nor a sealed value in another place opens anything.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Seals and opens values with one secret.
#[derive(Clone, Debug)]
pub struct Sealer(SecretString);

impl Sealer {
    /// With the service's secret.
    #[must_use]
    pub fn new(secret: SecretString) -> Self {
        Self(secret)
    }

    /// Seals a value: the nonce, then the ciphertext with its tag. The first part of the context is a label of the use.
    #[must_use]
    pub fn seal(&self, context: &[&[u8]], bound_to: &[u8], mut value: Vec<u8>) -> Option<Vec<u8>> {
        let nonce = self
            .key(context)?
            .seal_in_place_append_tag(Aad::from(bound_to), &mut value)
            .ok()?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut value);
        Some(sealed)
    }

    /// Opens a value; null if it was sealed in another context, with another secret, or changed since.
    #[must_use]
    pub fn open(&self, context: &[&[u8]], bound_to: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut value = rest.to_vec();
        let length = self
            .key(context)?
            .open_in_place(nonce, Aad::from(bound_to), &mut value)
            .ok()?
            .len();
        value.truncate(length);
        Some(value)
    }

    fn key(&self, context: &[&[u8]]) -> Option<RandomizedNonceKey> {
        let secret = self.0.expose_secret().as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
        for part in context {
            mac.update(part);
        }
        RandomizedNonceKey::new(&AES_256_GCM, &mac.finalize().into_bytes()).ok()
    }
}
