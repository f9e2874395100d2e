//! The definition of an identity provider, and what is wrong with one. A configuration file and a mutation obey the same rules.

use std::path::PathBuf;

use entity::{
    GroupRole, IdentityProviderProvisioning, IdentityProviderPurpose, Role, SigningAlgorithm,
};
use reqwest::Url;

use crate::access::jwks::discovery_url;
use crate::checks::Checks;
use crate::error::UserErrorCode::{Invalid, Required, TooLong};
use crate::outbound::Network;

const NAME: usize = 100;
const ISSUER: usize = 500;
const AUDIENCE: usize = 255;
const CLAIM: usize = 200;
const GROUP: usize = 255;
const MOST_AUDIENCES: usize = 20;
const MOST_GROUPS: usize = 200;

/// How the keys of an identity provider are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// By the discovery document of the issuer.
    Discovery,
    /// At an address.
    Url(String),
    /// In a file.
    File(PathBuf),
}

/// Which claim of a token says what: a claim's name, or a JSON pointer that begins with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimMapping {
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether the e-mail address is verified.
    pub email_verified: Option<String>,
    /// Whether the provider verifies every e-mail address.
    pub email_always_verified: bool,
    /// Employee number.
    pub employee_number: Option<String>,
    /// The groups.
    pub groups: Option<String>,
}

impl Default for ClaimMapping {
    fn default() -> Self {
        Self {
            email: Some("email".to_owned()),
            email_verified: Some("email_verified".to_owned()),
            email_always_verified: false,
            employee_number: None,
            groups: None,
        }
    }
}

/// An identity provider, of a company or of the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Name.
    pub name: String,
    /// Purpose of the provider: sign-in of employees or of alumni.
    pub purpose: IdentityProviderPurpose,
    /// The `iss` of its tokens.
    pub issuer: String,
    /// Accepted values of `aud`.
    pub audiences: Vec<String>,
    /// Where its keys are.
    pub keys: KeyPlace,
    /// Accepted algorithms.
    pub algorithms: Vec<SigningAlgorithm>,
    /// Accepted clients; none: not checked.
    pub authorized_parties: Vec<String>,
    /// What its claims mean.
    pub claims: ClaimMapping,
    /// Roles by group.
    pub group_roles: Vec<GroupRole>,
    /// How a first sign-in is matched to an employee.
    pub provisioning: IdentityProviderProvisioning,
}

/// Whether a group may give a role. `OPERATOR` is given on the command line alone; `EMPLOYEE` and `ALUMNUS` follow from the person.
#[must_use]
pub fn grantable(role: Role) -> bool {
    match role {
        Role::Admin | Role::Hr | Role::Recruiter | Role::Supporter => true,
        Role::Operator | Role::Employee | Role::Alumnus => false,
    }
}

/// Checks a definition, and brings its texts into their stored form. `network` says which addresses of key sets are allowed.
pub fn check(
    checks: &mut Checks,
    given: Definition,
    network: Network,
    operator: bool,
) -> Definition {
    let name = checks.line("name", &given.name, NAME);
    let issuer = checks.line("issuer", &given.issuer, ISSUER);
    let audiences = names(checks, "audiences", given.audiences, AUDIENCE);
    if audiences.is_empty() {
        checks.refuse(Required, "audiences", "must name at least one audience");
    }
    let authorized_parties = names(
        checks,
        "authorizedParties",
        given.authorized_parties,
        AUDIENCE,
    );
    let mut algorithms = given.algorithms;
    algorithms.sort_unstable();
    algorithms.dedup();
    if algorithms.is_empty() {
        checks.refuse(
            Required,
            "algorithms",
            "must name at least one of RS256, ES256 and EDDSA",
        );
    }
    let keys = key_place(checks, given.keys, &issuer, network);
    let claims = claim_mapping(checks, given.claims);
    let definition = Definition {
        name,
        purpose: given.purpose,
        issuer,
        audiences,
        keys,
        algorithms,
        authorized_parties,
        group_roles: group_roles(checks, given.group_roles),
        claims,
        provisioning: given.provisioning,
    };
    rights(checks, &definition, operator);
    definition
}

