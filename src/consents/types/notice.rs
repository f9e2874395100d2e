//! A notice as a client sees one.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{CompanyId, ConsentPurpose, NoticeId};

use crate::consents::rules::{Notice, NoticeText};
use crate::consents::{built_in, store};
use crate::error::Error;
use crate::graphql::loader::{Rest, ask};

#[derive(Clone, Debug)]
pub struct ConsentNotice(Arc<Notice>);

impl From<Notice> for ConsentNotice {
    fn from(notice: Notice) -> Self {
        Self(Arc::new(notice))
    }
}

impl ConsentNotice {
    #[must_use]
    pub fn built_in(purpose: ConsentPurpose) -> Self {
        built_in::notice(purpose).into()
    }

    /// Whether the notice is for this purpose.
    #[must_use]
    pub fn is_for(&self, purpose: ConsentPurpose) -> bool {
        self.0.purpose == purpose
    }
}

/// Information for people who are asked for consent: purpose and controller (GDPR Article 7(2), APPI Article 21). A published notice never
/// changes; a change is a new version.
#[Object]
impl ConsentNotice {
    /// Purpose.
    async fn purpose(&self) -> ConsentPurpose {
        self.0.purpose
    }

    /// Version number, increasing with each notice of the purpose. Version 1 is the service's own notice, current until the company publishes one.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Whether people who consented to an earlier version must consent again. Until then, their consent is `SUPERSEDED`.
    async fn requires_renewal(&self) -> bool {
        self.0.requires_renewal
    }

    /// When the notice became effective. Null for the service's own notice.
    async fn effective_from(&self) -> Option<DateTime<Utc>> {
        self.0.effective_from
    }

    /// Title in the requested language. Falls back to the same language of another region, then English, then the first language of the notice.
    async fn title(
        &self,
        #[graphql(desc = "BCP 47 language tag. Default: English.")] language: Option<String>,
    ) -> Option<&str> {
        let text = self.0.best_for(language.as_deref().unwrap_or("en"))?;
        Some(&text.title)
    }

    /// Full text, in the same language as `title` for the same argument.
    async fn text(
        &self,
        #[graphql(desc = "BCP 47 language tag. Default: English.")] language: Option<String>,
    ) -> Option<&str> {
        let text = self.0.best_for(language.as_deref().unwrap_or("en"))?;
        Some(&text.body)
    }

    /// Texts in every language of the notice, ordered by language tag. At most 20.
    async fn texts(&self) -> Vec<ConsentNoticeText> {
        self.0.texts.iter().map(ConsentNoticeText::from).collect()
    }
}

/// A notice in one language.
#[derive(Clone, Debug, SimpleObject)]
pub struct ConsentNoticeText {
    /// BCP 47 language tag. Pass it to `consentGrant` as `language`.
    language: String,
    /// Title, one line.
    title: String,
    /// Full text.
    text: String,
    /// SHA-256 over purpose, version, language, title and text, in hexadecimal. Ledger entries refer to the text by this hash.
    hash: String,
}

impl From<&NoticeText> for ConsentNoticeText {
    fn from(text: &NoticeText) -> Self {
        Self {
            language: text.language.clone(),
            title: text.title.clone(),
            text: text.body.clone(),
            hash: text.hash.clone(),
        }
    }
}

/// Loader key: current notices of a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Current(CompanyId);

impl Loader<Current> for Rest {
    type Value = Vec<ConsentNotice>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Current]) -> Result<HashMap<Current, Self::Value>, Self::Error> {
        let companies: Vec<CompanyId> = keys.iter().map(|key| key.0).collect();
        let connection = self.scope().database().reader();
        let found = store::current(self.scope(), &connection, &companies).await;
        let found = found.map_err(Arc::new)?;
        Ok(found
            .into_iter()
            .map(|(company, notices)| {
                let notices = notices.into_iter().map(ConsentNotice::from);
                (Current(company), notices.collect())
            })
            .collect())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ById(NoticeId);

impl Loader<ById> for Rest {
    type Value = ConsentNotice;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ById]) -> Result<HashMap<ById, Self::Value>, Self::Error> {
        let ids: Vec<NoticeId> = keys.iter().map(|key| key.0).collect();
        let connection = self.scope().database().reader();
        let found = store::by_ids(self.scope(), &connection, &ids).await;
        let found = found.map_err(Arc::new)?;
        let keyed = found
            .into_iter()
            .filter_map(|notice| Some((ById(notice.id?), notice.into())));
        Ok(keyed.collect())
    }
}

/// Current notices of a company, one per purpose, in the order of the purposes.
pub async fn current_notices(ctx: &Context<'_>, company: CompanyId) -> Result<Vec<ConsentNotice>> {
    Ok(ask(ctx, Current(company)).await?.unwrap_or_default())
}

/// A notice by id. None if the viewer may not see it.
pub(super) async fn by_id(ctx: &Context<'_>, id: NoticeId) -> Result<Option<ConsentNotice>> {
    Ok(ask(ctx, ById(id)).await?)
}

impl crate::graphql::shown::Shown for ConsentNotice {}
