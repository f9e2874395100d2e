//! Who looked at the alumnus whom everybody can log in as: what the access log would hold had the staff done what their work is.

use entity::{ActorKind, PersonalField, Role};

use super::cast::Cast;
use super::logins;
use crate::access_log::{Record, bits};
use crate::error::{Error, Result};

/// How many days ago, at which hour, in which role (a system where there is none), in which operation, which fields.
type Reading = (
    i64,
    u32,
    Option<Role>,
    &'static str,
    &'static [PersonalField],
);

const READINGS: [Reading; 5] = [
    (
        -40,
        10,
        Some(Role::Hr),
        "InvitationList",
        &[PersonalField::DisplayName, PersonalField::PersonalEmail],
    ),
    (
        -21,
        2,
        None,
        "NightlySync",
        &[
            PersonalField::FamilyName,
            PersonalField::GivenName,
            PersonalField::PersonalEmail,
            PersonalField::Employments,
            PersonalField::Membership,
        ],
    ),
    (
        -9,
        15,
        Some(Role::Recruiter),
        "CandidateSearch",
        &[
            PersonalField::DisplayName,
            PersonalField::CurrentTitle,
            PersonalField::Skills,
            PersonalField::Intents,
        ],
    ),
    (
        -3,
        11,
        Some(Role::Supporter),
        "EventGuests",
        &[PersonalField::DisplayName],
    ),
    (
        -1,
        16,
        Some(Role::Hr),
        "AlumnusCard",
        &[
            PersonalField::DisplayName,
            PersonalField::PersonalEmail,
            PersonalField::Employments,
            PersonalField::Membership,
        ],
    ),
];

impl Cast<'_> {
    /// Puts the readings beside the company's other rows.
    pub fn be_read(&mut self) -> Result<()> {
        let slug = &self.script.programme.company.slug;
        let login = |role| {
            let subject = logins::subject(role, slug);
            let mut accounts = self.rows.accounts.iter();
            accounts.find(|account| account.subject == subject)
        };
        let alumnus = login(Role::Alumnus).and_then(|account| account.person_id);
        let alumnus = alumnus.ok_or_else(|| Error::internal("the demo alumnus has no login"))?;
        for (day, hour, role, operation, fields) in READINGS {
            let reader = match role {
                Some(role) => login(role).map(|account| (ActorKind::Account, account.id.0)),
                None => self
                    .rows
                    .api_keys
                    .first()
                    .map(|key| (ActorKind::ApiKey, key.id.0)),
            };
            let Some((reader_kind, reader_id)) = reader else {
                continue;
            };
            let at = self.calendar.hour(self.calendar.day(day), hour);
            let id: entity::AccessLogEntryId = self.draw.id(at);
            let request: entity::AccessLogEntryId = self.draw.id(at);
            let record = Record {
                id: id.0,
                company: Some(self.company),
                reader_kind,
                reader_role: role,
                reader_id,
                operation_name: Some(operation.to_owned()),
                request_id: request.0.to_string().into(),
                at,
                people: vec![(alumnus, bits(fields.iter().copied()))],
                outsiders: Vec::new(),
            };
            let entries = record.entries(|_| None).map(Into::into);
            self.rows.access_log.extend(entries);
        }
        Ok(())
    }
}
