//! What a directive is made of in the library's registry.

use async_graphql::InputType;
use async_graphql::registry::{Deprecation, MetaDirective, MetaInputValue, Registry};

/// An argument of a directive.
pub fn argument<T: InputType>(
    registry: &mut Registry,
    name: &str,
    default: Option<&str>,
) -> MetaInputValue {
    MetaInputValue {
        name: name.to_owned(),
        // the library writes none into the schema's text
        description: None,
        ty: T::create_type_info(registry),
        deprecation: Deprecation::default(),
        default_value: default.map(str::to_owned),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    }
}

/// A directive without locations.
pub fn directive(
    name: &str,
    description: &str,
    arguments: impl IntoIterator<Item = MetaInputValue>,
) -> MetaDirective {
    let arguments = arguments.into_iter();
    MetaDirective {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        locations: Vec::new(),
        args: arguments
            .map(|argument| (argument.name.clone(), argument))
            .collect(),
        is_repeatable: false,
        visible: None,
        composable: None,
    }
}
