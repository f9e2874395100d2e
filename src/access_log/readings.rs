//! Reads of personal data by one operation, collected while the response is built and logged before it is sent.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{ContextSelectionSet, Value};
use entity::{
    AccessLogEntryId, ActorKind, Id, PersonId, PersonalField, ReferralId, Role, account,
    data_request,
};

use super::record::Record;
use super::rules::{FIELDS, bit, bits, field_named, field_of_candidate, office};
use super::spool::Spool;
use crate::access::Viewer;
use crate::clock::Clock;
use crate::scope::Scope;

/// Maximum length of an operation name in bytes; names are ASCII.
const LONGEST_NAME: usize = 100;

/// Personal fields that an operation returned, as one bit set per person. Empty if the operation is not logged.
#[derive(Clone, Debug, Default)]
pub struct Readings(Option<Arc<Mutex<Gathered>>>);

/// Bit sets of returned fields, per person and per referral.
#[derive(Debug, Default)]
struct Gathered {
    people: Vec<(PersonId, i64)>,
    outsiders: Vec<(ReferralId, i64)>,
}

impl Readings {
    /// Adds fields of a person.
    pub fn add(&self, person: PersonId, fields: i64) {
        self.put(fields, |gathered| gathered.people.push((person, fields)));
    }

    /// Adds fields of a referral's external candidate.
    fn add_outsider(&self, referral: ReferralId, fields: i64) {
        self.put(fields, |gathered| {
            gathered.outsiders.push((referral, fields));
        });
    }

    fn put(&self, fields: i64, put: impl FnOnce(&mut Gathered)) {
        if let Some(gathered) = &self.0
            && fields != 0
        {
            put(&mut gathered.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Removes the collected reads, merged per person.
    fn take(&self) -> Gathered {
        let Some(gathered) = &self.0 else {
            return Gathered::default();
        };
        let mut gathered = gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = std::mem::take(&mut *gathered);
        drop(gathered);
        once(&mut taken.people);
        once(&mut taken.outsiders);
        taken
    }
}

fn once<I: Copy + Ord>(read: &mut Vec<(I, i64)>) {
    read.sort_unstable_by_key(|(whose, _)| *whose);
    read.dedup_by(|(whose, fields), (kept, all)| {
        let same = whose == kept;
        if same {
            *all |= *fields;
        }
        same
    });
}

/// Adds the returned fields of a person's row. Null and an empty list do not count: they reveal neither absence nor invisibility.
pub fn answered<'f>(
    ctx: &ContextSelectionSet<'_>,
    person: PersonId,
    fields: impl Iterator<Item = (&'f str, &'f Value)>,
) {
    let Some(readings) = gathering(ctx) else {
        return;
    };
    readings.add(person, bits(told(fields).filter_map(field_named)));
}

/// Adds the returned fields of a referral's candidate, an alumnus or an external candidate.
pub fn referred<'f>(
    ctx: &ContextSelectionSet<'_>,
    referral: ReferralId,
    candidate: Option<PersonId>,
    fields: impl Iterator<Item = (&'f str, &'f Value)>,
) {
    let Some(readings) = gathering(ctx) else {
        return;
    };
    let fields = bits(told(fields).filter_map(field_of_candidate));
    match candidate {
        Some(person) => readings.add(person, fields),
        None => readings.add_outsider(referral, fields),
    }
}

fn told<'f>(fields: impl Iterator<Item = (&'f str, &'f Value)>) -> impl Iterator<Item = &'f str> {
    let told = fields.filter(|(_, value)| match value {
        Value::Null => false,
        Value::List(items) => !items.is_empty(),
        _ => true,
    });
    told.map(|(name, _)| name)
}

/// Adds one field of a person.
pub fn touched(ctx: &ContextSelectionSet<'_>, person: PersonId, field: PersonalField) {
    if let Some(readings) = gathering(ctx) {
        readings.add(person, bit(field));
    }
}

/// The reads of this operation; null if it is not logged.
fn gathering<'c>(ctx: &ContextSelectionSet<'c>) -> Option<&'c Readings> {
    let readings = ctx.data::<Scope>().ok()?.readings();
    readings.0.is_some().then_some(readings)
}

