//! Cache of valid, parsed documents: clients repeat a few documents, and parsing and validating one costs more than executing it. Checks that depend
//! on variables, such as the cost, run for every request.

use std::sync::Arc;

use async_graphql::Positioned;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use moka::sync::Cache;

use super::collected::Collected;
use super::limits::operation;
use super::persisted::{Digest, looked_up};

/// How many bytes of text are remembered; parsed, they take some ten times the memory.
const MOST_BYTES: u64 = 1_000_000;

/// Estimated memory of a field, in bytes of text.
const FIELD_BYTES: usize = 30;

/// A document and the name of the requested operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// The document. All caches share one copy.
    pub text: Arc<str>,
    /// Name of the operation, if given.
    pub operation: Option<String>,
}

/// A valid document within the limits, with what the border needs to know of the operation it will run.
#[derive(Clone, Debug)]
pub struct Document {
    /// The parsed document as sent, used for the cost.
    pub parsed: ExecutableDocument,
    /// Hash of the text, which is not stored. Used in logs.
    pub digest: Digest,
    /// Type of the operation.
    pub kind: OperationType,
    /// The name of the operation to run; none when it has none.
    pub name: Option<String>,
    /// The operation as it is run, unless that depends on the variables.
    pub collected: Arc<Collected>,
}

impl Document {
    /// The operation to run.
    #[must_use]
    pub fn operation(&self) -> Option<&Positioned<OperationDefinition>> {
        operation(&self.parsed, self.name.as_deref())
            .ok()
            .map(|(_, found)| found)
    }

    /// Memory use, in bytes of text. Fragments are expanded, so that a short text may use much.
    fn weight(&self) -> usize {
        self.collected.fields * FIELD_BYTES
    }
}

/// The documents remembered. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Documents(Cache<Asked, Arc<Document>>);

impl Default for Documents {
    fn default() -> Self {
        let weight = |asked: &Asked, document: &Arc<Document>| {
            u32::try_from(asked.text.len() + document.weight() + 100).unwrap_or(u32::MAX)
        };
        Self(
            Cache::builder()
                .max_capacity(MOST_BYTES)
                .weigher(weight)
                .build(),
        )
    }
}

impl Documents {
    /// A document that was valid before.
    #[must_use]
    pub fn get(&self, asked: &Asked) -> Option<Arc<Document>> {
        let found = self.0.get(asked);
        looked_up("parsed", found.is_some());
        found
    }

    /// How many are remembered.
    #[must_use]
    pub fn count(&self) -> u64 {
        // what was remembered just now is counted only then
        self.0.run_pending_tasks();
        self.0.entry_count()
    }

    /// Remembers a valid document.
    pub fn remember(&self, asked: Asked, document: Arc<Document>) {
        self.0.insert(asked, document);
    }
}
