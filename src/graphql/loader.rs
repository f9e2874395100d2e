//! Loads what was not prefetched: one loader for all nouns, which reads a node again with the missing edge. Equal selections of one request are
//! batched into one statement, the same as for a prefetched edge. Nothing is cached, because a row's content depends on the selection and on the
//! viewer.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, Loader, NoCache};

use super::ahead::Ahead;
use super::connection::{Connection, List, Page, WantedOf};
use super::node::{Listed, Node, Tree, by_ids};
use super::shown::{Held, Many, One};
use crate::error::{Error, Result};
use crate::page::PageArgs;
use crate::scope::Scope;
use crate::telemetry::within::Within;

/// A node with its selections.
pub struct Key<N: Node> {
    wants: N::Wants,
    id: N::Id,
}

impl<N: Node> Clone for Key<N> {
    fn clone(&self) -> Self {
        Self {
            wants: self.wants.clone(),
            id: self.id,
        }
    }
}

impl<N: Node> PartialEq for Key<N> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.wants == other.wants
    }
}

impl<N: Node> Eq for Key<N> {}

impl<N: Node> Hash for Key<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
        self.wants.hash(state);
    }
}

/// Ids per statement, well below SQLite's limit of bound parameters.
const IDS: usize = 1_000;

/// Batch loader of one request.
pub struct Rest(Scope);

impl Rest {
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.0
    }
}

/// The loader of one request.
#[must_use]
pub fn loader(scope: Scope) -> DataLoader<Rest, NoCache> {
    let beside = scope.database().beside();
    let spawn = move |load| {
        let load = Within::carried(load);
        match &beside {
            Some(beside) => beside.spawn(load),
            None => tokio::spawn(load),
        }
    };
    DataLoader::with_cache(Rest(scope), spawn, NoCache)
        .delay(std::time::Duration::ZERO)
        .max_batch_size(IDS)
}

impl<N: Node> Loader<Key<N>> for Rest {
    type Value = N;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Key<N>]) -> Result<HashMap<Key<N>, N>, Self::Error> {
        let mut questions: HashMap<&N::Wants, Vec<N::Id>> = HashMap::new();
        for key in keys {
            questions.entry(&key.wants).or_default().push(key.id);
        }
        let mut answers = HashMap::with_capacity(keys.len());
        for (wants, ids) in questions {
            for node in by_ids::<N>(&self.0, &ids, wants).await.map_err(Arc::new)? {
                answers.insert(
                    Key {
                        wants: wants.clone(),
                        id: node.id(),
                    },
                    node,
                );
            }
        }
        Ok(answers)
    }
}

/// Loads a node with other selections; null if the viewer sees no such node.
pub async fn rest<N: Node>(ctx: &Context<'_>, id: N::Id, wants: N::Wants) -> Result<Option<N>> {
    // each field of an object is as large as the largest: what is seldom needed must not be part of it
    Box::pin(ask(ctx, Key::<N> { wants, id })).await
}

/// Loads the value of a key, batched with concurrent loads.
pub async fn ask<K, V>(ctx: &Context<'_>, key: K) -> Result<Option<V>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    V: Send + Sync + Clone + 'static,
    Rest: Loader<K, Value = V, Error = Arc<Error>>,
{
    let loader = ctx
        .data::<DataLoader<Rest, NoCache>>()
        .map_err(|_| Error::internal("a request without a loader"))?;
    loader.load_one(key).await.map_err(|error| match *error {
        Error::Timeout => Error::Timeout,
        _ => Error::internal(error),
    })
}

/// An edge to one node: prefetched, or loaded by its key; null if the row has neither.
pub async fn one<'a, N: Node>(
    ctx: &Context<'_>,
    held: Option<&'a N>,
    key: impl Into<Option<N::Id>>,
) -> Result<Option<Held<'a, N>>> {
    if let Some(node) = held {
        return Ok(Some(One(Cow::Borrowed(node))));
    }
    let Some(id) = key.into() else {
        return Ok(None);
    };
    let found = rest::<N>(ctx, id, N::ahead(&Ahead::of(ctx))).await?;
    Ok(found.map(|node| One(Cow::Owned(node))))
}

/// An edge to a short list: prefetched, or loaded with the parent. `again` are the parent's selections, `take` reads the list from it.
pub async fn list<'a, P: Node, N: Tree>(
    ctx: &Context<'_>,
    parent: &P,
    held: Option<&'a Vec<N>>,
    again: impl FnOnce(N::Wants) -> P::Wants,
    take: impl FnOnce(P) -> Option<Vec<N>>,
) -> Result<Many<'a, N>> {
    if let Some(rows) = held {
        return Ok(Many::of(rows));
    }
    let found = rest::<P>(ctx, parent.id(), again(N::ahead(&Ahead::of(ctx)))).await?;
    Ok(Many::Own(found.and_then(take).unwrap_or_default()))
}

/// An edge to a page, as [`list`].
pub async fn page<'a, P: Node, N: Listed>(
    ctx: &Context<'_>,
    parent: &P,
    held: Option<&'a Page<N>>,
    (filter, order, args): (Option<N::Filter>, Option<N::Order>, PageArgs),
    again: impl FnOnce(WantedOf<N>) -> P::Wants,
    take: impl FnOnce(P) -> Option<Page<N>>,
) -> Result<Connection<'a, N>> {
    let list = List::new(filter, order, &args)?;
    if let Some(page) = held {
        return Ok(Connection::of(Cow::Borrowed(page), &list));
    }
    let found = rest::<P>(
        ctx,
        parent.id(),
        again(Ahead::of(ctx).page::<N>(list.clone())),
    )
    .await?;
    Ok(Connection::of(
        Cow::Owned(found.and_then(take).unwrap_or_default()),
        &list,
    ))
}
