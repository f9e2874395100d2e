//! Documents as the library can judge them: said in other words where it does not listen, and meaning the same.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, InlineFragment, Selection, SelectionSet,
};
use async_graphql::{Positioned, Value};

use crate::graphql::definitions::{Composite, Definitions};

/// The library looks at no directive of a `__typename`; at those of a fragment around it, it does.
pub(super) fn legible(
    definitions: &Definitions,
    document: &ExecutableDocument,
) -> ExecutableDocument {
    let mut document = document.clone();
    each_set(definitions, &mut document, &mut |_, set| {
        for selection in &mut set.items {
            let place = selection.pos;
            if let Selection::Field(field) = &mut selection.node
                && field.node.name.node == "__typename"
                && !field.node.directives.is_empty()
            {
                let directives = std::mem::take(&mut field.node.directives);
                let items = vec![Positioned::new(Selection::Field(field.clone()), place)];
                let around = InlineFragment {
                    type_condition: None,
                    directives,
                    selection_set: Positioned::new(SelectionSet { items }, place),
                };
                selection.node = Selection::InlineFragment(Positioned::new(around, place));
            }
        }
    });
    document
}

/// Introspection takes `includeDeprecated: null`, which the library cannot read. It is left out, which means the same.
pub fn without_null_flags(definitions: &Definitions, document: &mut ExecutableDocument) {
    each_set(definitions, document, &mut |parent, set| {
        if !parent.is_some_and(|parent| parent.name.starts_with("__")) {
            return;
        }
        for selection in &mut set.items {
            if let Selection::Field(field) = &mut selection.node {
                field.node.arguments.retain(|(name, value)| {
                    name.node != "includeDeprecated"
                        || value.node.clone().into_const() != Some(Value::Null)
                });
            }
        }
    });
}

type Change<'c> = dyn FnMut(Option<&Composite>, &mut SelectionSet) + 'c;

/// Changes every selection set of a document, knowing what it is selected of.
fn each_set(definitions: &Definitions, document: &mut ExecutableDocument, change: &mut Change<'_>) {
    for fragment in document.fragments.values_mut() {
        let parent = definitions.composite(&fragment.node.type_condition.node.on.node);
        let set = &mut fragment.node.selection_set.node;
        each_below(definitions, parent, set, change);
    }
    let mut operation = |operation: &mut async_graphql::parser::types::OperationDefinition| {
        let parent = definitions.root(operation.ty);
        each_below(
            definitions,
            parent,
            &mut operation.selection_set.node,
            change,
        );
    };
    match &mut document.operations {
        DocumentOperations::Single(single) => operation(&mut single.node),
        DocumentOperations::Multiple(several) => several
            .values_mut()
            .for_each(|several| operation(&mut several.node)),
    }
}

fn each_below(
    definitions: &Definitions,
    parent: Option<&Composite>,
    set: &mut SelectionSet,
    change: &mut Change<'_>,
) {
    change(parent, set);
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => {
                let name = &field.node.name.node;
                let below = parent
                    .and_then(|parent| parent.field(name))
                    .and_then(|field| definitions.below(field));
                let set = &mut field.node.selection_set.node;
                if !set.items.is_empty() {
                    each_below(definitions, below, set, change);
                }
            }
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref();
                let inside = condition.map_or(parent, |condition| {
                    definitions.composite(&condition.node.on.node)
                });
                let set = &mut fragment.node.selection_set.node;
                each_below(definitions, inside, set, change);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}
