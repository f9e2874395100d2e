//! Skills and intents as a client sees them.

use reading::fold_skill;
use std::cmp::Reverse;
use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object, Result};
use entity::{Intent, SkillId, SkillLevel, person_intent, person_skill, skill};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, Order, SelectStatement};

use crate::access::Permission;
use crate::database::Planning;
use crate::graphql::ahead::Ahead;
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level};
use crate::graphql::node::{Filter, Listed, Node, Tree};
use crate::graphql::range::begins;
use crate::graphql::reference::{self, Reference};
use crate::graphql::shown::{Kept, Shown};
use crate::page::Sort;
use crate::row;
use crate::scope::Scope;

row!(
    Skill of skill {
        id: SkillId = Id,
        name: String = Name,
        folded_name: String = FoldedName,
    }
);

impl Tree for Skill {
    type Wants = ();

    fn ahead(_: &Ahead<'_>) {}

    fn edges((): &(), _: Level<'_>) -> Vec<Edge> {
        vec![]
    }
}

impl Node for Skill {
    type Id = SkillId;
    const ID: skill::Column = skill::Column::Id;

    fn id(&self) -> SkillId {
        self.id
    }
}

impl Shown for Skill {}

/// Visible with `company:read` or `directory:read`.
impl Reference for Skill {
    fn shown_to(scope: &Scope) -> bool {
        scope.may(Permission::CompanyRead) || scope.may(Permission::DirectoryRead)
    }
}

impl Listed for Skill {
    type Filter = SkillFilter;
    type Order = SkillOrder;

    fn sort_values(&self, _: SkillOrder) -> Vec<String> {
        vec![self.folded_name.clone()]
    }
}

/// A skill named by people of the company. Each skill has one spelling per company.
#[Object]
impl Skill {
    /// Id.
    pub async fn id(&self) -> Gid<SkillId> {
        Gid(self.id)
    }

    /// Name, in the spelling of its first use.
    async fn name(&self) -> &str {
        &self.name
    }
}

/// Filters a list of skills.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct SkillFilter {
    /// The name starts with this text. Ignores case, width and kana form. At most 100 characters. An empty text does not filter; a text
    /// without letters or digits matches nothing.
    #[graphql(validator(chars_max_length = 100))]
    pub name_starts_with: Option<String>,
}

impl Filter for SkillFilter {
    fn condition(&self, _: &Scope) -> Condition {
        let name = Expr::col((skill::Entity, skill::Column::FoldedName));
        Condition::all().add_option(
            self.name_starts_with
                .as_deref()
                .map(|text| begins(&name, text, &fold_skill(text))),
        )
    }

    fn planning(&self) -> Planning {
        Planning::Once
    }
}

/// How a list of skills is ordered. Ties are ordered by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum SkillOrder {
    /// By name. Ignores case, width and kana form.
    #[default]
    Name,
}

impl Sort for SkillOrder {
    type Table = skill::Entity;

    fn name(self) -> &'static str {
        "name"
    }

    fn columns(self) -> Vec<skill::Column> {
        vec![skill::Column::FoldedName]
    }

    fn id() -> skill::Column {
        skill::Column::Id
    }

    fn descending(self) -> bool {
        false
    }
}

row!(
    PersonSkill of person_skill {
        skill_id: SkillId = SkillId,
        level: SkillLevel = Level,
    } holds { skill: Option<Arc<Skill>> }
);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PersonSkillWants {
    skill: Option<()>,
}

impl Tree for PersonSkill {
    type Wants = PersonSkillWants;

    fn ahead(look: &Ahead<'_>) -> PersonSkillWants {
        // the name lies in the skill's row
        PersonSkillWants {
            skill: (look.has("skill") || look.has("name")).then_some(()),
        }
    }

    fn edges(wants: &PersonSkillWants, at: Level<'_>) -> Vec<Edge> {
        vec![at.reference::<Skill>(person_skill::Relation::Skill, wants.skill.as_ref())]
    }
}

impl Shown for PersonSkill {}

/// Highest level first; ties by creation of the skill.
pub fn best_first(skill: &PersonSkill) -> (Reverse<SkillLevel>, SkillId) {
    (Reverse(skill.level), skill.skill_id)
}

/// A skill of a person, as stated by that person.
#[Object]
impl PersonSkill {
    /// The skill.
    async fn skill(&self, ctx: &Context<'_>) -> Result<Kept<Skill>> {
        let skill = reference::one(ctx, self.skill.as_ref(), self.skill_id).await?;
        skill.ok_or_else(|| crate::error::Error::NotFound.into())
    }

    /// Name of the skill. Same as `skill { name }`.
    async fn name(&self, ctx: &Context<'_>) -> Result<String> {
        let skill = reference::one(ctx, self.skill.as_ref(), self.skill_id).await?;
        skill
            .map(|skill| skill.0.name.clone())
            .ok_or_else(|| crate::error::Error::NotFound.into())
    }

    /// Level, as stated by the person.
    async fn level(&self) -> SkillLevel {
        self.level
    }
}

row!(
    PersonIntent of person_intent { intent: Intent = Intent }
);

impl Tree for PersonIntent {
    type Wants = ();

    fn ahead(_: &Ahead<'_>) {}

    fn edges((): &(), _: Level<'_>) -> Vec<Edge> {
        vec![]
    }
}

/// Order of a person's intents.
pub fn intents_in_order(rows: &mut SelectStatement) {
    rows.order_by(person_intent::Column::Intent, Order::Asc);
}
