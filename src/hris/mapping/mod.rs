//! Which column holds what: the presets, the mapping files of a company, and the plan they make for one file's columns.
//! Sensitive columns are dropped before any mapping is asked.

pub mod field;
pub(super) mod fold;
mod plan;
mod preset;
mod settings;

pub use field::Field;
pub use plan::{Plan, Role};
pub use preset::Preset;
pub use settings::Mapping;
