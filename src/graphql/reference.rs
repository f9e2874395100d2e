//! Edges to reference rows, which the process caches (`references`) and statements omit.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use async_graphql::Context;
use async_graphql::dataloader::Loader;
use entity::{CompanyId, Id};

use super::loader::{Rest, ask};
use super::node::{Node, by_ids_at};
use super::shown::{Kept, One};
use crate::error::{Error, Result};
use crate::scope::Scope;

/// A noun whose rows are cached in the process. Its visibility depends on the viewer only, not on the row.
pub trait Reference: Node {
    /// Whether the viewer sees the rows of the table, which are all of one company.
    fn shown_to(scope: &Scope) -> bool;
}

/// An edge to a reference row: prefetched, cached, or loaded by its key. Null if the row has no key, or if the viewer sees no such row.
pub async fn one<N: Reference>(
    ctx: &Context<'_>,
    held: Option<&Arc<N>>,
    key: impl Into<Option<N::Id>>,
) -> Result<Option<Kept<N>>> {
    if let Some(row) = held {
        return Ok(Some(One(Arc::clone(row))));
    }
    let Some(id) = key.into() else {
        return Ok(None);
    };
    let scope = super::scope(ctx)?;
    if !N::shown_to(scope) {
        return Ok(None);
    }
    let kept = scope
        .edition()
        .and_then(|edition| scope.references().get(edition, id.uuid()));
    match kept {
        Some(row) => Ok(Some(One(row))),
        None => Ok(Box::pin(ask(ctx, Key::<N>(id))).await?.map(One)),
    }
}

/// A row's company: by its key if that was read, otherwise the only company of the query.
pub async fn company<N: Reference<Id = CompanyId>>(
    ctx: &Context<'_>,
    held: Option<&Arc<N>>,
    key: Option<CompanyId>,
) -> Result<Kept<N>> {
    let key = key.or(super::scope(ctx)?.only_company());
    one(ctx, held, key).await?.ok_or(Error::NotFound)
}

/// A reference row by its id.
pub struct Key<N: Reference>(N::Id);

impl<N: Reference> Clone for Key<N> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<N: Reference> PartialEq for Key<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<N: Reference> Eq for Key<N> {}

impl<N: Reference> Hash for Key<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<N: Reference> Loader<Key<N>> for Rest {
    type Value = Arc<N>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Key<N>]) -> Result<HashMap<Key<N>, Arc<N>>, Self::Error> {
        let ids: Vec<N::Id> = keys.iter().map(|key| key.0).collect();
        let found = by_ids_at::<N>(self.scope(), &ids, &N::Wants::default()).await;
        let (rows, edition) = found.map_err(Arc::new)?;
        let keep = |row| {
            let row: Arc<N> = Arc::new(row);
            if let Some(edition) = edition {
                let references = self.scope().references();
                references.keep(edition, row.id().uuid(), Arc::clone(&row));
            }
            (Key(row.id()), row)
        };
        Ok(rows.into_iter().map(keep).collect())
    }
}
