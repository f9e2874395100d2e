//! The subscription to changes, from a cursor or from now on.

use std::collections::VecDeque;
use std::time::Duration;

use async_graphql::{Context, Result, Subscription};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use super::store;
use super::types::{Change, Place};
use crate::graphql::scope;
use crate::scope::Scope;

/// A word that was lost (another instance's, or one held back by an open transaction) is made up for within this time.
const LOOK_ANYWAY: Duration = Duration::from_secs(2);

/// Follows changes.
#[derive(Default)]
pub struct ChangesSubscription;

#[Subscription]
impl ChangesSubscription {
    /// Changes in your company, in order, without gaps and duplicates. Private changes, for example blocks, are returned only to the account that made
    /// them. Requires `changes:read`.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Cursor of a change. Returns the changes after it. Default: only new changes."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<Change>> + use<>> {
        let scope = scope(ctx)?.clone();
        scope.company()?;
        // to be told first, to look second: what comes between is not missed
        let told = scope.feed().follow();
        let place = match after {
            Some(cursor) => {
                let place = Place::parse(&cursor)?;
                scope.require(crate::access::Permission::ChangesRead)?;
                place
            }
            None => store::latest(&scope).await?,
        };
        Ok(stream::unfold(
            Reader {
                scope,
                told,
                place,
                held: VecDeque::new(),
                failed: false,
            },
            Reader::next,
        ))
    }
}

struct Reader {
    scope: Scope,
    told: watch::Receiver<()>,
    place: Place,
    held: VecDeque<Change>,
    failed: bool,
}

impl Reader {
    async fn next(mut self) -> Option<(Result<Change>, Self)> {
        while !self.failed {
            if let Some(change) = self.held.pop_front() {
                self.place = change.place();
                return Some((Ok(change), self));
            }
            self.told.mark_unchanged();
            self.scope.forget_edition();
            match store::after(&self.scope, self.place).await {
                Ok(rows) if rows.is_empty() => {
                    if let Ok(Err(_)) = tokio::time::timeout(LOOK_ANYWAY, self.told.changed()).await
                    {
                        return None;
                    }
                }
                Ok(rows) => {
                    // whoever asks because of it finds it
                    self.scope.database().settled().await;
                    self.held.extend(rows.into_iter().map(Change::from));
                }
                Err(error) => {
                    self.failed = true;
                    return Some((Err(error.into()), self));
                }
            }
        }
        None
    }
}
