//! Links for people without a login: each lets whoever holds it do one thing about one row. A link is a signed token that names the row
//! and ends; the row keeps the hash of what only the token knows, so that neither the key alone nor the database alone makes one.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use entity::Id;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::jwt::{JwtSettings, JwtSettingsError, KeySource, Verifier, issue};
use crate::error::{Error, Result};

/// The issuer of links: no login's.
const ISSUER: &str = "alumni-api/links";

/// Makes and reads links of one kind, which is their audience (RFC 8725, section 3.9): one made for something else opens nothing.
#[derive(Clone, Debug)]
pub struct Links {
    settings: JwtSettings,
    verifier: Verifier,
}

/// A link that was made here, whether or not it ended since.
#[derive(Clone, Debug)]
pub struct Link<I> {
    /// Which row it is for.
    pub id: I,
    /// From when on it no longer opens anything.
    pub expires_at: DateTime<Utc>,
    hash: Vec<u8>,
}

impl Links {
    /// Links signed with a secret of at least 32 bytes.
    pub fn new(audience: &str, secret: SecretString) -> Result<Self, JwtSettingsError> {
        let settings = JwtSettings {
            issuer: ISSUER.to_owned(),
            audience: audience.to_owned(),
            leeway_seconds: 0,
            source: KeySource::Secret(secret),
        };
        Ok(Self {
            verifier: Verifier::new(settings.clone())?,
            settings,
        })
    }

    /// A link to a row, shown this once, and the hash that the row keeps of it.
    pub fn make(
        &self,
        id: impl Id,
        now: DateTime<Utc>,
        lifetime: TimeDelta,
    ) -> Result<(String, Vec<u8>)> {
        let mut known = [0_u8; 32];
        getrandom::fill(&mut known).map_err(Error::internal)?;
        let known = BASE64_URL_SAFE_NO_PAD.encode(known);
        let token = issue(&self.settings, &id.to_string(), Some(&known), now, lifetime);
        Ok((token.map_err(Error::internal)?, hash(&known)))
    }

    /// Reads a link; null where it was not made here, for this kind of row, to the last letter.
    pub async fn read<I: Id>(&self, token: &str, now: DateTime<Utc>) -> Option<Link<I>> {
        let claims = self.verifier.verify_whenever(token, now).await.ok()?;
        Some(Link {
            id: I::parse(&claims.sub)?,
            expires_at: claims.exp,
            hash: hash(&claims.jti?),
        })
    }
}

impl<I> Link<I> {
    /// Whether it is the one of which the row keeps the hash.
    #[must_use]
    pub fn is(&self, kept: &[u8]) -> bool {
        self.hash.ct_eq(kept).into()
    }
}

fn hash(known: &str) -> Vec<u8> {
    Sha256::digest(known).to_vec()
}

#[cfg(test)]
mod tests {
    use entity::{CandidateInvitationId, PersonId, ReferralId};
    use uuid::Uuid;

    use super::*;

    const SECRET: &str = "a secret of the tests, long enough for HS256";

    fn links(audience: &str, secret: &str) -> Links {
        Links::new(audience, secret.to_owned().into()).unwrap()
    }

    #[tokio::test]
    async fn a_link_opens_its_row_alone_and_only_where_its_hash_is_kept() {
        let links = links("one", SECRET);
        let now: DateTime<Utc> = "2026-04-01T00:00:00Z".parse().unwrap();
        let id = CandidateInvitationId::of(Uuid::from_u128(7));
        let (token, hash) = links.make(id, now, TimeDelta::days(1)).unwrap();
        let (other, _) = links.make(id, now, TimeDelta::days(1)).unwrap();
        let link = links
            .read::<CandidateInvitationId>(&token, now)
            .await
            .unwrap();
        assert_eq!((link.id, link.expires_at), (id, now + TimeDelta::days(1)));
        assert!(link.is(&hash));
        let other = links.read::<CandidateInvitationId>(&other, now).await;
        assert!(!other.unwrap().is(&hash));
        assert!(links.read::<ReferralId>(&token, now).await.is_none());
        assert!(links.read::<PersonId>(&token, now).await.is_none());
    }

    #[tokio::test]
    async fn a_link_of_another_kind_or_key_and_one_with_a_letter_changed_are_none() {
        let now: DateTime<Utc> = "2026-04-01T00:00:00Z".parse().unwrap();
        let id = CandidateInvitationId::of(Uuid::from_u128(7));
        let made = links("one", SECRET);
        let (token, _) = made.make(id, now, TimeDelta::days(1)).unwrap();
        for other in [
            links("two", SECRET),
            links("one", "another secret, which is long enough as well"),
        ] {
            let read = other.read::<CandidateInvitationId>(&token, now).await;
            assert!(read.is_none());
        }
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'x' { b'y' } else { b'x' };
            let changed = String::from_utf8(changed).unwrap();
            let read = made.read::<CandidateInvitationId>(&changed, now).await;
            assert!(read.is_none(), "{place}");
        }
    }
}
