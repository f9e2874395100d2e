//! Who read which of whose personal fields. An entry is made of what an operation answers to those for whom other people's fields are open by
//! their office: whoever holds `alumni:read`, `intents:read` or `referrals:read` (HR, admins, operators, recruiters, supporters), and every API key. What employees and
//! alumni see of each other in the directory makes none, nor does what anybody sees of themselves. Of candidates from outside an entry names the referral.
//!
//! `readings` gathers while an answer is put together, `spool` keeps the `record` before the answer leaves and brings it into the database,
//! `store` holds it there. What is to go by its age goes by [`forget_before`].

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
