//! A root object merged from slices. Each root field is one boxed future, so that the compiler proves `Send` and computes layouts slice by slice;
//! the derive of async-graphql nests the slices' futures in one another, which a release build cannot evaluate.

use std::collections::HashMap;

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{MetaField, MetaType, Registry};
use async_graphql::{Context, ObjectType, OutputType, ServerResult, Value};
use futures_util::future::BoxFuture;

/// The fields of one slice.
pub trait Slice: Send + Sync {
    /// Resolves a field of it.
    fn resolve<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Option<Value>>>;
}

impl<T: ObjectType + Send + Sync> Slice for T {
    fn resolve<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Option<Value>>> {
        Box::pin(self.resolve_field(ctx))
    }
}

/// The slices of a root, found by the name of a field.
#[derive(Default)]
pub struct Merged {
    slices: Vec<Box<dyn Slice>>,
    by_field: HashMap<String, usize>,
}

impl Merged {
    /// Adds a slice with all its fields.
    pub fn add<T: ObjectType + Default + 'static>(&mut self) {
        let place = self.slices.len();
        let fields = fields_of::<T>(&mut Registry::default());
        self.by_field
            .extend(fields.into_keys().map(|name| (name, place)));
        self.slices.push(Box::new(T::default()));
    }

    /// Resolves a field by the slice that has it; null if none has.
    pub async fn resolve(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        match self.by_field.get(ctx.item.node.name.node.as_str()) {
            Some(place) => self.slices[*place].resolve(ctx).await,
            None => Ok(None),
        }
    }
}

/// The fields of a slice as the registry knows them.
pub fn fields_of<T: OutputType>(registry: &mut Registry) -> IndexMap<String, MetaField> {
    match registry.create_fake_output_type::<T>() {
        MetaType::Object { fields, .. } => fields,
        _ => IndexMap::new(),
    }
}

/// The type of a root, made of the type of one of its slices and the fields of all.
#[must_use]
pub fn merged_type(
    one: MetaType,
    root: (&str, &str),
    all: IndexMap<String, MetaField>,
    rust: &'static str,
) -> MetaType {
    let mut merged = one;
    if let MetaType::Object {
        name,
        description,
        fields,
        rust_typename,
        ..
    } = &mut merged
    {
        root.0.clone_into(name);
        *description = Some(root.1.to_owned());
        *fields = all;
        *rust_typename = Some(rust);
    }
    merged
}

/// Declares a root: `merged!(Query, "what it is", { SliceQuery, OtherQuery })`.
#[macro_export]
macro_rules! merged {
    ($(#[$doc:meta])* $name:ident, $description:literal, { $first:ident, $($slice:ident),* $(,)? }) => {
        $(#[$doc])*
        pub struct $name($crate::graphql::merged::Merged);

        impl Default for $name {
            fn default() -> Self {
                let mut merged = $crate::graphql::merged::Merged::default();
                merged.add::<$first>();
                $(merged.add::<$slice>();)*
                Self(merged)
            }
        }

        impl async_graphql::ContainerType for $name {
            async fn resolve_field(&self, ctx: &async_graphql::Context<'_>) -> async_graphql::ServerResult<Option<async_graphql::Value>> {
                self.0.resolve(ctx).await
            }
        }

        impl async_graphql::OutputType for $name {
            fn type_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                registry.create_output_type::<Self, _>(async_graphql::registry::MetaTypeId::Object, |registry| {
                    let one = registry.create_fake_output_type::<$first>();
                    let mut fields = $crate::graphql::merged::fields_of::<$first>(registry);
                    $(fields.extend($crate::graphql::merged::fields_of::<$slice>(registry));)*
                    $crate::graphql::merged::merged_type(one, (stringify!($name), $description), fields, std::any::type_name::<Self>())
                })
            }

            async fn resolve(
                &self,
                ctx: &async_graphql::ContextSelectionSet<'_>,
                _: &async_graphql::Positioned<async_graphql::parser::types::Field>,
            ) -> async_graphql::ServerResult<async_graphql::Value> {
                async_graphql::resolver_utils::resolve_container(ctx, self).await
            }
        }

        impl async_graphql::ObjectType for $name {}
    };
}
