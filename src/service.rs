//! What a client can ask about the service itself.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};

use crate::error::Error;
use crate::graphql::limits::Limits;
use crate::http::HttpSettings;

/// Root reads about the service.
#[derive(Default)]
pub struct ServiceQuery;

#[Object]
impl ServiceQuery {
    /// How much one request may ask for. A refusal names the limit, its maximum and your value in `extensions.limit`. Needs no login.
    async fn service_limits(&self, ctx: &Context<'_>) -> Result<Limits> {
        let settings = ctx
            .data::<Arc<HttpSettings>>()
            .map_err(|_| Error::internal("a request without settings"))?;
        Ok(settings.limits.clone())
    }
}
