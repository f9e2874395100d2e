//! Resolution of rows that were read. Most fields are ready at once: each is polled once in selection order, and only pending ones are awaited,
//! together, so that the loader can batch them. async-graphql queues every field of every row first, which costs more than the fields themselves.
//!
//! Each edge is a boxed future. Otherwise a field's future contains those of everything below it: types that the compiler cannot evaluate in a
//! release build, and futures so large that moving one costs more than an allocation.

use std::borrow::Cow;
use std::future::{Future, poll_fn};
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use async_graphql::indexmap::IndexMap;
use async_graphql::indexmap::map::Entry;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value,
};
use futures_util::future::BoxFuture;

/// An object that is resolved this way.
pub trait Shown: ContainerType {
    /// Called with the returned fields, by their names in the schema, before the response is sent.
    fn answered<'f>(
        &self,
        _ctx: &ContextSelectionSet<'_>,
        _fields: impl Iterator<Item = (&'f str, &'f Value)>,
    ) {
    }

    /// Resolves the selected fields.
    fn show(
        &self,
        ctx: &ContextSelectionSet<'_>,
    ) -> impl Future<Output = ServerResult<Value>> + Send {
        object(ctx, self)
    }
}

/// One object.
#[derive(Clone, Debug)]
pub struct One<P>(pub P);

/// A prefetched or loaded object.
pub type Held<'a, N> = One<Cow<'a, N>>;

impl<N: Clone> Held<'_, N> {
    /// A loaded object.
    pub fn owned(node: N) -> Self {
        Self(Cow::Owned(node))
    }
}

/// A cached object.
pub type Kept<N> = One<Arc<N>>;

impl<P: Deref<Target: Shown> + Send + Sync> OutputType for One<P> {
    fn type_name() -> Cow<'static, str> {
        <P::Target as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <P::Target as OutputType>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let shown: BoxFuture<'_, _> = Box::pin(self.0.show(ctx));
        shown.await
    }
}

/// A list of objects.
#[derive(Clone, Debug)]
pub enum Many<'a, N> {
    /// Loaded objects.
    Own(Vec<N>),
    /// Prefetched objects.
    Lent(Vec<&'a N>),
}

impl<'a, N> Many<'a, N> {
    pub fn of(rows: &'a [N]) -> Self {
        Self::Lent(rows.iter().collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &N> {
        let (own, lent): (&[N], &[&N]) = match self {
            Self::Own(rows) => (rows, &[]),
            Self::Lent(rows) => (&[], rows),
        };
        own.iter().chain(lent.iter().copied())
    }

    pub fn sort_by_key<K: Ord>(&mut self, key: impl Fn(&N) -> K) {
        match self {
            Self::Own(rows) => rows.sort_by_key(key),
            Self::Lent(rows) => rows.sort_by_key(|row| key(row)),
        }
    }
}

impl<N: Shown> OutputType for Many<'_, N> {
    fn type_name() -> Cow<'static, str> {
        Vec::<N>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<N>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<N>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let rows = self.iter().enumerate().map(|row| item(ctx, row));
        let shown: BoxFuture<'_, _> = Box::pin(together(rows));
        let shown = shown.await;
        Ok(Value::List(shown.into_iter().collect::<ServerResult<_>>()?))
    }
}

async fn item<N: Shown>(
    ctx: &ContextSelectionSet<'_>,
    (place, row): (usize, &N),
) -> ServerResult<Value> {
    let ctx = ctx.with_index(place);
    let shown = row.show(&ctx).await;
    shown.map_err(|error| ctx.set_error_path(error))
}

