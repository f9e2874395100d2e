//! How lists of people are narrowed and ordered.

use async_graphql::{Enum, InputObject};
use entity::{DepartmentId, Intent, MembershipState, SkillId, employment, person, person_skill};
use reading::person::Begin;
use reading::search::{Run, Search};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ActiveEnum, Condition};

use super::store;
use super::types::{Alumnus, Employee};
use crate::database::Planning;
use crate::graphql::id::Gid;
use crate::graphql::node::{Filter, at_most_one, composed};
use crate::graphql::range::DayRange;
use crate::page::Sort;
use crate::scope::Scope;

/// Narrows a list of alumni. Every field given must hold; a list of values holds where one of them does, an empty list nowhere.
/// What you may not see of a person you cannot find them by either.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct AlumnusFilter {
    /// All of these hold. At most 20.
    #[graphql(validator(max_items = 20))]
    pub and: Option<Vec<AlumnusFilter>>,
    /// At least one of these holds. At most 20.
    #[graphql(validator(max_items = 20))]
    pub or: Option<Vec<AlumnusFilter>>,
    /// This does not hold.
    pub not: Option<Box<AlumnusFilter>>,
    /// Every word is found in the name, its readings, another name, the current employer or title. Parts of words are enough. A full name may be written without a space, in kanji, kana or romaji. Case, width, kana form, accents, old forms of kanji (高 and 髙) and spellings of romaji (ou, oh and o; shi and si) do not matter. At most 200 characters; an empty text does not filter, a text without letters or digits finds nobody.
    #[graphql(validator(chars_max_length = 200))]
    pub search: Option<String>,
    /// The reading of the name begins so, family name first: kana if it is known, otherwise the name as written; also romaji. Spaces between family and given name, case, width, kana form, accents and old forms of kanji do not matter. At most 100 characters; an empty text does not filter, a text without letters or digits finds nobody.
    #[graphql(validator(chars_max_length = 100))]
    pub name_starts_with: Option<String>,
    /// The membership is in one of these states. People who were rehired are employees, so `REHIRED` finds nobody here.
    pub membership_states: Option<Vec<MembershipState>>,
    /// Worked in one of these departments at any time. At most 100.
    #[graphql(validator(max_items = 100))]
    pub department_ids: Option<Vec<Gid<DepartmentId>>>,
    /// Holds one of these skills. At most 100.
    #[graphql(validator(max_items = 100))]
    pub skill_ids: Option<Vec<Gid<SkillId>>>,
    /// Is open to one of these. Others' intents need `intents:read`; without it this finds at most yourself.
    pub intents: Option<Vec<Intent>>,
    /// Left between these days.
    pub left_on: Option<DayRange>,
}

impl Filter for AlumnusFilter {
    fn condition(&self, scope: &Scope) -> Condition {
        composed(
            scope,
            self.and.as_ref(),
            self.or.as_ref(),
            self.not.as_deref(),
        )
        .add_option(
            self.search
                .as_deref()
                .map(|text| store::found_by(scope, text)),
        )
        .add_option(
            self.name_starts_with
                .as_deref()
                .map(|text| store::begins_with::<Alumnus>(scope, text)),
        )
        .add_option(self.membership_states.as_ref().map(|states| {
            column(person::Column::Standing).is_in(states.iter().map(ActiveEnum::to_value))
        }))
        .add_option(
            self.department_ids
                .as_ref()
                .map(|ids| in_departments(scope, ids)),
        )
        .add_option(self.skill_ids.as_ref().map(|ids| with_skills(scope, ids)))
        .add_option(
            self.intents
                .as_ref()
                .map(|intents| store::with_intents(scope, intents)),
        )
        .add_option(
            self.left_on
                .as_ref()
                .map(|range| range.condition(&store::left_on(scope))),
        )
    }

    fn planning(&self) -> Planning {
        Planning::once_if(
            heard(self.name_starts_with.as_deref()).is_none()
                && *self
                    == Self {
                        name_starts_with: self.name_starts_with.clone(),
                        membership_states: at_most_one(self.membership_states.as_ref()),
                        ..Self::default()
                    },
        )
    }

    fn finds_few(&self) -> bool {
        finds_few(self.search.as_deref(), self.name_starts_with.as_deref())
            || self.and.iter().flatten().any(Self::finds_few)
    }
}

