//! Root writes of whom a person blocks.

use async_graphql::{Context, InputObject, Object, Result};
use entity::PersonId;

use crate::alumni::actions::block;
use crate::alumni::types::Block;
use crate::graphql::id::Gid;
use crate::graphql::payload::with_children;
use crate::graphql::scope;
use crate::payload;

/// Somebody to block.
#[derive(InputObject)]
pub struct PersonBlockInput {
    /// Whom: an alumnus or employee you see.
    person_id: Gid<PersonId>,
}

/// Somebody to block no longer.
#[derive(InputObject)]
pub struct PersonUnblockInput {
    /// Whom: an id of `viewer { blocked }`. One you do not block changes nothing.
    person_id: Gid<PersonId>,
}

payload!(
    /// What `personBlock` came to.
    PersonBlockPayload {
        /// Your block of the person; null where the input was refused.
        block: Block,
    }
);

payload!(
    /// What `personUnblock` came to.
    PersonUnblockPayload {
        /// Whom you do not block any more; null where the input was refused.
        person_id: Gid<PersonId>,
    }
);

/// Root writes of blocks.
#[derive(Default)]
pub struct BlockMutation;

#[Object]
impl BlockMutation {
    /// You and a person no longer exist for each other, from the very next query on: not in lists, searches, filters and counts of people, not by `node`, not behind an edge. Nobody is told,
    /// neither they nor the company: to each of you the other is as somebody who left the programme. What you share stays, without the other: your referral of them has no `candidate`, theirs of
    /// you no `referrer`. `goingCount` and `waitingCount` count everybody still.
    ///
    /// A block is between two people, not against the company: whoever holds `alumni:read` (HR, administrators, operators, systems) sees everybody as before, whoever blocks whom; a person on the
    /// other side of such a block does not see them. At most 1,000 people; blocking somebody again changes nothing. `viewer { blocked }` says whom. Requires a login that belongs to a person.
    async fn person_block(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: PersonBlockInput,
    ) -> Result<PersonBlockPayload> {
        let done = block::block(scope(ctx)?, input.person_id.0).await;
        PersonBlockPayload::of(with_children::<Block>(ctx, "block", done).await)
    }

    /// Takes your block of a person back, silently too. You see each other again where nothing else stands between you, their own block of you for one. Whom you do not block stays as they are. Requires a login that belongs to a person.
    async fn person_unblock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: PersonUnblockInput,
    ) -> Result<PersonUnblockPayload> {
        let done = block::unblock(scope(ctx)?, input.person_id.0).await;
        PersonUnblockPayload::of(done.map(Gid))
    }
}
