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
    /// Name of the skill. An existing skill that differs only in case, width or kana form is used with its own spelling. At most 100 characters.
    name: String,
    /// Your level. Replaces the level of a skill you already have.
    level: SkillLevel,
}

/// A skill to remove from your profile.
#[derive(InputObject)]
pub struct SkillRemoveInput {
    /// Id of the skill.
    skill_id: Gid<SkillId>,
}

payload!(
    /// Result of `skillAdd`.
    SkillAddPayload {
        /// Your profile after the change. Null if the input was rejected.
        alumnus: Alumnus,
    }
);

payload!(
    /// Result of `skillRemove`.
    SkillRemovePayload {
        /// Your profile after the change. Null if the input was rejected.
        alumnus: Alumnus,
    }
);

#[derive(Default)]
pub struct SkillMutation;

#[Object]
impl SkillMutation {
    /// Adds a skill to your own profile or changes its level. At most 100 skills. Other skills on the profile stay unchanged. Requires `profile:write`.
    async fn skill_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The skill to add.")] input: SkillAddInput,
    ) -> Result<SkillAddPayload> {
        let done = skill::add(scope(ctx)?, &input.name, input.level).await;
        let done = seen_again::<Alumnus>(ctx, "alumnus", done.map(|row| row.id)).await;
        SkillAddPayload::of(done)
    }

    /// Removes a skill from your own profile. The skill itself stays in the company's list. Requires `profile:write`.
    async fn skill_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The skill to remove.")] input: SkillRemoveInput,
    ) -> Result<SkillRemovePayload> {
        let done = skill::remove(scope(ctx)?, input.skill_id.0).await;
        let done = seen_again::<Alumnus>(ctx, "alumnus", done.map(|row| row.id)).await;
        SkillRemovePayload::of(done)
    }
}