/// Collects and logs the reads of one operation by staff or an API key. Other operations are not logged.
#[derive(Clone, Debug)]
pub struct Recording {
    readings: Readings,
    spool: Spool,
    clock: Clock,
    viewer: Viewer,
    role: Option<Role>,
    request_id: Arc<str>,
    taken: Option<Taken>,
}

/// A copy of what a recording wrote down.
#[derive(Clone, Debug, Default)]
pub struct Taken(Arc<Mutex<Option<Record>>>);

impl Taken {
    /// The logged record; null if nothing was read.
    #[must_use]
    pub fn taken(self) -> Option<Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Recording {
    /// Whether a viewer's reads are logged.
    #[must_use]
    pub fn applies_to(viewer: &Viewer) -> bool {
        match viewer {
            Viewer::Service(_) => true,
            Viewer::Member(member) => office(&member.roles).is_some(),
            Viewer::Anonymous | Viewer::Login(_) | Viewer::System(_) | Viewer::Preview { .. } => {
                false
            }
        }
    }

    /// Waits while the backlog of the access log is at its limit.
    pub async fn wait_for_room(&self) {
        self.spool.wait_for_room().await;
    }

    /// The recording of a viewer's operation; null for viewers with the ordinary view of the directory.
    #[must_use]
    pub fn of(viewer: &Viewer, request_id: &str, spool: &Spool, clock: &Clock) -> Option<Self> {
        let role = match viewer {
            Viewer::Service(_) => None,
            Viewer::Member(member) => Some(office(&member.roles)?),
            Viewer::Anonymous | Viewer::Login(_) | Viewer::System(_) | Viewer::Preview { .. } => {
                return None;
            }
        };
        Some(Self {
            readings: Readings(Some(Arc::default())),
            spool: spool.clone(),
            clock: clock.clone(),
            viewer: viewer.clone(),
            role,
            request_id: request_id.into(),
            taken: None,
        })
    }

    /// Retains a copy of the record that will be logged.
    pub fn remember(&mut self) -> Taken {
        self.taken.get_or_insert_default().clone()
    }

    /// The collected reads.
    #[must_use]
    pub fn readings(&self) -> &Readings {
        &self.readings
    }

    /// Writes the record to disk. The response must not be sent before.
    pub fn keep(&self, operation: Option<&str>) -> std::io::Result<()> {
        let Gathered {
            mut people,
            outsiders,
        } = self.readings.take();
        if let Some(own) = self.viewer.person() {
            people.retain(|(person, _)| *person != own);
        }
        let (reader_kind, reader_id) = match &self.viewer {
            Viewer::Member(member) => (ActorKind::Account, member.account.0),
            Viewer::Service(service) => (ActorKind::ApiKey, service.key.0),
            Viewer::Anonymous | Viewer::Login(_) | Viewer::System(_) | Viewer::Preview { .. } => {
                return Ok(());
            }
        };
        if people.is_empty() && outsiders.is_empty() {
            return Ok(());
        }
        let id: AccessLogEntryId = self.clock.new_id();
        let record = Record {
            id: id.uuid(),
            company: self.viewer.company(),
            reader_kind,
            reader_role: self.role,
            reader_id,
            operation_name: operation
                .map(|name| name.get(..LONGEST_NAME).unwrap_or(name).to_owned()),
            request_id: Arc::clone(&self.request_id),
            at: self.clock.now(),
            people,
            outsiders,
        };
        self.spool.append(&record)?;
        if let Some(taken) = &self.taken {
            *taken.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(record);
        }
        Ok(())
    }
}

/// Logs an export of all data of a person by another login.
#[must_use]
pub fn exported(
    clock: &Clock,
    reader: &account::Model,
    request: &data_request::Model,
    request_id: &str,
) -> Record {
    let id: AccessLogEntryId = clock.new_id();
    Record {
        id: id.uuid(),
        company: Some(request.company_id),
        reader_kind: ActorKind::Account,
        reader_role: office(&reader.roles.0),
        reader_id: reader.id.0,
        operation_name: Some("export".to_owned()),
        request_id: request_id.into(),
        at: clock.now(),
        people: vec![(request.person_id, bits(FIELDS))],
        outsiders: Vec::new(),
    }
}
