//! The tables `[[identity_provider]]` of the configuration file. They obey the rules that mutations obey.

use std::collections::BTreeMap;
use std::path::PathBuf;

use entity::{
    GroupRole, IdentityProviderProvisioning, IdentityProviderPurpose, Role, SigningAlgorithm,
};
use serde::Deserialize;

use super::ConfigError;
use crate::access::providers::rules::{ClaimMapping, Definition, KeyPlace, check, overlap};
use crate::access::providers::{ConfiguredProvider, Owner};
use crate::checks::Checks;
use crate::error::Error;
use crate::outbound::Network;

/// The key of the tables.
pub const KEY: &str = "identity_provider";

/// One table as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    company: Option<String>,
    #[serde(default)]
    operator: bool,
    #[serde(default = "employees")]
    purpose: IdentityProviderPurpose,
    issuer: String,
    audiences: Vec<String>,
    jwks_url: Option<String>,
    jwks_file: Option<PathBuf>,
    #[serde(default = "rs256")]
    algorithms: Vec<SigningAlgorithm>,
    #[serde(default)]
    authorized_parties: Vec<String>,
    #[serde(default)]
    claims: Claims,
    #[serde(default)]
    group_roles: BTreeMap<String, OneOrSeveral>,
    #[serde(default = "off")]
    provisioning: IdentityProviderProvisioning,
    #[serde(default)]
    private_network: bool,
    #[serde(default = "yes")]
    enabled: bool,
}

/// An empty text means: none is read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Claims {
    email: Option<String>,
    email_verified: Option<String>,
    email_always_verified: bool,
    employee_number: Option<String>,
    groups: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum OneOrSeveral {
    One(Role),
    Several(Vec<Role>),
}

fn employees() -> IdentityProviderPurpose {
    IdentityProviderPurpose::Employees
}

fn rs256() -> Vec<SigningAlgorithm> {
    vec![SigningAlgorithm::Rs256]
}

fn off() -> IdentityProviderProvisioning {
    IdentityProviderProvisioning::Off
}

fn yes() -> bool {
    true
}

impl Claims {
    fn mapping(self) -> ClaimMapping {
        let usual = ClaimMapping::default();
        let or = |given: Option<String>, usual: Option<String>| match given {
            None => usual,
            Some(name) => Some(name).filter(|name| !name.is_empty()),
        };
        ClaimMapping {
            email: or(self.email, usual.email),
            email_verified: or(self.email_verified, usual.email_verified),
            email_always_verified: self.email_always_verified,
            employee_number: or(self.employee_number, None),
            groups: or(self.groups, None),
        }
    }
}

impl Table {
    fn provider(self) -> Result<ConfiguredProvider, String> {
        let owner = match (self.company, self.operator) {
            (Some(slug), false) => Owner::Company(slug),
            (None, true) => Owner::Operator,
            (Some(_), true) => {
                return Err("`company` and `operator` exclude each other".to_owned());
            }
            (None, false) => {
                return Err("needs `company = \"SLUG\"`, or `operator = true`".to_owned());
            }
        };
        let keys = match (self.jwks_url, self.jwks_file) {
            (Some(_), Some(_)) => {
                return Err("`jwks_url` and `jwks_file` exclude each other".to_owned());
            }
            (Some(url), None) => KeyPlace::Url(url),
            (None, Some(file)) => KeyPlace::File(file),
            (None, None) => KeyPlace::Discovery,
        };
        let entries = self.group_roles.into_iter().flat_map(|(group, roles)| {
            let roles = match roles {
                OneOrSeveral::One(role) => vec![role],
                OneOrSeveral::Several(roles) => roles,
            };
            let entry = move |role| GroupRole {
                group: group.clone(),
                role,
            };
            roles.into_iter().map(entry)
        });
        Ok(ConfiguredProvider {
            owner,
            definition: Definition {
                name: self.name,
                purpose: self.purpose,
                issuer: self.issuer,
                audiences: self.audiences,
                keys,
                algorithms: self.algorithms,
                authorized_parties: self.authorized_parties,
                claims: self.claims.mapping(),
                group_roles: entries.collect(),
                provisioning: self.provisioning,
            },
            private_network: self.private_network,
            enabled: self.enabled,
        })
    }
}

