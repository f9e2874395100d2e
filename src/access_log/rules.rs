//! Which fields of a person are personal, and a set of them as a number.

use chrono::{DateTime, Utc};
use entity::{AccessLogEntryId, PersonalField};
use uuid::Uuid;

/// The fields, in the order of their bits. Bits are stored: a new field comes last.
pub const FIELDS: [PersonalField; 25] = [
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
        _ => return None,
    })
}

/// No id that was made at the instant or later is less than this. Ids begin with their millisecond, so that an index over them finds a time.
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
        let expected: Vec<i64> = (0..25).map(|place| 1 << place).collect();
        assert_eq!(own, expected);
        assert_eq!(fields(bits(FIELDS)), FIELDS);
        assert_eq!(fields(0), []);
    }
}
