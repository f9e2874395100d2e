//! What the claims of a verified token mean, by the mapping of its identity provider.

use entity::Role;
use serde_json::{Map, Value};

use super::definition::{Definition, grantable};

const LONGEST_EMAIL: usize = 254;
const LONGEST_NUMBER: usize = 100;

/// What a token says, as far as the mapping reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapped {
    /// The e-mail address, verified or not.
    pub email: Option<String>,
    /// Whether the e-mail address counts: the provider verified it.
    pub email_verified: bool,
    /// Employee number.
    pub employee_number: Option<String>,
    /// The groups.
    pub groups: Vec<String>,
    /// The roles that the groups give.
    pub roles: Vec<Role>,
}

impl Mapped {
    /// The e-mail address, if it counts.
    #[must_use]
    pub fn verified_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|_| self.email_verified)
    }
}

/// Reads claims by the mapping of their provider.
#[must_use]
pub fn mapped(definition: &Definition, claims: &Map<String, Value>) -> Mapped {
    let mapping = &definition.claims;
    let named = |name: &Option<String>| name.as_deref().and_then(|name| find(claims, name));
    let email = named(&mapping.email).and_then(Value::as_str);
    let email = email.filter(|text| is_email(text)).map(str::to_owned);
    // a text "true" is what some providers send
    let says_so = match named(&mapping.email_verified) {
        Some(Value::Bool(verified)) => *verified,
        Some(Value::String(text)) => text == "true",
        _ => false,
    };
    let groups = named(&mapping.groups).map(texts).unwrap_or_default();
    let mut roles: Vec<Role> = definition
        .group_roles
        .iter()
        .filter(|entry| grantable(entry.role) && groups.contains(&entry.group))
        .map(|entry| entry.role)
        .collect();
    roles.sort_unstable();
    roles.dedup();
    Mapped {
        email_verified: email.is_some() && (mapping.email_always_verified || says_so),
        email,
        employee_number: named(&mapping.employee_number).and_then(number),
        groups,
        roles,
    }
}

/// The client that a token was issued to: `azp` (OpenID Connect), or `client_id` (RFC 9068).
#[must_use]
pub fn authorized_party(claims: &Map<String, Value>) -> Option<&str> {
    let named = |name| claims.get(name).and_then(Value::as_str);
    named("azp").or_else(|| named("client_id"))
}

/// A claim by its name, or by a JSON pointer (RFC 6901).
fn find<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c Value> {
    let Some(path) = name.strip_prefix('/') else {
        return claims.get(name);
    };
    let unescaped = |step: &str| step.replace("~1", "/").replace("~0", "~");
    let mut steps = path.split('/').map(unescaped);
    let first = claims.get(&steps.next()?)?;
    steps.try_fold(first, |value, step| match value {
        Value::Object(members) => members.get(&step),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => vec![],
    }
}

/// A number may be written as a text or as a whole number.
fn number(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) if !number.is_f64() => number.to_string(),
        _ => return None,
    };
    let storable = !text.is_empty()
        && text.chars().count() <= LONGEST_NUMBER
        && !text.contains(char::is_control);
    storable.then_some(text)
}

/// Whether a text can be an e-mail address at all.
fn is_email(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && text.len() <= LONGEST_EMAIL
        && !text.contains(|letter: char| letter.is_control() || letter.is_whitespace())
}

