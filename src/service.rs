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
    /// How much one request may ask for. A refusal names the limit, its maximum and your value in `extensions.limit`. Needs no login.
    async fn service_limits(&self, ctx: &Context<'_>) -> Result<Limits> {
        Ok(limits(ctx)?.clone())
    }

    /// What an operation would cost, path by path, without running it: by the same rule it is held against when it is sent, from the values and page sizes it would be sent with. It need not be valid in this schema. What cannot be
    /// read as a document at all, or is too large to be, is refused with `BAD_USER_INPUT`; so is, unread, whatever is no trusted document where you may have those run and no others. Requires a login.
    async fn query_cost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document, as the parameter `query` of a request.")] document: String,
        #[graphql(desc = "Its variables, a JSON object. What is left out has its default.")]
        variables: Option<serde_json::Value>,
        #[graphql(desc = "Which of its operations, where it has several.")] operation_name: Option<
            String,
        >,
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