/// Reads the tables. What they say is checked later, when it is known how careful to be.
pub fn read(value: toml::Value) -> Result<Vec<ConfiguredProvider>, ConfigError> {
    let toml::Value::Array(tables) = value else {
        return Err(ConfigError::IdentityProvider(
            1,
            "must be written as `[[identity_provider]]`".to_owned(),
        ));
    };
    let tables = tables.into_iter().enumerate();
    tables
        .map(|(place, table)| {
            let refused = |message| ConfigError::IdentityProvider(place + 1, message);
            let table: Table = table
                .try_into()
                .map_err(|error: toml::de::Error| refused(error.message().to_owned()))?;
            table.provider().map_err(refused)
        })
        .collect()
}

/// Checks the providers by the rules of mutations, and brings their texts into the usual form. `settings`: issuer and audience of the
/// `--jwt-…` settings.
pub fn checked(
    given: &[ConfiguredProvider],
    network: Network,
    settings: (&str, &str),
) -> Result<Vec<ConfiguredProvider>, ConfigError> {
    let mut providers: Vec<ConfiguredProvider> = Vec::new();
    for (place, provider) in given.iter().enumerate() {
        let refused = |message| ConfigError::IdentityProvider(place + 1, message);
        let mut checks = Checks::default();
        let network = if provider.private_network {
            Network::PublicOrPrivate
        } else {
            network
        };
        let operator = provider.owner == Owner::Operator;
        let definition = check(&mut checks, provider.definition.clone(), network, operator);
        checks.done().map_err(|error| refused(faults(&error)))?;
        let audience = [settings.1.to_owned()];
        let own = (definition.issuer.as_str(), definition.audiences.as_slice());
        if overlap(own, (settings.0, &audience)) {
            return Err(refused(
                "has the issuer and the audience of `jwt_issuer` and `jwt_audience`, which come first".to_owned(),
            ));
        }
        for (other_place, other) in providers.iter().enumerate() {
            let theirs = (
                other.definition.issuer.as_str(),
                other.definition.audiences.as_slice(),
            );
            let same_owner = other.owner == provider.owner;
            if same_owner && other.definition.name == definition.name {
                let number = other_place + 1;
                return Err(refused(format!("has the name of table {number}")));
            }
            if same_owner && overlap(own, theirs) {
                let number = other_place + 1;
                return Err(refused(format!(
                    "has the issuer and an audience of table {number}"
                )));
            }
        }
        providers.push(ConfiguredProvider {
            definition,
            ..provider.clone()
        });
    }
    Ok(providers)
}

/// Faults in one line, each with its key as the file writes it.
fn faults(error: &Error) -> String {
    let Error::Refused(faults) = error else {
        return error.to_string();
    };
    let line = |fault: &crate::error::Refusal| {
        let key = fault.field.as_deref().unwrap_or_default().join(".");
        format!("`{}` {}", snake(&key), snake_quoted(&fault.message))
    };
    faults.iter().map(line).collect::<Vec<_>>().join("; ")
}

