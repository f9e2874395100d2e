//! The spine: each action writes what happened beside the rows it changed, in the same transaction, without personal data.
//! Subscriptions, webhooks, audit and scores read this table and nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{ActorKind, CompanyId, Fields, PersonId, SubjectKind, change, company};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryTrait, Value};
use tokio::sync::watch;
use uuid::Uuid;

use crate::access::Viewer;
use crate::scope::Scope;
use crate::writes::{Row, Writes};

/// A person blocks another.
pub const BLOCKED: &str = "person.blocked";
/// A person no longer blocks another.
pub const UNBLOCKED: &str = "person.unblocked";
/// A person edited what they hide even from the company's staff.
pub const UPDATED_PRIVATELY: &str = "person.profile_updated_privately";
/// A person said who sees what.
pub const VISIBILITY_UPDATED: &str = "person.visibility_updated";
/// Somebody outside is asked whether they want to be recommended: before a yes nobody but who asks learns of it.
pub const CANDIDATE_ASKED: &str = "candidate_invitation.created";
/// That came to nothing: a no, no answer in time, or taken back.
pub const CANDIDATE_NOT_WON: &str = "candidate_invitation.ended";
/// Kinds of changes that are told to nobody but who made them.
pub const PRIVATE: [&str; 6] = [
    BLOCKED,
    UNBLOCKED,
    UPDATED_PRIVATELY,
    VISIBILITY_UPDATED,
    CANDIDATE_ASKED,
    CANDIDATE_NOT_WON,
];

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

/// Whose hand the viewer is.
#[must_use]
pub fn hand(scope: &Scope) -> (ActorKind, Option<Uuid>) {
    match scope.viewer() {
        Viewer::Member(member) => (ActorKind::Account, Some(member.account.0)),
        Viewer::Service(service) => (ActorKind::ApiKey, Some(service.key.0)),
        Viewer::Anonymous | Viewer::Login(_) | Viewer::System(_) | Viewer::Preview { .. } => {
            (ActorKind::System, None)
        }
    }
}

/// Whether a change can change the rights of a token: accounts, API keys, and what a person's standing follows from.
#[must_use]
pub fn touches_rights(change: &Change) -> bool {
    match change.subject {
        SubjectKind::Account | SubjectKind::Membership => true,
        SubjectKind::ApiKey => change.kind == "api_key.revoked",
        SubjectKind::Person => matches!(
            change.kind,
            "person.left" | "person.rehired" | "person.reinstated" | "person.erased"
        ),
        _ => false,
    }
}

/// Adds changes to what is written.
pub fn record(scope: &Scope, writes: &mut Writes, changes: Vec<Change>) {
    let (actor_kind, actor_id) = hand(scope);
    new_editions(writes, &changes);
    let request = Some(scope.request_id().to_owned());
    let at = scope.now();
    // mostly all of them are one company's
    for changes in changes.chunk_by(|one, next| one.company == next.company) {
        let alike = [
            (change::Column::CompanyId, changes[0].company.into()),
            (change::Column::ActorKind, actor_kind.into()),
            (change::Column::ActorId, actor_id.into()),
            (change::Column::RequestId, request.clone().into()),
            (change::Column::At, at.into()),
        ];
        writes.make(changes, &alike);
    }
}

/// Adds one change for each person of the company that a statement selects.
///
/// # Panics
///
/// Never: it selects the columns that it inserts.
pub fn record_each(
    scope: &Scope,
    writes: &mut Writes,
    company: CompanyId,
    (kind, subject): (&'static str, SubjectKind),
    people: SelectStatement,
) {
    use change::Column as C;
    let (actor_kind, actor_id) = hand(scope);
    let person = || {
        let person = Alias::new("person_id");
        Expr::col((Alias::new("people"), person))
    };
    let columns: [(C, SimpleExpr); 10] = [
        (C::CompanyId, Expr::val(company)),
        (C::Kind, Expr::val(kind)),
        (C::SubjectKind, Expr::val(subject)),
        (C::SubjectId, person()),
        (C::PersonId, person()),
        (C::ActorKind, Expr::val(actor_kind)),
        (C::ActorId, Expr::val(actor_id)),
        (C::Fields, Expr::val(Fields::default())),
        (C::RequestId, Expr::val(scope.request_id())),
        (C::At, Expr::val(scope.now())),
    ];
    let (names, values): (Vec<C>, Vec<SimpleExpr>) = columns.into_iter().unzip();
    let rows = Query::select()
        .exprs(values)
        .from_subquery(people, Alias::new("people"))
        .take();
    let insert = Query::insert()
        .into_table(change::Entity)
        .columns(names)
        .select_from(rows)
        .expect("it selects the columns it inserts")
        .take();
    writes.also(insert);
}

impl Row for Change {
    type Entity = change::Entity;

    fn value(&self, column: change::Column) -> Option<Value> {
        use change::Column as C;
        Some(match column {
            C::Kind => self.kind.into(),
            C::SubjectKind => self.subject.into(),
            C::SubjectId => self.id.into(),
            C::PersonId => self.person.into(),
            C::Fields => Fields(self.fields.clone()).into(),
            _ => return None,
        })
    }
}

/// Reference rows that were there before have changed: whoever keeps a copy asks by a new edition from now on.
fn new_editions(writes: &mut Writes, changes: &[Change]) {
    let companies: BTreeSet<CompanyId> = changes
        .iter()
        .filter(|change| {
            let reference = matches!(
                change.subject,
                SubjectKind::Company | SubjectKind::Department | SubjectKind::Skill
            );
            reference && !change.kind.ends_with(".created")
        })
        .map(|change| change.company)
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

/// How far somebody who follows changes is behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Lag {
    /// How many changes they have not yet, as far as that is counted.
    pub changes: i64,
    /// When the oldest of them was made; null where there is none.
    pub oldest: Option<DateTime<Utc>>,
}

/// Notifies everyone in this process who follows changes that there may be new ones, and that rights may have changed.
#[derive(Clone, Debug)]
pub struct Feed {
    changes: Arc<watch::Sender<()>>,
    /// How often rights have changed.
    rights: Arc<watch::Sender<u64>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            changes: Arc::new(watch::Sender::new(())),
            rights: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Feed {
    /// There may be something new.
    pub fn tell(&self) {
        self.changes.send_replace(());
    }

    /// To be told from now on.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// The rights of some login may have changed: accounts are read again, and open sockets are checked.
    pub fn rights_changed(&self) {
        self.rights.send_modify(|version| *version += 1);
    }

    /// How often rights have changed so far.
    #[must_use]
    pub fn rights_version(&self) -> u64 {
        *self.rights.borrow()
    }

    /// To be notified when rights may have changed.
    #[must_use]
    pub fn follow_rights(&self) -> watch::Receiver<u64> {
        self.rights.subscribe()
    }
}
