//! Root reads of the proof.

use async_graphql::{Context, Object, Result};

use super::actions;
use super::types::AuditVerification;
use crate::graphql::scope;

/// Root reads of the proof.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// Proves that your company's changes are as they were written: reckons the chain of seals over them again, up to 400 seals at once. What happened in the last ten seconds or so may not be
    /// sealed yet. Requires `audit:read`.
    async fn audit_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Go on after the seal of this number, which an earlier answer proved and which is taken as it is; from the first if not given."
        )]
        after: Option<i64>,
        #[graphql(
            desc = "A head that an earlier answer gave, in hexadecimal: it must be among the seals reckoned. Against whoever could rewrite the chain from an altered change on."
        )]
        expected_head: Option<String>,
    ) -> Result<AuditVerification> {
        Ok(actions::verify(scope(ctx)?, after, expected_head.as_deref()).await?)
    }
}
