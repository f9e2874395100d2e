//! Personal fields as a bit set, the role that permits a read, and the rate at which entries are stored.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::{AccessLogEntryId, PersonalField, Role};
use uuid::Uuid;

use crate::access::Permission;

/// How long entries gather, at least, before they are stored together.
pub const GATHER: Duration = Duration::from_millis(500);
/// How long entries wait before the database gets more of them to store.
const LONGEST_WAIT: Duration = Duration::from_mins(15);
/// Bytes of backlog that halve the pause.
const STEP: u64 = 1024 * 1024;

/// The fields, in the order of their bits. Bits are stored: a new field comes last.
pub const FIELDS: [PersonalField; 31] = [
    PersonalField::DisplayName,
    PersonalField::FamilyName,
    PersonalField::GivenName,
    PersonalField::FamilyNameKana,
    PersonalField::GivenNameKana,
    PersonalField::FamilyNameRomaji,
    PersonalField::GivenNameRomaji,
    PersonalField::OtherName,
    PersonalField::PersonalEmail,
    PersonalField::WorkEmail,
    PersonalField::Phone,
    PersonalField::EmployeeNumber,
    PersonalField::Location,
    PersonalField::CurrentEmployer,
    PersonalField::CurrentTitle,
    PersonalField::Headline,
    PersonalField::Biography,
    PersonalField::Links,
    PersonalField::Languages,
    PersonalField::LeftOn,
    PersonalField::Employments,
    PersonalField::Membership,
    PersonalField::Skills,
    PersonalField::Intents,
    PersonalField::AccessLog,
    PersonalField::CandidateName,
    PersonalField::CandidateEmail,
    PersonalField::Recommendation,
    PersonalField::ReferralSteps,
    PersonalField::Consents,
    PersonalField::MembershipApplication,
];

/// A field's bit.
#[must_use]
pub fn bit(field: PersonalField) -> i64 {
    1 << (field as i64)
}

/// The bits of several.
#[must_use]
pub fn bits(fields: impl IntoIterator<Item = PersonalField>) -> i64 {
    fields.into_iter().fold(0, |all, field| all | bit(field))
}

/// The fields whose bits are set.
#[must_use]
pub fn fields(bits: i64) -> Vec<PersonalField> {
    let set = FIELDS.into_iter().filter(|field| bits & bit(*field) != 0);
    set.collect()
}

/// The personal field that the schema calls so; null: one that says nothing of the person, or what the programme did with them.
#[must_use]
pub fn field_named(name: &str) -> Option<PersonalField> {
    Some(match name {
        "displayName" => PersonalField::DisplayName,
        "familyName" => PersonalField::FamilyName,
        "givenName" => PersonalField::GivenName,
        "familyNameKana" => PersonalField::FamilyNameKana,
        "givenNameKana" => PersonalField::GivenNameKana,
        "familyNameRomaji" => PersonalField::FamilyNameRomaji,
        "givenNameRomaji" => PersonalField::GivenNameRomaji,
        "otherName" => PersonalField::OtherName,
        "personalEmail" => PersonalField::PersonalEmail,
        "workEmail" => PersonalField::WorkEmail,
        "phone" => PersonalField::Phone,
        "employeeNumber" => PersonalField::EmployeeNumber,
        "location" => PersonalField::Location,
        "currentEmployer" => PersonalField::CurrentEmployer,
        "currentTitle" => PersonalField::CurrentTitle,
        "headline" => PersonalField::Headline,
        "biography" => PersonalField::Biography,
        "links" => PersonalField::Links,
        "languages" => PersonalField::Languages,
        "leftOn" => PersonalField::LeftOn,
        "employments" => PersonalField::Employments,
        "membership" => PersonalField::Membership,
        "skills" => PersonalField::Skills,
        "intents" => PersonalField::Intents,
        "consents" => PersonalField::Consents,
        _ => return None,
    })
}

/// The field of a referral that says something of its candidate; null: one that does not.
#[must_use]
pub fn field_of_candidate(name: &str) -> Option<PersonalField> {
    Some(match name {
        "candidateName" => PersonalField::CandidateName,
        "candidateEmail" => PersonalField::CandidateEmail,
        "recommendation" => PersonalField::Recommendation,
        "steps" => PersonalField::ReferralSteps,
        _ => return None,
    })
}

/// The role with the most access among those that open other people's fields; null if none does.
#[must_use]
pub fn office(roles: &[Role]) -> Option<Role> {
    const OPEN: [Permission; 3] = [
        Permission::AlumniRead,
        Permission::IntentsRead,
        Permission::ReferralsRead,
    ];
    let opens = |role: &Role| OPEN.iter().any(|by| by.roles().contains(role));
    roles.iter().copied().filter(opens).min()
}

/// How long the database is left to others after it was busy with entries. With a small backlog it is busy a fortieth of the time. Every
/// [`STEP`] of backlog halves the pause, so that entries are stored as fast as they are written. Entries that wait too long get half the time.
#[must_use]
pub fn pause(busy: Duration, oldest: Duration, backlog: u64) -> Duration {
    let halvings = u32::try_from(backlog / STEP).unwrap_or(u32::MAX).min(16);
    let rest = busy * 39 / 2_u32.pow(halvings);
    let rest = if oldest > LONGEST_WAIT {
        rest.min(busy)
    } else {
        rest
    };
    if halvings == 0 {
        rest.max(GATHER)
    } else {
        rest
    }
}

/// A lower bound of ids created at or after this time. Ids start with their millisecond, so an index on ids also finds a time.
#[must_use]
pub fn first_id(instant: DateTime<Utc>) -> AccessLogEntryId {
    let millisecond = u128::try_from(instant.timestamp_millis()).unwrap_or_default();
    AccessLogEntryId(Uuid::from_u128(millisecond << 80))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_a_bit_of_its_own_in_the_order_of_the_words() {
        let own: Vec<i64> = FIELDS.into_iter().map(bit).collect();
        let expected: Vec<i64> = (0..31).map(|place| 1 << place).collect();
        assert_eq!(own, expected);
        assert_eq!(fields(bits(FIELDS)), FIELDS);
        assert_eq!(fields(0), []);
    }

    #[test]
    fn the_office_is_the_role_that_opens_most() {
        assert_eq!(
            office(&[Role::Alumnus, Role::Supporter, Role::Hr]),
            Some(Role::Hr)
        );
        assert_eq!(office(&[Role::Employee, Role::Alumnus]), None);
    }

    #[test]
    fn the_pause_is_39_times_the_work_and_each_mib_of_backlog_halves_it() {
        let (second, minute) = (Duration::from_secs(1), Duration::from_mins(1));
        let mib = 1024 * 1024;
        assert_eq!(pause(Duration::ZERO, second, 0), GATHER);
        assert_eq!(pause(second, minute, mib - 1), second * 39);
        assert_eq!(pause(second, minute, mib), second * 39 / 2);
        assert_eq!(pause(second, minute, 3 * mib), second * 39 / 8);
        assert_eq!(pause(second, minute, 16 * mib), second * 39 / 65_536);
        assert_eq!(pause(second, minute, u64::MAX), second * 39 / 65_536);
        assert_eq!(pause(second, minute * 16, 0), second);
        assert_eq!(pause(second, minute * 16, 8 * mib), second * 39 / 256);
    }
}
