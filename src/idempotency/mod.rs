//! Mutations that are done once however often they are sent: under a key, the answer is stored in the same transaction as the work, so
//! that either both are there or neither, and sending the same again is answered by what is stored. The way there is `http::once`.
//!
//! The terms are those of the IETF draft "The Idempotency-Key HTTP Header Field" (draft-ietf-httpapi-idempotency-key-header).

mod fingerprint;
mod key;
mod sealed;
mod store;
mod under_way;

pub use fingerprint::Fingerprint;
pub use key::{DIRECTIVE, IdempotencyKey, Idempotent, Slot};
pub use sealed::Sealer;
pub use store::{Found, expire, find, forget_answers, put};
pub use under_way::UnderWay;

use chrono::TimeDelta;

/// How long an answer is kept.
pub const KEPT: TimeDelta = TimeDelta::hours(24);
