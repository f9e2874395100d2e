//! GraphQL types of audit verification.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};

/// Kind of a break in a chain of seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AuditBreakKind {
    /// A sealed change was altered.
    ChangeAltered,
    /// A sealed change is missing.
    ChangeMissing,
    /// A change was added to those that the seal covers.
    ChangeAdded,
    /// The seal was altered.
    SealAltered,
    /// The seal is missing, and later seals exist.
    SealMissing,
    /// `expectedHead` is no seal of the chain: the end of the chain was removed, or all of it was rewritten.
    HeadNotFound,
}

/// The first break in a chain of seals.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct AuditBreak {
    /// Kind of break.
    pub kind: AuditBreakKind,
    /// Number of the broken seal, starting at 1. For `HEAD_NOT_FOUND`, the number after the last seal.
    pub seal: i64,
    /// Time of the previous seal. The affected changes are later. Null if there is no previous seal.
    pub after: Option<DateTime<Utc>>,
    /// Time of the broken seal. The affected changes are earlier, unless the stored time was forged. Null for `SEAL_MISSING` and `HEAD_NOT_FOUND`.
    pub sealed_at: Option<DateTime<Utc>>,
}

/// Result of the verification of a company's seals.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct AuditVerification {
    /// Whether all verified changes and seals are unaltered, and `expectedHead` is among the seals.
    pub intact: bool,
    /// Whether the last seal or a break was reached. If false, call again with `after` set to `seals`.
    pub finished: bool,
    /// Number of the last valid seal. 0 if there is none.
    pub seals: i64,
    /// Hash of the last valid seal, in hexadecimal. Null if there is none. Store it elsewhere and pass it later as `expectedHead`.
    pub head: Option<String>,
    /// Time of the last valid seal. Null if there is none. Later changes are sealed within about ten seconds.
    pub sealed_at: Option<DateTime<Utc>>,
    /// First break of the chain. Null if the chain is intact.
    pub first_break: Option<AuditBreak>,
}
