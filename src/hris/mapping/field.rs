//! What a column can be read into.

/// A piece of a worker that a column may hold. The names are those of mapping files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(usize)]
pub enum Field {
    ExternalId,
    EmployeeNumber,
    FullName,
    FamilyName,
    GivenName,
    FullNameKana,
    FamilyNameKana,
    GivenNameKana,
    FullNameRomaji,
    FamilyNameRomaji,
    GivenNameRomaji,
    OtherName,
    OtherFamilyName,
    OtherGivenName,
    FormerName,
    PersonalEmail,
    WorkEmail,
    Phone,
    Location,
    Department,
    Position,
    EmploymentType,
    StartedOn,
    StartDate,
    OriginalHireDate,
    RehireDate,
    SeniorityDate,
    ContractStartDate,
    ContractEndDate,
    LastWorkingDay,
    LeaveType,
    LeaveReason,
    Status,
}

impl Field {
    /// How many fields there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Every field, in the order of its number.
    pub const ALL: [Self; 33] = [
        Self::ExternalId,
        Self::EmployeeNumber,
        Self::FullName,
        Self::FamilyName,
        Self::GivenName,
        Self::FullNameKana,
        Self::FamilyNameKana,
        Self::GivenNameKana,
        Self::FullNameRomaji,
        Self::FamilyNameRomaji,
        Self::GivenNameRomaji,
        Self::OtherName,
        Self::OtherFamilyName,
        Self::OtherGivenName,
        Self::FormerName,
        Self::PersonalEmail,
        Self::WorkEmail,
        Self::Phone,
        Self::Location,
        Self::Department,
        Self::Position,
        Self::EmploymentType,
        Self::StartedOn,
        Self::StartDate,
        Self::OriginalHireDate,
        Self::RehireDate,
        Self::SeniorityDate,
        Self::ContractStartDate,
        Self::ContractEndDate,
        Self::LastWorkingDay,
        Self::LeaveType,
        Self::LeaveReason,
        Self::Status,
    ];

    /// Whether it is a name or a part of one.
    pub fn is_name(self) -> bool {
        matches!(
            self,
            Self::FullName
                | Self::FamilyName
                | Self::GivenName
                | Self::FullNameKana
                | Self::FamilyNameKana
                | Self::GivenNameKana
                | Self::FullNameRomaji
                | Self::FamilyNameRomaji
                | Self::GivenNameRomaji
                | Self::OtherName
                | Self::OtherFamilyName
                | Self::OtherGivenName
                | Self::FormerName
        )
    }

    /// The field's name in mapping files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::ExternalId => "external_id",
            Self::EmployeeNumber => "employee_number",
            Self::FullName => "full_name",
            Self::FamilyName => "family_name",
            Self::GivenName => "given_name",
            Self::FullNameKana => "full_name_kana",
            Self::FamilyNameKana => "family_name_kana",
            Self::GivenNameKana => "given_name_kana",
            Self::FullNameRomaji => "full_name_romaji",
            Self::FamilyNameRomaji => "family_name_romaji",
            Self::GivenNameRomaji => "given_name_romaji",
            Self::OtherName => "other_name",
            Self::OtherFamilyName => "other_family_name",
            Self::OtherGivenName => "other_given_name",
            Self::FormerName => "former_name",
            Self::PersonalEmail => "personal_email",
            Self::WorkEmail => "work_email",
            Self::Phone => "phone",
            Self::Location => "location",
            Self::Department => "department",
            Self::Position => "position",
            Self::EmploymentType => "employment_type",
            Self::StartedOn => "started_on",
            Self::StartDate => "start_date",
            Self::OriginalHireDate => "original_hire_date",
            Self::RehireDate => "rehire_date",
            Self::SeniorityDate => "seniority_date",
            Self::ContractStartDate => "contract_start_date",
            Self::ContractEndDate => "contract_end_date",
            Self::LastWorkingDay => "last_working_day",
            Self::LeaveType => "leave_type",
            Self::LeaveReason => "leave_reason",
            Self::Status => "status",
        }
    }

    /// The field of `WorkerInput` that it is read into; none if it is not stored.
    pub fn of_worker(self) -> Option<&'static str> {
        Some(match self {
            Self::ExternalId => "externalId",
            Self::EmployeeNumber => "employeeNumber",
            Self::FullName | Self::FamilyName => "familyName",
            Self::GivenName => "givenName",
            Self::FullNameKana | Self::FamilyNameKana => "familyNameKana",
            Self::GivenNameKana => "givenNameKana",
            Self::FullNameRomaji | Self::FamilyNameRomaji => "familyNameRomaji",
            Self::GivenNameRomaji => "givenNameRomaji",
            Self::OtherName | Self::OtherFamilyName | Self::OtherGivenName | Self::FormerName => {
                "otherName"
            }
            Self::PersonalEmail => "personalEmail",
            Self::WorkEmail => "workEmail",
            Self::Phone => "phone",
            Self::Location => "location",
            Self::Department => "department",
            Self::Position => "position",
            Self::EmploymentType => "employmentType",
            Self::StartedOn | Self::StartDate | Self::OriginalHireDate | Self::RehireDate => {
                "startedOn"
            }
            Self::LastWorkingDay => "lastWorkingDay",
            Self::LeaveType => "leaveType",
            Self::LeaveReason => "leaveReason",
            Self::Status => "status",
            Self::SeniorityDate | Self::ContractStartDate | Self::ContractEndDate => return None,
        })
    }

    /// Whether it is a day.
    pub fn is_day(self) -> bool {
        matches!(
            self,
            Self::StartedOn
                | Self::StartDate
                | Self::OriginalHireDate
                | Self::RehireDate
                | Self::SeniorityDate
                | Self::ContractStartDate
                | Self::ContractEndDate
                | Self::LastWorkingDay
        )
    }

    /// Whether it is recognised so that it is not mistaken for another, and nothing of it is stored.
    pub fn is_only_recognised(self) -> bool {
        matches!(
            self,
            Self::SeniorityDate | Self::ContractStartDate | Self::ContractEndDate
        )
    }

    /// The field of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_stands_at_its_number_and_is_found_by_its_name() {
        for (number, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field as usize, number);
            assert_eq!(Field::named(field.name()), Some(field));
        }
    }
}