/// A text that a stranger wrote, for a log or a message: at most 200 characters, control characters escaped.
#[must_use]
pub fn printable(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut shown = String::new();
    for letter in text.chars().take(LONGEST) {
        // marks that reverse the direction of text would let a line lie
        let hidden = matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if letter.is_control() || hidden {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use entity::{
        GroupRole, IdentityProviderProvisioning, IdentityProviderPurpose, SigningAlgorithm,
    };
    use serde_json::json;

    use super::super::definition::{ClaimMapping, KeyPlace};
    use super::*;

    fn definition() -> Definition {
        Definition {
            name: "Employees".into(),
            purpose: IdentityProviderPurpose::Employees,
            issuer: "https://login.example.com/".into(),
            audiences: vec!["alumni".into()],
            keys: KeyPlace::Discovery,
            algorithms: vec![SigningAlgorithm::Rs256],
            authorized_parties: vec![],
            claims: ClaimMapping {
                employee_number: Some("employee".into()),
                groups: Some("/realm/roles".into()),
                ..ClaimMapping::default()
            },
            group_roles: vec![
                GroupRole {
                    group: "people".into(),
                    role: Role::Hr,
                },
                // what no check lets through gives nothing either
                GroupRole {
                    group: "people".into(),
                    role: Role::Operator,
                },
            ],
            provisioning: IdentityProviderProvisioning::Off,
        }
    }

    fn read(claims: &Value) -> Mapped {
        mapped(&definition(), claims.as_object().unwrap())
    }

    #[test]
    fn an_e_mail_address_counts_if_its_claim_says_true_and_in_no_other_case() {
        for verified in [json!(true), json!("true")] {
            let claims = json!({ "email": "a@example.com", "email_verified": verified });
            assert_eq!(read(&claims).verified_email(), Some("a@example.com"));
        }
        for verified in [
            json!(false),
            json!("false"),
            json!("TRUE"),
            json!("1"),
            json!(1),
            json!([true]),
            json!({ "true": true }),
            Value::Null,
        ] {
            let claims = json!({ "email": "a@example.com", "email_verified": verified });
            let mapped = read(&claims);
            assert_eq!(mapped.verified_email(), None, "{claims}");
            assert_eq!(mapped.email.as_deref(), Some("a@example.com"));
        }
        assert!(!read(&json!({ "email": "a@example.com" })).email_verified);
        let mut always = definition();
        always.claims.email_always_verified = true;
        let claims = json!({ "email": "a@example.com", "email_verified": false });
        assert!(mapped(&always, claims.as_object().unwrap()).email_verified);
        let claims = json!({ "email_verified": true });
        assert!(!mapped(&always, claims.as_object().unwrap()).email_verified);
    }

    #[test]
    fn what_is_no_e_mail_address_is_none() {
        let long = format!("{}@example.com", "a".repeat(250));
        for text in [
            "a",
            "@example.com",
            "a@",
            "a b@example.com",
            "a@example.com\r\nBcc: b@example.com",
            &long,
        ] {
            let claims = json!({ "email": text, "email_verified": true });
            assert_eq!(read(&claims).email, None, "{text}");
        }
        let claims = json!({ "email": ["a@example.com"], "email_verified": true });
        assert_eq!(read(&claims).email, None);
    }

    #[test]
    fn groups_give_the_roles_of_the_mapping_and_no_others() {
        let roles = |groups: Value| read(&json!({ "realm": { "roles": groups } })).roles;
        assert_eq!(roles(json!(["people", "others"])), [Role::Hr]);
        assert_eq!(roles(json!("people")), [Role::Hr]);
        assert_eq!(roles(json!(["OPERATOR", "ADMIN", "People"])), []);
        assert_eq!(roles(json!({ "people": true })), []);
        assert_eq!(roles(json!([["people"]])), []);
    }

    #[test]
    fn an_employee_number_is_a_text_or_a_whole_number() {
        let number = |value: Value| read(&json!({ "employee": value })).employee_number;
        assert_eq!(number(json!(" 0042 ")).as_deref(), Some("0042"));
        assert_eq!(number(json!(42)).as_deref(), Some("42"));
        for other in [
            json!(4.2),
            json!(""),
            json!(["42"]),
            json!("4\n2"),
            json!("4".repeat(101)),
        ] {
            assert_eq!(number(other), None);
        }
    }

    #[test]
    fn the_client_is_azp_or_else_client_id() {
        let claims = json!({ "azp": "one", "client_id": "two" });
        assert_eq!(authorized_party(claims.as_object().unwrap()), Some("one"));
        let claims = json!({ "client_id": "two" });
        assert_eq!(authorized_party(claims.as_object().unwrap()), Some("two"));
        let claims = json!({ "azp": 1 });
        assert_eq!(authorized_party(claims.as_object().unwrap()), None);
    }

    #[test]
    fn a_strangers_text_is_cut_and_holds_no_control_characters() {
        assert_eq!(printable("a\r\nb\u{1b}[31m"), "a\\u{d}\\u{a}b\\u{1b}[31m");
        assert_eq!(printable("\u{202e}x"), "\\u{202e}x");
        assert_eq!(printable(&"é".repeat(200)), "é".repeat(200));
        assert_eq!(printable(&"é".repeat(201)), format!("{}…", "é".repeat(200)));
    }
}
