//! Filters and orders of lists of the access log.

use async_graphql::{Enum, ID, InputObject};
use chrono::TimeDelta;
use entity::access_log_entry::{Column, Entity};
use entity::{AccountId, ApiKeyId, Id, PersonId, PersonalField, ReferralId};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait};
use uuid::Uuid;

use super::{rules, store};
use crate::database::Planning;
use crate::graphql::id::Gid;
use crate::graphql::node::Filter;
use crate::graphql::range::InstantRange;
use crate::page::Sort;
use crate::scope::Scope;

/// Conditions on access log entries. All given fields must match. An empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct AccessLogFilter {
    /// Reader is one of these accounts or API keys (`readerId`). At most 100. Also set `at`: the entries are scanned in order of time.
    #[graphql(validator(max_items = 100))]
    pub reader_ids: Option<Vec<ID>>,
    /// Person is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub person_ids: Option<Vec<Gid<PersonId>>>,
    /// Referral whose candidate was read is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub referral_ids: Option<Vec<Gid<ReferralId>>>,
    /// At least one of these fields was read.
    pub fields: Option<Vec<PersonalField>>,
    /// Time of the read is in this range.
    pub at: Option<InstantRange>,
}

impl Filter for AccessLogFilter {
    fn condition(&self, _: &Scope) -> Condition {
        let column = |column| Expr::col((Entity, column));
        let reader = |id: &ID| -> Option<Uuid> {
            let account = AccountId::parse(id).map(Id::uuid);
            account.or_else(|| ApiKeyId::parse(id).map(Id::uuid))
        };
        let readers = self.reader_ids.as_ref();
        let people = self.person_ids.as_ref();
        let referrals = self.referral_ids.as_ref();
        let at = self.at.as_ref();
        let from = at.and_then(|at| at.from).map(rules::first_id);
        // the millisecond in which the range ends is looked into
        let before = at
            .and_then(|at| at.before)
            .map(|before| rules::first_id(before + TimeDelta::milliseconds(1)));
        Condition::all()
            .add_option(
                readers.map(|ids| column(Column::ReaderId).is_in(ids.iter().filter_map(reader))),
            )
            .add_option(people.map(|ids| column(Column::PersonId).is_in(ids.iter().map(|id| id.0))))
            .add_option(
                referrals.map(|ids| column(Column::ReferralId).is_in(ids.iter().map(|id| id.0))),
            )
            .add_option(self.fields.as_ref().map(|fields| store::read_any(fields)))
            .add_option(at.map(|at| at.condition(&column(Column::At))))
            .add_option(from.map(|from| column(Column::Id).gte(from)))
            .add_option(before.map(|before| column(Column::Id).lt(before)))
    }

    fn planning(&self) -> Planning {
        let one = |count: Option<usize>| count.is_none_or(|count| count <= 1);
        Planning::once_if(
            one(self.reader_ids.as_ref().map(Vec::len))
                && one(self.person_ids.as_ref().map(Vec::len))
                && self.referral_ids.is_none()
                && self.fields.is_none(),
        )
    }
}

/// How a list of access log entries is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum AccessLogOrder {
    /// By time of the read, newest first.
    #[default]
    Newest,
    /// By time of the read, oldest first.
    Oldest,
}

impl Sort for AccessLogOrder {
    type Table = Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    fn columns(self) -> Vec<Column> {
        vec![]
    }

    fn id() -> Column {
        Column::Id
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}
