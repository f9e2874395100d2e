//! An alumnus says what they can do. Adding and removing one skill at a time cannot overwrite what another window did.

use entity::{SkillId, SkillLevel, SubjectKind, person, person_skill, skill};
use reading::fold_skill;

use super::{edited, own_for_update};
use crate::access::Permission;
use crate::alumni::store;
use crate::checks::Checks;
use crate::error::{Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::Scope;

/// Most skills of one person.
const MOST: usize = 100;

/// Adds a skill to the viewer's own profile, or changes its level. Requires `profile:write`.
pub async fn add(scope: &Scope, name: &str, level: SkillLevel) -> Result<person::Model> {
    scope.require(Permission::ProfileWrite)?;
    let transaction = scope.begin().await?;
    let found = own_for_update(scope, &*transaction).await?;
    let mut checks = Checks::default();
    let name = checks.line("name", name, 100);
    let folded_name = fold_skill(&name);
    if folded_name.is_empty() && !name.is_empty() {
        checks.refuse(
            UserErrorCode::Invalid,
            "name",
            "must hold a letter or a digit",
        );
    }
    checks.done()?;
    let new = skill::Model {
        id: scope.new_id(),
        company_id: found.company_id,
        name,
        folded_name,
        created_at: scope.now(),
    };
    let known = store::skill_named(scope, &*transaction, &new).await?;
    let held = store::skills_of(scope, &*transaction, found.id).await?;
    match held.iter().find(|held| held.skill_id == known) {
        Some(held) if held.level == level => return Ok(found),
        None if held.len() >= MOST => {
            return Err(Refusal::new(
                UserErrorCode::TooLong,
                "name",
                format!("a profile holds at most {MOST} skills: remove one first"),
            )
            .into());
        }
        _ => {}
    }
    let row = person_skill::Model {
        person_id: found.id,
        skill_id: known,
        company_id: found.company_id,
        level,
    };
    store::hold_skill(&*transaction, row).await?;
    let mut changes = Vec::new();
    if known == new.id {
        changes.push(Change {
            company: found.company_id,
            kind: "skill.created",
            subject: SubjectKind::Skill,
            id: known.0,
            person: None,
            fields: vec![],
        });
    }
    let written = store::write_person(scope, &*transaction, found).await?;
    changes.extend(edited(&written, vec!["skills".to_owned()]));
    transaction.record(changes).await?;
    transaction.commit().await?;
    Ok(written)
}

/// Removes a skill from the viewer's own profile. Requires `profile:write`.
pub async fn remove(scope: &Scope, id: SkillId) -> Result<person::Model> {
    scope.require(Permission::ProfileWrite)?;
    let transaction = scope.begin().await?;
    let found = own_for_update(scope, &*transaction).await?;
    if !store::drop_skill(&*transaction, &found, id).await? {
        return Err(Refusal::new(
            UserErrorCode::NotFound,
            "skillId",
            "your profile holds no such skill",
        )
        .into());
    }
    let written = store::write_person(scope, &*transaction, found).await?;
    transaction
        .record(edited(&written, vec!["skills".to_owned()]))
        .await?;
    transaction.commit().await?;
    Ok(written)
}
