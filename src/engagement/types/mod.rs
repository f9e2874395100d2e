//! GraphQL types of engagement events and participations.

mod event;
mod participation;

use std::borrow::Cow;

use async_graphql::{Context, Result};
use entity::PersonId;

pub use self::event::{EngagementEvent, EngagementEventWants};
pub use self::participation::{Participation, ParticipationWants};
use crate::alumni::Person;
use crate::graphql::loader;
use crate::graphql::shown::{Held, One};

/// A prefetched person: at most one row, none if the viewer may not see the person. Loaded if it was not prefetched.
async fn person<'p>(
    ctx: &Context<'_>,
    foreseen: Option<&'p Vec<Person>>,
    key: Option<PersonId>,
) -> Result<Option<Held<'p, Person>>> {
    match foreseen {
        Some(found) => Ok(found.first().map(|held| One(Cow::Borrowed(held)))),
        None => Ok(loader::one(ctx, None, key).await?),
    }
}
