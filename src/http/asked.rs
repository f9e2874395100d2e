//! From a request to a valid document within the limits, and to its operation with coerced variables.

use std::sync::Arc;

use async_graphql::{ServerError, Variables};

use super::errors::{self, coded};
use crate::graphql::{
    collected::Collected,
    documents::{Asked, Document},
    engine::{Engine, Roots},
    limits::{self, Limit, Limits, Price, Refusal, inspect},
    persisted::Digest,
    validation,
};
use crate::telemetry::within;

/// The requested document, validated and within the limits, with its cost.
pub(super) fn document<R: Roots>(
    engine: &Engine<R>,
    limits: &Limits,
    introspection: bool,
    asked: &Asked,
    variables: &Variables,
) -> Result<(Arc<Document>, Price), Vec<ServerError>> {
    let refused = |refusal: Refusal| vec![ServerError::from(refusal)];
    let answers = |price: Price| {
        within::priced(price.complexity);
        if price.introspects && !introspection {
            let message = "This service does not answer introspection.";
            return Err(vec![coded("GRAPHQL_VALIDATION_FAILED", message)]);
        }
        within::priced(price.complexity);
        Ok(price)
    };
    Limit::DocumentBytes
        .holds(asked.text.len() as u64, limits.document_bytes)
        .map_err(refused)?;
    if let Some(known) = engine.documents().get(asked)
        && let Some(operation) = known.operation()
    {
        let price = limits::price(limits, &known.parsed, &operation.node, variables);
        let price = answers(price.map_err(refused)?)?;
        return Ok((known, price));
    }
    let operation = asked.operation.as_deref();
    let inspected = inspect(limits, &asked.text, operation, variables).map_err(refused)?;
    let price = answers(inspected.price)?;
    let mut parsed = inspected.document;
    validation::without_null_flags(engine.definitions(), &mut parsed);
    let faults = validation::faults(engine, &parsed, operation);
    if !faults.is_empty() {
        return Err(faults);
    }
    let (name, found) = limits::operation(&parsed, operation).map_err(refused)?;
    let collected = Collected::of(engine.definitions(), &parsed, found, None);
    let document = Arc::new(Document {
        digest: Digest::of(&asked.text),
        kind: inspected.kind,
        name: name.map(str::to_owned),
        collected: Arc::new(collected),
        parsed,
    });
    engine
        .documents()
        .remember(asked.clone(), Arc::clone(&document));
    Ok((document, price))
}

/// The operation after variables are coerced and fields are collected.
pub(super) fn collected<R: Roots>(
    engine: &Engine<R>,
    document: &Document,
    variables: &mut Variables,
) -> Result<Arc<Collected>, Vec<ServerError>> {
    let Some(operation) = document.operation() else {
        return Err(vec![errors::internal()]);
    };
    let coerced = engine.inputs().coerce(&operation.node, variables);
    coerced.map_err(|refusal| vec![refusal.into()])?;
    if document.collected.serves(&operation.node, variables) {
        return Ok(Arc::clone(&document.collected));
    }
    let (definitions, parsed) = (engine.definitions(), &document.parsed);
    let collected = Collected::of(definitions, parsed, operation, Some(variables));
    Ok(Arc::new(collected))
}
