//! What reckoning the seals again comes to.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};

/// How a chain of seals is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AuditBreakKind {
    /// A change the seal covers is not what it was.
    ChangeAltered,
    /// A change the seal covers is gone.
    ChangeMissing,
    /// There is a change where the seal covered none.
    ChangeAdded,
    /// The seal itself is not what it was.
    SealAltered,
    /// The seal is gone, and later ones are there.
    SealMissing,
    /// `expectedHead` is no seal of the chain: its end was cut off, or all of it rewritten.
    HeadNotFound,
}

/// The first place at which a chain of seals is broken.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct AuditBreak {
    /// How.
    pub kind: AuditBreakKind,
    /// The number of the seal: 1 for the first. For `HEAD_NOT_FOUND` the number after the last.
    pub seal: i64,
    /// When the last seal before it was made, so that what is wrong happened later; null where there is none.
    pub after: Option<DateTime<Utc>>,
    /// When the seal was made, so that what is wrong happened before, unless somebody wrote another time; null where it is gone.
    pub sealed_at: Option<DateTime<Utc>>,
}

/// What came of reckoning a company's seals again.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct AuditVerification {
    /// Whether every change and every seal is as it was sealed, and `expectedHead` among the seals.
    pub intact: bool,
    /// Whether all seals were reckoned, or a break was found; otherwise ask again with `after: seals`.
    pub finished: bool,
    /// The number of the last seal that holds; 0 where there is none.
    pub seals: i64,
    /// The hash of the last that holds, in hexadecimal; null where there is none. Keep it elsewhere, and give it as `expectedHead` another time.
    pub head: Option<String>,
    /// When that one was made: what happened later is sealed within some ten seconds.
    pub sealed_at: Option<DateTime<Utc>>,
    /// Where the chain is broken first; null where it is not.
    pub first_break: Option<AuditBreak>,
}