fn key_place(checks: &mut Checks, keys: KeyPlace, issuer: &str, network: Network) -> KeyPlace {
    match keys {
        KeyPlace::Discovery => {
            let allowed = discovery_url(issuer).map(|url| network.check(&url));
            match allowed {
                _ if issuer.is_empty() => {}
                Some(Ok(())) => {}
                Some(Err(refusal)) => {
                    checks.refuse(Invalid, "issuer", refusal.to_string());
                }
                None => checks.refuse(
                    Invalid,
                    "issuer",
                    "must be an https address without query and fragment, as `https://login.example.com/`, unless `jwksUrl` is given",
                ),
            }
            KeyPlace::Discovery
        }
        KeyPlace::Url(text) => {
            let text = checks.line("jwksUrl", &text, 2_000);
            match Url::parse(&text) {
                _ if text.is_empty() => {}
                Ok(url) => {
                    if let Err(refusal) = network.check(&url) {
                        checks.refuse(Invalid, "jwksUrl", refusal.to_string());
                    }
                }
                Err(_) => checks.refuse(
                    Invalid,
                    "jwksUrl",
                    "must be an https address, as `https://login.example.com/keys`",
                ),
            }
            KeyPlace::Url(text)
        }
        file @ KeyPlace::File(_) => file,
    }
}

fn claim_mapping(checks: &mut Checks, given: ClaimMapping) -> ClaimMapping {
    let mut claim = |field: &str, name: Option<String>| {
        let name = name?;
        Some(checks.line(field, &name, CLAIM)).filter(|name| !name.is_empty())
    };
    let claims = ClaimMapping {
        email: claim("claims.email", given.email),
        email_verified: claim("claims.emailVerified", given.email_verified),
        email_always_verified: given.email_always_verified,
        employee_number: claim("claims.employeeNumber", given.employee_number),
        groups: claim("claims.groups", given.groups),
    };
    if let Some(email) = claims.email.as_deref()
        && !claims.email_always_verified
    {
        match claims.email_verified.as_deref() {
            None => checks.refuse(
                Required,
                "claims.emailVerified",
                "must name the claim that says whether the e-mail address is verified, unless `emailAlwaysVerified` is true",
            ),
            Some("email_verified") if email != "email" => checks.refuse(
                Invalid,
                "claims.emailVerified",
                "must name another claim: `email_verified` speaks of the claim `email` alone",
            ),
            Some(_) => {}
        }
    }
    claims
}

fn group_roles(checks: &mut Checks, given: Vec<GroupRole>) -> Vec<GroupRole> {
    const FIELD: &str = "groupRoles";
    if given.len() > MOST_GROUPS {
        let message = format!("must have at most {MOST_GROUPS} entries");
        checks.refuse(TooLong, FIELD, message);
    }
    let mut roles: Vec<GroupRole> = Vec::new();
    for (place, entry) in given.into_iter().enumerate() {
        let group = checks.line(&format!("{FIELD}.{place}.group"), &entry.group, GROUP);
        if !grantable(entry.role) {
            checks.refuse(
                Invalid,
                &format!("{FIELD}.{place}.role"),
                format!(
                    "must be ADMIN, HR, RECRUITER or SUPPORTER: no group gives {}",
                    entry.role.word()
                ),
            );
        }
        let entry = GroupRole {
            group,
            role: entry.role,
        };
        if !roles.contains(&entry) {
            roles.push(entry);
        }
    }
    roles
}

