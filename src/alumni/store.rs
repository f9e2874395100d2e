//! Which people, employments, memberships and skills a viewer sees, and the lists of them.

mod blocks;
mod consents;
mod expiry;
mod found;
mod invited;
mod possible;
mod shown;
mod term;
mod visibility;
mod writes;

use entity::{
    Intent, ProfileField, Standing, employment, membership, person, person_intent, person_skill,
    skill,
};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ActiveEnum, EntityTrait};

pub use self::blocks::*;
pub use self::consents::{consent_to, in_directory};
use self::consents::{offered, shown_member};
pub use self::expiry::*;
pub use self::found::{begins_with, found_by};
pub use self::invited::{matching, put_invited};
pub use self::possible::possible_people;
use self::shown::value;
pub use self::shown::{
    UNKNOWN_DAY, behind_person, by_its_name, left_on, left_on_in_order, person_shows, searched,
    shows, shows_of,
};
pub use self::term::ending_whoever_may_see_them;
pub use self::visibility::*;
pub use self::writes::*;
use super::types::{Alumnus, Employee, Skill};
use crate::access::{Permission, Viewer};
use crate::error::Result;
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::graphql::reference::Reference;
use crate::scope::{Scope, Scoped};

/// Whether nobody of the company is hidden from the viewer: such staff also answer for the data that is only kept.
pub fn sees_everyone(scope: &Scope) -> bool {
    scope.may(Permission::AlumniRead) && scope.may(Permission::DataRequestsManage)
}

/// Staff with `alumni:read` see everyone; other staff colleagues, and of the active members those who consent to it; alumni the same members, while they
/// are members themselves. Everyone sees themselves. A member who does not consent is to the others as somebody who is none. Two of whom one blocks the other do not see each other: whatever asks who
/// is seen asks this, so a blocked person is to it what every unseen one is. Whose data is only kept is seen by who answers for it and by themselves.
impl Scoped for person::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if sees_everyone(scope) {
            return;
        }
        rows.and_where(
            unrestricted((Self, person::Column::RestrictedAt))
                .or(own(scope, (Self, person::Column::Id))),
        );
        if scope.may(Permission::AlumniRead) {
            return;
        }
        let member = shown_member(scope, &by_its_name());
        let others = if scope.may(Permission::EmployeesRead) {
            let standing = Expr::col((Self, person::Column::Standing));
            standing.eq(Standing::Employee.to_value()).or(member)
        } else {
            member.and(viewer_is_member(scope))
        };
        rows.and_where(others.or(own(scope, (Self, person::Column::Id))));
        if let Some(apart) = kept_apart(scope) {
            let id = Expr::col((Self, person::Column::Id));
            rows.and_where(id.not_in_subquery(apart));
        }
    }

    fn value(scope: &Scope, row: &Alias, column: Self::Column) -> SimpleExpr {
        value(scope, row, column)
    }
}

/// What hangs on a person is seen as far as they and their field for it are.
macro_rules! hangs_on_a_person {
    ($($table:ident, $field:expr;)*) => { $(
        impl Scoped for $table::Entity {
            fn visible(scope: &Scope, rows: &mut SelectStatement) {
                let everywhere = sees_everyone(scope)
                    && shows(scope, &by_its_name(), $field).is_none();
                if !everywhere {
                    let column = (Self, $table::Column::PersonId);
                    rows.and_where(person_shows(scope, column, $field, |_| None));
                }
            }

            fn visible_behind(scope: &Scope, person: &Alias, rows: &mut SelectStatement) {
                if let Some(shown) = shows(scope, person, $field) {
                    rows.and_where(shown);
                }
            }
        }
    )* };
}

hangs_on_a_person! {
    employment, ProfileField::Employments;
    person_skill, ProfileField::Skills;
}

/// As what hangs on a person; being open to coming back or to contract work is beside that for staff with `alumni:read` alone, unless the person consents to offers of it.
impl Scoped for person_intent::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        let column = (Self, person_intent::Column::PersonId);
        rows.and_where(person_shows(
            scope,
            column,
            ProfileField::Intents,
            |person| offered(scope, person),
        ));
    }

    fn visible_behind(scope: &Scope, person: &Alias, rows: &mut SelectStatement) {
        let shown = shows(scope, person, ProfileField::Intents);
        for condition in [shown, offered(scope, person)].into_iter().flatten() {
            rows.and_where(condition);
        }
    }
}

