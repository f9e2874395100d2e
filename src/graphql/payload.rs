//! Payload of a mutation: the changed object, or the validation errors.

use async_graphql::Context;

use super::ahead::Ahead;
use super::level::{Level, Plan};
use super::node::{Node, by_ids};
use crate::error::{Error, Result};

/// The result of an action with the children selected below the payload's field. Reads them with one statement, or none if the row is enough.
pub async fn with_children<N: Node>(
    ctx: &Context<'_>,
    field: &str,
    done: Result<impl Into<N>>,
) -> Result<N> {
    let row = done?.into();
    let scope = super::scope(ctx)?;
    let wants = Ahead::of(ctx).wants::<N>(field).unwrap_or_default();
    let none = N::edges(&wants, Level::top(scope, &Plan::default()))
        .iter()
        .all(Option::is_none);
    if none {
        return Ok(row);
    }
    let mut found = by_ids::<N>(scope, &[row.id()], &wants).await?;
    Ok(found.pop().unwrap_or(row))
}

/// The changed object as the viewer sees it now, with its selections below the payload's field. One statement.
pub async fn seen_again<N: Node>(ctx: &Context<'_>, field: &str, done: Result<N::Id>) -> Result<N> {
    let id = done?;
    let wants = Ahead::of(ctx).wants::<N>(field).unwrap_or_default();
    let mut found = by_ids::<N>(super::scope(ctx)?, &[id], &wants).await?;
    found.pop().ok_or(Error::NotFound)
}

/// Declares a payload: `payload!(/// The result. ReferralAdvancePayload { /// The referral. referral: Referral });`. The object is null
/// if the input was rejected; other errors are top-level errors.
#[macro_export]
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $kind:ident $(,)? }) => {
        $crate::payload!(@ $(#[$doc])* $name { $(#[$field_doc])* $field: $crate::graphql::shown::One<Box<$kind>> } of $kind, |done: $kind| $crate::graphql::shown::One(Box::new(done)));
    };
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $kind:ty $(,)? }) => {
        $crate::payload!(@ $(#[$doc])* $name { $(#[$field_doc])* $field: $kind } of $kind, |done: $kind| done);
    };
    (@ $(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $held:ty } of $kind:ty, $hold:expr) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            $field: Option<$held>,
            /// Validation errors. Empty on success; otherwise nothing was changed.
            user_errors: Vec<$crate::error::Refusal>,
        }

        impl $name {
            /// The payload of an action's result.
            pub fn of(result: $crate::error::Result<impl Into<$kind>>) -> async_graphql::Result<Self> {
                match result {
                    Ok(done) => Ok(Self { $field: Some($hold(done.into())), user_errors: Vec::new() }),
                    Err($crate::error::Error::Refused(user_errors)) => Ok(Self { $field: None, user_errors }),
                    Err(error) => Err(error.into()),
                }
            }
        }
    };
}