/// What claims may bring about.
fn rights(checks: &mut Checks, definition: &Definition, operator: bool) {
    let claims = &definition.claims;
    if !definition.group_roles.is_empty() && claims.groups.is_none() {
        checks.refuse(
            Required,
            "claims.groups",
            "must name the claim with the groups, because `groupRoles` is not empty",
        );
    }
    let limited = match definition.purpose {
        _ if operator => Some("a provider of the operator"),
        IdentityProviderPurpose::Alumni => Some("a provider for alumni"),
        IdentityProviderPurpose::Employees => None,
    };
    if let Some(limited) = limited {
        if !definition.group_roles.is_empty() {
            let message = format!("must be empty: {limited} gives no role");
            checks.refuse(Invalid, "groupRoles", message);
        }
        if definition.provisioning != IdentityProviderProvisioning::Off {
            let message = format!("must be OFF: {limited} provisions no employee");
            checks.refuse(Invalid, "provisioning", message);
        }
    }
    match definition.provisioning {
        IdentityProviderProvisioning::WorkEmail if claims.email.is_none() => checks.refuse(
            Required,
            "claims.email",
            "must name the claim with the e-mail address, because `provisioning` is WORK_EMAIL",
        ),
        IdentityProviderProvisioning::EmployeeNumber if claims.employee_number.is_none() => checks
            .refuse(
                Required,
                "claims.employeeNumber",
                "must name the claim with the employee number, because `provisioning` is EMPLOYEE_NUMBER",
            ),
        _ => {}
    }
}

