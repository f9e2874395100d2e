//! Who may have trusted documents run and no others.

use std::str::FromStr;

use entity::Role;
use sea_orm::{ActiveEnum, Iterable};
use serde::{Deserialize, Serialize};

use crate::access::Viewer;

/// Who may have trusted documents run and no others. By default nobody is held to them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TrustedOnly(Vec<Asker>);

/// Some of those who ask.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
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

impl TrustedOnly {
    /// Whether somebody is held to trusted documents.
    #[must_use]
    pub fn holds(&self, viewer: &Viewer) -> bool {
        self.0.iter().any(|asker| match (asker, viewer) {
            // these two never come over a transport
            (_, Viewer::System(_) | Viewer::Preview { .. }) => false,
            (Asker::All, _)
            | (Asker::Anonymous, Viewer::Anonymous)
            | (Asker::ApiKey, Viewer::Service(_)) => true,
            (Asker::Member(role), Viewer::Member(member)) => member.roles.contains(role),
            _ => false,
        })
    }
}

impl FromIterator<Asker> for TrustedOnly {
    fn from_iter<I: IntoIterator<Item = Asker>>(askers: I) -> Self {
        Self(askers.into_iter().collect())
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
    use entity::{Audience, CompanyId};

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

    #[test]
    fn what_the_service_does_itself_is_held_to_nothing() {
        let all = TrustedOnly::from_iter([Asker::All]);
        let company = CompanyId(uuid::Uuid::nil());
        let preview = Viewer::Preview {
            company,
            audience: Audience::Alumni,
        };
        assert!(!all.holds(&Viewer::System(company)));
        assert!(!all.holds(&preview));
        assert!(all.holds(&Viewer::Anonymous));
        assert!(!TrustedOnly::default().holds(&Viewer::Anonymous));
    }
}
