//! Idempotent execution of mutations. The response is stored under the key in the same transaction as the work, so that both exist or neither. A
//! repetition returns the stored response. See `http::once`.
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

/// Retention time of a stored response.
pub const KEPT: TimeDelta = TimeDelta::hours(24);
