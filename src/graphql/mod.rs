//! The vocabulary all nouns share, and the read path: one statement an operation.
//!
//! A root resolver looks ahead (`ahead`) and knows which columns and children its answer wants; `node` and `level` turn the rows it
//! asks for into one statement whose answer (`tuple`) holds the children as well; the edges' resolvers answer from what is already
//! there, and `shown` puts the answer together. What could not be foreseen (arguments that differ under aliases, what lies too deep, what a mutation answers)
//! goes through `loader`, which runs the same statement over ids. `connection` cuts pages out of it. Companies, departments and skills
//! are in no statement: `reference` answers them from what the process keeps.
//!
//! To add an edge: name its slot in the row (`row!`), say in `Node::ahead` when it is wanted and in `Node::edges` along
//! which relation it lies, and write a resolver that answers from the slot or asks the loader. To add a column: name it in the row, with
//! `if "field"` where it need be read only for the schema's field of that name.
//!
//! An operation comes to this through `trusted` and `persisted` (where a name stands for its document), `limits` (what it may ask for), `documents` (whether it is known to be valid), `validation` (whether
//! it is), `inputs` (whether its variables are what it says they are) and `collected` (what they leave of it, each field once); its answer
//! leaves through `answer_nulls` and `answer_order`, and what it came to is told by `answer_cost`. `engine` holds what these need, `definitions` among it.

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
