//! Tamper evidence for the audit trail: a chain of seals over each company's changes.
//!
//! Changes are not chained when they are written, because concurrent writers would wait for each other. A job seals them soon after, in delivery
//! order, up to the oldest open transaction. A seal is a hash over its predecessor and the changes since. Verification therefore finds an altered,
//! missing or added change or seal. Someone who can rewrite the whole chain is detected by a head stored elsewhere: pass `auditVerify { head }`, or
//! the head in the log, as `expectedHead`.
//!
//! Changes contain no personal data and are kept after an erasure: the person's id then refers to nothing.

mod actions;
mod query;
mod rules;
mod store;
mod types;

pub use actions::seal;
pub use query::AuditQuery;
pub use store::unsealed;
