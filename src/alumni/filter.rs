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

/// Filters a list of alumni. All given fields must match. A list field matches if one of its values matches; an empty list matches nothing.
/// Fields of a person that are not visible to you never match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct AlumnusFilter {
    /// All of these filters match. At most 20.
    #[graphql(validator(max_items = 20))]
    pub and: Option<Vec<AlumnusFilter>>,
    /// At least one of these filters matches. At most 20.
    #[graphql(validator(max_items = 20))]
    pub or: Option<Vec<AlumnusFilter>>,
    /// This filter does not match.
    pub not: Option<Box<AlumnusFilter>>,
    /// Each word occurs in the name, its readings, another name, the current employer or the title. Words match in part. A full name
    /// matches without a space, in kanji, kana or romaji. Ignores case, width, kana form, accents, old kanji forms (高 and 髙) and romaji
    /// spelling (ou, oh and o; shi and si). At most 200 characters. An empty text does not filter; a text without letters or digits matches
    /// nothing.
    #[graphql(validator(chars_max_length = 200))]
    pub search: Option<String>,
    /// The name reading starts with this text, family name first: the kana if known, otherwise the name as written. Romaji matches too.
    /// Ignores spaces between family and given name, case, width, kana form, accents and old kanji forms. At most 100 characters. An empty
    /// text does not filter; a text without letters or digits matches nothing.
    #[graphql(validator(chars_max_length = 100))]
    pub name_starts_with: Option<String>,
    /// State of the membership is one of these. `REHIRED` matches nothing here, because rehired people are employees.
    pub membership_states: Option<Vec<MembershipState>>,
    /// Worked in one of these departments at any time. At most 100.
    #[graphql(validator(max_items = 100))]
    pub department_ids: Option<Vec<Gid<DepartmentId>>>,
    /// Has one of these skills. At most 100.
    #[graphql(validator(max_items = 100))]
    pub skill_ids: Option<Vec<Gid<SkillId>>>,
    /// Intent is one of these. Without `intents:read`, only your own intents match.
    pub intents: Option<Vec<Intent>>,
    /// Last working day is within this range.
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

/// Filters a list of employees. All given fields must match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct EmployeeFilter {
    /// All of these filters match. At most 20.
    #[graphql(validator(max_items = 20))]
    pub and: Option<Vec<EmployeeFilter>>,
    /// At least one of these filters matches. At most 20.
    #[graphql(validator(max_items = 20))]
    pub or: Option<Vec<EmployeeFilter>>,
    /// This filter does not match.
    pub not: Option<Box<EmployeeFilter>>,
    /// Each word occurs in the name, its readings, another name, the current employer or the title. Words match in part. A full name
    /// matches without a space, in kanji, kana or romaji. Ignores case, width, kana form, accents, old kanji forms (高 and 髙) and romaji
    /// spelling (ou, oh and o; shi and si). At most 200 characters. An empty text does not filter; a text without letters or digits matches
    /// nothing.
    #[graphql(validator(chars_max_length = 200))]
    pub search: Option<String>,
    /// The name reading starts with this text, family name first: the kana if known, otherwise the name as written. Romaji matches too.
    /// Ignores spaces between family and given name, case, width, kana form, accents and old kanji forms. At most 100 characters. An empty
    /// text does not filter; a text without letters or digits matches nothing.
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

/// Normalized reading of a name prefix, for the letter-pair index.
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

/// How a list of alumni is ordered. Ties are ordered by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum AlumnusOrder {
    /// By name reading: the kana if known, otherwise the name as written. Family name first.
    #[default]
    Name,
    /// By name, descending.
    NameDesc,
    /// By last working day, earliest first.
    LeftOn,
    /// By last working day, latest first.
    LeftOnDesc,
    /// By creation time of the record, newest first.
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

/// How a list of employees is ordered. Ties are ordered by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum EmployeeOrder {
    /// By name reading: the kana if known, otherwise the name as written. Family name first.
    #[default]
    Name,
    /// By name, descending.
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
