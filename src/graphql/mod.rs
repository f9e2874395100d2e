//! Shared GraphQL types, and the read path: one statement per operation.
//!
//! A root resolver looks ahead (`ahead`) to find the selected columns and children. `node` and `level` build one statement whose result (`tuple`)
//! contains the rows with their children. Resolvers of edges read the prefetched children, and `shown` builds the response. `loader` reads what could
//! not be prefetched: arguments that differ under aliases, deep selections, results of mutations. `connection` returns pages. Companies, departments
//! and skills are not part of the statement: `reference` returns them from a cache.
//!
//! To add an edge: add its slot to the row (`row!`), its selection to `Tree::ahead` and its relation to `Tree::edges`, and write a resolver that
//! reads the slot or calls the loader. To add a column: add it to the row, with `if "field"` if it is only needed for that schema field.
//!
//! Before execution, an operation passes `trusted` and `persisted` (documents by reference), `limits`, `documents` (the cache of valid documents),
//! `validation`, `inputs` (coercion of variables) and `collected` (field collection). Its response passes `answer_nulls`, `answer_order` and
//! `answer_cost`. `engine` contains what these need, such as `definitions`.

pub mod ahead;
pub mod answer_cost;
pub mod answer_nulls;
pub mod answer_order;
pub mod collected;
pub mod columns;
pub mod connection;
pub mod definitions;
pub mod directive;
pub mod documents;
pub mod engine;
pub mod given;
pub mod id;
pub mod inputs;
pub mod level;
pub mod limits;
pub mod loader;
pub mod merged;
pub mod node;
mod omitted;
pub mod payload;
pub mod persisted;
pub mod priced;
pub mod range;
pub mod reference;
pub mod rows;
pub mod schema_description;
pub mod shown;
pub mod taken;
pub mod trusted;
pub mod tuple;
pub mod validation;

use async_graphql::Context;

use crate::error::{Error, Result};
use crate::scope::Scope;

/// The scope of the request being resolved.
pub fn scope<'c>(ctx: &'c Context<'_>) -> Result<&'c Scope> {
    ctx.data::<Scope>()
        .map_err(|_| Error::internal("a request without a scope"))
}
