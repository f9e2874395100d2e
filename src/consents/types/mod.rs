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

/// One purpose of a person's.
#[derive(Clone, Debug)]
pub struct Consent {
    company: CompanyId,
    purpose: ConsentPurpose,
    state: ConsentState,
    latest: Option<ConsentEntry>,
}

impl Consent {
    /// All purposes, by what holds now and the latest entry of each.
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

/// Where an alumnus stands with one purpose. Only `GRANTED` is a yes; whatever serves the purpose asks it each time (GDPR Article 6(1)(a), APPI Article 18). Seen by the alumnus and with `alumni:read`.
#[Object]
impl Consent {
    /// For what.
    async fn purpose(&self) -> ConsentPurpose {
        self.purpose
    }

    /// Where it stands now.
    async fn state(&self) -> ConsentState {
        self.state
    }

    /// Since when the alumnus says so: when the latest entry was written; null where nothing was said.
    async fn since(&self) -> Option<DateTime<Utc>> {
        self.latest.as_ref().map(|entry| entry.at)
    }

    /// The latest entry of the ledger; null where nothing was said.
    async fn latest(&self) -> Option<&ConsentEntry> {
        self.latest.as_ref()
    }

    /// The notice that holds now: what `consentGrant` says yes to. What an earlier yes was said to is in its entry.
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
