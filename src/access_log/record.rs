//! The reads of one operation as stored in a file, and the resulting log entries.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{
    AccessLogEntryId, ActorKind, CompanyId, Id, PersonId, ReferralId, Role, access_log_entry,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Clock;

/// What one operation read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Of the first entry; the others' follow.
    pub id: Uuid,
    /// Company of the reader; null for an operator.
    pub company: Option<CompanyId>,
    pub reader_kind: ActorKind,
    /// The role by which an account could read; null for a key.
    #[serde(default)]
    pub reader_role: Option<Role>,
    pub reader_id: Uuid,
    pub operation_name: Option<String>,
    pub request_id: Arc<str>,
    /// Time of the response.
    pub at: DateTime<Utc>,
    /// Who was read, and of each which fields.
    pub people: Vec<(PersonId, i64)>,
    /// The referrals of those outside who were read, and of each which fields.
    #[serde(default)]
    pub outsiders: Vec<(ReferralId, i64)>,
}

/// Subject of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whom {
    /// A person of the company.
    Person(PersonId),
    /// The candidate of a referral, from outside.
    Outsider(ReferralId),
}

/// One entry of a record.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'r> {
    pub record: &'r Record,
    /// In whose log it goes.
    pub company: CompanyId,
    /// Its id: the same each time, so that bringing it in twice makes no second one.
    pub id: Uuid,
    pub whom: Whom,
    pub fields: i64,
}

impl Record {
    /// The same reads, returned again by another request.
    #[must_use]
    pub fn again(self, clock: &Clock, request_id: &str) -> Self {
        let id: AccessLogEntryId = clock.new_id();
        Self {
            id: id.uuid(),
            request_id: request_id.into(),
            at: clock.now(),
            ..self
        }
    }

    /// The subjects with the bit sets of their fields.
    pub fn read(&self) -> impl Iterator<Item = (Whom, i64)> {
        let people = self.people.iter();
        let people = people.map(|(person, fields)| (Whom::Person(*person), *fields));
        let outsiders = self.outsiders.iter();
        people.chain(outsiders.map(|(referral, fields)| (Whom::Outsider(*referral), *fields)))
    }

    /// The entries. `company_of` returns the company of a subject that an operator read; a subject without one is skipped.
    pub fn entries<'r>(
        &'r self,
        company_of: impl Fn(Whom) -> Option<CompanyId> + 'r,
    ) -> impl Iterator<Item = Entry<'r>> + 'r {
        (0u128..)
            .zip(self.read())
            .filter_map(move |(place, (whom, fields))| {
                Some(Entry {
                    record: self,
                    company: self.company.or_else(|| company_of(whom))?,
                    id: Uuid::from_u128(self.id.as_u128().wrapping_add(place)),
                    whom,
                    fields,
                })
            })
    }
}

impl Whom {
    /// The person, if the subject is one.
    #[must_use]
    pub fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Outsider(_) => None,
        }
    }

    /// The referral, if the subject is its candidate.
    #[must_use]
    pub fn referral(self) -> Option<ReferralId> {
        match self {
            Self::Person(_) => None,
            Self::Outsider(referral) => Some(referral),
        }
    }
}

impl From<Entry<'_>> for access_log_entry::Model {
    fn from(entry: Entry<'_>) -> Self {
        let record = entry.record;
        Self {
            company_id: entry.company,
            id: AccessLogEntryId::of(entry.id),
            person_id: entry.whom.person(),
            referral_id: entry.whom.referral(),
            reader_kind: record.reader_kind,
            reader_role: record.reader_role,
            reader_id: record.reader_id,
            fields: entry.fields,
            operation_name: record.operation_name.clone(),
            request_id: record.request_id.to_string(),
            at: record.at,
        }
    }
}
