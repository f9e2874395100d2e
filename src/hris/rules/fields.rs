//! Names of fields, as the schema writes them.

use entity::{employment, person};

/// The fields of `WorkerInput`.
pub const OF_WORKER: [&str; 24] = [
    "externalId",
    "employeeNumber",
    "familyName",
    "givenName",
    "familyNameKana",
    "givenNameKana",
    "familyNameRomaji",
    "givenNameRomaji",
    "otherName",
    "personalEmail",
    "workEmail",
    "phone",
    "location",
    "department",
    "position",
    "employmentType",
    "employmentId",
    "startedOn",
    "correctsStartedOn",
    "lastWorkingDay",
    "leaveType",
    "leaveReason",
    "sourceUpdatedAt",
    "status",
];

/// The field of a column of an employment; none if it only follows from another.
pub fn of_employment(column: employment::Column) -> Option<&'static str> {
    use employment::Column as C;
    Some(match column {
        C::DepartmentId => "department",
        C::EmploymentType => "employmentType",
        C::Position => "position",
        C::Location => "location",
        C::StartedOn => "startedOn",
        C::LastWorkingDay => "lastWorkingDay",
        C::LeaveType => "leaveType",
        C::LeaveReason => "leaveReason",
        C::ExternalId => "employmentId",
        _ => return None,
    })
}

/// The field of a column of a person; none if it only follows from another.
pub fn of_person(column: person::Column) -> Option<&'static str> {
    use person::Column as C;
    Some(match column {
        C::EmployeeNumber => "employeeNumber",
        C::FamilyName => "familyName",
        C::GivenName => "givenName",
        C::FamilyNameKana => "familyNameKana",
        C::GivenNameKana => "givenNameKana",
        C::FamilyNameRomaji => "familyNameRomaji",
        C::GivenNameRomaji => "givenNameRomaji",
        C::OtherName => "otherName",
        C::PersonalEmail => "personalEmail",
        C::WorkEmail => "workEmail",
        C::Phone => "phone",
        C::LeftOn => "leftOn",
        _ => return None,
    })
}
