//! Whether a document is valid (GraphQL specification, September 2025, chapter 5). The library judges first, by its own rules; what it
//! lets through is looked at again here, where its rules fall short: whether variables and literals fit where they stand
//! (`places`, `literals`), whether what is selected twice is one thing (`overlaps`), and what a subscription may select (`events`).
//! Documents come here once; those that are valid are remembered.

mod events;
mod legible;
mod literals;
mod overlaps;
mod places;
#[cfg(test)]
mod tests;

use async_graphql::ServerError;
use async_graphql::parser::types::ExecutableDocument;

use super::engine::{Engine, Roots};
use super::limits::Refusal;

pub use legible::without_null_flags;

/// What is wrong with a document; nothing where it is valid.
#[must_use]
pub fn faults<R: Roots>(
    engine: &Engine<R>,
    document: &ExecutableDocument,
    operation: Option<&str>,
) -> Vec<ServerError> {
    let definitions = engine.definitions();
    let faults = engine.faults(legible::legible(definitions, document), operation);
    if !faults.is_empty() {
        return faults;
    }
    let mut faults: Vec<Refusal> = places::check(definitions, document);
    faults.extend(events::check(document));
    faults.extend(overlaps::check(definitions, document));
    faults.into_iter().map(ServerError::from).collect()
}
