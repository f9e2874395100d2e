//! A block as a client sees one: only ever who blocks.

use async_graphql::{Context, Enum, InputObject, Object, Result};
use chrono::{DateTime, SecondsFormat, Utc};
use entity::{PersonId, block};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait};

use super::{PersonRow, PersonWants};
use crate::alumni::store;
use crate::database::Planning;
use crate::error::Error;
use crate::graphql::ahead::Ahead;
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level};
use crate::graphql::loader;
use crate::graphql::node::{Filter, Listed, Node, Tree};
use crate::graphql::shown::Shown;
use crate::page::Sort;
use crate::row;
use crate::scope::Scope;

row!(
    Block of block {
        blocked_id: PersonId = BlockedId,
        created_at: DateTime<Utc> = CreatedAt,
    } holds { person: Option<Box<PersonRow>> }
);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BlockWants {
    /// Only the columns that every statement reads of a person.
    person: Option<PersonWants>,
}

impl Tree for Block {
    type Wants = BlockWants;

    fn ahead(look: &Ahead<'_>) -> BlockWants {
        BlockWants {
            person: look.has("displayName").then(PersonWants::default),
        }
    }

    fn edges(wants: &BlockWants, at: Level<'_>) -> Vec<Edge> {
        vec![at.picked::<PersonRow>(store::blocked_person, wants.person.as_ref())]
    }
}

/// Only the viewer's own blocks are read, so the blocked person identifies a block.
impl Node for Block {
    type Id = PersonId;
    const ID: block::Column = block::Column::BlockedId;

    fn id(&self) -> PersonId {
        self.blocked_id
    }
}

impl Shown for Block {}

impl Listed for Block {
    type Filter = BlockFilter;
    type Order = BlockOrder;

    fn sort_values(&self, _: BlockOrder) -> Vec<String> {
        vec![self.created_at.to_rfc3339_opts(SecondsFormat::Micros, true)]
    }
}

/// Your block of a person: neither of you sees the other. Visible only to you.
#[Object]
impl Block {
    /// Id of the blocked person. Pass it to `personUnblock`. All other fields treat this id as not found while the block exists.
    async fn person_id(&self) -> Gid<PersonId> {
        Gid(self.blocked_id)
    }

    /// Full name of the blocked person in its own order. Family name first if written in Japanese or Chinese characters.
    async fn display_name(&self, ctx: &Context<'_>) -> Result<String> {
        if let Some(person) = &self.person {
            return Ok(person.display_name());
        }
        let wants = BlockWants {
            person: Some(PersonWants::default()),
        };
        let found = loader::rest::<Self>(ctx, self.blocked_id, wants).await?;
        let person = found.and_then(|block| block.person);
        Ok(person.ok_or(Error::NotFound)?.display_name())
    }

    /// When you blocked the person.
    async fn blocked_at(&self) -> DateTime<Utc> {
        self.created_at
    }
}

/// Filters the list of your blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct BlockFilter {
    /// Person is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub person_ids: Option<Vec<Gid<PersonId>>>,
}

impl Filter for BlockFilter {
    fn condition(&self, _: &Scope) -> Condition {
        Condition::all().add_option(self.person_ids.as_ref().map(|ids| {
            Expr::col((block::Entity, block::Column::BlockedId)).is_in(ids.iter().map(|id| id.0))
        }))
    }

    fn planning(&self) -> Planning {
        Planning::Once
    }
}

/// How the list of your blocks is ordered. Ties are ordered by the id of the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum BlockOrder {
    /// By time of the block, newest first.
    #[default]
    Newest,
    /// By time of the block, oldest first.
    Oldest,
}

// no index holds this order: one person's blocks are few, and found by their key
impl Sort for BlockOrder {
    type Table = block::Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    fn columns(self) -> Vec<block::Column> {
        vec![block::Column::CreatedAt]
    }

    fn id() -> block::Column {
        block::Column::BlockedId
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}
