//! API keys: what an integrating system shows instead of a person's token. A key is 256 random bits, so its stored form is a plain
//! SHA-256: there is nothing to guess and so nothing for a slow hash to slow down. The key itself is shown once and never kept. This file
//! knows the key's text and the scopes it may carry; whose it is and whether it still holds is asked of the database by `access`.

use std::{fmt, str::FromStr};

use async_graphql::Enum;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Letters and digits only, so that a double click selects the whole key and no shell or URL gives a part of it a meaning.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const MARK: &str = "ak_";
const LOOKUP_LENGTH: usize = 8;
/// 62^43 is just above 2^256.
const SECRET_LENGTH: usize = 43;
const CHECK_LENGTH: usize = 2;
const LOOKUP_END: usize = MARK.len() + LOOKUP_LENGTH;
const CHECK_START: usize = LOOKUP_END + 1 + SECRET_LENGTH;
const LENGTH: usize = CHECK_START + CHECK_LENGTH;

/// The text of one API key, `ak_` + 8 public characters + `_` + 43 secret ones + 2 that check the rest against typing errors.
#[derive(Clone)]
pub struct ApiKeySecret {
    text: SecretString,
}

impl ApiKeySecret {
    /// Makes a new key from the operating system's randomness; fails only where that does.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut text = format!(
            "{MARK}{}_{}",
            random_text(LOOKUP_LENGTH)?,
            random_text(SECRET_LENGTH)?
        );
        text.extend(check_characters(&text));
        Ok(Self { text: text.into() })
    }

    /// Reads a key as a client sent it; none when it is no key or was mistyped, which is known without asking the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != LENGTH || !text.is_ascii() {
            return None;
        }
        let (body, check) = text.split_at(CHECK_START);
        let (lookup, secret) = body.strip_prefix(MARK)?.split_at_checked(LOOKUP_LENGTH)?;
        let secret = secret.strip_prefix('_')?;
        let all_of_alphabet = lookup
            .bytes()
            .chain(secret.bytes())
            .all(|character| character.is_ascii_alphanumeric());
        (all_of_alphabet && check.chars().eq(check_characters(body)))
            .then(|| Self { text: text.into() })
    }

    /// The public part: stored in the clear, indexed, safe to show in lists and logs.
    #[must_use]
    pub fn lookup(&self) -> &str {
        &self.text.expose_secret()[MARK.len()..LOOKUP_END]
    }

    /// What is stored instead of the key: the SHA-256 of its whole text.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text.expose_secret()).into()
    }

    /// Whether this is the key whose hash was stored, answered in the same time whichever byte differs.
    #[must_use]
    pub fn matches(&self, stored: &[u8]) -> bool {
        self.hash().ct_eq(stored).into()
    }

    /// The whole key, for the one answer that shows it to its maker.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.text.expose_secret()
    }
}

impl fmt::Debug for ApiKeySecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "ApiKeySecret({MARK}{}_[REDACTED])",
            self.lookup()
        )
    }
}

/// Evenly drawn characters: a byte past the last whole multiple of the alphabet is drawn again.
fn random_text(length: usize) -> Result<String, getrandom::Error> {
    let mut text = String::with_capacity(length);
    let mut drawn = [0_u8; 64];
    while text.len() < length {
        getrandom::fill(&mut drawn)?;
        let even = drawn
            .iter()
            .map(|byte| usize::from(*byte))
            .filter(|byte| *byte < 4 * ALPHABET.len());
        text.extend(
            even.take(length - text.len())
                .map(|byte| char::from(ALPHABET[byte % ALPHABET.len()])),
        );
    }
    Ok(text)
}

/// Two characters that follow from the rest. They hide nothing and weaken nothing: who can compute them has the key.
fn check_characters(body: &str) -> [char; CHECK_LENGTH] {
    let digest = Sha256::digest(body);
    [digest[0], digest[1]].map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]))
}

