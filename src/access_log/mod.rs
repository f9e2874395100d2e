//! Log of reads of personal data. Operations by viewers with `alumni:read`, `intents:read` or `referrals:read` (HR, admins, operators, recruiters,
//! supporters) and by every API key are logged. The directory view of employees and alumni is not logged, nor a person's own data. An entry about an
//! external candidate names the referral.
//!
//! `readings` collects reads while the response is built. `spool` writes the `record` to disk before the response is sent, and later moves it into
//! the database, where `store` manages it. [`forget_before`] deletes old entries.

mod filter;
mod query;
mod readings;
mod record;
mod rules;
mod spool;
mod store;
mod types;

pub use self::filter::{AccessLogFilter, AccessLogOrder};
pub use self::query::AccessLogQuery;
pub use self::readings::{Readings, Recording, Taken, answered, exported, referred, touched};
pub use self::record::Record;
pub use self::rules::{bits, field_named, fields};
pub use self::spool::Spool;
pub use self::store::{forget_before, keep, list_own};
pub use self::types::AccessLogEntry;
