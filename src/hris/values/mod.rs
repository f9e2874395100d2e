//! How the values of foreign systems are read: text, days, names, contacts and the words for employment and leaving.
//! Pure functions; an ambiguous value is refused with a reason, never guessed.

pub mod contact;
pub mod day;
pub mod day_order;
pub mod era;
pub mod instant;
pub mod key;
pub mod kind;
pub mod name;
pub mod text;
