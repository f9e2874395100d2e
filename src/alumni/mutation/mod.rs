//! Root writes of people: what an alumnus does to their own profile, who sees it, skills and membership, whom a person blocks, and what HR does to its records.

mod block;
mod membership;
mod profile;
mod skill;
mod visibility;

use async_graphql::MergedObject;

use self::block::BlockMutation;
use self::membership::MembershipMutation;
use self::profile::ProfileMutation;
use self::skill::SkillMutation;
use self::visibility::VisibilityMutation;

#[derive(MergedObject, Default)]
pub struct AlumniMutation(
    ProfileMutation,
    SkillMutation,
    MembershipMutation,
    BlockMutation,
    VisibilityMutation,
);
