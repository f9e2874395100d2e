//! Root writes of whom a person blocks.

use async_graphql::{Context, InputObject, Object, Result};
use entity::PersonId;

use crate::alumni::actions::block;
use crate::alumni::types::Block;
use crate::graphql::id::Gid;
use crate::graphql::payload::with_children;
use crate::graphql::scope;
use crate::payload;

/// A person to block.
#[derive(InputObject)]
pub struct PersonBlockInput {
    /// Id of an alumnus or employee visible to you.
    person_id: Gid<PersonId>,
}

/// A person to unblock.
#[derive(InputObject)]
pub struct PersonUnblockInput {
    /// Id of the person, from `viewer { blocked }`. No change if you do not block them.
    person_id: Gid<PersonId>,
}

payload!(
    /// Result of `personBlock`.
    PersonBlockPayload {
        /// Your block of the person. Null if the input was rejected.
        block: Block,
    }
);

payload!(
    /// Result of `personUnblock`.
    PersonUnblockPayload {
        /// Id of the unblocked person. Null if the input was rejected.
        person_id: Gid<PersonId>,
    }
);

#[derive(Default)]
pub struct BlockMutation;

#[Object]
impl BlockMutation {
    /// Blocks a person. From the next query, neither of you sees the other in lists, searches, filters, counts of people, edges or `node`.
    /// Neither the person nor the company is notified. Shared records stay without the other person: your referral of them has no
    /// `candidate`, theirs of you no `referrer`. `goingCount` and `waitingCount` still include everyone. Viewers with `alumni:read` (HR,
    /// administrators, operators, API keys) still see both, unless they are one of the two. At most 1,000 blocked people (`TOO_LONG`). No
    /// change if already blocked. `viewer { blocked }` lists your blocks. Requires a login that belongs to a person.
    async fn person_block(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person to block.")] input: PersonBlockInput,
    ) -> Result<PersonBlockPayload> {
        let done = block::block(scope(ctx)?, input.person_id.0).await;
        PersonBlockPayload::of(with_children::<Block>(ctx, "block", done).await)
    }

    /// Removes your block of a person. The person is not notified. You see each other again unless something else prevents it, for example
    /// their block of you. No change if you do not block the person. Requires a login that belongs to a person.
    async fn person_unblock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person to unblock.")] input: PersonUnblockInput,
    ) -> Result<PersonUnblockPayload> {
        let done = block::unblock(scope(ctx)?, input.person_id.0).await;
        PersonUnblockPayload::of(done.map(Gid))
    }
}
