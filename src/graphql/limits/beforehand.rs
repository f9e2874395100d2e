//! What of a document can be judged before anybody sends it, without its variables.

use async_graphql::Variables;
use async_graphql::parser::types::ExecutableDocument;

use super::measure::{Walk, held, whole};
use super::{Limit, Limits, Refusal, read};

/// A document no limit refuses whatever it is sent with.
#[derive(Clone, Debug)]
pub struct Beforehand {
    /// The parsed document.
    pub document: ExecutableDocument,
    /// Whether one of its operations asks about the schema itself.
    pub introspects: bool,
}

/// Parses a document and refuses it where one of its operations goes beyond a limit with whatever variables it is sent. The price of an
/// operation that has variables, and what its values come to, hang on them: these are judged each time it is sent.
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
