//! Some of those who ask, by what they are: how settings say whom they concern.

use std::str::FromStr;

use entity::Role;
use sea_orm::{ActiveEnum, Iterable};
use serde::{Deserialize, Serialize};

use super::Viewer;

/// Some of those who ask.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Asker {
    /// Whoever asks.
    All,
    /// Who is not logged in.
    Anonymous,
    /// Systems with an API key.
    ApiKey,
    /// Who has this role, be it among others.
    Member(Role),
}

/// A text that says nobody.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("must be ALL, ANONYMOUS, API_KEY or one of the roles {}", roles().join(", "))]
pub struct NoAsker;

fn roles() -> Vec<String> {
    Role::iter().map(|role| role.to_value()).collect()
}

impl Asker {
    /// Whether somebody is one of them. What the service does itself comes over no transport, and is nobody's.
    #[must_use]
    pub fn is(self, viewer: &Viewer) -> bool {
        match (self, viewer) {
            (_, Viewer::System(_) | Viewer::Preview { .. }) => false,
            (Self::All, _)
            | (Self::Anonymous, Viewer::Anonymous | Viewer::Login(_))
            | (Self::ApiKey, Viewer::Service(_)) => true,
            (Self::Member(role), Viewer::Member(member)) => {
                member.leading_roles().any(|own| own == role)
            }
            _ => false,
        }
    }
}

impl FromStr for Asker {
    type Err = NoAsker;

    fn from_str(text: &str) -> Result<Self, NoAsker> {
        match text.trim().to_ascii_uppercase().as_str() {
            "ALL" => Ok(Self::All),
            "ANONYMOUS" => Ok(Self::Anonymous),
            "API_KEY" => Ok(Self::ApiKey),
            role => Role::try_from_value(&role.to_owned())
                .map(Self::Member)
                .map_err(|_| NoAsker),
        }
    }
}

impl TryFrom<String> for Asker {
    type Error = NoAsker;

    fn try_from(text: String) -> Result<Self, NoAsker> {
        text.parse()
    }
}

impl From<Asker> for String {
    fn from(asker: Asker) -> Self {
        match asker {
            Asker::All => "ALL".to_owned(),
            Asker::Anonymous => "ANONYMOUS".to_owned(),
            Asker::ApiKey => "API_KEY".to_owned(),
            Asker::Member(role) => role.to_value(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_reads_as_it_is_written() {
        for name in roles()
            .into_iter()
            .chain(["ALL", "ANONYMOUS", "API_KEY"].map(String::from))
        {
            let asker: Asker = name.to_lowercase().parse().unwrap();
            assert_eq!(String::from(asker), name);
        }
        for other in ["", "EVERYBODY", "HR ADMIN", "*"] {
            assert_eq!(other.parse::<Asker>(), Err(NoAsker));
        }
    }
}
