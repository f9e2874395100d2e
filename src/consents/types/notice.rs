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

/// A notice.
#[derive(Clone, Debug)]
pub struct ConsentNotice(Arc<Notice>);

impl From<Notice> for ConsentNotice {
    fn from(notice: Notice) -> Self {
        Self(Arc::new(notice))
    }
}

impl ConsentNotice {
    /// The service's own.
    #[must_use]
    pub fn built_in(purpose: ConsentPurpose) -> Self {
        built_in::notice(purpose).into()
    }

    /// Whether it is a purpose's.
    #[must_use]
    pub fn is_for(&self, purpose: ConsentPurpose) -> bool {
        self.0.purpose == purpose
    }
}

/// What people are told when they are asked for a consent: for what, by whom, in plain words and apart from anything else (GDPR Article 7(2), APPI Article 21). Never changed once published; there is a new version instead.
#[Object]
impl ConsentNotice {
    /// For what.
    async fn purpose(&self) -> ConsentPurpose {
        self.0.purpose
    }

    /// Grows by one with each notice of the purpose. 1 is the service's own, which holds until the company publishes one.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Whether those who said yes to an earlier version are asked again: until they answer, their consent is `SUPERSEDED`.
    async fn requires_renewal(&self) -> bool {
        self.0.requires_renewal
    }

    /// Since when it holds; null for the service's own.
    async fn effective_from(&self) -> Option<DateTime<Utc>> {
        self.0.effective_from
    }

    /// Its title for somebody who reads a language best: in that, else in the same language of another place, else in English, else in the first language it has.
    async fn title(
        &self,
        #[graphql(desc = "A BCP 47 tag; English if not given.")] language: Option<String>,
    ) -> Option<&str> {
        let text = self.0.best_for(language.as_deref().unwrap_or("en"))?;
        Some(&text.title)
    }

    /// Its whole text, in the language in which `title` is for the same argument.
    async fn text(
        &self,
        #[graphql(desc = "A BCP 47 tag; English if not given.")] language: Option<String>,
    ) -> Option<&str> {
        let text = self.0.best_for(language.as_deref().unwrap_or("en"))?;
        Some(&text.body)
    }

    /// It in every language it is there in, at most 20, by their tags in order.
    async fn texts(&self) -> Vec<ConsentNoticeText> {
        self.0.texts.iter().map(ConsentNoticeText::from).collect()
    }
}

/// A notice in one language.
#[derive(Clone, Debug, SimpleObject)]
pub struct ConsentNoticeText {
    /// A BCP 47 tag: what `consentGrant` takes as `language`.
    language: String,
    /// One line.
    title: String,
    /// The whole text.
    text: String,
    /// SHA-256 over purpose, version, language, title and text, in hexadecimal digits: by this an entry of the ledger names what was shown.
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

/// The notices that hold now in a company.
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

/// A notice by its id.
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

/// The notices that hold now in a company, one a purpose, in the purposes' order.
pub async fn current_notices(ctx: &Context<'_>, company: CompanyId) -> Result<Vec<ConsentNotice>> {
    Ok(ask(ctx, Current(company)).await?.unwrap_or_default())
}

/// A notice by its id; null where it does not exist for the viewer.
pub(super) async fn by_id(ctx: &Context<'_>, id: NoticeId) -> Result<Option<ConsentNotice>> {
    Ok(ask(ctx, ById(id)).await?)
}

impl crate::graphql::shown::Shown for ConsentNotice {}