fn names(checks: &mut Checks, field: &str, given: Vec<String>, longest: usize) -> Vec<String> {
    if given.len() > MOST_AUDIENCES {
        let message = format!("must have at most {MOST_AUDIENCES} entries");
        checks.refuse(TooLong, field, message);
    }
    let mut names: Vec<String> = Vec::new();
    for (place, name) in given.into_iter().enumerate() {
        let name = checks.line(&format!("{field}.{place}"), &name, longest);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Whether both would accept one token, as far as issuer and audience say.
#[must_use]
pub fn overlap(one: (&str, &[String]), other: (&str, &[String])) -> bool {
    one.0 == other.0 && one.1.iter().any(|audience| other.1.contains(audience))
}

/// Whether two issuers differ by a trailing slash and nothing else.
#[must_use]
pub fn differ_by_slash(one: &str, other: &str) -> bool {
    one != other && one.strip_suffix('/').unwrap_or(one) == other.strip_suffix('/').unwrap_or(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn plain() -> Definition {
        Definition {
            name: "Employees".into(),
            purpose: IdentityProviderPurpose::Employees,
            issuer: "https://login.example.com/".into(),
            audiences: vec!["alumni".into()],
            keys: KeyPlace::Discovery,
            algorithms: vec![SigningAlgorithm::Rs256],
            authorized_parties: vec![],
            claims: ClaimMapping::default(),
            group_roles: vec![],
            provisioning: IdentityProviderProvisioning::Off,
        }
    }

    /// Each fault: its field and message.
    fn faults_of(definition: Definition, operator: bool) -> Vec<String> {
        let mut checks = Checks::default();
        check(&mut checks, definition, Network::Public, operator);
        match checks.done() {
            Ok(()) => vec![],
            Err(Error::Refused(faults)) => faults
                .into_iter()
                .map(|fault| format!("{}: {}", fault.field.unwrap().join("."), fault.message))
                .collect(),
            Err(other) => panic!("{other}"),
        }
    }

    fn faults(definition: Definition) -> Vec<String> {
        faults_of(definition, false)
    }

    fn group(role: Role) -> GroupRole {
        GroupRole {
            group: "staff".into(),
            role,
        }
    }

    #[test]
    fn a_plain_definition_is_accepted() {
        assert_eq!(faults(plain()), Vec::<String>::new());
    }

    #[test]
    fn no_group_gives_the_role_of_an_operator_or_one_that_follows_from_the_person() {
        let with_groups = |roles: &[Role]| {
            let mut definition = plain();
            definition.claims.groups = Some("groups".into());
            definition.group_roles = roles.iter().map(|role| group(*role)).collect();
            faults(definition)
        };
        let staff = [Role::Admin, Role::Hr, Role::Recruiter, Role::Supporter];
        assert_eq!(with_groups(&staff), Vec::<String>::new());
        assert_eq!(
            with_groups(&[Role::Hr, Role::Operator, Role::Employee, Role::Alumnus]),
            [
                "groupRoles.1.role: must be ADMIN, HR, RECRUITER or SUPPORTER: no group gives OPERATOR",
                "groupRoles.2.role: must be ADMIN, HR, RECRUITER or SUPPORTER: no group gives EMPLOYEE",
                "groupRoles.3.role: must be ADMIN, HR, RECRUITER or SUPPORTER: no group gives ALUMNUS",
            ]
        );
    }

    #[test]
    fn providers_for_alumni_and_for_the_operator_give_no_role_and_provision_no_employee() {
        let mut definition = plain();
        definition.claims.groups = Some("groups".into());
        definition.group_roles = vec![group(Role::Hr)];
        definition.provisioning = IdentityProviderProvisioning::WorkEmail;
        assert_eq!(faults(definition.clone()), Vec::<String>::new());
        assert_eq!(
            faults_of(definition.clone(), true),
            [
                "groupRoles: must be empty: a provider of the operator gives no role",
                "provisioning: must be OFF: a provider of the operator provisions no employee",
            ]
        );
        definition.purpose = IdentityProviderPurpose::Alumni;
        assert_eq!(
            faults(definition),
            [
                "groupRoles: must be empty: a provider for alumni gives no role",
                "provisioning: must be OFF: a provider for alumni provisions no employee",
            ]
        );
    }

    #[test]
    fn an_e_mail_address_needs_a_claim_that_speaks_of_it() {
        let with = |email: &str, verified: Option<&str>, always| {
            let mut definition = plain();
            definition.claims.email = Some(email.into());
            definition.claims.email_verified = verified.map(Into::into);
            definition.claims.email_always_verified = always;
            faults(definition)
        };
        assert_eq!(
            with("upn", Some("email_verified"), false),
            [
                "claims.emailVerified: must name another claim: `email_verified` speaks of the claim `email` alone"
            ]
        );
        assert_eq!(with("email", None, false).len(), 1);
        assert_eq!(with("upn", Some("upn_verified"), false).len(), 0);
        assert_eq!(with("upn", None, true).len(), 0);
    }

    #[test]
    fn addresses_of_keys_are_public_and_over_https() {
        let at = |address: &str| {
            let mut definition = plain();
            definition.keys = KeyPlace::Url(address.into());
            faults(definition)
        };
        assert_eq!(at("https://login.example.com/keys").len(), 0);
        assert_eq!(
            at("http://login.example.com/keys"),
            ["jwksUrl: must begin with `https://`"]
        );
        assert_eq!(
            at("https://169.254.169.254/keys"),
            ["jwksUrl: must not be an address of a private, local or reserved network"]
        );
        assert_eq!(
            at("keys"),
            ["jwksUrl: must be an https address, as `https://login.example.com/keys`"]
        );
        let mut definition = plain();
        definition.issuer = "https://10.0.0.1".into();
        assert_eq!(
            faults(definition.clone()),
            ["issuer: must not be an address of a private, local or reserved network"]
        );
        definition.issuer = "login.example.com".into();
        assert_eq!(faults(definition.clone()).len(), 1);
        definition.keys = KeyPlace::Url("https://login.example.com/keys".into());
        assert_eq!(faults(definition).len(), 0);
    }

    #[test]
    fn issuers_that_differ_by_a_slash_are_two() {
        assert!(differ_by_slash("https://a/", "https://a"));
        assert!(!differ_by_slash("https://a", "https://a"));
        assert!(!differ_by_slash("https://a//", "https://a"));
    }
}