/// Narrows a list of employees. Every field given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct EmployeeFilter {
    /// All of these hold. At most 20.
    #[graphql(validator(max_items = 20))]
    pub and: Option<Vec<EmployeeFilter>>,
    /// At least one of these holds. At most 20.
    #[graphql(validator(max_items = 20))]
    pub or: Option<Vec<EmployeeFilter>>,
    /// This does not hold.
    pub not: Option<Box<EmployeeFilter>>,
    /// Every word is found in the name, its readings, another name, the current employer or title. Parts of words are enough. A full name may be written without a space, in kanji, kana or romaji. Case, width, kana form, accents, old forms of kanji (高 and 髙) and spellings of romaji (ou, oh and o; shi and si) do not matter. At most 200 characters; an empty text does not filter, a text without letters or digits finds nobody.
    #[graphql(validator(chars_max_length = 200))]
    pub search: Option<String>,
    /// The reading of the name begins so, family name first: kana if it is known, otherwise the name as written; also romaji. Spaces between family and given name, case, width, kana form, accents and old forms of kanji do not matter. At most 100 characters; an empty text does not filter, a text without letters or digits finds nobody.
    #[graphql(validator(chars_max_length = 100))]
    pub name_starts_with: Option<String>,
    /// Works or worked in one of these departments. At most 100.
    #[graphql(validator(max_items = 100))]
    pub department_ids: Option<Vec<Gid<DepartmentId>>>,
}

impl Filter for EmployeeFilter {
    fn condition(&self, scope: &Scope) -> Condition {
        composed(
            scope,
            self.and.as_ref(),
            self.or.as_ref(),
            self.not.as_deref(),
        )
        .add_option(
            self.search
                .as_deref()
                .map(|text| store::found_by(scope, text)),
        )
        .add_option(
            self.name_starts_with
                .as_deref()
                .map(|text| store::begins_with::<Employee>(scope, text)),
        )
        .add_option(
            self.department_ids
                .as_ref()
                .map(|ids| in_departments(scope, ids)),
        )
    }

    fn planning(&self) -> Planning {
        Planning::once_if(
            heard(self.name_starts_with.as_deref()).is_none()
                && *self
                    == Self {
                        name_starts_with: self.name_starts_with.clone(),
                        ..Self::default()
                    },
        )
    }

    fn finds_few(&self) -> bool {
        finds_few(self.search.as_deref(), self.name_starts_with.as_deref())
            || self.and.iter().flatten().any(Self::finds_few)
    }
}

fn finds_few(search: Option<&str>, begin: Option<&str>) -> bool {
    search
        .and_then(Search::of)
        .is_some_and(|search| search.finds_few())
        || heard(begin).is_some_and(|sound| sound.finds_few())
}

/// How the begin of a name sounds, which the index of letter pairs finds.
fn heard(begin: Option<&str>) -> Option<Run> {
    begin.and_then(Begin::of)?.sound
}

fn column(column: person::Column) -> SimpleExpr {
    Expr::col((person::Entity, column))
}

fn in_departments(scope: &Scope, ids: &[Gid<DepartmentId>]) -> SimpleExpr {
    use employment::{Column, Entity};
    let mut rows = store::behind_person::<Entity>(scope, (Entity, Column::PersonId));
    rows.and_where(Expr::col((Entity, Column::DepartmentId)).is_in(ids.iter().map(|id| id.0)));
    Expr::exists(rows)
}

fn with_skills(scope: &Scope, ids: &[Gid<SkillId>]) -> SimpleExpr {
    use person_skill::{Column, Entity};
    let mut rows = store::behind_person::<Entity>(scope, (Entity, Column::PersonId));
    rows.and_where(Expr::col((Entity, Column::SkillId)).is_in(ids.iter().map(|id| id.0)));
    Expr::exists(rows)
}

/// How a list of alumni is ordered; equal rows by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum AlumnusOrder {
    /// By the reading of the name: kana where known, else the name as written, family name first.
    #[default]
    Name,
    /// As `NAME`, from the end.
    NameDesc,
    /// By the last working day, longest ago first.
    LeftOn,
    /// By the last working day, latest first.
    LeftOnDesc,
    /// By when the company's record was made, latest first.
    Newest,
}

impl Sort for AlumnusOrder {
    type Table = person::Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NameDesc => "name-desc",
            Self::LeftOn => "left",
            Self::LeftOnDesc => "left-desc",
            Self::Newest => "newest",
        }
    }

    fn columns(self) -> Vec<person::Column> {
        match self {
            Self::Name | Self::NameDesc => vec![person::Column::SortName],
            Self::LeftOn | Self::LeftOnDesc => vec![person::Column::LeftOn],
            Self::Newest => vec![],
        }
    }

    fn id() -> person::Column {
        person::Column::Id
    }

    fn descending(self) -> bool {
        matches!(self, Self::NameDesc | Self::LeftOnDesc | Self::Newest)
    }

    fn key(self, scope: &Scope, key: person::Column) -> SimpleExpr {
        match key {
            person::Column::LeftOn => store::left_on_in_order(scope),
            _ => column(key),
        }
    }
}

/// How a list of employees is ordered; equal rows by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum EmployeeOrder {
    /// By the reading of the name: kana where known, else the name as written, family name first.
    #[default]
    Name,
    /// As `NAME`, from the end.
    NameDesc,
}

impl Sort for EmployeeOrder {
    type Table = person::Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NameDesc => "name-desc",
        }
    }

    fn columns(self) -> Vec<person::Column> {
        vec![person::Column::SortName]
    }

    fn id() -> person::Column {
        person::Column::Id
    }

    fn descending(self) -> bool {
        self == Self::NameDesc
    }
}
