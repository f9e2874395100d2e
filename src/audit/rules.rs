//! Input of a seal's hash: SHA-256 (FIPS 180-4) over length-prefixed values, so that the encoding is unambiguous.

use entity::{change, seal};
use sha2::{Digest as _, Sha256};

/// Predecessor hash of the first seal.
const GENESIS: [u8; 32] = [0; 32];
/// Go before everything, so that neither hash is another one of the same bytes.
const CHANGES: &[u8] = b"alumni-api changes 1";
const SEAL: &[u8] = b"alumni-api seal 1";

/// The changes of one seal being reckoned.
#[derive(Clone, Debug)]
pub struct Digest {
    hash: Sha256,
    changes: i32,
}

impl Default for Digest {
    fn default() -> Self {
        let mut hash = Sha256::new();
        value(&mut hash, CHANGES);
        Self { hash, changes: 0 }
    }
}

impl Digest {
    /// Takes the next change in.
    pub fn take(&mut self, row: &change::Model) {
        let hash = &mut self.hash;
        value(hash, &row.transaction_id.to_be_bytes());
        value(hash, &row.seq.to_be_bytes());
        value(hash, row.kind.as_bytes());
        value(hash, row.subject_kind.word().as_bytes());
        value(hash, row.subject_id.as_bytes());
        optional(
            hash,
            row.person_id.as_ref().map(|id| id.0.as_bytes().as_slice()),
        );
        value(hash, row.actor_kind.word().as_bytes());
        optional(
            hash,
            row.actor_id.as_ref().map(|id| id.as_bytes().as_slice()),
        );
        value(hash, &count(row.fields.0.len()).to_be_bytes());
        for field in &row.fields.0 {
            value(hash, field.as_bytes());
        }
        optional(hash, row.request_id.as_deref().map(str::as_bytes));
        value(hash, &row.at.timestamp_micros().to_be_bytes());
        self.changes += 1;
    }

    /// How many changes were taken in.
    #[must_use]
    pub fn changes(&self) -> i32 {
        self.changes
    }

    #[must_use]
    pub fn end(self) -> Vec<u8> {
        self.hash.finalize().to_vec()
    }
}

/// The hash of a seal upon the one before it, null for the first: over all that is stored of it but this.
#[must_use]
pub fn hash(seal: &seal::Model, before: Option<&[u8]>) -> Vec<u8> {
    let mut hash = Sha256::new();
    value(&mut hash, SEAL);
    value(&mut hash, before.unwrap_or(&GENESIS));
    value(&mut hash, seal.company_id.0.as_bytes());
    for number in [
        seal.number,
        seal.transaction_id,
        seal.seq,
        seal.changes.into(),
        seal.sealed_at.timestamp_micros(),
    ] {
        value(&mut hash, &number.to_be_bytes());
    }
    value(&mut hash, &seal.digest);
    hash.finalize().to_vec()
}

fn optional(hash: &mut Sha256, bytes: Option<&[u8]>) {
    hash.update([u8::from(bytes.is_some())]);
    value(hash, bytes.unwrap_or_default());
}

fn value(hash: &mut Sha256, bytes: &[u8]) {
    hash.update(count(bytes.len()).to_be_bytes());
    hash.update(bytes);
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// As people write a hash.
#[must_use]
pub fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use entity::{ActorKind, CompanyId, Fields, SubjectKind};
    use uuid::Uuid;

    use super::*;

    fn row() -> change::Model {
        change::Model {
            seq: 7,
            transaction_id: 3,
            company_id: CompanyId(Uuid::from_u128(1)),
            kind: "person.profile_updated".into(),
            subject_kind: SubjectKind::Person,
            subject_id: Uuid::from_u128(2),
            person_id: None,
            actor_kind: ActorKind::Account,
            actor_id: Some(Uuid::from_u128(3)),
            fields: Fields(vec!["ab".into(), "c".into()]),
            request_id: Some("r".into()),
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn sealed(row: &change::Model) -> Vec<u8> {
        let mut digest = Digest::default();
        digest.take(row);
        digest.end()
    }

    #[test]
    fn each_value_of_a_change_tells_in_its_seal() {
        let edits: [fn(&mut change::Model); 11] = [
            |row| row.seq += 1,
            |row| row.transaction_id += 1,
            |row| row.kind.push('x'),
            |row| row.subject_kind = SubjectKind::Company,
            |row| row.subject_id = Uuid::nil(),
            |row| row.person_id = Some(entity::PersonId(Uuid::nil())),
            |row| row.actor_kind = ActorKind::System,
            |row| row.actor_id = None,
            |row| row.fields = Fields(vec!["a".into(), "bc".into()]),
            |row| row.request_id = None,
            |row| row.at += chrono::TimeDelta::microseconds(1),
        ];
        let mut seen = vec![sealed(&row())];
        for edit in edits {
            let mut edited = row();
            edit(&mut edited);
            seen.push(sealed(&edited));
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), edits.len() + 1);
    }

    #[test]
    fn each_value_of_a_seal_and_the_one_before_tell_in_its_hash() {
        let seal = seal::Model {
            company_id: CompanyId(Uuid::from_u128(1)),
            number: 1,
            transaction_id: 3,
            seq: 7,
            changes: 1,
            digest: sealed(&row()),
            hash: vec![],
            sealed_at: DateTime::UNIX_EPOCH,
        };
        let edits: [fn(&mut seal::Model); 7] = [
            |seal| seal.company_id = CompanyId(Uuid::nil()),
            |seal| seal.number += 1,
            |seal| seal.transaction_id += 1,
            |seal| seal.seq += 1,
            |seal| seal.changes += 1,
            |seal| seal.digest[0] ^= 1,
            |seal| seal.sealed_at += chrono::TimeDelta::microseconds(1),
        ];
        let mut seen = vec![hash(&seal, None), hash(&seal, Some(&[1; 32]))];
        for edit in edits {
            let mut edited = seal.clone();
            edit(&mut edited);
            seen.push(hash(&edited, None));
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), edits.len() + 2);
        assert_eq!(hex(&[0, 171, 255]), "00abff");
    }
}
