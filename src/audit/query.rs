//! Root queries of audit verification.

use async_graphql::{Context, Object, Result};

use super::actions;
use super::types::AuditVerification;
use crate::graphql::scope;

/// Root reads of the proof.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// Verifies that your company's changes are unaltered: recomputes their chain of seals, at most 400 seals per call. Changes of about the last ten
    /// seconds may not be sealed yet. Requires `audit:read`.
    async fn audit_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Continues after the seal with this number, which an earlier call verified. Default: starts at the first seal."
        )]
        after: Option<i64>,
        #[graphql(
            desc = "A `head` of an earlier call, in hexadecimal. It must be among the verified seals. Detects a chain that was rewritten after an altered change."
        )]
        expected_head: Option<String>,
    ) -> Result<AuditVerification> {
        Ok(actions::verify(scope(ctx)?, after, expected_head.as_deref()).await?)
    }
}
