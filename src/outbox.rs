//! The spine: each action writes what happened beside the rows it changed, in the same transaction, without personal data.
//! Subscriptions, webhooks, audit and scores read this table and nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;

use entity::{ActorKind, CompanyId, Fields, PersonId, SubjectKind, change, company};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QueryTrait};
use tokio::sync::watch;
use uuid::Uuid;

use crate::access::Viewer;
use crate::scope::Scope;
use crate::writes::Writes;

/// A person blocks another.
pub const BLOCKED: &str = "person.blocked";
/// A person no longer blocks another.
pub const UNBLOCKED: &str = "person.unblocked";
/// A person edited what they hide even from the company's staff.
pub const UPDATED_PRIVATELY: &str = "person.profile_updated_privately";
/// A person said who sees what.
pub const VISIBILITY_UPDATED: &str = "person.visibility_updated";
/// Kinds of changes that are told to nobody but who made them.
pub const PRIVATE: [&str; 4] = [BLOCKED, UNBLOCKED, UPDATED_PRIVATELY, VISIBILITY_UPDATED];

/// What happened to one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub company: CompanyId,
    /// What happened, as `referral.advanced`: the subject's word and a verb in the past.
    pub kind: &'static str,
    /// What kind of thing it happened to.
    pub subject: SubjectKind,
    /// Which one.
    pub id: Uuid,
    /// The person it concerns, where it is one.
    pub person: Option<PersonId>,
    /// The fields touched, as the schema names them.
    pub fields: Vec<String>,
}

/// Adds changes to what is written.
pub fn record(scope: &Scope, writes: &mut Writes, changes: Vec<Change>) {
    let (actor_kind, actor_id) = match scope.viewer() {
        Viewer::Member(member) => (ActorKind::Account, Some(member.account.0)),
        Viewer::Service(service) => (ActorKind::ApiKey, Some(service.key.0)),
        Viewer::Anonymous | Viewer::System(_) | Viewer::Preview { .. } => (ActorKind::System, None),
    };
    let at = scope.now();
    let rows: Vec<change::ActiveModel> = changes
        .into_iter()
        .map(|change| change::ActiveModel {
            seq: ActiveValue::NotSet,
            transaction_id: ActiveValue::NotSet,
            company_id: ActiveValue::Set(change.company),
            kind: ActiveValue::Set(change.kind.to_owned()),
            subject_kind: ActiveValue::Set(change.subject),
            subject_id: ActiveValue::Set(change.id),
            person_id: ActiveValue::Set(change.person),
            actor_kind: ActiveValue::Set(actor_kind),
            actor_id: ActiveValue::Set(actor_id),
            fields: ActiveValue::Set(Fields(change.fields)),
            request_id: ActiveValue::Set(Some(scope.request_id().to_owned())),
            at: ActiveValue::Set(at),
        })
        .collect();
    new_editions(writes, &rows);
    writes.insert(rows);
}

/// Reference rows that were there before have changed: whoever keeps a copy asks by a new edition from now on.
fn new_editions(writes: &mut Writes, rows: &[change::ActiveModel]) {
    let companies: BTreeSet<CompanyId> = rows
        .iter()
        .filter_map(|row| {
            let reference = matches!(
                row.subject_kind.as_ref(),
                SubjectKind::Company | SubjectKind::Department | SubjectKind::Skill
            );
            let changed = reference && !row.kind.as_ref().ends_with(".created");
            changed.then(|| *row.company_id.as_ref())
        })
        .collect();
    for id in companies {
        let next = company::Entity::update_many()
            .col_expr(
                company::Column::ReferenceEdition,
                Expr::col(company::Column::ReferenceEdition).add(1),
            )
            .filter(company::Column::Id.eq(id));
        writes.also(next.into_query());
    }
}

/// Tells everyone in this process who follows changes that there may be new ones.
#[derive(Clone, Debug)]
pub struct Feed(Arc<watch::Sender<()>>);

impl Default for Feed {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(())))
    }
}

impl Feed {
    /// There may be something new.
    pub fn tell(&self) {
        self.0.send_replace(());
    }

    /// To be told from now on.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }
}
