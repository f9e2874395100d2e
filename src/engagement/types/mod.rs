//! What a client sees of engagement events and of answers to them.

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

/// A person that was foreseen: at most one row, and none where the viewer may not see them. Asked for where it was not.
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
