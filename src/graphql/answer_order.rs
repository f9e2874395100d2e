//! Puts an answer's fields into the order in which they were selected, as the specification asks (September 2025, section 7.2.2).
//! async-graphql 7 answers the fields of one object in the order they complete, so two that wait may swap.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Selection, SelectionSet,
};
use async_graphql::{Name, Value};

/// The response keys of a selection in their order, each with what is selected below it.
#[derive(Clone, Debug, Default)]
pub struct Selected(Vec<(Name, Selected)>);

impl Selected {
    /// What the operation selects. The document's fragments must not spread themselves.
    #[must_use]
    pub fn of(document: &ExecutableDocument, operation_name: Option<&str>) -> Self {
        let operation = match (&document.operations, operation_name) {
            (DocumentOperations::Single(operation), _) => Some(operation),
            (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
            (DocumentOperations::Multiple(operations), None) => operations.values().next(),
        };
        let mut selected = Self::default();
        if let Some(operation) = operation {
            selected.collect(document, &operation.node.selection_set.node);
        }
        selected
    }

    fn collect(&mut self, document: &ExecutableDocument, selections: &SelectionSet) {
        for selection in &selections.items {
            match &selection.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    let place = self
                        .0
                        .iter()
                        .position(|(known, _)| known == key)
                        .unwrap_or_else(|| {
                            self.0.push((key.clone(), Self::default()));
                            self.0.len() - 1
                        });
                    self.0[place]
                        .1
                        .collect(document, &field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    self.collect(document, &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node)
                    {
                        self.collect(document, &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    /// Arranges an answer's data.
    pub fn arrange(&self, data: &mut Value) {
        match data {
            Value::List(items) => items.iter_mut().for_each(|item| self.arrange(item)),
            Value::Object(fields) => {
                let mut expected = self.0.iter();
                let in_order = fields
                    .keys()
                    .all(|key| expected.any(|(known, _)| known == key));
                if !in_order {
                    let place = |key: &Name| self.0.iter().position(|(known, _)| known == key);
                    fields.sort_by(|one, _, other, _| place(one).cmp(&place(other)));
                }
                for (key, below) in &self.0 {
                    if !below.0.is_empty()
                        && let Some(value) = fields.get_mut(key)
                    {
                        below.arrange(value);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_as_they_were_selected_at_every_depth() {
        let document = async_graphql::parser::parse_query(
            "{ b ...F a: x { n ... { m } n } } fragment F on Query { c b }",
        )
        .unwrap();
        let mut data = Value::from_json(
            serde_json::from_str(r#"{"a":[{"m":1,"n":2},null],"b":1,"c":2}"#).unwrap(),
        )
        .unwrap();
        if let Value::Object(fields) = &mut data {
            fields.reverse();
        }
        Selected::of(&document, None).arrange(&mut data);
        assert_eq!(data.to_string(), "{b: 1, c: 2, a: [{n: 2, m: 1}, null]}");
    }
}
