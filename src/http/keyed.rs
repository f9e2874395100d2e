//! Idempotency key of a mutation, from the header or the directive.

use async_graphql::parser::types::{Directive, OperationType};
use async_graphql::{ServerError, Value, Variables};

use super::errors::coded;
use crate::graphql::documents::{Asked, Document};
use crate::idempotency::{DIRECTIVE, Fingerprint, IdempotencyKey};

/// Idempotency key and request fingerprint of a mutation.
#[derive(Clone)]
pub(super) struct Keyed {
    pub key: IdempotencyKey,
    pub request: Fingerprint,
}

/// A mutation with an idempotency key as it was sent. The fingerprint is taken before the variables are coerced.
pub(super) struct Sent<'d> {
    in_header: Option<IdempotencyKey>,
    directive: Option<&'d Directive>,
    request: Fingerprint,
}

impl<'d> Sent<'d> {
    /// None without a key, or if it is not a mutation.
    pub fn of(
        document: &'d Document,
        asked: &Asked,
        variables: &Variables,
        in_header: Option<IdempotencyKey>,
    ) -> Option<Self> {
        let directive = directive(document);
        let keyed = in_header.is_some() || directive.is_some();
        (keyed && document.kind == OperationType::Mutation).then(|| Self {
            in_header,
            directive,
            request: Fingerprint::of(&asked.text, asked.operation.as_deref(), variables),
        })
    }

    /// Resolves the key; the variables are already coerced.
    pub fn keyed(self, variables: &Variables) -> Result<Keyed, ServerError> {
        let written = self.directive.map(|directive| {
            written(directive, variables).ok_or_else(|| {
                wrong("An idempotency key has 1 to 255 printable ASCII characters, without spaces.")
            })
        });
        let key = match (self.in_header, written.transpose()?) {
            (Some(header), Some(written)) if header != written => {
                return Err(wrong(
                    "The header Idempotency-Key and @idempotent give two keys: give one.",
                ));
            }
            (Some(key), _) | (None, Some(key)) => key,
            (None, None) => return Err(super::errors::internal()),
        };
        Ok(Keyed {
            key,
            request: self.request,
        })
    }
}

fn directive(document: &Document) -> Option<&Directive> {
    let directives = &document.operation()?.node.directives;
    let mut directives = directives.iter().map(|found| &found.node);
    directives.find(|found| found.name.node == DIRECTIVE)
}

fn written(directive: &Directive, variables: &Variables) -> Option<IdempotencyKey> {
    let value = directive.get_argument("key")?.node.clone();
    let value = value.into_const_with(|name| variables.get(&name).cloned().ok_or(()));
    match value {
        Ok(Value::String(text)) => IdempotencyKey::parse(&text),
        _ => None,
    }
}

fn wrong(message: &str) -> ServerError {
    let mut error = coded("BAD_USER_INPUT", message);
    if let Some(extensions) = &mut error.extensions {
        extensions.set("field", "@idempotent(key:)");
    }
    error
}
