//! Who sees what of a profile, as its owner and the company are told, and the profile as others see it.

use std::borrow::Cow;

use async_graphql::dataloader::{DataLoader, NoCache};
use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContextSelectionSet, Data, OutputType, Positioned, ServerResult, SimpleObject, Value,
};
use entity::{Audience, ProfileField};

use super::{Alumnus, PersonRow};
use crate::access::visibility::{FIELDS, Visibility, bit};
use crate::graphql::loader::{Rest, loader};
use crate::graphql::shown::Shown;
use crate::scope::Scope;

/// Audience of a field of your profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SimpleObject)]
pub struct ProfileFieldVisibility {
    /// Field of the profile.
    field: ProfileField,
    /// Audience of the field. You always see it yourself.
    audience: Audience,
    /// Whether you chose the audience yourself. Otherwise it follows the company's default.
    chosen: bool,
}

impl ProfileFieldVisibility {
    /// All fields; none if the row lacks the visibility columns.
    pub(super) fn of(row: &PersonRow) -> Option<Vec<Self>> {
        let (chosen, visibility) = (
            row.visibility_chosen?,
            Visibility {
                hr: row.seen_by_hr?,
                employees: row.seen_by_employees?,
                alumni: row.seen_by_alumni?,
            },
        );
        let fields = FIELDS.into_iter().map(|field| Self {
            field,
            audience: visibility.audience(field),
            chosen: chosen & bit(field) != 0,
        });
        Some(fields.collect())
    }
}

/// Default audience of a profile field. It applies to people who have not chosen one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SimpleObject)]
pub struct ProfileFieldAudience {
    /// Field of the profile.
    field: ProfileField,
    /// Audience of the field.
    audience: Audience,
}

impl ProfileFieldAudience {
    #[must_use]
    pub fn all(visibility: Visibility) -> Vec<Self> {
        let fields = FIELDS.into_iter().map(|field| Self {
            field,
            audience: visibility.audience(field),
        });
        fields.collect()
    }
}

/// An alumnus as an audience sees them. Fields below resolve with the audience's scope, not the viewer's.
pub struct Previewed {
    /// Read with the audience's scope.
    alumnus: Alumnus,
    /// Scope and loader for the fields below, in place of the request's own.
    asks: Data,
}

impl Previewed {
    /// Wraps an alumnus that was read with the audience's scope.
    #[must_use]
    pub fn new(alumnus: Alumnus, audience: Scope) -> Self {
        let mut asks = Data::default();
        asks.insert::<DataLoader<Rest, NoCache>>(loader(audience.clone()));
        asks.insert(audience);
        Self { alumnus, asks }
    }
}

impl OutputType for Previewed {
    fn type_name() -> Cow<'static, str> {
        <Alumnus as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Alumnus as OutputType>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let mut ctx = ctx.clone();
        ctx.execute_data = Some(&self.asks);
        self.alumnus.show(&ctx).await
    }
}