/// A permission scope of an API key. A key has one or more scopes; no scope includes another.
#[derive(
    Clone, Copy, Debug, Enum, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize,
)]
pub enum ServiceScope {
    /// Read alumni in every membership state, their intents, and employees. Includes employments and skills, but never reasons for leaving.
    /// Text form `alumni:read`.
    #[serde(rename = "alumni:read")]
    AlumniRead,
    /// Change the profile fields that HR records, and invite people to the programme. Requires `alumni:read` as well. Text form `alumni:write`.
    #[serde(rename = "alumni:write")]
    AlumniWrite,
    /// Push workers, leavers, rehires and corrections from an HR system. Text form `workers:sync`.
    #[serde(rename = "workers:sync")]
    WorkersSync,
    /// Read engagement events and their participants. Text form `events:read`.
    #[serde(rename = "events:read")]
    EventsRead,
    /// Create, change, publish and cancel engagement events, and check people in. Text form `events:write`.
    #[serde(rename = "events:write")]
    EventsWrite,
    /// Read opportunities, including drafts and closed ones. Text form `opportunities:read`.
    #[serde(rename = "opportunities:read")]
    OpportunitiesRead,
    /// Create, change, open and close opportunities. Text form `opportunities:write`.
    #[serde(rename = "opportunities:write")]
    OpportunitiesWrite,
    /// Read referrals and their steps. Text form `referrals:read`.
    #[serde(rename = "referrals:read")]
    ReferralsRead,
    /// Submit referrals and move them through their stages, for example from a recruiting system. Text form `referrals:write`.
    #[serde(rename = "referrals:write")]
    ReferralsWrite,
    /// Read and subscribe to the company's changes, without personal data. Text form `changes:read`.
    #[serde(rename = "changes:read")]
    ChangesRead,
    /// Read the company's departments and skills. Every key can read the company's name and settings. Text form `company:read`.
    #[serde(rename = "company:read")]
    CompanyRead,
    /// Read and verify the audit trail and the access log. Text form `audit:read`.
    #[serde(rename = "audit:read")]
    AuditRead,
}

impl ServiceScope {
    /// Every scope there is, in the order in which they are listed to people.
    pub const ALL: [Self; 12] = [
        Self::AlumniRead,
        Self::AlumniWrite,
        Self::WorkersSync,
        Self::EventsRead,
        Self::EventsWrite,
        Self::OpportunitiesRead,
        Self::OpportunitiesWrite,
        Self::ReferralsRead,
        Self::ReferralsWrite,
        Self::ChangesRead,
        Self::CompanyRead,
        Self::AuditRead,
    ];

    /// The text form that is stored and that people write: `alumni:read`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlumniRead => "alumni:read",
            Self::AlumniWrite => "alumni:write",
            Self::WorkersSync => "workers:sync",
            Self::EventsRead => "events:read",
            Self::EventsWrite => "events:write",
            Self::OpportunitiesRead => "opportunities:read",
            Self::OpportunitiesWrite => "opportunities:write",
            Self::ReferralsRead => "referrals:read",
            Self::ReferralsWrite => "referrals:write",
            Self::ChangesRead => "changes:read",
            Self::CompanyRead => "company:read",
            Self::AuditRead => "audit:read",
        }
    }
}

impl fmt::Display for ServiceScope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A text that names no scope.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no such scope")]
pub struct UnknownScope;