/// HR's matter and one's own.
impl Scoped for membership::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if sees_everyone(scope) {
            return;
        }
        let person = (Self, membership::Column::PersonId);
        rows.and_where(if scope.may(Permission::AlumniRead) {
            person_visible(scope, person)
        } else {
            own(scope, person)
        });
    }
}

/// All or none of them.
impl Scoped for skill::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !Skill::shown_to(scope) {
            rows.and_where(Expr::cust("1 = 0"));
        }
    }
}

/// The column says that the person's data is not only kept.
pub fn unrestricted<E: EntityTrait>(column: (E, E::Column)) -> SimpleExpr {
    Expr::col(column).is_null()
}

/// Leaves out of lists whose data is only kept: who answers for it looks it up by its id.
pub fn not_only_kept(scope: &Scope, rows: &mut SelectStatement) {
    if sees_everyone(scope) {
        rows.and_where(unrestricted((person::Entity, person::Column::RestrictedAt)));
    }
}

/// The column holds the viewer's own person.
pub fn own<E: EntityTrait>(scope: &Scope, column: (E, E::Column)) -> SimpleExpr {
    match scope.viewer().person() {
        Some(person) => Expr::col(column).eq(person),
        None => Expr::cust("1 = 0"),
    }
}

/// The row of the person at hand is the viewer's own; null where the viewer is no person.
fn own_row(scope: &Scope, person: &Alias) -> Option<SimpleExpr> {
    let own = scope.viewer().person()?;
    Some(Expr::col((person.clone(), person::Column::Id)).eq(own))
}

/// The column points at a person the viewer sees.
pub fn person_visible<E: EntityTrait>(scope: &Scope, column: (E, E::Column)) -> SimpleExpr {
    let mut rows = scope.rows::<person::Entity>();
    rows.clear_selects()
        .expr(Expr::cust("1"))
        .and_where(Expr::col((person::Entity, person::Column::Id)).eq(Expr::col(column)));
    Expr::exists(rows)
}

fn viewer_is_member(scope: &Scope) -> SimpleExpr {
    if matches!(scope.viewer(), Viewer::Preview { .. }) {
        return Expr::cust("1 = 1");
    }
    let Some(person) = scope.viewer().person() else {
        return Expr::cust("1 = 0");
    };
    let member = Query::select()
        .expr(Expr::cust("1"))
        .from_as(person::Entity, "me")
        .and_where(Expr::col(("me", person::Column::Id)).eq(person))
        .and_where(
            Expr::col(("me", person::Column::Standing))
                .is_in([Standing::Active.to_value(), Standing::Paused.to_value()]),
        )
        .to_owned();
    Expr::exists(member)
}

/// People who are open to something, as far as the viewer may know it.
pub fn with_intents(scope: &Scope, intents: &[Intent]) -> SimpleExpr {
    use person_intent::{Column, Entity};
    let mut rows = behind_person::<Entity>(scope, (Entity, Column::PersonId));
    let intent = Expr::col((Entity, Column::Intent));
    rows.and_where(intent.is_in(intents.iter().map(ActiveEnum::to_value)));
    Expr::exists(rows)
}

/// The directory of alumni. Without `alumni:read` it holds active members only, who consent to it. Requires `directory:read`.
pub async fn list(scope: &Scope, wanted: &WantedOf<Alumnus>) -> Result<Page<Alumnus>> {
    scope.require(Permission::DirectoryRead)?;
    read_page(scope, scope.rows::<person::Entity>(), wanted).await
}

/// Leaves active members who consent to being listed, where the viewer is not told of others; an index holds them in the directory's order.
pub fn members_only(scope: &Scope, rows: &mut SelectStatement) {
    if !scope.may(Permission::AlumniRead) {
        rows.and_where(in_directory(scope, &by_its_name()));
    }
}

/// Lists the directory of employees. Requires `employees:read`.
pub async fn list_employees(scope: &Scope, wanted: &WantedOf<Employee>) -> Result<Page<Employee>> {
    scope.require(Permission::EmployeesRead)?;
    read_page(scope, scope.rows::<person::Entity>(), wanted).await
}

/// The company's skills. Requires `company:read`.
pub async fn list_skills(scope: &Scope, wanted: &WantedOf<Skill>) -> Result<Page<Skill>> {
    scope.require(Permission::CompanyRead)?;
    read_page(scope, scope.rows::<skill::Entity>(), wanted).await
}
