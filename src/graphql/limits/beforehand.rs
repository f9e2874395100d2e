//! Checks of a document without its variables, before any request.

use async_graphql::Variables;
use async_graphql::parser::types::ExecutableDocument;

use super::measure::{Walk, held, whole};
use super::{Limit, Limits, Refusal, read};

/// A document that is within all limits, whatever its variables.
#[derive(Clone, Debug)]
pub struct Beforehand {
    /// The parsed document.
    pub document: ExecutableDocument,
    /// Whether one of its operations contains introspection.
    pub introspects: bool,
}

/// Parses a document, and rejects it if one of its operations exceeds a limit with any variables. The cost of an operation with variables, and the size
/// of their values, are checked per request.
pub fn beforehand(limits: &Limits, text: &str) -> Result<Beforehand, Refusal> {
    let document = read(limits, text)?;
    let none = Variables::default();
    let mut introspects = false;
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        whole(limits, &document, operation, &none)?;
        let amount = Walk::new(limits, &document, operation, &none).operation(operation)?;
        let settled = operation.variable_definitions.is_empty();
        for (limit, value, maximum) in held(limits, &amount) {
            if settled || !hangs_on_values(limit) {
                limit.holds(value, maximum)?;
            }
        }
        introspects |= amount.introspects;
    }
    Ok(Beforehand {
        document,
        introspects,
    })
}

fn hangs_on_values(limit: Limit) -> bool {
    matches!(
        limit,
        Limit::Complexity | Limit::FilterValues | Limit::ValueBytes
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Result<bool, String> {
        let limits = Limits {
            depth: 3,
            complexity: 100,
            ..Limits::default()
        };
        let judged = beforehand(&limits, text).map_err(|refusal| refusal.to_string());
        judged.map(|judged| judged.introspects)
    }

    #[test]
    fn a_price_that_hangs_on_a_variable_is_not_judged() {
        let costs = "The operation costs 101; at most 100 is accepted. Ask for smaller pages or fewer fields.";
        let settled = "{ alumni(first: 100) { nodes { id } } }";
        assert_eq!(judged(settled), Err(costs.to_owned()));
        let open = "query($n: Int = 100) { alumni(first: $n) { nodes { id } } }";
        assert_eq!(judged(open), Ok(false));
    }

    #[test]
    fn every_operation_of_a_document_is_judged() {
        let deep = "query A { a } query B($n: Int) { a(n: $n) { b { c { d } } } }";
        let refused = "Fields are nested 4 levels deep; at most 3 are accepted.";
        assert_eq!(judged(deep), Err(refused.to_owned()));
        assert_eq!(
            judged("query A { a } query B { __schema { types { name } } }"),
            Ok(true)
        );
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let refused = judged("{ a").unwrap_err();
        assert!(refused.starts_with("Syntax error"), "{refused}");
    }
}
