//! What a subscription selects: one field, which nothing leaves out, so that there is something to follow (section 5.2.4.1).

use std::collections::HashSet;

use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};
use async_graphql::{Name, Pos};

use crate::graphql::limits::Refusal;

/// What is wrong with the subscriptions of a document.
pub(super) fn check(document: &ExecutableDocument) -> Vec<Refusal> {
    let operations = document.operations.iter().map(|(_, operation)| operation);
    operations
        .filter(|operation| operation.node.ty == OperationType::Subscription)
        .filter_map(|operation| {
            let mut root = Root {
                document,
                keys: HashSet::new(),
                spread: HashSet::new(),
                conditional: None,
            };
            let set = &operation.node.selection_set;
            root.collect(&set.node);
            let fault = |message: &str, at| {
                let message = message.to_owned();
                Some(Refusal::Invalid { message, at })
            };
            if root.keys.len() != 1 {
                return fault("A subscription must select one root field only.", set.pos);
            }
            let message = "The root field of a subscription takes neither @skip nor @include.";
            root.conditional.and_then(|at| fault(message, at))
        })
        .collect()
}

struct Root<'a> {
    document: &'a ExecutableDocument,
    keys: HashSet<&'a Name>,
    spread: HashSet<&'a Name>,
    /// Where something might be left out.
    conditional: Option<Pos>,
}

impl<'a> Root<'a> {
    fn collect(&mut self, set: &'a SelectionSet) {
        for selection in &set.items {
            let conditional =
                selection.node.directives().iter().find(|directive| {
                    matches!(directive.node.name.node.as_str(), "skip" | "include")
                });
            self.conditional = self
                .conditional
                .or(conditional.map(|directive| directive.pos));
            match &selection.node {
                Selection::Field(field) => {
                    self.keys.insert(&field.node.response_key().node);
                }
                Selection::InlineFragment(fragment) => {
                    self.collect(&fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if self.spread.insert(name)
                        && let Some(fragment) = self.document.fragments.get(name)
                    {
                        self.collect(&fragment.node.selection_set.node);
                    }
                }
            }
        }
    }
}