impl FromStr for ServiceScope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or(UnknownScope)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Its last two characters and its hash were worked out by another program.
    const KNOWN: &str = "ak_AbCd1234_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGPf";
    const KNOWN_HASH: [u8; 32] = [
        0x00, 0xbc, 0x3e, 0xc4, 0x6c, 0x14, 0x07, 0xf6, 0xe3, 0x27, 0xeb, 0x01, 0xd8, 0x3e, 0x4f,
        0xfc, 0xe3, 0xc9, 0x6e, 0x6a, 0x58, 0xdd, 0x0f, 0x94, 0xe5, 0xa1, 0x5b, 0xc4, 0x82, 0x88,
        0x05, 0x76,
    ];

    #[test]
    fn a_generated_key_reads_back_and_matches_its_own_hash_alone() {
        let key = ApiKeySecret::generate().unwrap();
        let other = ApiKeySecret::generate().unwrap();
        let read = ApiKeySecret::parse(key.reveal()).unwrap();
        assert_eq!(read.lookup(), key.lookup());
        assert!(read.matches(&key.hash()));
        assert!(!other.matches(&key.hash()));
    }

    #[test]
    fn a_known_key_has_its_known_parts() {
        let key = ApiKeySecret::parse(KNOWN).unwrap();
        assert_eq!(key.lookup(), "AbCd1234");
        assert_eq!(key.reveal(), KNOWN);
        assert_eq!(key.hash(), KNOWN_HASH);
    }

    #[test]
    fn a_key_matches_neither_a_part_of_its_hash_nor_none() {
        let key = ApiKeySecret::parse(KNOWN).unwrap();
        assert!(!key.matches(&key.hash()[..31]));
        assert!(!key.matches(&[]));
        assert!(!key.matches(KNOWN.as_bytes()));
    }

    #[test]
    fn a_mistyped_key_is_no_key_wherever_the_error_is() {
        let taken_for_a_key: Vec<usize> = (0..KNOWN.len())
            .filter(|position| {
                let mut typed = KNOWN.as_bytes().to_vec();
                typed[*position] = if typed[*position] == b'x' { b'y' } else { b'x' };
                ApiKeySecret::parse(&String::from_utf8(typed).unwrap()).is_some()
            })
            .collect();
        assert_eq!(taken_for_a_key, Vec::<usize>::new());
    }

    #[test]
    fn what_is_not_a_key_at_all_is_refused_without_a_panic() {
        let long = KNOWN.repeat(1_000);
        let many_bytes = format!("ak_{}", "é".repeat(27));
        assert_eq!(many_bytes.len(), KNOWN.len());
        for text in [
            "",
            "ak_",
            "Bearer",
            &KNOWN[1..],
            &KNOWN[..56],
            &format!("{KNOWN} "),
            &long,
            &many_bytes,
            "eyJhbGciOiJub25lIn0.e30.",
        ] {
            assert!(ApiKeySecret::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_key_may_not_hold_characters_outside_its_alphabet_although_they_check() {
        let body = "ak_AbCd1234_0123456789abcdefghijklmnopqrstuvwxyzABCDE%_";
        let text: String = body.chars().chain(check_characters(body)).collect();
        assert_eq!(text.len(), KNOWN.len());
        assert!(ApiKeySecret::parse(&text).is_none());
    }

    #[test]
    fn debug_output_shows_the_public_part_only() {
        let key = ApiKeySecret::parse(KNOWN).unwrap();
        assert_eq!(format!("{key:?}"), "ApiKeySecret(ak_AbCd1234_[REDACTED])");
    }

    #[test]
    fn generated_keys_differ_and_use_the_whole_alphabet() {
        let keys: Vec<String> = (0..100)
            .map(|_| ApiKeySecret::generate().unwrap().reveal().to_owned())
            .collect();
        let secrets: HashSet<&str> = keys.iter().map(|key| &key[LOOKUP_END..]).collect();
        let used: HashSet<char> = secrets
            .iter()
            .flat_map(|secret| secret[1..].chars())
            .collect();
        assert_eq!(secrets.len(), 100);
        assert_eq!(used.len(), ALPHABET.len());
    }

    #[test]
    fn a_scope_is_stored_sent_and_read_as_the_same_text() {
        for scope in ServiceScope::ALL {
            assert_eq!(
                serde_json::to_string(&scope).unwrap(),
                format!("\"{scope}\"")
            );
            assert_eq!(
                serde_json::from_str::<ServiceScope>(&format!("\"{scope}\"")).unwrap(),
                scope
            );
            assert_eq!(scope.as_str().parse(), Ok(scope));
        }
        assert_eq!("alumni:*".parse::<ServiceScope>(), Err(UnknownScope));
        assert_eq!(ServiceScope::ALL.iter().collect::<HashSet<_>>().len(), 12);
    }
}
