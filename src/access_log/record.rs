//! What one operation read, as it waits in a file, and the entries that come of it.

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
    /// The reader's; null where an operator read, who belongs to none.
    pub company: Option<CompanyId>,
    /// What kind of hand read.
    pub reader_kind: ActorKind,
    /// The role by which an account could read; null for a key.
    #[serde(default)]
    pub reader_role: Option<Role>,
    /// Which account or key.
    pub reader_id: Uuid,
    /// What the client calls the operation.
    pub operation_name: Option<String>,
    /// The request.
    pub request_id: Arc<str>,
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// Who was read, and of each which fields.
    pub people: Vec<(PersonId, i64)>,
    /// The referrals of those outside who were read, and of each which fields.
    #[serde(default)]
    pub outsiders: Vec<(ReferralId, i64)>,
}

/// Of whom an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whom {
    /// Somebody the company knows.
    Person(PersonId),
    /// The candidate of a referral, from outside.
    Outsider(ReferralId),
}

/// One entry of a record.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'r> {
    /// The record.
    pub record: &'r Record,
    /// In whose log it goes.
    pub company: CompanyId,
    /// Its id: the same each time, so that bringing it in twice makes no second one.
    pub id: Uuid,
    /// Of whom.
    pub whom: Whom,
    /// Which fields.
    pub fields: i64,
}

impl Record {
    /// That the same is told again, by another request.
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

    /// Whom it is of, and of each which fields.
    pub fn read(&self) -> impl Iterator<Item = (Whom, i64)> {
        let people = self.people.iter();
        let people = people.map(|(person, fields)| (Whom::Person(*person), *fields));
        let outsiders = self.outsiders.iter();
        people.chain(outsiders.map(|(referral, fields)| (Whom::Outsider(*referral), *fields)))
    }

    /// Its entries; `company_of` is asked for those an operator read, and whom it does not know is left out.
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
    /// Where it is a person.
    #[must_use]
    pub fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Outsider(_) => None,
        }
    }

    /// Where it is someone outside.
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
