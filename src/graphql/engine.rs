//! The schema as operations meet it: once with every rule of validation, for documents seen for the first time, and once without those
//! that look at nothing but the document, for those remembered as valid.

use std::sync::Arc;

use async_graphql::{ObjectType, Schema, SchemaBuilder, SubscriptionType, ValidationMode};

use super::documents::Documents;
use super::inputs::InputTypes;

/// What a schema is made of.
pub trait Roots: 'static {
    /// Reads.
    type Query: ObjectType + 'static;
    /// Writes.
    type Mutation: ObjectType + 'static;
    /// What can be followed.
    type Subscription: SubscriptionType + 'static;
    /// Begins a schema of them.
    fn build() -> SchemaBuilder<Self::Query, Self::Mutation, Self::Subscription>;
}

/// The schema with some roots.
pub type SchemaOf<R> =
    Schema<<R as Roots>::Query, <R as Roots>::Mutation, <R as Roots>::Subscription>;

/// A schema, what its inputs are, and the documents that are valid in it. Cheap to clone.
pub struct Engine<R: Roots>(Arc<Parts<R>>);

struct Parts<R: Roots> {
    strict: SchemaOf<R>,
    fast: SchemaOf<R>,
    inputs: InputTypes,
    documents: Documents,
}

impl<R: Roots> Clone for Engine<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R: Roots> Default for Engine<R> {
    fn default() -> Self {
        Self(Arc::new(Parts {
            strict: R::build().finish(),
            fast: R::build().validation_mode(ValidationMode::Fast).finish(),
            inputs: InputTypes::of::<R::Query, R::Mutation, R::Subscription>(),
            documents: Documents::default(),
        }))
    }
}

impl<R: Roots> Engine<R> {
    /// The schema to run an operation in; `valid` says that its document is remembered.
    #[must_use]
    pub fn schema(&self, valid: bool) -> &SchemaOf<R> {
        if valid { &self.0.fast } else { &self.0.strict }
    }

    /// What values may be.
    #[must_use]
    pub fn inputs(&self) -> &InputTypes {
        &self.0.inputs
    }

    /// The documents that are valid.
    #[must_use]
    pub fn documents(&self) -> &Documents {
        &self.0.documents
    }
}