/// `jwksUrl` as `jwks_url`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// A message with the names of fields between backticks as the file writes them.
fn snake_quoted(message: &str) -> String {
    const NAMES: [&str; 3] = ["jwksUrl", "groupRoles", "emailAlwaysVerified"];
    NAMES.iter().fold(message.to_owned(), |message, name| {
        message.replace(name, &snake(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(text: &str) -> Result<Vec<ConfiguredProvider>, String> {
        let mut table: toml::Table = text.parse().unwrap();
        let providers = read(table.remove(KEY).unwrap()).map_err(|error| error.to_string())?;
        let settings = ("alumni-api", "alumni-api");
        checked(&providers, Network::Public, settings).map_err(|error| error.to_string())
    }

    const PLAIN: &str = "[[identity_provider]]
        name = \"Employees\"
        company = \"aozora\"
        issuer = \"https://login.example.com\"
        audiences = [\"alumni\"]
    ";

    #[test]
    fn a_table_has_the_defaults_of_a_mutation() {
        let providers = result(PLAIN).unwrap();
        assert_eq!(
            providers,
            [ConfiguredProvider {
                owner: Owner::Company("aozora".into()),
                definition: Definition {
                    name: "Employees".into(),
                    purpose: IdentityProviderPurpose::Employees,
                    issuer: "https://login.example.com".into(),
                    audiences: vec!["alumni".into()],
                    keys: KeyPlace::Discovery,
                    algorithms: vec![SigningAlgorithm::Rs256],
                    authorized_parties: vec![],
                    claims: ClaimMapping::default(),
                    group_roles: vec![],
                    provisioning: IdentityProviderProvisioning::Off,
                },
                private_network: false,
                enabled: true,
            }]
        );
    }

    #[test]
    fn a_whole_table_is_read() {
        let text = format!(
            "{PLAIN}
            purpose = \"EMPLOYEES\"
            jwks_url = \"https://login.example.com/keys\"
            algorithms = [\"ES256\", \"EDDSA\"]
            authorized_parties = [\"portal\"]
            provisioning = \"EMPLOYEE_NUMBER\"
            enabled = false
            [identity_provider.claims]
            email = \"\"
            employee_number = \"number\"
            groups = \"/realm_access/roles\"
            [identity_provider.group_roles]
            people = [\"HR\", \"ADMIN\"]
            talent = \"RECRUITER\"
            "
        );
        let provider = &result(&text).unwrap()[0];
        assert_eq!(provider.definition.claims.email, None);
        let roles = provider.definition.group_roles.iter();
        let roles: Vec<_> = roles
            .map(|entry| (entry.group.as_str(), entry.role))
            .collect();
        assert_eq!(
            roles,
            [
                ("people", Role::Hr),
                ("people", Role::Admin),
                ("talent", Role::Recruiter)
            ]
        );
        assert!(!provider.enabled);
    }

    #[test]
    fn what_is_wrong_is_named_with_the_number_of_its_table() {
        let wrong = |more: &str| result(&format!("{PLAIN}\n{more}")).unwrap_err();
        assert!(wrong("isuer = \"x\"").starts_with(
            "table 1 of `identity_provider` in the configuration file: unknown field `isuer`"
        ));
        assert!(wrong("[identity_provider.claims]\nmail = \"x\"").contains("unknown field `mail`"));
        assert!(wrong("algorithms = [\"HS256\"]").contains("unknown variant `HS256`"));
        assert_eq!(
            wrong(
                "jwks_url = \"http://login.example.com/keys\"\nprovisioning = \"EMPLOYEE_NUMBER\""
            ),
            "table 1 of `identity_provider` in the configuration file: `jwks_url` must begin with `https://`; \
             `claims.employee_number` must name the claim with the employee number, because `provisioning` is EMPLOYEE_NUMBER"
        );
        assert!(wrong("operator = true").contains("exclude each other"));
        assert!(
            wrong("[identity_provider.claims]\ngroups = \"g\"\n[identity_provider.group_roles]\nx = \"OPERATOR\"")
                .contains("no group gives OPERATOR")
        );
        assert!(
            wrong(&PLAIN.replace("\"Employees\"", "\"Others\""))
                .starts_with("table 2 of `identity_provider` in the configuration file: has the issuer and an audience of table 1")
        );
        let settings = PLAIN
            .replace("https://login.example.com", "alumni-api")
            .replace(
                "[\"alumni\"]",
                "[\"alumni-api\"]\njwks_url = \"https://a.example/\"",
            );
        assert!(result(&settings).unwrap_err().contains("`jwt_issuer`"));
        assert!(
            result("identity_provider = 1")
                .unwrap_err()
                .contains("[[identity_provider]]")
        );
    }

    #[test]
    fn a_private_network_is_for_those_who_write_the_file() {
        let internal = "jwks_url = \"https://10.0.0.5/keys\"";
        assert!(result(&format!("{PLAIN}\n{internal}")).is_err());
        assert!(result(&format!("{PLAIN}\n{internal}\nprivate_network = true")).is_ok());
        let metadata = "jwks_url = \"https://169.254.169.254/\"\nprivate_network = true";
        assert!(result(&format!("{PLAIN}\n{metadata}")).is_err());
    }
}
