//! A notice is published.

use std::collections::BTreeSet;

use entity::{ConsentPurpose, SubjectKind, notice, notice_text};

use crate::access::Permission;
use crate::checks::Checks;
use crate::companies::is_language_tag;
use crate::consents::rules::{self, Notice, NoticeText};
use crate::consents::store;
use crate::error::{Result, UserErrorCode};
use crate::outbox::{self, Change};
use crate::scope::Scope;

/// Most languages of a notice, and the longest title and text.
const LANGUAGES: usize = 20;
const TITLE: usize = 200;
const TEXT: usize = 20_000;

/// A text of a notice to be.
#[derive(Clone, Debug)]
pub struct NewText {
    /// A BCP 47 tag.
    pub language: String,
    /// Title, one line.
    pub title: String,
    /// Full text.
    pub body: String,
}

/// Publishes the next version of a purpose's notice, which holds at once. Requires `notices:write`.
pub async fn publish(
    scope: &Scope,
    purpose: ConsentPurpose,
    requires_renewal: bool,
    texts: &[NewText],
) -> Result<Notice> {
    scope.require(Permission::NoticesWrite)?;
    let mut checks = Checks::default();
    let texts = told(&mut checks, texts);
    checks.done()?;
    let transaction = scope.begin().await?;
    let company = store::company_for_publishing(scope, &*transaction).await?;
    let version = 1 + store::greatest_version(scope, &*transaction, purpose).await?;
    let texts: Vec<NoticeText> = texts
        .into_iter()
        .map(|text| NoticeText {
            hash: rules::text_hash(purpose, version, &text.language, &text.title, &text.body),
            language: text.language,
            title: text.title,
            body: text.body,
        })
        .collect();
    let hashes: Vec<&str> = texts.iter().map(|text| text.hash.as_str()).collect();
    let (actor_kind, actor_id) = outbox::hand(scope);
    let row = notice::Model {
        id: scope.new_id(),
        company_id: company.id,
        purpose,
        version,
        requires_renewal,
        text_hash: rules::hash(&hashes),
        effective_from: scope.now(),
        actor_kind,
        actor_id,
    };
    let rows = texts
        .iter()
        .map(|text| notice_text::Model {
            notice_id: row.id,
            language: text.language.clone(),
            company_id: company.id,
            title: text.title.clone(),
            body: text.body.clone(),
            text_hash: text.hash.clone(),
        })
        .collect();
    let published = Notice {
        id: Some(row.id),
        purpose,
        version,
        requires_renewal,
        effective_from: Some(row.effective_from),
        texts,
    };
    let change = Change {
        company: company.id,
        kind: "notice.published",
        subject: SubjectKind::ConsentNotice,
        id: row.id.0,
        person: None,
        fields: vec![],
    };
    store::publish(&transaction, row, rows, vec![change]).await?;
    transaction.commit().await?;
    Ok(published)
}

/// The texts of a notice, in the order of their languages.
fn told(checks: &mut Checks, texts: &[NewText]) -> Vec<NewText> {
    if texts.is_empty() {
        let why = "must have at least one entry: people are told what they say yes to";
        checks.refuse(UserErrorCode::Required, "texts", why);
    }
    if texts.len() > LANGUAGES {
        let why = format!("must have at most {LANGUAGES} entries, has {}", texts.len());
        checks.refuse(UserErrorCode::TooLong, "texts", why);
    }
    let mut seen = BTreeSet::new();
    let mut told = Vec::new();
    for (place, text) in texts.iter().enumerate().take(LANGUAGES) {
        let field = |name: &str| format!("texts.{place}.{name}");
        let language = text.language.trim();
        if !is_language_tag(language) {
            checks.refuse(
                UserErrorCode::Invalid,
                &field("language"),
                "must be a BCP 47 tag, as `ja` or `en-IE`",
            );
        } else if !seen.insert(language.to_ascii_lowercase()) {
            checks.refuse(
                UserErrorCode::Invalid,
                &field("language"),
                "stands here a second time",
            );
        }
        let title = checks.line(&field("title"), &text.title, TITLE);
        let body = checks.text(&field("text"), Some(&text.body), TEXT);
        if body.is_none() {
            checks.refuse(UserErrorCode::Required, &field("text"), "must not be empty");
        }
        told.push(NewText {
            language: language.to_owned(),
            title,
            body: body.unwrap_or_default(),
        });
    }
    told.sort_by(|one, other| one.language.cmp(&other.language));
    told
}
