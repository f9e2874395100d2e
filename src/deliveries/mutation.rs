//! Root writes of deliveries.

use async_graphql::{Context, InputObject, Object, Result};
use entity::DeliveryId;

use super::actions;
use super::types::Delivery;
use crate::graphql::id::Gid;
use crate::graphql::payload::seen_again;
use crate::graphql::scope;
use crate::payload;

/// A message to queue again.
#[derive(InputObject)]
pub struct DeliveryRetryInput {
    /// Id of the message. Its state must be `FAILED`, `EXPIRED` or `UNDELIVERABLE`.
    id: Gid<DeliveryId>,
    /// Fails if the stored version differs. Without it, only the state is checked.
    expected_version: Option<i32>,
    /// Corrected e-mail address. Default: the stored one. Rejected for `ACCOUNT_INVITATION`: revoke that invitation and send a new one.
    recipient: Option<String>,
}

payload!(
    /// Result of `deliveryRetry`.
    DeliveryRetryPayload {
        /// The message after the change, in state `PENDING`. Null if the input was rejected.
        delivery: Delivery,
    }
);

/// Root writes of deliveries.
#[derive(Default)]
pub struct DeliveriesMutation;

#[Object]
impl DeliveriesMutation {
    /// Queues a failed, expired or undeliverable message again, with the same Message-ID. Its link must still be valid. Requires `alumni:write` and
    /// `deliveries:read`.
    async fn delivery_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: DeliveryRetryInput,
    ) -> Result<DeliveryRetryPayload> {
        let DeliveryRetryInput {
            id,
            expected_version,
            recipient,
        } = input;
        let done = actions::retry(scope(ctx)?, id.0, expected_version, recipient).await;
        let done = done.map(|row| row.id);
        DeliveryRetryPayload::of(seen_again::<Delivery>(ctx, "delivery", done).await)
    }
}
