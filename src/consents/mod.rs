//! Consent: an append-only ledger of what each alumnus said of each purpose, to which words, and how that is known. What holds now is a bit a purpose in
//! `person.consents`, written by [`store::write`] alone in the transaction of the entry, so that the scoped queries of people and referrals can test it in SQL.
//!
//! Nothing is on but what somebody said yes to. Entries are the company's evidence (GDPR Article 7(1)), a no takes as many steps as a yes (Article 7(3)), and what is held for
//! one purpose serves no other (APPI Articles 17 and 18).
//!
//! The database refuses to change or drop an entry. Erasing a person is the one way out: once `person.standing` is `ERASED`, the triggers let their entries be deleted, or their
//! `proof` be set to null and nothing else. Notices are never changed or dropped: they say nothing of anybody.

mod actions;
mod built_in;
mod filter;
mod mutation;
mod rules;
mod store;
mod types;

pub use actions::{Given, join, leave, notice_of, shown};
pub use built_in::notice as built_in_notice;
pub use filter::{ConsentEntryFilter, ConsentEntryOrder};
pub use mutation::{ConsentGrantInput, ConsentsMutation};
pub use rules::{Notice, PURPOSES, Said, bit, entry};
pub use store::{current_here, hold_still, latest_only};
pub use types::{Consent, ConsentEntry, ConsentNotice, current_notices};
