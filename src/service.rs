//! What a client can ask about the service itself.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, Variables};

use crate::budget::Budgets;
use crate::error::Error;
use crate::graphql::limits::{Limits, QueryCost, cost};
use crate::graphql::scope;
use crate::graphql::trusted::Trusted;
use crate::http::HttpSettings;

/// Root reads about the service.
#[derive(Default)]
pub struct ServiceQuery;

#[Object]
impl ServiceQuery {
    /// The limits of one request. An error names the limit, its maximum and your value in `extensions.limit`. Requires no login.
    async fn service_limits(&self, ctx: &Context<'_>) -> Result<Limits> {
        Ok(limits(ctx)?.clone())
    }

    /// Computes the cost of an operation, path by path, without executing it. The document need not be valid in this schema. `BAD_USER_INPUT` if it
    /// cannot be parsed, is too large, or is not a trusted document although you may run trusted documents only. Requires a login.
    async fn query_cost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document: the parameter `query` of a request.")] document: String,
        #[graphql(desc = "The variables, a JSON object. Absent variables have their defaults.")]
        variables: Option<serde_json::Value>,
        #[graphql(desc = "Name of the operation, if the document has several.")]
        operation_name: Option<String>,
    ) -> Result<QueryCost> {
        let viewer = scope(ctx)?.viewer();
        if !viewer.known() {
            return Err(Error::LOG_IN.into());
        }
        // Here for those who are held to them: what a document of their own would be told of the schema, they are not to learn by this way.
        if let Some(trusted) = ctx.data_opt::<Arc<Trusted>>()
            && trusted.same(&document).is_none()
        {
            return Err(Error::bad_input("document", "must be a trusted document").into());
        }
        let variables = match variables {
            None | Some(serde_json::Value::Null) => Variables::default(),
            Some(object @ serde_json::Value::Object(_)) => Variables::from_json(object),
            Some(_) => return Err(Error::bad_input("variables", "must be an object").into()),
        };
        let cost = cost(
            limits(ctx)?,
            &document,
            operation_name.as_deref(),
            &variables,
        )
        .map_err(|refusal| Error::bad_input("document", refusal.to_string()))?;
        let budgets = ctx
            .data::<Budgets>()
            .map_err(|_| Error::internal("a request without budgets"))?;
        let wait = budgets.wait(budgets.payer(viewer, None), cost.price());
        Ok(match wait {
            Some(wait) => cost.after(wait),
            None => cost,
        })
    }
}

fn limits<'c>(ctx: &Context<'c>) -> Result<&'c Limits> {
    let settings = ctx
        .data::<Arc<HttpSettings>>()
        .map_err(|_| Error::internal("a request without settings"))?;
    Ok(&settings.limits)
}
