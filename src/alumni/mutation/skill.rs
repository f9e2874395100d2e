//! Root writes of the skills on one's own profile.

use async_graphql::{Context, InputObject, Object, Result};
use entity::{SkillId, SkillLevel};

use crate::alumni::actions::skill;
use crate::alumni::types::Alumnus;
use crate::graphql::id::Gid;
use crate::graphql::payload::seen_again;
use crate::graphql::scope;
use crate::payload;

/// A skill to add to your profile.
#[derive(InputObject)]
pub struct SkillAddInput {
    /// Its name. Where the company knows it in another case, width or kana form, that spelling stays. At most 100 characters.
    name: String,
    /// How well you hold it; replaces the level of a skill you hold already.
    level: SkillLevel,
}

/// A skill to remove from your profile.
#[derive(InputObject)]
pub struct SkillRemoveInput {
    /// Which skill.
    skill_id: Gid<SkillId>,
}

payload!(
    /// What `skillAdd` came to.
    SkillAddPayload {
        /// You as you are now; null where the input was refused.
        alumnus: Alumnus,
    }
);

payload!(
    /// What `skillRemove` came to.
    SkillRemovePayload {
        /// You as you are now; null where the input was refused.
        alumnus: Alumnus,
    }
);

/// Root writes of skills.
#[derive(Default)]
pub struct SkillMutation;

#[Object]
impl SkillMutation {
    /// Adds a skill to your own profile, at most 100, or changes its level. What another window added meanwhile stays. Requires `profile:write`.
    async fn skill_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The skill.")] input: SkillAddInput,
    ) -> Result<SkillAddPayload> {
        let done = skill::add(scope(ctx)?, &input.name, input.level).await;
        let done = seen_again::<Alumnus>(ctx, "alumnus", done.map(|row| row.id)).await;
        SkillAddPayload::of(done)
    }

    /// Removes a skill from your own profile; the company keeps its name. Requires `profile:write`.
    async fn skill_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The skill.")] input: SkillRemoveInput,
    ) -> Result<SkillRemovePayload> {
        let done = skill::remove(scope(ctx)?, input.skill_id.0).await;
        let done = seen_again::<Alumnus>(ctx, "alumnus", done.map(|row| row.id)).await;
        SkillRemovePayload::of(done)
    }
}
