//! What a client sees of consents.

mod entry;
mod notice;

use async_graphql::{Context, ContextSelectionSet, Object, Result, Value};
use chrono::{DateTime, Utc};
use entity::{CompanyId, ConsentPurpose, ConsentState};

pub use self::entry::ConsentEntry;
pub use self::notice::{ConsentNotice, current_notices};
use super::actions::Stands;
use super::rules::{PURPOSES, state};
use crate::graphql::shown::Shown;

#[derive(Clone, Debug)]
pub struct Consent {
    company: CompanyId,
    purpose: ConsentPurpose,
    state: ConsentState,
    latest: Option<ConsentEntry>,
}

impl Consent {
    /// All purposes, from the current bits and the latest entry of each.
    #[must_use]
    pub fn all(company: CompanyId, bits: i32, latest: &[ConsentEntry]) -> Vec<Self> {
        let consents = PURPOSES.into_iter().map(|purpose| {
            let latest = latest.iter().find(|entry| entry.purpose == purpose);
            Self {
                company,
                purpose,
                state: state(bits, purpose, latest.map(|entry| entry.decision)),
                latest: latest.cloned(),
            }
        });
        consents.collect()
    }
}

impl From<Stands> for Consent {
    fn from(stands: Stands) -> Self {
        Self {
            company: stands.company,
            purpose: stands.purpose,
            state: stands.state,
            latest: Some(stands.latest.into()),
        }
    }
}

/// Consent of an alumnus to one purpose. Only `GRANTED` permits processing for the purpose (GDPR Article 6(1)(a), APPI Article 18). Visible
/// to the alumnus and with `alumni:read`.
#[Object]
impl Consent {
    /// Purpose.
    async fn purpose(&self) -> ConsentPurpose {
        self.purpose
    }

    /// Current state.
    async fn state(&self) -> ConsentState {
        self.state
    }

    /// Time of the latest entry. Null if there is none.
    async fn since(&self) -> Option<DateTime<Utc>> {
        self.latest.as_ref().map(|entry| entry.at)
    }

    /// Latest entry of the ledger. Null if there is none.
    async fn latest(&self) -> Option<&ConsentEntry> {
        self.latest.as_ref()
    }

    /// Current notice, to which `consentGrant` refers. The notice of an earlier consent is in its entry.
    async fn notice(&self, ctx: &Context<'_>) -> Result<ConsentNotice> {
        let notices = current_notices(ctx, self.company).await?;
        let notice = notices
            .into_iter()
            .find(|notice| notice.is_for(self.purpose));
        Ok(notice.ok_or(crate::error::Error::NotFound)?)
    }
}

impl Shown for Consent {
    fn answered<'f>(
        &self,
        ctx: &ContextSelectionSet<'_>,
        fields: impl Iterator<Item = (&'f str, &'f Value)>,
    ) {
        if let Some(latest) = &self.latest {
            latest.answered(ctx, fields);
        }
    }
}
