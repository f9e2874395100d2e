//! How lists of the access log are narrowed and ordered.

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

/// Narrows a list of the access log. What is given holds together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct AccessLogFilter {
    /// Was read by one of these accounts or API keys, by `readerId`. At most 100. Found by walking through time: say `at` with it.
    #[graphql(validator(max_items = 100))]
    pub reader_ids: Option<Vec<ID>>,
    /// Is of one of these people. At most 100.
    #[graphql(validator(max_items = 100))]
    pub person_ids: Option<Vec<Gid<PersonId>>>,
    /// Is of someone outside, the candidate of one of these referrals. At most 100.
    #[graphql(validator(max_items = 100))]
    pub referral_ids: Option<Vec<Gid<ReferralId>>>,
    /// At least one of these fields was read.
    pub fields: Option<Vec<PersonalField>>,
    /// Was read in this time.
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

/// How a list of the access log is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum AccessLogOrder {
    /// By when it was read, latest first.
    #[default]
    Newest,
    /// By when it was read, longest ago first.
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
