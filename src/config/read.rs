//! How values are read.

use std::path::PathBuf;

use entity::Role;
use reqwest::Url;
use secrecy::SecretString;

use super::{ConfigError, identity_provider};
use crate::access::providers::ConfiguredProvider;
use crate::mail;

/// What a TOML file says.
#[derive(Default)]
pub struct File {
    /// The settings, each with its values.
    pub settings: Vec<(String, Vec<String>)>,
    /// The tables `[[identity_provider]]`.
    pub identity_providers: Vec<ConfiguredProvider>,
}

/// Reads a TOML file.
pub fn from_file(path: &PathBuf) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::Unreadable(path.clone(), error))?;
    let mut table: toml::Table = text
        .parse()
        .map_err(|error| ConfigError::NoToml(path.clone(), Box::new(error)))?;
    let providers = table.remove(identity_provider::KEY);
    let identity_providers = providers.map(identity_provider::read).transpose()?;
    let plain = |key: &str, value: &toml::Value| match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Boolean(flag) => Ok(flag.to_string()),
        _ => Err(ConfigError::NotPlain(key.to_owned())),
    };
    let entry = |(key, value): (String, toml::Value)| {
        let values = match &value {
            toml::Value::Array(values) => values
                .iter()
                .map(|value| plain(&key, value))
                .collect::<Result<Vec<_>, _>>()?,
            value => vec![plain(&key, value)?],
        };
        Ok::<_, ConfigError>((key, values))
    };
    Ok(File {
        settings: table.into_iter().map(entry).collect::<Result<_, _>>()?,
        identity_providers: identity_providers.unwrap_or_default(),
    })
}

pub fn database_url(text: &str) -> Result<SecretString, String> {
    let known = ["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    if known {
        Ok(text.to_owned().into())
    } else {
        Err("must begin with `sqlite://`, `postgres://` or `postgresql://`".to_owned())
    }
}

pub fn replica_url(text: &str) -> Result<SecretString, String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Ok(text.to_owned().into())
    } else {
        Err("must begin with `postgres://` or `postgresql://`".to_owned())
    }
}

pub fn smtp_url(text: &str) -> Result<SecretString, String> {
    mail::parse_smtp_url(text)?;
    Ok(text.to_owned().into())
}

pub fn mail_from(text: &str) -> Result<String, String> {
    mail::parse_sender(text)?;
    Ok(text.to_owned())
}

pub fn portal_url(text: &str) -> Result<Url, String> {
    mail::parse_portal_url(text)
}

pub fn limit(text: &str) -> Result<(String, u32), String> {
    let parts = text
        .split_once('=')
        .and_then(|(name, most)| Some((name.trim().to_owned(), most.trim().parse().ok()?)));
    parts.ok_or_else(|| "must read `name=number`, as `depth=12`".to_owned())
}

pub fn role(text: &str) -> Result<Role, String> {
    use sea_orm::{ActiveEnum, Iterable};
    let known = || Role::iter().map(|role| role.to_value()).collect::<Vec<_>>();
    Role::try_from_value(&text.to_uppercase())
        .map_err(|_| format!("must be one of {}", known().join(", ")))
}

/// A role that an account can be granted. `EMPLOYEE` and `ALUMNUS` follow from the person's standing.
pub fn granted_role(text: &str) -> Result<Role, String> {
    use crate::access::accounts::GRANTABLE;
    let granted = || GRANTABLE.into_iter().chain([Role::Operator]);
    role(text)
        .ok()
        .filter(|role| granted().any(|granted| granted == *role))
        .ok_or_else(|| {
            let words: Vec<String> = granted().map(Role::word).collect();
            format!("must be one of {}", words.join(", "))
        })
}
