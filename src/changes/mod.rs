//! What happened in a company, for those who follow it.

mod store;
mod subscription;
mod types;

pub use store::{after, latest};
pub use subscription::ChangesSubscription;
pub use types::{Change, Place};
