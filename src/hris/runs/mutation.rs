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
    /// Id of the sync run. A `RUNNING` run is closed as `FAILED` first.
    id: Gid<SyncRunId>,
}

payload!(
    /// The result of `syncRunUndo`.
    SyncRunUndoPayload {
        /// The run after the undo; `undo` has the counts, `results` the outcome per row. Null if the input was rejected.
        sync_run: SyncRun,
    }
);

/// Root writes of runs.
#[derive(Default)]
pub struct SyncRunsMutation;

#[Object]
impl SyncRunsMutation {
    /// Removes the people, employments and departments that a sync run created, in one transaction. Keeps a person who joined, was invited or
    /// has a login. Keeps people with a participation, referral, consent, message or data request. Keeps what another run, HR or the last working
    /// day changed since. `SyncRunResult.undoOutcome` has the reason. If an employment of a known person is removed, the other employments
    /// determine the person's standing. Changes of existing data are not reverted. A run can be undone once, within 90 days of its end.
    /// Requires `workers:sync`.
    async fn sync_run_undo(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the sync run.")] input: SyncRunUndoInput,
    ) -> Result<SyncRunUndoPayload> {
        let done = actions::undo(scope(ctx)?, input.id.0).await;
        let done = done.map(|run| run.id);
        SyncRunUndoPayload::of(seen_again::<SyncRun>(ctx, "syncRun", done).await)
    }
}
