//! What the schema defines, as documents are held against it and answers are put right by it: read once from the library's own registry,
//! the types of fields and arguments parsed, which there are texts.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{BaseType, OperationType, Type};
use async_graphql::registry::{
    __DirectiveLocation, MetaDirective, MetaField, MetaInputValue, MetaType, Registry,
};

use super::inputs::{Input, InputTypes};

/// The definitions of a schema.
#[derive(Debug)]
pub struct Definitions {
    /// The input types.
    pub inputs: InputTypes,
    composites: HashMap<String, Composite>,
    directives: HashMap<String, Directive>,
    roots: [Option<String>; 3],
}

/// An object, an interface or a union.
#[derive(Debug)]
pub struct Composite {
    pub name: String,
    /// Whether it is an object: what is selected of it is then known without asking.
    pub object: bool,
    fields: HashMap<String, Field>,
    /// The objects it may turn out to be.
    possible: HashSet<String>,
}

/// A field that can be selected.
#[derive(Debug)]
pub struct Field {
    /// The output type.
    pub kind: Type,
    pub arguments: Arguments,
}

/// Arguments of a field or a directive.
pub type Arguments = HashMap<String, Input>;

/// A directive.
#[derive(Debug)]
pub struct Directive {
    pub arguments: Arguments,
    /// Whether it is allowed on a variable definition.
    pub on_variables: bool,
}

impl Definitions {
    /// Those of a registry.
    #[must_use]
    pub fn of(registry: &Registry) -> Self {
        let composites = registry.types.iter();
        let composites = composites
            .filter_map(|(name, kind)| Some((name.clone(), Composite::of(name, kind)?)))
            .collect();
        let directives = registry.directives.iter();
        let directives = directives
            .map(|(name, directive)| (name.clone(), Directive::of(directive)))
            .collect();
        Self {
            inputs: InputTypes::of(registry),
            composites,
            directives,
            roots: [
                Some(registry.query_type.clone()),
                registry.mutation_type.clone(),
                registry.subscription_type.clone(),
            ],
        }
    }

    /// The type at the root of an operation.
    #[must_use]
    pub fn root(&self, kind: OperationType) -> Option<&Composite> {
        let [query, mutation, subscription] = &self.roots;
        let name = match kind {
            OperationType::Query => query,
            OperationType::Mutation => mutation,
            OperationType::Subscription => subscription,
        };
        self.composite(name.as_deref()?)
    }

    /// The object, interface or union of a name.
    #[must_use]
    pub fn composite(&self, name: &str) -> Option<&Composite> {
        self.composites.get(name)
    }

    /// The type of a field's sub-selections: none for scalars and enums.
    #[must_use]
    pub fn below(&self, field: &Field) -> Option<&Composite> {
        self.composite(base(&field.kind))
    }

    /// The directive of a name.
    #[must_use]
    pub fn directive(&self, name: &str) -> Option<&Directive> {
        self.directives.get(name)
    }
}

impl Composite {
    fn of(name: &str, kind: &MetaType) -> Option<Self> {
        let possible = match kind {
            MetaType::Object { .. } => HashSet::from([name.to_owned()]),
            MetaType::Interface { possible_types, .. } | MetaType::Union { possible_types, .. } => {
                possible_types.iter().cloned().collect()
            }
            _ => return None,
        };
        let fields = kind.fields().into_iter().flatten();
        Some(Self {
            name: name.to_owned(),
            object: matches!(kind, MetaType::Object { .. }),
            fields: fields
                .filter_map(|(name, field)| Some((name.clone(), Field::of(field)?)))
                .collect(),
            possible,
        })
    }

    /// The field of a name; none for `__typename`, which every type has.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(name)
    }

    /// Whether everything that is this is that as well.
    #[must_use]
    pub fn always(&self, that: &Self) -> bool {
        self.possible.is_subset(&that.possible)
    }

    /// Whether something may be both.
    #[must_use]
    pub fn overlaps(&self, that: &Self) -> bool {
        !self.possible.is_disjoint(&that.possible)
    }
}

impl Field {
    fn of(field: &MetaField) -> Option<Self> {
        let kind = Type::new(&field.ty)?;
        let arguments = arguments(field.args.values());
        Some(Self { kind, arguments })
    }
}

impl Directive {
    fn of(directive: &MetaDirective) -> Self {
        Self {
            arguments: arguments(directive.args.values()),
            on_variables: directive
                .locations
                .contains(&__DirectiveLocation::VARIABLE_DEFINITION),
        }
    }
}

fn arguments<'a>(arguments: impl Iterator<Item = &'a MetaInputValue>) -> Arguments {
    arguments
        .filter_map(|argument| Some((argument.name.clone(), Input::of(argument)?)))
        .collect()
}

/// The named type inside list types.
#[must_use]
pub fn base(kind: &Type) -> &str {
    match &kind.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => base(item),
    }
}
