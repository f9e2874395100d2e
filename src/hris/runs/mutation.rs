//! Root writes of runs.

use async_graphql::{Context, InputObject, Object, Result};
use entity::SyncRunId;

use super::actions;
use super::types::SyncRun;
use crate::graphql::id::Gid;
use crate::graphql::payload::seen_again;
use crate::graphql::scope;
use crate::payload;

/// A sync run to undo.
#[derive(InputObject)]
pub struct SyncRunUndoInput {
    /// Which run. One that is `RUNNING` is closed as `FAILED` first, and takes no more rows.
    id: Gid<SyncRunId>,
}

payload!(
    /// The result of `syncRunUndo`.
    SyncRunUndoPayload {
        /// The run; `undo` has the counts, `results` the outcome per row. Null if the input was refused.
        sync_run: SyncRun,
    }
);

/// Root writes of runs.
#[derive(Default)]
pub struct SyncRunsMutation;

#[Object]
impl SyncRunsMutation {
    /// Removes the people and the employments that a sync run created, each only if nothing else has touched it since, and departments that the run
    /// created and nobody uses. The same rows sent again then create them anew. Kept, with the reason in `SyncRunResult.undoOutcome`: who joined, was
    /// invited, has a login, an answer, a referral, a consent, a message or a data request, and what was changed since by another run, by HR
    /// or on the last working day. If an employment of a person known before is removed, the person is again what the other employments say.
    /// What the run only changed is not reverted: send the right values again. A run is undone once, in one transaction, and within 90 days of its
    /// end. Requires `workers:sync`.
    async fn sync_run_undo(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: SyncRunUndoInput,
    ) -> Result<SyncRunUndoPayload> {
        let done = actions::undo(scope(ctx)?, input.id.0).await;
        let done = done.map(|run| run.id);
        SyncRunUndoPayload::of(seen_again::<SyncRun>(ctx, "syncRun", done).await)
    }
}
