//! Callers who may execute trusted documents only.

use serde::{Deserialize, Serialize};

use crate::access::{Asker, Viewer};

/// Callers who may execute trusted documents only. Default: none.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TrustedOnly(Vec<Asker>);

impl TrustedOnly {
    /// Whether a viewer may execute trusted documents only.
    #[must_use]
    pub fn holds(&self, viewer: &Viewer) -> bool {
        self.0.iter().any(|asker| asker.is(viewer))
    }
}

impl FromIterator<Asker> for TrustedOnly {
    fn from_iter<I: IntoIterator<Item = Asker>>(askers: I) -> Self {
        Self(askers.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use entity::{Audience, CompanyId};

    use super::*;

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
