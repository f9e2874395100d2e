//! The schema as operations meet it: once to judge documents seen for the first time, which it never runs, and once to run what was
//! judged valid.

use std::sync::{Arc, OnceLock};

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{
    ObjectType, Request, Response, Schema, SchemaBuilder, SchemaEnv, ServerError, SubscriptionType,
    ValidationMode,
};
use futures_util::FutureExt;

use super::definitions::Definitions;
use super::documents::Documents;
use super::inputs::InputTypes;
use super::persisted::Persisted;
use super::trusted::Trusted;

/// The root types of a schema.
pub trait Roots: 'static {
    type Query: ObjectType + 'static;
    type Mutation: ObjectType + 'static;
    type Subscription: SubscriptionType + 'static;
    /// The description of the schema; empty: it has none.
    const DESCRIPTION: &str = "";
    /// Returns a builder of the schema.
    fn build() -> SchemaBuilder<Self::Query, Self::Mutation, Self::Subscription>;
}

/// The schema with some roots.
pub type SchemaOf<R> =
    Schema<<R as Roots>::Query, <R as Roots>::Mutation, <R as Roots>::Subscription>;

/// A schema, what its inputs are, and the documents that are valid in it. Cheap to clone.
pub struct Engine<R: Roots> {
    parts: Arc<Parts<R>>,
    trusted: Arc<Trusted>,
}

struct Parts<R: Roots> {
    judge: SchemaOf<R>,
    runner: SchemaOf<R>,
    definitions: Definitions,
    documents: Documents,
    persisted: Persisted,
}

impl<R: Roots> Clone for Engine<R> {
    fn clone(&self) -> Self {
        Self {
            parts: Arc::clone(&self.parts),
            trusted: Arc::clone(&self.trusted),
        }
    }
}

impl<R: Roots> Default for Engine<R> {
    fn default() -> Self {
        let hearsay = Hearsay::default();
        let judge = R::build().extension(hearsay.clone()).finish();
        // asked anything, it tells what it is made of
        let _ = judge.execute("{ __typename }").now_or_never();
        let environment = hearsay
            .0
            .get()
            .expect("a schema asked for a type's name reaches its execution without waiting");
        let definitions = Definitions::of(&environment.registry);
        let parts = Parts {
            judge,
            runner: R::build().validation_mode(ValidationMode::Fast).finish(),
            definitions,
            documents: Documents::default(),
            persisted: Persisted::default(),
        };
        Self {
            parts: Arc::new(parts),
            trusted: Arc::default(),
        }
    }
}

impl<R: Roots> Engine<R> {
    /// The same, with these documents trusted and no others.
    #[must_use]
    pub fn trusting(self, trusted: Trusted) -> Self {
        Self {
            trusted: Arc::new(trusted),
            ..self
        }
    }

    /// The schema that runs documents which are known to be valid.
    #[must_use]
    pub fn schema(&self) -> &SchemaOf<R> {
        &self.parts.runner
    }

    /// Validation errors by async-graphql. Executes nothing and does not read variable values.
    #[must_use]
    pub fn faults(
        &self,
        document: ExecutableDocument,
        operation: Option<&str>,
    ) -> Vec<ServerError> {
        let mut request = Request::new("");
        request.operation_name = operation.map(str::to_owned);
        request.set_parsed_query(document);
        match self.parts.judge.execute(request).now_or_never() {
            Some(response) => response.errors,
            None => vec![ServerError::new("The document could not be judged.", None)],
        }
    }

    #[must_use]
    pub fn definitions(&self) -> &Definitions {
        &self.parts.definitions
    }

    #[must_use]
    pub fn inputs(&self) -> &InputTypes {
        &self.parts.definitions.inputs
    }

    /// The documents that are valid.
    #[must_use]
    pub fn documents(&self) -> &Documents {
        &self.parts.documents
    }

    /// The documents known by their hashes.
    #[must_use]
    pub fn persisted(&self) -> &Persisted {
        &self.parts.persisted
    }

    /// The documents that are trusted.
    #[must_use]
    pub fn trusted(&self) -> &Arc<Trusted> {
        &self.trusted
    }
}

/// Extension that prevents execution and exposes the schema's registry; async-graphql gives the registry only to extensions.
#[derive(Clone, Default)]
struct Hearsay(Arc<OnceLock<SchemaEnv>>);

impl ExtensionFactory for Hearsay {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(self.clone())
    }
}

#[async_trait]
impl Extension for Hearsay {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        _: Option<&str>,
        _: NextExecute<'_>,
    ) -> Response {
        self.0.get_or_init(|| ctx.schema_env.clone());
        Response::default()
    }
}
