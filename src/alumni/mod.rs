//! The people a company knows: alumni, employees, their employments, memberships and skills.
//! An alumnus owns their profile; the company owns the facts of employment.

pub mod filter;
pub mod query;
pub mod store;
pub mod types;

pub use query::AlumniQuery;
pub use types::{
    Alumnus, Employee, Employment, Membership, Person, PersonRow, PersonSkill, PersonWants, Skill,
};
