//! What HR systems tell us about workers, and how it is read.

pub mod intake;
pub mod mapping;
pub mod report;
pub mod values;
pub mod worker;
