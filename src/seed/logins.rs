//! Who can log in to the demo companies, and with which keys. The keys are public knowledge: they stand here.

use entity::Role;
use sea_orm::ActiveEnum;

/// Slugs of the demo companies; the first is the Japanese one.
pub const COMPANIES: [&str; 2] = ["aozora", "meridian"];

/// Roles with a login in each demo company.
pub const ROLES: [Role; 6] = [
    Role::Admin,
    Role::Hr,
    Role::Recruiter,
    Role::Supporter,
    Role::Employee,
    Role::Alumnus,
];

/// Slug and API key of each demo company. The key holds every scope; it exists only where
/// `SeedSettings::demo_api_keys` was set.
pub const API_KEYS: [(&str, &str); 2] = [
    (
        "aozora",
        "ak_DemoAozo_ThisKeyIsPublicAndOpensOnlyDemoDataAozora003W",
    ),
    (
        "meridian",
        "ak_DemoMeri_ThisKeyIsPublicAndOpensOnlyDemoDataMeridianSV",
    ),
];

/// The subject (`sub`) of a demo login, as `hr@aozora`; the operator belongs to no company.
#[must_use]
pub fn subject(role: Role, company: &str) -> String {
    let name = role.to_value().to_lowercase();
    if role == Role::Operator {
        name
    } else {
        format!("{name}@{company}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::api_key::ApiKeySecret;

    #[test]
    fn every_demo_company_has_a_key_that_reads() {
        let companies = API_KEYS.map(|(company, _)| company);
        assert_eq!(companies, COMPANIES);
        for (_, key) in API_KEYS {
            assert!(ApiKeySecret::parse(key).is_some(), "{key}");
        }
    }

    #[test]
    fn a_subject_names_role_and_company() {
        assert_eq!(subject(Role::Hr, "aozora"), "hr@aozora");
        assert_eq!(subject(Role::Operator, "aozora"), "operator");
    }
}
