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
    /// Which one: its state must be `FAILED`, `EXPIRED` or `UNDELIVERABLE`.
    id: Gid<DeliveryId>,
    /// If given, the stored version must equal it; otherwise the input is refused with `STALE_VERSION`.
    expected_version: Option<i32>,
    /// A corrected e-mail address; the stored one if not given. Refused for `ACCOUNT_INVITATION`: revoke that invitation and send a new one.
    recipient: Option<String>,
}

payload!(
    /// The result of `deliveryRetry`.
    DeliveryRetryPayload {
        /// The message, which is `PENDING` again; null if the input was refused.
        delivery: Delivery,
    }
);

/// Root writes of deliveries.
#[derive(Default)]
pub struct DeliveriesMutation;

#[Object]
impl DeliveriesMutation {
    /// Queues a message again that failed, expired or had an invalid address, with the same Message-ID. Its link must still be valid. Requires `alumni:write` and
    /// `deliveries:read`.
    async fn delivery_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which message.")] input: DeliveryRetryInput,
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