/// Resolves the selections on an object type.
pub async fn object<T: Shown + ?Sized>(
    ctx: &ContextSelectionSet<'_>,
    root: &T,
) -> ServerResult<Value> {
    let mut fields = Vec::with_capacity(ctx.item.node.items.len());
    select(ctx, root, &ctx.item.node, &mut fields);
    let values = together(fields.iter().map(|field| async {
        if field.node.name.node == "__typename" {
            return Ok(Value::from(root.introspection_type_name()));
        }
        let value = root.resolve_field(&ctx.with_field(field)).await?;
        Ok(value.unwrap_or_default())
    }))
    .await;
    let named = fields.iter().zip(&values).filter_map(|(field, value)| {
        let value = value.as_ref().ok()?;
        Some((field.node.name.node.as_str(), value))
    });
    root.answered(ctx, named);
    let mut answer = IndexMap::with_capacity(values.len());
    for (field, value) in fields.iter().zip(values) {
        match value {
            Ok(value) => put(&mut answer, &field.node.response_key().node, value),
            Err(error) => ctx.add_error(error),
        }
    }
    Ok(if answer.is_empty() {
        Value::Null
    } else {
        Value::Object(answer)
    })
}

/// The selected fields of an object of this type in order, including those of fragments.
fn select<'a, T: ContainerType + ?Sized>(
    ctx: &ContextSelectionSet<'a>,
    root: &T,
    selections: &'a SelectionSet,
    fields: &mut Vec<&'a Positioned<Field>>,
) {
    for selection in &selections.items {
        let (condition, below) = match &selection.node {
            Selection::Field(field) => {
                fields.push(field);
                continue;
            }
            Selection::InlineFragment(fragment) => (
                fragment.node.type_condition.as_ref(),
                &fragment.node.selection_set,
            ),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                // validation refused a document that spreads what is not there
                let Some(fragment) = ctx.query_env.fragments.get(name) else {
                    continue;
                };
                (
                    Some(&fragment.node.type_condition),
                    &fragment.node.selection_set,
                )
            }
        };
        let applies = condition.is_none_or(|condition| {
            let (own, asked) = (
                root.introspection_type_name(),
                condition.node.on.node.as_str(),
            );
            let implemented = &ctx.schema_env.registry.implements;
            own == asked
                || implemented
                    .get(&*own)
                    .is_some_and(|interfaces| interfaces.contains(asked))
        });
        if applies {
            select(ctx, root, &below.node, fields);
        }
    }
}

/// Adds a value. A field can be selected several times; the results are merged.
fn put(answer: &mut IndexMap<Name, Value>, key: &Name, value: Value) {
    match answer.entry(key.clone()) {
        Entry::Vacant(place) => {
            place.insert(value);
        }
        Entry::Occupied(mut held) => merge(held.get_mut(), value),
    }
}

fn merge(held: &mut Value, value: Value) {
    match (held, value) {
        (Value::Object(held), Value::Object(fields)) => {
            for (key, value) in fields {
                put(held, &key, value);
            }
        }
        (Value::List(held), Value::List(items)) => {
            for (held, item) in held.iter_mut().zip(items) {
                merge(held, item);
            }
        }
        _ => {}
    }
}

/// Polls each future once in order, and then awaits the pending ones together.
async fn together<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut done = Vec::with_capacity(futures.size_hint().0);
    let mut waiting: Vec<(usize, Pin<Box<Option<F>>>)> = Vec::new();
    let mut begun = Some(futures);
    poll_fn(|wake| {
        if let Some(futures) = begun.take() {
            // those that wait for nothing take their turns in one place; one that waits keeps it
            let mut turn = Box::pin(None);
            for (place, future) in futures.enumerate() {
                turn.set(Some(future));
                let polled = poll(turn.as_mut(), wake);
                if polled.is_none() {
                    waiting.push((place, std::mem::replace(&mut turn, Box::pin(None))));
                }
                done.push(polled);
            }
        } else {
            waiting.retain_mut(|(place, future)| {
                let polled = poll(future.as_mut(), wake);
                let waits = polled.is_none();
                if !waits {
                    done[*place] = polled;
                }
                waits
            });
        }
        if waiting.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// The result; none while it is pending.
fn poll<F: Future>(future: Pin<&mut Option<F>>, wake: &mut TaskContext<'_>) -> Option<F::Output> {
    match future.as_pin_mut()?.poll(wake) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
