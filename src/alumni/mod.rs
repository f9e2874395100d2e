//! The people a company knows: alumni, employees, their employments, memberships and skills.
//! An alumnus owns their profile; the company owns the facts of employment.

mod actions;
mod filter;
mod mutation;
mod query;
mod rules;
mod store;
mod types;

pub use actions::admit::{Applicant, admit};
pub use actions::expiry::expire as expire_memberships;
pub use actions::membership::leave_for;
pub use actions::term::notify as notify_of_expiry;
pub use filter::{AlumnusFilter, AlumnusOrder, EmployeeFilter, EmployeeOrder};
pub use mutation::AlumniMutation;
pub use query::AlumniQuery;
pub use rules::fields;
pub use rules::identity::Stated;
pub use rules::{read_anew, standing, whole_name};
pub use store::{
    blocked, consent_to, own, person_visible, possible_people, shows_of, unrestricted,
};
pub use types::{
    Alumnus, Block, BlockFilter, BlockOrder, Employee, Employment, Membership, Person, PersonRow,
    PersonSkill, PersonWants, Previewed, ProfileFieldAudience, Skill, SkillFilter, SkillOrder,
    consents_of,
};
