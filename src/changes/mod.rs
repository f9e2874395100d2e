//! What happened in a company, for those who follow it.

pub mod store;
pub mod subscription;
pub mod types;

pub use subscription::ChangesSubscription;
