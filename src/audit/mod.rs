//! Proof that what happened stayed written as it was: a chain of seals over each company's changes.
//!
//! Changes are not chained as they are written: whoever writes would wait for whoever writes beside them. A job seals them soon after, in the
//! order in which followers read them, up to where no open transaction can still write before. A seal is a hash over the one before it and the changes
//! since, so that an altered, missing or added row, or seal, is found by reckoning again. Against somebody who may rewrite the whole chain as well,
//! keep a head (`auditVerify { head }`, or the log's) elsewhere and give it as `expectedHead`.
//!
//! Changes hold no personal data and stay when a person's data is erased: the person's id in them then names nobody.

mod actions;
mod query;
mod rules;
mod store;
mod types;

pub use actions::seal;
pub use query::AuditQuery;
pub use store::unsealed;
