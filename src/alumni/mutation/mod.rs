//! Root writes of people: what an alumnus does to their own profile, skills and membership, and what HR does to its records.

mod membership;
mod profile;
mod skill;

use async_graphql::MergedObject;

use self::membership::MembershipMutation;
use self::profile::ProfileMutation;
use self::skill::SkillMutation;

/// Root writes of people.
#[derive(MergedObject, Default)]
pub struct AlumniMutation(ProfileMutation, SkillMutation, MembershipMutation);
